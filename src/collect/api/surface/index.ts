import type { EvidenceOf, Subject } from '../../../model/evidence';
import type { HttpSurface } from '../../../model/http-surface';
import type { Manager, Target } from '../../../model/target';
import type { HttpResult } from '../../../protocol/http';
import { jsonBody } from '../../classify';
import type { CollectContext, Collector, Task, Work } from '../../collector';
import { strangeOrigin } from '../../header-facts';
import { surfaceFacts } from '../../http-facts';
import { actorsOf, askAs, type Actor } from '../actors';
import { doorsOf } from '../doors';
import { openSession, type ApiSession } from '../session';
import { randomText } from '../strangers';
import { userGap } from '../user-gap';

/**
 * Looks at answers to somebody who has credentials and few rights: headers that are for the log, stack traces, and whether
 * refusals tell which tenants exist. Reads only.
 */
export const signedInSurface: Collector = {
  id: 'signed-in-surface',
  title: 'Answers to a user of the REST API',
  types: ['http.surface'],
  impact: 'authenticate',
  work: (target: Target): Work => {
    const actor = plainActor(target);
    const [manager] = target.managers;
    if (manager === undefined) return { tasks: [], missing: [] };
    const gap = userGap(manager, target);
    if (gap !== null) return { tasks: [], missing: [{ type: 'http.surface', ...gap }] };
    if (actor === undefined) {
      const subject = subjectOf(manager, 'rest-external', 'answers to a user');
      const reason = 'the target declares no user of a tenant who can log in';
      const supply = 'users in target.yaml: an account with tenants: { <tenant>: user }';
      return { tasks: [], missing: [{ type: 'http.surface', subject, reason, supply }] };
    }
    return { tasks: target.managers.flatMap((each) => tasksOf(each, actor, target)), missing: [] };
  },
};

/** Served to everybody who works in a tenant. */
const ordinary = '/api/v3.1/blueprints?_size=1';
/** Refused as a mistake (404): a debug setting adds its stack traces there as well. */
const mistaken = '/api/v3.1/blueprints/cfy-audit-no-such-object';
/** Refused as a bad parameter (400), which the manager says by another piece of code than what is not there. */
const malformed = '/api/v3.1/blueprints?_size=1&_sort=cfy_audit_no_such_field';
/** Cloudify 7.1 looks for a permission that is not there (KeyError) when somebody without all tenants asks for all. */
const breaking = [
  '/api/v3.1/filters/deployments?_all_tenants=true&_size=1',
  '/api/v3.1/filters/blueprints?_all_tenants=true&_size=1',
  '/api/v3.1/deployment-groups?_all_tenants=true&_size=1',
  '/api/v3.1/execution-groups?_all_tenants=true&_size=1',
  '/api/v3.1/execution-schedules?_all_tenants=true&_size=1',
];

const get = (path: string): { readonly method: string; readonly path: string } => ({ method: 'GET', path });

/** What the tasks of one manager have in common. */
interface Shared {
  readonly manager: Manager;
  readonly actor: Actor;
  /** Once the manager has refused the user, he is not sent again: it would count as a failed log-in. */
  readonly gate: { isRefused: boolean };
}

function tasksOf(manager: Manager, actor: Actor, target: Target): readonly Task<'http.surface'>[] {
  const spare = { left: spareRequests };
  const [external, internal] = doorsOf(manager, target).map((door) => openSession(door, spare));
  if (external === undefined || internal === undefined) return [];
  const shared: Shared = { manager, actor, gate: { isRefused: false } };
  const foreign = foreignTenant(actor, target);
  return [
    // Of the first over each listener: whether it is alive; and what all may send again.
    promising(1 + spareRequests, requestTask(external, ordinary, shared)),
    promising(1, requestTask(internal, ordinary, shared)),
    requestTask(external, mistaken, shared),
    requestTask(external, malformed, shared),
    ...breaking.map((path) => requestTask(external, path, shared)),
    ...(foreign === undefined ? [] : [tenantTask(external, foreign, shared)]),
  ];
}

const spareRequests = 2;

/** The task, with requests in the plan that are none of its own. */
function promising(more: number, task: Task<'http.surface'>): Task<'http.surface'> {
  const { requests, connections } = task;
  return { ...task, requests: requests + more, connections: connections + more, paced: requests + 1 };
}

function requestTask(session: ApiSession, path: string, shared: Shared): Task<'http.surface'> {
  const subject = subjectOf(shared.manager, session.door.likeness, `GET ${path} as ${shared.actor.name}`);
  return taskOf(session, subject, 1, shared, async (context) => {
    const result = await askAs(session, shared.actor, get(path), context, [['Origin', strangeOrigin]]);
    return observe(session, subject, path, result, [], shared, context);
  });
}

