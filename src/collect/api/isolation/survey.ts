import { randomBytes } from 'node:crypto';
import type { EvidenceOf } from '../../../model/evidence';
import type { IsolationPlan } from '../../../model/api-isolation';
import type { Manager, Target } from '../../../model/target';
import type { CollectContext } from '../../collector';
import { loadEndpoints, routesOf, type Route } from '../catalogue';
import type { Door } from '../doors';
import { openSession, type ApiSession } from '../session';
import { makeAsker, type Asker, type Watch } from './asker';
import { attacksOf, boundOf, tenantsOf } from './cast';
import { probeAuditLog, probeExport, probeHiddenValues, probeTenantCredentials } from './credentials';
import { isolationOf, tenancyOf } from './evidence';
import { makeLedgers, type Attack, type Depth, type Field } from './field';
import { findFiles, probeFiles } from './files';
import { addCanaries, harvest, harvestDetails, readersOf } from './harvest';
import { makeInventory } from './inventory';
import { classOf, foremost } from './kinds';
import { probeList, type ListDepth } from './lists';
import { probeObject } from './objects';
import { candidatesOf, principalOf, type Candidate, type Principal } from './principals';
import { borderTo } from './scope';
import { isolationSubject, tenancySubject } from './subjects';
import { probeManagerCredentials } from './manager-credentials';
import { probeSummary } from './summaries';

type Result = EvidenceOf<'api.isolation'> | EvidenceOf<'api.tenancy'>;

/** What is surveyed, and from where. */
export interface Survey {
  readonly target: Target;
  readonly manager: Manager;
  /** In the order in which they are tried. */
  readonly doors: readonly Door[];
  readonly plan: IsolationPlan;
  readonly watch?: Watch;
}

/** Requests side by side; the session lets through what the manager bears. */
const width = 8;

/** Logs everybody in, learns what there is, and tries who can reach what. One evidence an actor, and one of all pairs. */
export async function surveyTenants(survey: Survey, context: CollectContext): Promise<readonly Result[]> {
  const { target, manager, plan } = survey;
  const bound = boundOf(target, target.tenants.length);
  const met = await logIn(survey, context, bound);
  const observedAt = (): string => context.now().toISOString();
  const refused: Result[] = met.refused.map(({ candidate, reason }) => ({
    type: 'api.isolation',
    subject: isolationSubject(manager, candidate.user.name),
    observedAt: observedAt(),
    state: 'unavailable',
    reason,
  }));
  const unavailable = (reason: string): readonly Result[] => [
    ...refused,
    {
      type: 'api.tenancy',
      subject: tenancySubject(manager),
      observedAt: observedAt(),
      state: 'unavailable',
      reason,
    },
  ];
  if (met.principals.length === 0) return unavailable('no declared account could be logged in');
  const { asker } = met;
  const tenants = [...new Set([...target.tenants, ...(target.canaries?.tenants ?? [])])];
  const chosen = tenantsOf(met.principals, tenants, plan);
  const inventory = makeInventory();
  const readers = readersOf(met.principals);
  addCanaries(target, inventory);
  await harvest(chosen, readers, asker, inventory);
  await harvestDetails(chosen, readers, asker, inventory);
  const attacks = attacksOf(
    met.principals,
    chosen,
    plan,
    target.isolation?.sample ?? '',
    (principal, tenant) =>
      inventory.things.filter(
        ({ scope }) => scope.tenant === tenant && borderTo(principal, scope) === 'private',
      ).length,
  );
  if (attacks.length === 0)
    return unavailable('every account is an administrator, from whom nothing is kept');
  const field: Field = {
    target,
    plan,
    asker,
    inventory,
    readers,
    attacks,
    tenants: chosen,
    permissions: await readPermissions(met.principals, asker),
    nothing: `cfyaudit${randomBytes(8).toString('hex')}`,
    ledgerOf: makeLedgers(),
    confirmed: new Map(),
    namesShown: new Map(),
  };
  await probeAll(field, context);
  const shared = { field, door: met.session.door, allTenants: tenants, bound };
  return [
    ...refused,
    ...attacks.map((attack): Result => ({
      type: 'api.isolation',
      subject: isolationSubject(manager, attack.principal.name),
      observedAt: observedAt(),
      state: 'observed',
      data: isolationOf(attack, shared),
    })),
    {
      type: 'api.tenancy',
      subject: tenancySubject(manager),
      observedAt: observedAt(),
      state: 'observed',
      data: tenancyOf(shared),
    },
  ];
}

