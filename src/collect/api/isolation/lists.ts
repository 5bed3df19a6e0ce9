import type { Border, Reach, TenantNotRefused } from '../../../model/api-isolation';
import type { Route } from '../catalogue';
import {
  mayUse,
  ownerName,
  tryIt,
  type Attack,
  type Control,
  type Depth,
  type Field,
  type Trial,
} from './field';
import { samplesOf } from './harvest';
import type { Thing } from './inventory';
import { anchors, classOf, foremost, kindOfList } from './kinds';
import type { Place } from './ledger';
import { isMember, rolesOf } from './principals';
import type { Reply } from './reply';
import { reproduce, type Question } from './reproduce';
import { borderTo } from './scope';
import { compareTotals } from './totals';
import { tellApart } from './existence';

/** How much is asked of a list. `old`: an API version that is not the newest. */
export type ListDepth = Depth | 'old';

/** Items a page that is looked at whole. */
const pageSize = 100;

const freshMs = 60_000;

/** Tries every account on one list: plain, and by every feature that could widen it. */
export async function probeList(
  route: Route,
  depthOf: (attack: Attack) => ListDepth | null,
  field: Field,
): Promise<void> {
  const list = makeList(route, field);
  if (list === null) return;
  for (const attack of field.attacks) {
    const depth = depthOf(attack);
    if (depth !== null && !field.asker.isSpent) await probeAs(attack, depth, list, field);
  }
}

/** One list, and what its owners are shown. */
export interface List {
  readonly route: Route;
  readonly class: NonNullable<ReturnType<typeof classOf>>;
  readonly kind: string | null;
  question(query: readonly string[], tenants: readonly string[], body?: object): Question;
  /** What the owner of a tenant gets; asked anew after a minute. `anchor`: of which thing. */
  control(tenant: string, anchor?: Thing): Promise<Control | null>;
}

function makeList(route: Route, field: Field): List | null {
  const kind = classOf(route.endpoint);
  if (kind === null) return null;
  const { method, path } = route.endpoint;
  const cache = new Map<string, { readonly at: number; readonly control: Promise<Control | null> }>();
  const list: List = {
    route,
    class: kind,
    kind: kindOfList(path),
    question: (query, tenants, body = {}) => ({
      method: method as 'GET' | 'POST',
      route: `${method} ${route.template}`,
      path: query.length === 0 ? route.template : `${route.template}?${query.join('&')}`,
      tenants,
      ...(method === 'POST' ? { body: JSON.stringify(body) } : {}),
    }),
    control: (tenant, anchor) => {
      const key = `${tenant} ${anchor?.kind ?? ''} ${anchor?.id ?? ''}`;
      const known = cache.get(key);
      if (known && field.asker.now() - known.at < freshMs) return known.control;
      const control = askOwner(tenant, anchor);
      cache.set(key, { at: field.asker.now(), control });
      return control;
    },
  };
  const askOwner = async (tenant: string, anchor: Thing | undefined): Promise<Control | null> => {
    const [first, ...rest] = field.readers.of(tenant);
    if (first === undefined) return null;
    const query = anchor === undefined ? baseQuery(list) : [...anchorQuery(list, anchor), ...baseQuery(list)];
    let control: Control | null = null;
    for (const principal of [first, ...rest]) {
      const reply = await field.asker.ask(principal, list.question(query, [tenant]));
      control = { principal, reply };
      if (reply.kind === 'shown') break;
    }
    return control;
  };
  return list;
}

function baseQuery({ route }: List): readonly string[] {
  const paged = route.endpoint.query?.includes('paging') === true || route.endpoint.path === '/events';
  return paged ? [`_size=${pageSize}`] : [];
}

function anchorQuery({ route }: List, { id }: Thing): readonly string[] {
  const anchor = anchors[route.endpoint.path];
  return anchor === undefined ? [] : [`${anchor.parameter}=${encodeURIComponent(id)}`];
}

