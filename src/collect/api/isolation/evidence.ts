import type {
  ApiIsolation,
  ApiTenancy,
  IsolationCell,
  Leak,
  ResourceClass,
  TenancyCell,
} from '../../../model/api-isolation';
import type { Door } from '../doors';
import type { Attack, Field } from './field';
import { classOf } from './kinds';
import type { Closed, KnownPlace } from './ledger';
import { isMember } from './principals';
import { isHiddenFrom } from './credentials';
import { borderTo } from './scope';

/** What all actors' evidence shares. */
export interface Shared {
  readonly field: Field;
  readonly door: Door;
  /** Every tenant that is declared or planted, looked at or not. */
  readonly allTenants: readonly string[];
  readonly bound: number;
}

/** Classes that the matrix of tenants is about. */
const classes: readonly ResourceClass[] = [
  'agents',
  'blueprints',
  'credentials',
  'dependencies',
  'deployments',
  'events',
  'executions',
  'files',
  'filters',
  'groups',
  'labels',
  'node-instances',
  'nodes',
  'operations',
  'plugins',
  'schedules',
  'secrets',
  'sites',
  'updates',
];

/** The evidence of one actor. */
export function isolationOf(attack: Attack, shared: Shared): ApiIsolation {
  const { field, door } = shared;
  const { principal } = attack;
  const known = placesOf(attack, field);
  const closed = closedOf(attack, shared);
  const tenantsWith = (border: 'private' | 'hidden'): readonly string[] => [
    ...new Set(
      known
        .filter((place) => place.border === border && place.owner !== '(manager)')
        .map(({ owner }) => owner),
    ),
  ];
  return {
    actor: principal.name,
    memberships: principal.memberships,
    systemRole: principal.systemRole,
    canary: principal.canary,
    node: door.node,
    address: door.address,
    port: door.port,
    plan: field.plan,
    outsideOf: attack.foreign.filter((tenant) =>
      known.some(
        ({ owner, border, objects, isUnseen }) =>
          border === 'foreign' && owner === tenant && (objects > 0 || isUnseen),
      ),
    ),
    withPrivate: tenantsWith('private'),
    withHidden: tenantsWith('hidden'),
    requests: field.asker.counts.get(principal.name) ?? 0,
    ...closed,
    leaks: closed.leaks.filter((leak) => !isExplained(leak, shared)),
  };
}

/** What only counts, or only concerns a tenant of the actor's own, says nothing new where others are shown the content. */
function isExplained({ class: kind, border, proof }: Leak, shared: Shared): boolean {
  if (border !== 'scope' && proof !== 'count') return false;
  return shared.field.attacks.some((attack) =>
    closedOf(attack, shared).leaks.some(
      (leak) =>
        leak.class === kind && leak.border === 'foreign' && leak.reach === 'plain' && leak.proof !== 'count',
    ),
  );
}

const closedOnce = new WeakMap<Attack, Closed>();

function closedOf(attack: Attack, { field }: Shared): Closed {
  const closed = closedOnce.get(attack) ?? field.ledgerOf(attack.principal).close(placesOf(attack, field));
  closedOnce.set(attack, closed);
  return closed;
}

/** Every place that this actor is to be kept from, with what is known to be there. */
function placesOf(
  { principal, foreign, home, others }: Attack,
  { inventory, readers }: Field,
): readonly KnownPlace[] {
  const places = new Map<string, KnownPlace & { objects: number }>();
  const put = (
    kind: ResourceClass,
    border: KnownPlace['border'],
    owner: string,
    isUnseen: boolean,
    objects: number,
  ): void => {
    const key = `${kind} ${border} ${owner}`;
    const before = places.get(key);
    places.set(key, {
      class: kind,
      border,
      owner,
      isUnseen,
      isPlanned: true,
      objects: (before?.objects ?? 0) + objects,
    });
  };
  for (const tenant of foreign) {
    const isUnseen = readers.of(tenant).length === 0;
    for (const kind of classes) put(kind, 'foreign', tenant, isUnseen, 0);
  }
  const seen = new Set([...foreign, home, ...others]);
  for (const thing of inventory.things) {
    const kind = classOfThing(thing.kind);
    const border = borderTo(principal, thing.scope);
    if (kind === null || !seen.has(thing.scope.tenant)) continue;
    if (border !== null) put(kind, border, thing.scope.tenant, false, 1);
    if (thing.kind === 'blueprint' && border !== null) put('files', border, thing.scope.tenant, false, 1);
    if (isHiddenFrom(thing, principal, thing.scope.tenant)) {
      put('secrets', 'hidden', thing.scope.tenant, false, 1);
    }
  }
  return [...places.values()];
}

