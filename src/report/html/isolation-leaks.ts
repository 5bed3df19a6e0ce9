import type { ApiIsolation, Border, Leak, Reach, Reproduction } from '../../model/api-isolation';
import { markup, type Insert, type Markup } from './markup';
import { count, table } from './parts';

const leakLimit = 120;

/** Everything an actor got that it must not have, with the request that shows it again. */
export function leakTable(people: readonly ApiIsolation[]): Insert {
  const leaks = people.flatMap((data) => data.leaks.map((leak) => ({ data, leak })));
  const existence = people.flatMap((data) => data.existence.map((leak) => ({ data, leak })));
  const named = people.flatMap((data) => data.tenantNotRefused.map((leak) => ({ data, leak })));
  return [
    leaks.length > 0 &&
      markup`<h3>What leaked: ${count(leaks.length, 'answer')}</h3>
        ${table(
          'Answers that gave an actor what it must not have',
          ['Actor', ['What', 'wide'], 'Owner', 'Shown by', ['Request', 'wide']],
          leaks.map(({ data, leak }) => [
            data.actor,
            markup`<strong>${leak.class}</strong>, ${borderWords[leak.border]}<br><span class="muted">${leak.observed}, expected ${leak.expected}</span>`,
            leak.owner,
            proofOf(leak),
            reproduction(leak.request),
          ]),
          leakLimit,
        )}`,
    existence.length > 0 &&
      markup`<h3>What can be told to exist: ${count(existence.length, 'answer')}</h3>
        ${table(
          'Answers that tell a hidden resource from none',
          ['Actor', 'What', 'Owner', ['Observed', 'wide'], ['Request', 'wide']],
          existence.map(({ data, leak }) => [
            data.actor,
            `${leak.class}, ${borderWords[leak.border]}`,
            leak.owner,
            leak.observed,
            reproduction(leak.request),
          ]),
          leakLimit,
        )}`,
    named.length > 0 &&
      markup`<h3>Tenants that were not refused: ${count(named.length, 'request')}</h3>
        ${table(
          'Requests that name no tenant of the actor’s and were served',
          ['Actor', 'Tenant named', 'What', ['Status', 'num'], ['Request', 'wide']],
          named.map(({ data, leak }) => [
            data.actor,
            leak.naming,
            leak.class,
            leak.status,
            reproduction(leak.request),
          ]),
          leakLimit,
        )}`,
  ];
}

/** The route, and behind it the command that repeats the request. Credentials are variables in it. */
export function reproduction(request: Reproduction): Markup {
  return markup`<code>${request.route}</code>
    <details>
      <summary>repeat it</summary>
      <pre><code>${request.curl}</code></pre>
    </details>`;
}

/** Whole list of unproven attempts, by reason. */
export function unprovenTable(people: readonly ApiIsolation[]): Insert {
  const rows = people.flatMap((data) => data.unproven.map((entry) => ({ data, entry })));
  return (
    rows.length > 0 &&
    table(
      'Attempts that prove nothing',
      ['Actor', 'What', 'Owner', ['Why', 'wide'], ['Routes', 'wide']],
      rows.map(({ data, entry }) => [
        data.actor,
        `${entry.class}, ${borderWords[entry.border]}`,
        entry.owner,
        entry.reason,
        markup`${entry.routes.slice(0, 4).map((route) => markup`<code>${route}</code> `)}${entry.routes.length > 4 && `and ${entry.routes.length - 4} more`}`,
      ]),
      leakLimit,
    )
  );
}

/** Towards whom something is kept, in words. */
const borderWords: Readonly<Record<Border, string>> = {
  foreign: 'of another tenant',
  private: 'private to somebody else',
  hidden: 'hidden by its owner',
  scope: 'of a tenant the request did not name',
};

const reachWords: Readonly<Record<Reach, string>> = {
  plain: 'asked for plainly',
  'all-tenants': 'by _all_tenants',
  filter: 'by a filter',
  include: 'by _include',
  page: 'by paging',
  path: 'by another writing of the path',
  search: 'by a search',
  sort: 'by sorting',
  summary: 'by a summary',
  tenant: 'by the way the tenant was named',
};

function proofOf({ proof, reach, amount, at, control }: Leak): Markup {
  const words: Readonly<Record<Leak['proof'], string>> = {
    id: 'an identifier',
    marker: 'content that only it has',
    'tenant-name': 'the owner’s name',
    digest: 'the owner’s bytes',
    value: 'a credential',
    count: 'a number',
  };
  return markup`${words[proof]}${amount > 1 && `, ${count(amount, 'resource')}`}, ${reachWords[reach]}<br><span class="muted">${at === null ? 'the body' : markup`at <code>${at}</code>`}${control !== null && `; ${control.actor} is shown it too`}</span>`;
}