/** Files, lists, single things: in every API version what the promises name, the newest first, then what else there is. */
async function probeAll(field: Field, context: CollectContext): Promise<void> {
  const newest = loadEndpoints().versions.at(-1);
  const readable = routesOf(field.target.endpoints).filter(
    ({ endpoint, version }) =>
      endpoint.probe === 'read' &&
      version !== 'unversioned' &&
      endpoint.guard === undefined &&
      endpoint.edition === undefined &&
      classOf(endpoint) !== null,
  );
  const latest = readable
    .filter(({ version }) => version === newest)
    .sort((a, b) => weightOf(a) - weightOf(b));
  const older =
    field.plan === 'quick' || field.plan === 'full'
      ? readable.filter(({ version }) => version !== newest)
      : [];
  const [first] = field.attacks;
  const steps: (() => Promise<void>)[] = [];
  const files = await findFiles(field);
  const step = (route: Route, depthOf: (attack: Attack) => ListDepth | null): void => {
    const { path, list } = route.endpoint;
    const brief = (attack: Attack): Depth | null => {
      const depth = depthOf(attack);
      return depth === 'old' ? 'brief' : depth;
    };
    if (path.startsWith('/summary/')) steps.push(() => probeSummary(route, brief, field));
    else if (list === true || path.startsWith('/searches/'))
      steps.push(() => probeList(route, depthOf, field));
    else steps.push(() => probeObject(route, depthOf, field));
  };
  for (const attack of field.attacks) {
    steps.push(() => probeFiles(attack, files, attack.depth, field));
    steps.push(() => probeHiddenValues(attack, field));
    steps.push(() => probeTenantCredentials(attack, field));
    steps.push(() => probeManagerCredentials(attack, field));
    steps.push(() => probeAuditLog(attack, field));
    steps.push(() => probeExport(attack, field));
  }
  // Of older versions the lists, and what the promises name one by one.
  const old = older.filter(
    (route) => field.plan === 'full' || route.endpoint.list === true || weightOf(route) === 0,
  );
  const asked = [...latest, ...old].sort((a, b) => weightOf(a) - weightOf(b));
  for (const route of asked) {
    const isOld = route.version !== newest;
    step(route, (attack) =>
      !isOld ? attack.depth : field.plan === 'full' || attack === first ? 'old' : null,
    );
  }
  await inTurn(steps, context);
}

/** What the promises name comes before what else there is, in case the bound is reached. */
function weightOf({ endpoint }: Route): number {
  const kind = classOf(endpoint);
  return kind !== null && foremost.has(kind) ? 0 : 1;
}

async function inTurn(steps: readonly (() => Promise<void>)[], context: CollectContext): Promise<void> {
  let done = 0;
  const queue = steps.values();
  const lane = async (): Promise<void> => {
    for (const step of queue) {
      await step();
      done++;
      context.progress(done / steps.length);
    }
  };
  await Promise.all(Array.from({ length: width }, lane));
}

interface Met {
  readonly session: ApiSession;
  readonly asker: Asker;
  readonly principals: readonly Principal[];
  readonly refused: readonly { readonly candidate: Candidate; readonly reason: string }[];
}

/** Everybody at the first door at which somebody is answered. A refused credential is not sent again. */
async function logIn({ target, doors, watch }: Survey, context: CollectContext, bound: number): Promise<Met> {
  const candidates = candidatesOf(target);
  for (const [index, door] of doors.entries()) {
    const session = openSession(door);
    const asker = makeAsker(session, context, bound, watch);
    const principals: Principal[] = [];
    const refused: { readonly candidate: Candidate; readonly reason: string }[] = [];
    let isAnswered = false;
    // Where the first two get no answer, the others need not ask.
    const begun = candidates.slice(0, 2).map((candidate) => meet(candidate, asker));
    for (const [at, candidate] of candidates.entries()) {
      if (at >= begun.length && !isAnswered) break;
      const met = await (begun[at] ?? meet(candidate, asker));
      if ('principal' in met) principals.push(met.principal);
      else refused.push({ candidate, reason: met.reason });
      isAnswered ||= 'principal' in met || met.isAnswer;
    }
    if (isAnswered || index === doors.length - 1) {
      const silent = candidates.slice(principals.length + refused.length);
      const reason = refused[0]?.reason ?? 'no answer';
      return {
        session,
        asker,
        principals,
        refused: [...refused, ...silent.map((candidate) => ({ candidate, reason }))],
      };
    }
  }
  throw new Error('nowhere to log in');
}

async function meet(
  candidate: Candidate,
  asker: Asker,
): Promise<{ readonly principal: Principal } | { readonly reason: string; readonly isAnswer: boolean }> {
  const nobody: Principal = {
    name: candidate.user.name,
    username: candidate.user.username,
    credential: candidate.credential,
    systemRole: 'default',
    administrator: false,
    memberships: [],
    canary: candidate.canary,
  };
  const path = '/api/v3.1/user?_get_data=true';
  const reply = await asker.ask(nobody, { method: 'GET', route: 'GET /api/v3.1/user', path, tenants: [] });
  if (reply.status === 401) {
    return { reason: `the manager refused the credentials of ${candidate.user.name}`, isAnswer: true };
  }
  if (reply.kind !== 'shown') {
    const reason = `the manager does not tell who ${candidate.user.name} is (${reply.reason})`;
    return { reason, isAnswer: false };
  }
  const principal = principalOf(candidate, reply.json);
  return typeof principal === 'string'
    ? { reason: `${principal} (${candidate.user.name})`, isAnswer: true }
    : { principal };
}

/** The manager's own table, which everybody who is logged in may read; the shipped one where it does not tell. */
async function readPermissions([first]: readonly Principal[], asker: Asker): Promise<Field['permissions']> {
  const shipped = loadEndpoints().permissions;
  if (first === undefined) return shipped;
  const path = '/api/v3.1/config?scope=authorization';
  const reply = await asker.ask(first, { method: 'GET', route: 'GET /api/v3.1/config', path, tenants: [] });
  const { authorization } = (reply.json ?? {}) as { authorization?: { permissions?: unknown } };
  const table = authorization?.permissions;
  if (table === null || typeof table !== 'object') return shipped;
  const sound = Object.entries(table).filter((entry): entry is [string, string[]] => Array.isArray(entry[1]));
  return sound.length === 0 ? shipped : Object.fromEntries(sound);
}