function classOfThing(kind: string): ResourceClass | null {
  return kind === 'label' ? 'labels' : (byKind[kind] ?? null);
}

const byKind: Readonly<Record<string, ResourceClass>> = Object.fromEntries(
  (
    [
      ['agent', '/agents'],
      ['blueprint', '/blueprints'],
      ['blueprints_filter', '/filters'],
      ['dependency', '/deployments/inter-deployment-dependencies'],
      ['deployment', '/deployments'],
      ['deployment_group', '/deployment-groups'],
      ['deployment_modification', '/deployment-modifications'],
      ['deployment_update', '/deployment-updates'],
      ['deployments_filter', '/filters'],
      ['event', '/events'],
      ['execution', '/executions'],
      ['execution_group', '/execution-groups'],
      ['execution_schedule', '/execution-schedules'],
      ['node', '/nodes'],
      ['node_instance', '/node-instances'],
      ['operation', '/operations'],
      ['plugin', '/plugins'],
      ['plugins_update', '/plugins-updates'],
      ['secret', '/secrets'],
      ['site', '/sites'],
      ['tasks_graph', '/tasks_graphs'],
    ] as const
  ).flatMap(([kind, path]) => {
    const found = classOf({ path });
    return found === null ? [] : [[kind, found] as const];
  }),
);

/** Every ordered pair of tenants × class. */
export function tenancyOf(shared: Shared): ApiTenancy {
  const { field, door, allTenants, bound } = shared;
  const cells = allTenants.flatMap((from) =>
    allTenants
      .filter((to) => to !== from)
      .flatMap((to) => classes.map((kind) => cellOf(from, to, kind, shared))),
  );
  return {
    node: door.node,
    plan: field.plan,
    tenants: allTenants,
    actors: field.attacks.map(({ principal }) => principal.name),
    pairs: cells.length,
    proven: cells.filter(({ state }) => state === 'isolated').length,
    leaking: cells.filter(({ state }) => state === 'leaking').length,
    cells,
    bound,
    requests: field.asker.sent,
  };
}

function cellOf(from: string, to: string, kind: ResourceClass, shared: Shared): TenancyCell {
  const { field } = shared;
  const base = { from, to, class: kind };
  const attacks = field.attacks.filter(
    ({ principal }) => isMember(principal, from) && !isMember(principal, to),
  );
  if (attacks.length === 0) {
    const reason = field.attacks.some(({ principal }) => isMember(principal, from))
      ? `every account of ${from} that is asked as is a member of ${to} too`
      : `no account of ${from} is asked as`;
    return { ...base, state: 'not-probed', actors: [], reason };
  }
  const cells = attacks.flatMap((attack) =>
    closedOf(attack, shared).cells.filter(
      (cell) =>
        cell.border === 'foreign' && cell.owner === to && cell.class === kind && attack.foreign.includes(to),
    ),
  );
  if (cells.length === 0) return { ...base, state: 'not-probed', actors: [], reason: 'left out by the plan' };
  const order: readonly IsolationCell['state'][] = [
    'leaking',
    'isolated',
    'unproven',
    'unseen',
    'empty',
    'not-probed',
  ];
  const state = order.find((each) => cells.some((cell) => cell.state === each)) ?? 'not-probed';
  const actors = attacks.map(({ principal }) => principal.name);
  return { ...base, state, actors, reason: reasons[state] };
}

const reasons: Readonly<Record<IsolationCell['state'], string | null>> = {
  isolated: null,
  leaking: null,
  unproven: 'no attempt proves anything; each actor tells why',
  unseen: 'no declared account can see what the tenant has',
  empty: 'the tenant has none',
  'not-probed': 'the bound of the plan was reached before',
};
