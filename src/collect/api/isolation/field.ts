import type {
  IsolationControl,
  IsolationPlan,
  Reach,
  ResourceClass,
  Unproven,
} from '../../../model/api-isolation';
import type { Target } from '../../../model/target';
import { fillPath, loadEndpoints } from '../catalogue';
import type { Asker } from './asker';
import { examine, type Sight, type Viewing } from './examine';
import type { Readers } from './harvest';
import type { Inventory, Thing } from './inventory';
import { makeLedger, type Ledger, type Place } from './ledger';
import { rolesOf, type Principal } from './principals';
import { isConclusive, type Reply } from './reply';
import { reproduce, type Question } from './reproduce';
import { borderTo, type Scope } from './scope';

/** How thoroughly one account is tried: by everything; by every kind of request once; by the plainest. */
export type Depth = 'whole' | 'half' | 'brief';

/** One account, what is its own and what it is tried against. */
export interface Attack {
  readonly principal: Principal;
  readonly depth: Depth;
  /** Named in the Tenant header for what is its own; null: it is in no tenant. */
  readonly home: string | null;
  /** Tenants of its own beside `home`. */
  readonly others: readonly string[];
  /** Tenants in which it holds no role. */
  readonly foreign: readonly string[];
}

/** Everything that the probes share. */
export interface Field {
  readonly target: Target;
  readonly plan: IsolationPlan;
  readonly asker: Asker;
  readonly inventory: Inventory;
  readonly readers: Readers;
  readonly attacks: readonly Attack[];
  /** Tenants whose things are looked for. */
  readonly tenants: readonly string[];
  /** Permission → roles, by the manager's own table or the shipped one. */
  readonly permissions: Readonly<Record<string, readonly string[]>>;
  /** A word that nothing is named by, new in every run. */
  readonly nothing: string;
  ledgerOf(principal: Principal): Ledger;
  /** Names of tenants that the manager tells everybody, or an account, by its own list; by the account's name. */
  readonly namesShown: Map<string, Promise<ReadonlySet<string>>>;
  /** Things that were looked at again, by whom they were met. */
  readonly confirmed: Map<string, { readonly at: number; readonly why: string | null }>;
}

export function makeLedgers(): (principal: Principal) => Ledger {
  const ledgers = new Map<Principal, Ledger>();
  return (principal) => {
    const ledger = ledgers.get(principal) ?? makeLedger();
    ledgers.set(principal, ledger);
    return ledger;
  };
}

/** What an owner got by the same route, and who he is. */
export interface Control {
  readonly principal: Principal;
  readonly reply: Reply;
}

/** One request, what it is about, and what it has to keep back. */
export interface Trial {
  readonly attack: Attack;
  readonly question: Question;
  readonly class: ResourceClass;
  readonly kind: string | null;
  readonly reach: Reach;
  readonly allTenants: boolean;
  readonly sent: readonly string[];
  readonly isSummary?: boolean;
  /** Owners that must be kept back, each with its control; without one, nothing is proven about them. */
  readonly kept: readonly { readonly place: Place; readonly control: Control | null }[];
}

/** Sends a trial and enters what came of it. Returns the answer, for what is counted across several. */
export async function tryIt(trial: Trial, field: Field): Promise<Reply> {
  const { attack, question } = trial;
  const reply = await field.asker.ask(attack.principal, question);
  await judge(trial, reply, field);
  return reply;
}

/** Enters an answer: leaks once they are confirmed, denials beside their control, and everything else as unproven. */
async function judge(trial: Trial, reply: Reply, field: Field): Promise<void> {
  const { attack, question, kept, reach } = trial;
  if (reply.kind === 'unsent') return;
  const { principal } = attack;
  const ledger = field.ledgerOf(principal);
  if (widening.has(reach) && isConclusive(reply)) ledger.count('widened');
  const viewing = viewingOf(trial);
  const sights = examine(reply, viewing, field.inventory);
  const leaking = new Set<string>();
  for (const sight of sights) {
    const isSecret = sight.thing?.kind === 'secret' && sight.proof === 'marker';
    const place: Place = {
      class: isSecret ? 'secrets' : trial.class,
      border: sight.border,
      owner: ownerName(sight.owner),
    };
    const confirmed = await confirm(trial, sight, field);
    leaking.add(`${place.border} ${place.owner}`);
    if (confirmed !== null) {
      ledger.fail(place, 'control', confirmed, question.route);
      continue;
    }
    const control = kept.find(
      (each) => each.place.border === sight.border && each.place.owner === place.owner,
    )?.control;
    ledger.leak({
      ...place,
      reach,
      proof: sight.proof,
      amount: sight.amount,
      at: sight.at,
      expected: expectedOf(place),
      observed: observedOf(sight),
      status: reply.status ?? 0,
      control: control ? controlFact(control, trial, place, field) : null,
      request: reproduce(question, principal, field.asker.session.door),
    });
  }
  for (const { place, control } of kept) {
    if (leaking.has(`${place.border} ${place.owner}`)) continue;
    settle(trial, place, control, reply, field);
  }
}

