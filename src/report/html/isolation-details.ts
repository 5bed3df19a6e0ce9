import type { ApiIsolation, ApiTenancy, Reproduction, TenancyCell } from '../../model/api-isolation';
import { reproduction, unprovenTable } from './isolation-leaks';
import { stateOfCell, worstOf } from './isolation-words';
import { markup, type Insert, type Markup } from './markup';
import { anchor, badge, count, listed, table } from './parts';

const pairLimit = 60;

/** One foldable table for each pair of tenants: its kinds of resources, who asked, and a request to repeat. */
export function isolationDetails(tenancy: ApiTenancy, people: readonly ApiIsolation[]): Markup {
  const shown = tenancy.tenants.slice(0, 16);
  const pairs = shown.flatMap((from) => shown.filter((to) => to !== from).map((to) => ({ from, to })));
  const found = pairs
    .map((pair) => ({
      ...pair,
      cells: tenancy.cells.filter((c) => c.from === pair.from && c.to === pair.to),
    }))
    .filter(({ cells }) => cells.length > 0);
  const here = people.filter(({ node }) => node === tenancy.node);
  return markup`<h3>Pair by pair</h3>
    ${found.map(({ from, to, cells }, at) => pairDetails(tenancy.node, from, to, cells, here, at < pairLimit))}
    ${
      here.some(({ unproven }) => unproven.length > 0) &&
      markup`<details class="more">
        <summary>What is not proven, and why</summary>
        ${unprovenTable(here)}
      </details>`
    }`;
}

function pairDetails(
  node: string,
  from: string,
  to: string,
  cells: readonly TenancyCell[],
  people: readonly ApiIsolation[],
  inFull: boolean,
): Markup {
  const worst = worstOf(cells.map(({ state }) => state));
  return markup`<details class="endpoint">
    <summary>
      ${badge(stateOfCell[worst].tone, stateOfCell[worst].word)}
      <h4>${from} towards ${to}</h4>
      <span class="end">${count(cells.length, 'kind')} of resources</span>
    </summary>
    <div class="body" id="${anchor('pair', `${node}/${from}/${to}`)}">
      ${
        inFull
          ? table(
              `${from} towards ${to}`,
              ['Resources', 'State', 'Asked as', ['To repeat', 'wide']],
              cells.map((cell) => [
                cell.class,
                markup`${badge(stateOfCell[cell.state].tone, stateOfCell[cell.state].word)}${cell.reason !== null && markup`<br><span class="muted">${cell.reason}</span>`}`,
                listed(cell.actors, 6) || 'nobody',
                repeat(cell, people),
              ]),
            )
          : markup`<p class="note">See the JSON report.</p>`
      }
    </div>
  </details> `;
}

/** The request that leaked, else one that was proven to be denied. */
function repeat(cell: TenancyCell, people: readonly ApiIsolation[]): Insert {
  const actors = people.filter(({ actor }) => cell.actors.includes(actor));
  const leaked = actors.flatMap(({ leaks }) =>
    leaks.filter((l) => l.border === 'foreign' && l.owner === cell.to && l.class === cell.class),
  )[0];
  const proven = actors
    .flatMap(({ cells }) => cells)
    .find(
      (c) => c.border === 'foreign' && c.owner === cell.to && c.class === cell.class && c.example !== null,
    );
  const request: Reproduction | null = leaked?.request ?? proven?.example ?? null;
  return request === null ? markup`<span class="muted">nothing to repeat</span>` : reproduction(request);
}
