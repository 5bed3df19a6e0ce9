import type { LogLeak } from '../../model/log-secrets';
import type { Report } from '../../model/report';
import type { ContentLeak } from '../../model/rest-secrets';
import { groupBy, observed } from '../reading';
import { markup, type Markup } from './markup';
import { count, grouped, table, unobserved } from './parts';

/** Credentials in logs and in what the REST API hands out: detector, place and shape; never the credential. */
export function leakSection(report: Report): Markup {
  const logs = observed(report, 'log.secrets');
  const contents = observed(report, 'rest.secrets');
  const sources = logs.length + contents.length;
  const secrets = secretsOf(report);
  const counted = secrets.filter(({ allowance }) => allowance === null);
  const allowed = secrets.filter(({ allowance }) => allowance !== null);
  return markup`<section id="leaks" aria-labelledby="leaks-title">
    <h2 id="leaks-title">Log leaks</h2>
    ${unobserved(report, 'log.secrets')}
    ${unobserved(report, 'rest.secrets')}
    ${sources === 0 && markup`<p class="calm">No log was searched.</p>`}
    ${sources > 0 && secrets.length === 0 && markup`<p class="calm">No credential was found in ${count(sources, 'log source')}.</p>`}
    ${
      secrets.length > 0 &&
      markup`<p class="note">
          What was found is not in this report: only its shape, and a fingerprint that is equal for equal
          values within this run. Each secret stands here once, with all its places.
        </p>`
    }
    ${counted.length > 0 && secretTable('Credentials found', counted)}
    ${allowed.length > 0 && secretTable('Found, and allowed by the target file', allowed)}
    ${logs.length > 0 && searchedLogs(report)}
    ${contents.length > 0 && searchedContents(report)}
  </section>`;
}

/** One secret as one detector sees it, over all logs, nodes and tenants. */
interface FoundSecret {
  readonly first: LogLeak | ContentLeak;
  readonly places: readonly string[];
  readonly count: number;
  readonly allowance: { readonly reason: string; readonly expires: string } | null;
}

function secretsOf(report: Report): readonly FoundSecret[] {
  const found = [
    ...observed(report, 'log.secrets').flatMap(({ data }) => [
      ...[...data.privateKeys, ...data.leaks].map((leak) => ({ leak, where: data.node, allowance: null })),
      ...data.allowed.map((leak) => ({ leak, where: data.node, allowance: leak })),
    ]),
    ...observed(report, 'rest.secrets').flatMap(({ data }) => [
      ...[...data.privateKeys, ...data.leaks].map((leak) => ({ leak, where: data.tenant, allowance: null })),
      ...data.allowed.map((leak) => ({ leak, where: data.tenant, allowance: leak })),
    ]),
  ];
  const groups = groupBy(
    found,
    ({ leak, allowance }) => `${leak.fingerprint} ${leak.detector} ${allowance === null ? '' : 'allowed'}`,
  );
  return [...groups.values()].flatMap((group) => {
    const [one] = group;
    if (one === undefined) return [];
    const places = group.flatMap(({ leak, where }) =>
      placesOf(leak).map((place) => `${where === null ? '' : `${where} `}${place}`),
    );
    const total = group.reduce((sum, { leak }) => sum + leak.count, 0);
    return [{ first: one.leak, places, count: total, allowance: one.allowance }];
  });
}

function placesOf(leak: LogLeak | ContentLeak): readonly string[] {
  const others = leak.alsoIn ?? [];
  if ('place' in leak) return [leak.place, ...others];
  const lines =
    leak.lastLine === leak.firstLine ? String(leak.firstLine) : `${leak.firstLine}–${leak.lastLine}`;
  const unit = leak.unit === undefined ? '' : ` (${leak.unit})`;
  return [`${leak.file}:${lines}${unit}`, ...others];
}

const shownPlaces = 5;

function secretTable(caption: string, secrets: readonly FoundSecret[]): Markup {
  return table(
    caption,
    ['What', ['Place', 'mono'], ['Shape', 'mono'], ['Times', 'num'], 'Confidence', ['Fingerprint', 'mono']],
    secrets.map(({ first, places, count: times, allowance }) => [
      markup`${first.title}<br><span class="muted">${first.detector}</span>`,
      markup`${places.slice(0, shownPlaces).map((place) => markup`${place}<br>`)}${places.length > shownPlaces && markup`<span class="muted">and ${places.length - shownPlaces} more</span>`}`,
      first.masked,
      grouped(times),
      markup`${first.confidence}<br><span class="muted">${first.because}</span>${allowance !== null && markup`<br>allowed until ${allowance.expires}: ${allowance.reason}`}`,
      first.fingerprint,
    ]),
  );
}

function searchedLogs(report: Report): Markup {
  const sources = observed(report, 'log.secrets');
  return markup`<details class="more">
    <summary>What was searched: ${count(sources.length, 'source')}</summary>
    ${table(
      'Log sources searched',
      [
        ['Path', 'mono'],
        'Component',
        ['Files', 'num'],
        ['Lines', 'num'],
        ['Bytes', 'num'],
        'Not read to the end',
      ],
      sources.map(({ data }) => [
        data.path,
        `${data.component}, ${data.kind} log`,
        data.files.length,
        grouped(data.files.reduce((sum, file) => sum + file.lines, 0)),
        grouped(data.files.reduce((sum, file) => sum + file.bytes, 0)),
        markup`${data.notRead.length === 0 && 'nothing'}${data.notRead.slice(0, 10).map(({ path, reason }) => markup`<code>${path}</code>: ${reason}<br>`)}${data.notRead.length > 10 && `and ${data.notRead.length - 10} more`}${data.truncated && markup`<strong>the list of leaks is cut; the counts are whole</strong>`}`,
      ]),
    )}
  </details>`;
}

function searchedContents(report: Report): Markup {
  const sources = observed(report, 'rest.secrets');
  return markup`<details class="more">
    <summary>What was read over REST: ${count(sources.length, 'source')}</summary>
    ${table(
      'Contents read over REST',
      ['Tenant', ['List', 'mono'], 'As', ['Objects', 'num'], ['Read', 'num'], 'Not read to the end'],
      sources.flatMap(({ data }) =>
        data.lists.map((list) => [
          data.tenant,
          list.path,
          `${data.actor} (${data.role})`,
          list.total === null ? 'not told' : grouped(list.total),
          grouped(list.read),
          list.reason ?? 'nothing',
        ]),
      ),
    )}
  </details>`;
}
