import type { CanaryLedger } from '../../model/canary-ledger';
import type { Report } from '../../model/report';
import { observed } from '../reading';
import { markup, type Insert, type Markup } from './markup';
import { count, listed, table, unobserved } from './parts';

/** What the run wrote to the deployment and that it is gone again; nothing in a report of a read-only run. */
export function canarySection(report: Report): Insert {
  if (report.run.writes !== true) return false;
  return markup`<section id="canaries" aria-labelledby="canaries-title">
    <h2 id="canaries-title">Written and removed</h2>
    ${unobserved(report, 'canary.ledger')}
    ${observed(report, 'canary.ledger').map(({ data }) => ledger(data))}
  </section>`;
}

function ledger(data: CanaryLedger): Markup {
  const left = data.entries.filter(({ end }) => end === 'left');
  const kinds = [...new Set(data.entries.map(({ kind }) => kind))].sort();
  const of = (kind: string, end: string): number =>
    data.entries.filter((entry) => entry.kind === kind && entry.end === end).length;
  return markup`<p>
      Every name begins with <code>${data.prefix}</code>; the journal is <code>${data.journal}</code>.
      ${data.left === 0 ? 'Nothing is left.' : markup`<strong>${count(data.left, 'object')} left on the deployment: run cfy-audit cleanup.</strong>`}
    </p>
    ${
      left.length > 0 &&
      table(
        'Left on the deployment',
        ['Kind', ['Name', 'mono'], 'Tenant', ['Why', 'wide']],
        left.map((entry) => [entry.kind, entry.id, entry.tenant ?? '', entry.reason ?? '']),
      )
    }
    ${table(
      'What was written, and what became of it',
      ['Kind', ['Removed', 'num'], ['Not there', 'num'], ['Left', 'num']],
      kinds.map((kind) => [kind, of(kind, 'removed'), of(kind, 'absent'), of(kind, 'left')]),
    )}
    ${table(
      'Lists before the first write and after the last removal',
      ['Tenant', 'Kind', ['Before', 'num'], ['After', 'num'], ['Ours', 'num']],
      data.lists.map(({ tenant, kind, before, after, ours }) => [
        tenant,
        kind,
        before ?? 'not told',
        after ?? 'not told',
        ours ?? 'not told',
      ]),
    )}
    <p class="note">Not written: ${listed(data.notWritten.map(({ what, reason }) => `${what} (${reason})`))}</p>`;
}