/** Features by which a list shows, or counts, other things than it does without. */
const widening: ReadonlySet<Reach> = new Set([
  'all-tenants',
  'filter',
  'include',
  'page',
  'search',
  'sort',
  'summary',
]);

function settle(trial: Trial, place: Place, control: Control | null, reply: Reply, field: Field): void {
  const { attack, question } = trial;
  const ledger = field.ledgerOf(attack.principal);
  const failed = whyUnproven(trial, place, control, reply, field);
  if (failed !== null) {
    ledger.fail(place, failed.why, failed.reason, question.route);
    return;
  }
  ledger.prove(place, reproduce(question, attack.principal, field.asker.session.door));
}

function whyUnproven(
  trial: Trial,
  place: Place,
  control: Control | null,
  reply: Reply,
  field: Field,
): { readonly why: Unproven['why']; readonly reason: string } | null {
  if (reply.kind === 'silent') return { why: 'no-answer', reason: reply.reason };
  if (reply.kind === 'broken') return { why: 'broken', reason: `the manager ${reply.reason}` };
  if (!isConclusive(reply)) return { why: 'refused-otherwise', reason: reply.reason };
  if (control === null || control.reply.kind === 'unsent') {
    return { why: 'control', reason: 'nobody could show it at that time' };
  }
  if (controlFact(control, trial, place, field).showed) return null;
  const { principal, reply: shown } = control;
  const reason = shown.kind === 'shown' ? 'was not shown it either' : shown.reason;
  return { why: 'control', reason: `${principal.name} ${reason}` };
}

/** Whether the owner's answer would have been noticed in the actor's hands: the oracle itself is part of the control. */
function controlFact(control: Control, trial: Trial, place: Place, field: Field): IsolationControl {
  const { principal, reply } = control;
  const viewing = { ...viewingOf(trial), tenants: [], allTenants: true, sent: [] };
  const showed =
    reply.kind === 'shown' &&
    examine(reply, viewing, field.inventory).some(
      (sight) => sight.border === place.border && ownerName(sight.owner) === place.owner,
    );
  return { actor: principal.name, status: reply.status, showed };
}

function viewingOf({ attack, question, allTenants, sent, kind, isSummary }: Trial): Viewing {
  return {
    principal: attack.principal,
    tenants: question.tenants,
    allTenants,
    sent,
    kind,
    ...(isSummary === undefined ? {} : { isSummary }),
  };
}

/** Asks again, and asks an owner whether it is still as it was. null: it is; else why it is not believed. */
async function confirm(trial: Trial, sight: Sight, field: Field): Promise<string | null> {
  const { attack, question } = trial;
  const again = await field.asker.ask(attack.principal, question);
  if (again.kind !== 'unsent') {
    const sights = examine(again, viewingOf(trial), field.inventory);
    const isThere = sights.some(({ border, owner }) => border === sight.border && owner === sight.owner);
    if (!isThere) return 'was shown once, and not when asked again';
  }
  if (sight.thing === null) return null;
  const { kind, id, execution, scope } = sight.thing;
  const key = JSON.stringify([attack.principal.name, kind, id, execution, scope.tenant]);
  const known = field.confirmed.get(key);
  if (known && field.asker.now() - known.at < 60_000) return known.why;
  const why = await whyChanged(sight.thing, attack, field);
  field.confirmed.set(key, { at: field.asker.now(), why });
  return why;
}