async function probeAs(attack: Attack, depth: ListDepth, list: List, field: Field): Promise<void> {
  const anchor = anchors[list.route.endpoint.path];
  if (anchor !== undefined) return probeAnchored(attack, depth, list, anchor.kind, field);
  const kept = await keptOf(attack, depth, list, field);
  const make = (
    reach: Reach,
    query: readonly string[],
    tenants: readonly string[],
    more: Partial<Trial> = {},
  ): Trial => ({
    attack,
    question: list.question(query, tenants),
    class: list.class,
    kind: list.kind,
    reach,
    allTenants: query.includes('_all_tenants=true'),
    sent: [],
    kept,
    ...more,
  });
  const base = baseQuery(list);
  const home = attack.home === null ? [] : [attack.home];
  const own = reachOf(list);
  const plain = await tryIt(make(own, base, home), field);
  const isWhole = depth === 'whole';
  const isForemost = foremost.has(list.class);
  // What several tenants or the manager's role may widen is tried on every list, what a role may on those that matter most.
  const isWidened = depth !== 'old' && (depth !== 'brief' || attack.others.length > 0 || isForemost);
  if (attack.home !== null && isWidened) {
    const all = await tryIt(make('all-tenants', [...base, '_all_tenants=true'], home), field);
    await compareTotals({ attack, list, plain, all, depth, make, base, home }, field);
  }
  if (depth === 'brief') {
    for (const tenant of attack.others) {
      await tryIt(make(own, base, [tenant]), field);
      if (hasOtherRoles(attack, tenant))
        await tryIt(make('all-tenants', [...base, '_all_tenants=true'], [tenant]), field);
    }
    if (attack.home !== null) return;
  }
  if ((depth === 'old' || depth === 'brief') && !isForemost) return;
  const isSample = sampled.has(list.route.endpoint.path);
  const namings = isWhole
    ? ([
        ...(isForemost ? (['missing'] as const) : []),
        'foreign',
        ...(isSample ? (['unknown'] as const) : []),
      ] as const)
    : (['foreign'] as const);
  await probeNaming(attack, list, plain, make, namings, field);
  if (isWhole && isSample) await probeOddNaming(attack, base, make, field);
  if (isWhole || depth === 'half') await probeFilters(attack, isWhole ? 2 : 1, list, make, base, home, field);
}

function hasOtherRoles({ principal, home }: Attack, tenant: string): boolean {
  const held = (where: string): string => [...rolesOf(principal, where)].sort().join();
  return home === null || held(home) !== held(tenant);
}

/** Lists that stand for all where a part of the code is asked that all have in common. */
const sampled: ReadonlySet<string> = new Set(['/blueprints', '/events', '/secrets', '/searches/deployments']);

/** Tenants named twice, as a list, in other letters, or elsewhere: never may another's data come of it. */
async function probeOddNaming(
  attack: Attack,
  base: readonly string[],
  make: Make,
  field: Field,
): Promise<void> {
  const { home, foreign } = attack;
  const [other] = foreign;
  if (home === null || other === undefined) return;
  const changed = other.toUpperCase() === other ? other.toLowerCase() : other.toUpperCase();
  for (const tenants of [[home, other], [other, home], [`${home},${other}`]]) {
    await tryIt(make('tenant', base, tenants), field);
  }
  await tryNaming(attack, 'case', make('tenant', base, [changed]), field);
  for (const name of ['tenant', 'tenant_name', '_tenant']) {
    const query = [...base, `${name}=${encodeURIComponent(other)}`];
    await tryIt(make('tenant', query, [home]), field);
    if (name === 'tenant') await tryNaming(attack, 'query', make('tenant', query, []), field);
  }
}

/** A request that names no tenant of the actor's in any way that counts: a success is wrong, whatever it holds. */
async function tryNaming(
  attack: Attack,
  naming: TenantNotRefused['naming'],
  trial: Trial,
  field: Field,
): Promise<void> {
  const { principal } = attack;
  const ledger = field.ledgerOf(principal);
  const reply = await tryIt(trial, field);
  if (reply.kind === 'unsent') return;
  ledger.count('tenantTried');
  if (reply.kind === 'refused') ledger.count('tenantRefused');
  if (reply.kind !== 'shown') return;
  const again = await field.asker.ask(principal, trial.question);
  if (again.kind !== 'shown') return;
  const request = reproduce(trial.question, principal, field.asker.session.door);
  ledger.acceptTenant({ class: trial.class, naming, status: reply.status ?? 0, request });
}

