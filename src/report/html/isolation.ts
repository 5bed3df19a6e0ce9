import type { ApiIsolation, ApiTenancy, IsolationCell } from '../../model/api-isolation';
import type { Report } from '../../model/report';
import { findingsByEvidence, observed } from '../reading';
import { isolationDetails } from './isolation-details';
import { leakTable } from './isolation-leaks';
import { markup, type Insert, type Markup } from './markup';
import { anchor, badge, count, cut, grouped, judged, listed, table, unobserved } from './parts';
import { cellStates, stateOfCell, worstOf } from './isolation-words';

const gridLimit = 16;

/** Who could reach what beyond his own: tenant by tenant, private resources, secrets, and how to see it again. */
export function isolationSection(report: Report): Markup {
  const tenancies = observed(report, 'api.tenancy').map(({ data }) => data);
  const actors = observed(report, 'api.isolation');
  const findings = findingsByEvidence(report);
  const people = actors.map(({ data }) => data);
  return markup`<section id="isolation" aria-labelledby="isolation-title">
    <h2 id="isolation-title">Tenant isolation</h2>
    ${unobserved(report, 'api.isolation')}
    ${
      people.length === 0
        ? markup`<p class="calm">Isolation was not tried.</p>`
        : markup`<p class="note">
            A denial counts only where somebody who may see the resource was shown it by the same route at the
            same time. What leaked is not in this report: only where it stood and what kind of content it was.
          </p>`
    }
    ${tenancies.map((tenancy) => heatMap(tenancy))}
    ${leakTable(people)}
    ${borderTable(people, 'private', 'Private resources of others, in a tenant of the actor’s')}
    ${secretTable(people)}
    ${
      actors.length > 0 &&
      markup`<details class="more">
        <summary>Who asked: ${count(actors.length, 'actor')}</summary>
        ${table(
          'Actors, what they are and what was asked as them',
          ['Actor', ['Memberships', 'wide'], ['Requests', 'num'], 'Tenant header refused', 'Rules'],
          actors.map(({ data, digest }) => [
            markup`${data.actor}${data.canary && markup` <span class="muted">planted</span>`}<br><span class="muted">${data.systemRole} · ${data.node}</span>`,
            listed(data.memberships.map(({ tenant, roles }) => `${tenant}: ${roles.join(' + ')}`)) || 'none',
            grouped(data.requests),
            `${data.tenantRefused} of ${data.tenantTried}`,
            judged(findings.get(digest)),
          ]),
        )}
      </details>`
    }
    ${tenancies.map((tenancy) => isolationDetails(tenancy, people))}
  </section>`;
}

/** Tenants × tenants: each cell is the worst of its classes, with how many there are of each state. */
function heatMap(tenancy: ApiTenancy): Markup {
  const shown = tenancy.tenants.slice(0, gridLimit);
  const cells = new Map<string, ApiTenancy['cells'][number][]>();
  for (const cell of tenancy.cells) {
    const key = JSON.stringify([cell.from, cell.to]);
    cells.set(key, [...(cells.get(key) ?? []), cell]);
  }
  return markup`<h3>${tenancy.node}: members of one tenant towards another</h3>
    <p class="note">
      Plan “${tenancy.plan}”: ${grouped(tenancy.requests)} requests of at most ${grouped(tenancy.bound)}. Of
      ${grouped(tenancy.pairs)} pairs of tenants × kinds of resources, ${grouped(tenancy.proven)} are proven
      apart and ${grouped(tenancy.leaking)} leak; the others are empty, or not established.
    </p>
    <div class="grid">
      ${table(
        `${tenancy.node}: rows ask, columns own`,
        ['Members of', ...shown.map((tenant) => tenant)],
        shown.map((from) => [
          from,
          ...shown.map((to): Insert => {
            if (from === to)
              return markup`<span class="muted" aria-hidden="true">·</span><span class="hidden">its own</span>`;
            const own = cells.get(JSON.stringify([from, to])) ?? [];
            return pairCell(own, tenancy.node, from, to);
          }),
        ]),
        gridLimit,
      )}
    </div>
    ${cut(tenancy.tenants.length, gridLimit)}`;
}

function pairCell(
  cells: readonly ApiTenancy['cells'][number][],
  node: string,
  from: string,
  to: string,
): Insert {
  if (cells.length === 0) return markup`<span class="muted">not probed</span>`;
  const worst = worstOf(cells.map(({ state }) => state));
  const tally = cellStates
    .map((state) => [state, cells.filter((cell) => cell.state === state).length] as const)
    .filter(([, number]) => number > 0)
    .map(([state, number]) => `${number} ${state === 'leaking' ? state : stateOfCell[state].word}`);
  return markup`<a class="chip" href="#${anchor('pair', `${node}/${from}/${to}`)}">${badge(stateOfCell[worst].tone, stateOfCell[worst].word)}</a><br><span class="muted">${tally.join(', ')}</span>`;
}

/** Actors × classes behind one border. */
function borderTable(
  people: readonly ApiIsolation[],
  border: IsolationCell['border'],
  caption: string,
): Insert {
  const rows = people.filter(({ cells }) => cells.some((cell) => cell.border === border));
  const classes = [
    ...new Set(rows.flatMap(({ cells }) => cells.filter((c) => c.border === border).map((c) => c.class))),
  ].sort();
  return (
    rows.length > 0 &&
    markup`<div class="grid">
      ${table(
        caption,
        ['Actor', ...classes],
        rows.map((data) => [
          markup`${data.actor}<br><span class="muted">${listed(data.withPrivate, 6)}</span>`,
          ...classes.map((wanted): Insert =>
            stateCell(data.cells.filter((c) => c.border === border && c.class === wanted)),
          ),
        ]),
      )}
    </div>`
  );
}

/** Whose secrets an actor could read: of other tenants, private ones, hidden values. */
function secretTable(people: readonly ApiIsolation[]): Insert {
  const secret = (data: ApiIsolation, border: IsolationCell['border']): readonly IsolationCell[] =>
    data.cells.filter(
      (cell) => cell.border === border && (cell.class === 'secrets' || cell.class === 'credentials'),
    );
  const rows = people.filter((data) =>
    (['foreign', 'private', 'hidden'] as const).some((b) => secret(data, b).length > 0),
  );
  return (
    rows.length > 0 &&
    table(
      'Secrets and credentials: whose value could be reached',
      ['Actor', 'Of other tenants', 'Private ones of others', 'Hidden values of others'],
      rows.map((data) => [
        data.actor,
        stateCell(secret(data, 'foreign')),
        stateCell(secret(data, 'private')),
        stateCell(secret(data, 'hidden')),
      ]),
    )
  );
}

function stateCell(cells: readonly IsolationCell[]): Insert {
  if (cells.length === 0)
    return markup`<span class="muted" aria-hidden="true">·</span><span class="hidden">does not apply</span>`;
  const worst = worstOf(cells.map(({ state }) => state));
  return badge(stateOfCell[worst].tone, stateOfCell[worst].word);
}