/** Things come and go, and are shared, while an audit runs: what is so no more is not held against anybody. */
async function whyChanged(
  thing: Thing,
  { principal, home, others }: Attack,
  field: Field,
): Promise<string | null> {
  const named = nameable(thing);
  if (named === null) return null;
  const { template, parameter, kind } = named;
  const read = async (reader: Principal | null, tenant: string): Promise<Reply | null> =>
    reader === null
      ? null
      : field.asker.ask(reader, {
          method: 'GET',
          route: `GET ${template}`,
          path: fillPath(template, { [parameter]: named.id }),
          tenants: [tenant],
        });
  const current = await read(field.readers.forScope(thing.scope), thing.scope.tenant);
  if (current?.kind === 'missing') return 'was deleted meanwhile';
  if (current?.kind === 'shown') {
    const {
      tenant_name: tenant,
      visibility,
      created_by: creator,
    } = (current.json ?? {}) as Record<string, unknown>;
    if (
      typeof tenant === 'string' &&
      (visibility === 'private' || visibility === 'tenant' || visibility === 'global')
    ) {
      const scope: Scope = {
        tenant,
        visibility,
        creator: typeof creator === 'string' ? creator : thing.scope.creator,
      };
      if (borderTo(principal, scope) === null) return 'was shared meanwhile';
    }
  }
  for (const tenant of [home, ...others]) {
    if (tenant === null || tenant === thing.scope.tenant) continue;
    const own = await read(field.readers.of(tenant)[0] ?? null, tenant);
    const label = (own?.json ?? {}) as Record<string, unknown>;
    if (own?.kind === 'shown' && label.tenant_name === tenant)
      return `${tenant} has a ${kind} of that name too by now`;
  }
  return null;
}

/** A thing that can be asked for by a path, or what it belongs to. */
function nameable(thing: Thing): {
  readonly template: string;
  readonly parameter: string;
  readonly kind: string;
  readonly id: string;
} | null {
  const own = singleOf(thing.kind);
  if (own !== null && thing.id !== '') return { ...own, kind: thing.kind, id: thing.id };
  for (const [kind, id] of [
    ['execution', thing.execution],
    ['deployment', thing.deployment],
  ] as const) {
    const parent = singleOf(kind);
    if (id !== null && parent !== null) return { ...parent, kind, id };
  }
  return null;
}

/** The newest route that reads one thing of the kind. */
function singleOf(kind: string): { readonly template: string; readonly parameter: string } | null {
  const newest = loadEndpoints().versions.at(-1) ?? '';
  const endpoint = loadEndpoints().endpoints.find(
    ({ method, path, params, versions }) =>
      method === 'GET' &&
      versions.includes(newest) &&
      /^[^{]*\{\w+\}$/.test(path) &&
      Object.values(params ?? {}).join() === kind,
  );
  const [parameter] = Object.keys(endpoint?.params ?? {});
  return endpoint === undefined || parameter === undefined
    ? null
    : { template: `/api/${newest}${endpoint.path}`, parameter };
}

/** Things of the manager itself and of people have no tenant. */
export function ownerName(tenant: string): string {
  return tenant === '' ? '(manager)' : tenant;
}

export function expectedOf({ border, owner }: Pick<Place, 'border' | 'owner'>): string {
  switch (border) {
    case 'foreign':
      return `nothing of ${owner}`;
    case 'private':
      return `nothing private of others in ${owner}`;
    case 'hidden':
      return `no hidden value of ${owner}`;
    case 'scope':
      return `nothing of ${owner}, which the request does not name`;
  }
}

function observedOf({ proof, amount }: Sight): string {
  const words: Readonly<Record<Sight['proof'], string>> = {
    id: 'identifiers',
    marker: 'content',
    'tenant-name': 'items labelled as its own',
    digest: 'the same bytes as the owner gets',
    value: 'the value',
    count: 'a number that counts them',
  };
  return `${words[proof]} (${amount})`;
}

/** Roles in any tenant or of the system that hold a permission. */
export function mayUse({ principal, home }: Attack, permission: string | undefined, field: Field): boolean {
  if (permission === undefined) return true;
  const roles = field.permissions[permission] ?? [];
  return [principal.systemRole, ...(home === null ? [] : rolesOf(principal, home))].some((role) =>
    roles.includes(role),
  );
}