/** Each owner whose things must not show, with what he is shown himself. */
async function keptOf(attack: Attack, depth: ListDepth, list: List, field: Field): Promise<Trial['kept']> {
  const { principal, home, others, foreign } = attack;
  const kept: { readonly place: Place; readonly control: Control | null }[] = [];
  const add = async (border: Border, tenant: string): Promise<void> => {
    const place: Place = { class: list.class, border, owner: ownerName(tenant) };
    const known = field.inventory
      .of(list.kind ?? '')
      .some(({ scope }) => scope.tenant === tenant && borderTo(principal, scope) === border);
    const control = await list.control(tenant);
    // Lists without identifiers of their own: what the owner is shown says whether there is anything.
    if (known || (control !== null && showsAnything(control.reply))) kept.push({ place, control });
  };
  if (list.kind === 'token') {
    const control = foreign[0] === undefined ? null : await list.control(foreign[0]);
    return [{ place: { class: 'tokens', border: 'private', owner: ownerName('') }, control }];
  }
  for (const tenant of foreign) await add('foreign', tenant);
  // In an older version nothing is proven of private things: what is shown of them is seen nevertheless.
  if (depth === 'old') return kept;
  for (const tenant of [home, ...others]) {
    if (
      tenant !== null &&
      !rolesOf(principal, tenant).includes('manager') &&
      hasPrivate(attack, tenant, list, field)
    ) {
      await add('private', tenant);
    }
  }
  return kept;
}

function hasPrivate({ principal }: Attack, tenant: string, { kind }: List, field: Field): boolean {
  return field.inventory
    .of(kind ?? '')
    .some(({ scope }) => scope.tenant === tenant && borderTo(principal, scope) === 'private');
}

function showsAnything({ kind, items }: Reply): boolean {
  return kind === 'shown' && (items ?? []).length > 0;
}

/** The reach of the list itself. */
function reachOf({ route }: List): Reach {
  return route.endpoint.path.startsWith('/searches/') ? 'search' : 'plain';
}

type Make = (
  reach: Reach,
  query: readonly string[],
  tenants: readonly string[],
  more?: Partial<Trial>,
) => Trial;

/** Names no tenant, another's, or one that is not there: each is to be refused before anything is read. */
async function probeNaming(
  attack: Attack,
  list: List,
  plain: Reply,
  make: Make,
  namings: readonly ('missing' | 'foreign' | 'unknown')[],
  field: Field,
): Promise<void> {
  const { principal, foreign, home } = attack;
  const { permission } = list.route.endpoint;
  const roles = permission === undefined ? undefined : field.permissions[permission];
  // What the system role alone may do needs no tenant.
  const mustRefuse = roles !== undefined && !roles.includes(principal.systemRole);
  const ledger = field.ledgerOf(principal);
  const [other] = foreign;
  const named: Readonly<Record<(typeof namings)[number], readonly string[] | null>> = {
    missing: [],
    foreign: other === undefined ? null : [other],
    unknown: [field.nothing],
  };
  for (const naming of namings) {
    const tenants = named[naming];
    if (tenants === null) continue;
    const trial = make('tenant', baseQuery(list), tenants);
    const reply = await tryIt(trial, field);
    if (!mustRefuse || reply.kind === 'unsent') continue;
    ledger.count('tenantTried');
    if (reply.kind === 'shown') {
      const again = await field.asker.ask(principal, trial.question);
      if (again.kind === 'shown') {
        const request = reproduce(trial.question, principal, field.asker.session.door);
        ledger.acceptTenant({ class: list.class, naming, status: reply.status ?? 0, request });
      }
    } else if (reply.kind === 'refused' && (plain.kind === 'shown' || home === null))
      ledger.count('tenantRefused');
  }
  if (other !== undefined && namings.includes('unknown'))
    await compareNames(attack, other, make, list, field);
  if (other !== undefined && home !== null && attack.depth === 'whole') {
    await tryIt(
      make('tenant', [...baseQuery(list), '_all_tenants=true'], [other], { allTenants: true }),
      field,
    );
  }
}