/** The same request in the name of a tenant that is somebody else's, and of one that is nobody's. */
function tenantTask(session: ApiSession, foreign: string, shared: Shared): Task<'http.surface'> {
  const { manager, actor } = shared;
  const subject = subjectOf(manager, session.door.likeness, `GET ${ordinary} in a tenant of others`);
  return taskOf(session, subject, 2, shared, async (context) => {
    const nobodys = `cfy-audit-${randomText(12)}`;
    const other = await askAs(session, { ...actor, tenant: nobodys }, get(ordinary), context);
    const result = await askAs(session, { ...actor, tenant: foreign }, get(ordinary), context);
    const [one, two] = [refusalOf(other, nobodys), refusalOf(result, foreign)];
    // Who is let in learns nothing by being refused; and what is no refusal of the manager's is no comparison.
    const tells = one !== null && two !== null && one !== two;
    return observe(session, subject, ordinary, result, tells ? ['tenant-existence'] : [], shared, context);
  });
}

function taskOf(
  session: ApiSession,
  subject: Subject,
  requests: number,
  { actor, gate }: Shared,
  collect: Task<'http.surface'>['collect'],
): Task<'http.surface'> {
  return {
    subject,
    type: 'http.surface',
    address: session.door.address,
    requests,
    connections: requests,
    identities: [actor.name],
    collect: async (context) => {
      const { trusted } = session.door;
      const base = { type: 'http.surface', subject, observedAt: context.now().toISOString() } as const;
      if ('refused' in trusted) {
        const { refused: reason, supply } = trusted;
        return { ...base, state: 'unavailable', reason, ...(supply === undefined ? {} : { supply }) };
      }
      if (gate.isRefused) {
        return {
          ...base,
          state: 'unavailable',
          reason: `the manager refuses the credentials of ${actor.name}`,
        };
      }
      return collect(context);
    },
  };
}

async function observe(
  session: ApiSession,
  subject: Subject,
  path: string,
  result: HttpResult,
  more: HttpSurface['discloses'],
  { actor, gate }: Shared,
  context: CollectContext,
): Promise<EvidenceOf<'http.surface'>> {
  const base = { type: 'http.surface', subject, observedAt: context.now().toISOString() } as const;
  const unavailable = (reason: string): EvidenceOf<'http.surface'> => ({
    ...base,
    state: 'unavailable',
    reason,
  });
  if (result.kind === 'failure') return unavailable(result.reason);
  const asked = { method: 'GET', path, expectation: 'signed-in', as: actor.name } as const;
  const { path: controlPath, status, alive } = await session.liveness(context);
  const control = { path: controlPath, status, alive };
  const data = surfaceFacts({ ...session.door, kind: session.door.likeness }, asked, result, control);
  if (data.answer === 'rate-limited') return unavailable(`answered ${result.status} (request rate limit)`);
  if (data.answer === 'unauthorized') {
    gate.isRefused = true;
    return unavailable(`the manager refused the credentials of ${actor.name}`);
  }
  return { ...base, state: 'observed', data: { ...data, discloses: [...data.discloses, ...more] } };
}

/** The manager's refusal in words, with the name taken out; null when the answer is none. */
function refusalOf(result: HttpResult, name: string): string | null {
  if (result.kind === 'failure' || (result.status !== 403 && result.status !== 404)) return null;
  const { message, error_code: code } = (jsonBody(result) ?? {}) as {
    message?: unknown;
    error_code?: unknown;
  };
  return typeof message === 'string' ? `${String(code)} ${message.replaceAll(name, '')}` : null;
}

/** The least powerful user who works in a tenant. */
function plainActor(target: Target): Actor | undefined {
  const plain = new Set(
    target.users
      .filter(({ systemRole, tenants }) => systemRole !== 'sys_admin' && Object.keys(tenants).length > 0)
      .map(({ name }) => name),
  );
  return actorsOf(target).find(({ name }) => plain.has(name));
}

/** A tenant that exists and is not his; every manager has default_tenant. */
function foreignTenant({ name }: Actor, { tenants, users }: Target): string | undefined {
  const own = Object.keys(users.find((user) => user.name === name)?.tenants ?? {});
  return [...tenants, 'default_tenant'].find((tenant) => !own.includes(tenant));
}

function subjectOf({ name: node }: Manager, listener: HttpSurface['listener'], words: string): Subject {
  return {
    id: `${node}/${listener} ${words}`,
    kind: 'request',
    title: `${node} · REST (${listener === 'rest-internal' ? 'internal' : 'external'}) · ${words}`,
    node,
  };
}