/** Whether a tenant that is there is refused in other words than one that is not; no news where its name is listed anyway. */
async function compareNames(
  attack: Attack,
  other: string,
  make: Make,
  list: List,
  field: Field,
): Promise<void> {
  const { principal } = attack;
  const known = field.namesShown.get(principal.name) ?? readNames(attack, field);
  field.namesShown.set(principal.name, known);
  if ((await known).has(other)) return;
  const { question } = make('tenant', baseQuery(list), [other]);
  const absent = { ...question, tenants: [field.nothing] };
  const reply = await field.asker.ask(principal, question);
  const place: Place = { class: 'other', border: 'foreign', owner: other };
  await tellApart({ attack, place, question, reply, id: other, absent, absentId: field.nothing }, field);
}

async function readNames({ principal, home }: Attack, field: Field): Promise<ReadonlySet<string>> {
  const reply = await field.asker.ask(principal, {
    method: 'GET',
    route: 'GET /api/v3.1/tenants',
    path: '/api/v3.1/tenants?_include=name',
    tenants: home === null ? [] : [home],
  });
  const names = (reply.items ?? []).map((item) => (item as { readonly name?: unknown } | null)?.name);
  return new Set(names.filter((name): name is string => typeof name === 'string'));
}

/** Searches for, and filters by, what only others have. */
async function probeFilters(
  attack: Attack,
  most: number,
  list: List,
  make: Make,
  base: readonly string[],
  home: readonly string[],
  field: Field,
): Promise<void> {
  const { principal, foreign } = attack;
  const { endpoint } = list.route;
  const hidden = [...foreign, ...home].flatMap((tenant) =>
    hiddenSamples(attack, list.kind, tenant, field).slice(0, 1),
  );
  const about = [...foreign, ...home]
    .flatMap((tenant) => deploymentsOf(attack, list.kind, tenant, field))
    .slice(0, 2);
  const value = (text: string): string => encodeURIComponent(text);
  for (const thing of hidden.slice(0, most)) {
    if (thing.id === '') continue;
    if (endpoint.query?.includes('search') === true) {
      await tryIt(make('search', [...base, `_search=${value(termOf(thing))}`], home), field);
    }
    if (endpoint.query?.includes('filters') === true) {
      const name = thing.kind === 'secret' ? 'key' : thing.kind === 'site' ? 'name' : 'id';
      await tryIt(make('filter', [...base, `${name}=${value(thing.id)}`], home), field);
    }
  }
  const refers = [
    'execution',
    'node',
    'node_instance',
    'event',
    'execution_schedule',
    'deployment_modification',
    'deployment_update',
  ];
  if (most > 1 && (refers.includes(list.kind ?? '') || endpoint.path === '/workflows')) {
    for (const id of about) {
      const name = endpoint.path === '/workflows' ? 'id' : 'deployment_id';
      await tryIt(make('filter', [...base, `${name}=${value(id)}`], home), field);
    }
  }
  if (list.kind === 'event') {
    for (const tenant of [...foreign, ...home]) {
      const [run] = hiddenSamples(attack, 'execution', tenant, field);
      if (run) await tryIt(make('filter', [...base, `execution_id=${value(run.id)}`], home), field);
    }
    for (const type of ['cloudify_log', 'cloudify_event']) {
      await tryIt(make('filter', [...base, `type=${type}`, 'message=%25'], home), field);
    }
  }
  const [other] = foreign;
  if (
    most > 1 &&
    other !== undefined &&
    endpoint.query?.includes('filters') === true &&
    list.kind !== 'event'
  ) {
    await tryIt(make('filter', [...base, `tenant_name=${value(other)}`], home), field);
  }
  if (endpoint.filterId !== undefined) {
    for (const tenant of [...foreign, ...home]) {
      const [filter] = hiddenSamples(attack, endpoint.filterId, tenant, field);
      if (filter === undefined || !mayUse(attack, endpoint.permission, field)) continue;
      const query = (id: string): readonly string[] => [...base, `_filter_id=${value(id)}`];
      const border = borderTo(principal, filter.scope);
      if (border === null) continue;
      const place: Place = { class: 'filters', border, owner: filter.scope.tenant };
      for (const [tenants, more] of [
        [home, []],
        ...(border === 'foreign' ? [[[filter.scope.tenant], ['_all_tenants=true']] as const] : []),
      ] as const) {
        const trial = make('filter', [...query(filter.id), ...more], tenants, {
          sent: [filter.id],
          kept: [],
        });
        const reply = await tryIt(trial, field);
        const absent = list.question([...query(field.nothing), ...more], tenants);
        await tellApart(
          { attack, place, question: trial.question, reply, id: filter.id, absent, absentId: field.nothing },
          field,
        );
      }
    }
  }
}

/** What a search for it looks at: of a plugin the name of its package (Cloudify 7.1), with which its archive's begins. */
function termOf({ kind, id, detail }: Thing): string {
  return (kind === 'plugin' ? /[a-z\d]{3,}/i.exec(detail ?? '')?.[0] : undefined) ?? id;
}

/** Deployments of others that have something of the kind: of any other a list that leaks has nothing to show. */
function deploymentsOf(attack: Attack, kind: string | null, tenant: string, field: Field): readonly string[] {
  const parts = hiddenSamples(attack, kind, tenant, field).flatMap(({ deployment }) => deployment ?? []);
  const whole = hiddenSamples(attack, 'deployment', tenant, field).map(({ id }) => id);
  return [...new Set([...parts, ...whole])];
}

/** Things of a kind in a tenant that the account must not see, and of whose name nobody else has one. */
export function hiddenSamples(
  { principal }: Attack,
  kind: string | null,
  tenant: string,
  field: Field,
): readonly Thing[] {
  if (kind === null) return [];
  return samplesOf(field.inventory, kind, tenant, ({ scope, id }) => {
    if (id === '' || borderTo(principal, scope) === null) return false;
    return field.inventory.scopesOf(kind, id).every((each) => borderTo(principal, each) !== null);
  });
}

/** Lists of what belongs to one thing: asked of one's own, of others' and of none. */
async function probeAnchored(
  attack: Attack,
  depth: ListDepth,
  list: List,
  kind: string,
  field: Field,
): Promise<void> {
  const { home, foreign, others, principal } = attack;
  const homes = home === null ? [] : [home];
  const base = baseQuery(list);
  const trialOf = (
    thing: Thing,
    reach: Reach,
    more: readonly string[],
    tenants: readonly string[],
    kept: Trial['kept'],
  ): Trial => ({
    attack,
    question: list.question([...anchorQuery(list, thing), ...base, ...more], tenants),
    class: list.class,
    kind: list.kind,
    reach,
    allTenants: more.includes('_all_tenants=true'),
    sent: [thing.id],
    kept,
  });
  const hidden = [...foreign, ...homes].flatMap((tenant) => hiddenSamples(attack, kind, tenant, field));
  for (const thing of depth === 'whole' ? hidden.slice(0, 3) : hidden.slice(0, 1)) {
    const border = borderTo(principal, thing.scope);
    if (border === null) continue;
    const place: Place = { class: list.class, border, owner: ownerName(thing.scope.tenant) };
    const control = await list.control(thing.scope.tenant, thing);
    const kept = control !== null && showsAnything(control.reply) ? [{ place, control }] : [];
    const trial = trialOf(thing, 'plain', [], homes, kept);
    const reply = await tryIt(trial, field);
    const absent = list.question([...anchorQuery(list, { ...thing, id: field.nothing }), ...base], homes);
    if (kept.length > 0 && reply.kind !== 'shown') {
      await tellApart(
        { attack, place, question: trial.question, reply, id: thing.id, absent, absentId: field.nothing },
        field,
      );
    }
    if (home === null) continue;
    await tryIt(trialOf(thing, 'all-tenants', ['_all_tenants=true'], homes, kept), field);
    if (depth !== 'brief' && depth !== 'old' && border === 'foreign') {
      await tryIt(trialOf(thing, 'tenant', [], [thing.scope.tenant], kept), field);
    }
  }
  if (home === null) return;
  // One's own, read while another tenant is named: functions in it must not be evaluated there.
  const common = field.inventory
    .of(kind)
    .find((thing) => thing.scope.tenant === home && borderTo(principal, thing.scope) === null);
  if (common === undefined) return;
  const named = [...foreign, ...others].filter((tenant) => !isMember(principal, tenant) || depth !== 'old');
  for (const tenant of named.slice(0, 2)) {
    await tryIt(trialOf(common, 'all-tenants', ['_all_tenants=true'], [tenant], []), field);
  }
}
