import type { ApiAuthentication, AuthenticationAttempt } from '../../model/api-authentication';
import type { EvidenceOf, Subject } from '../../model/evidence';
import type { Manager, Target } from '../../model/target';
import type { CollectContext, Collector, Task, Work } from '../collector';
import { actorsOf, controlsOf, type Controls } from './actors';
import {
  askCredentials,
  askWrongPassword,
  deadCredentialsOf,
  wrongPasswordUser,
  type DeadCredential,
} from './ask-credentials';
import { askOptions, askStrangers, type Sessions } from './ask-strangers';
import { fold } from './attempt';
import { routesOf, type Route } from './catalogue';
import { doorsOf } from './doors';
import { harmlessPath } from './paths';
import { openSession } from './session';
import { asksOptions, isRepresentative, strangersOf, type Thoroughness } from './smoke';

/**
 * Asks every endpoint of the REST API as callers who have no right to it. A request that could change something goes to
 * an identifier that nothing has and without a body, and not at all where even that would change something.
 */
export const apiAuthentication: Collector = {
  id: 'api-authentication',
  title: 'REST API without valid credentials',
  types: ['api.authentication', 'api.credential'],
  impact: 'authenticate',
  work: (target: Target): Work => ({
    tasks: target.managers.flatMap((manager, index) => tasksOf(manager, target, index === 0)),
    missing: [],
  }),
};

/** What the tasks of one manager have in common. */
interface Shared {
  readonly target: Target;
  readonly manager: Manager;
  readonly sessions: Sessions;
  readonly controls: Controls;
  readonly thoroughness: Thoroughness;
  /** Users who can show that an endpoint works. */
  readonly actors: readonly string[];
}

function tasksOf(manager: Manager, target: Target, isFirst: boolean): readonly Task[] {
  const actors = actorsOf(target);
  const shared: Shared = {
    target,
    manager,
    sessions: sessionsOf(manager, target),
    controls: controlsOf(actors),
    thoroughness: target.limits.apiRequests ?? 'smoke',
    actors: actors.map(({ name }) => name),
  };
  const routes = routesOf(target.endpoints).filter(({ endpoint }) => endpoint.probe !== 'never');
  const dead = deadCredentialsOf(target, shared.thoroughness === 'full');
  return [
    ...routes.map((route, index) => strangerTask(route, index, isFirst, shared)),
    ...routes
      .filter((route) => isTriedWithCredentials(route, shared.thoroughness))
      .map((route) => credentialTask(route, isRepresentative(route), dead, shared)),
  ];
}

function strangerTask(
  route: Route,
  index: number,
  isFirst: boolean,
  shared: Shared,
): Task<'api.authentication'> {
  const { sessions, controls, manager, target, thoroughness, actors } = shared;
  const attempts = strangersOf(route, thoroughness);
  const withOptions = asksOptions(route, thoroughness);
  const first = index % 2 === 0 ? 'rest-external' : 'rest-internal';
  // A control as a user costs another request: in a smoke run the representative alone is worth it.
  const isControlled =
    actors.length > 0 &&
    route.endpoint.probe === 'read' &&
    (thoroughness === 'full' || isRepresentative(route));
  const listeners = new Set(attempts.map(({ over }) => over)).size;
  const extra = (withOptions ? 1 : 0) + (isControlled ? 2 : 0) + (isRepresentative(route) ? listeners : 0);
  const subject = subjectOf(manager, route, '');
  const wrong = isFirst && isRepresentative(route) ? wrongPasswordUser(target) : null;
  const requests = attempts.length + extra + (wrong === null ? 0 : 3);
  return {
    ...costOf(requests, isRepresentative(route) ? listeners : 0, shared),
    subject,
    type: 'api.authentication',
    identities: ['anonymous', ...(isControlled ? actors.slice(0, 1) : []), ...(wrong ? [wrong.name] : [])],
    collect: async (context) => {
      const settings = {
        tenant: target.tenants[0] ?? 'default_tenant',
        controls: isControlled ? controls : null,
      };
      const met = await askStrangers(attempts, sessions, first, settings, context);
      if (met.routeless) {
        const reason = 'the REST service of this manager has no such route (404)';
        return { type: 'api.authentication', subject, observedAt: now(context), state: 'absent', reason };
      }
      const path = harmlessPath(route);
      const { method } = route.endpoint;
      const listed = withOptions ? await askOptions(method, path, sessions, first, context) : null;
      const guessed =
        wrong === null
          ? []
          : [await askWrongPassword(wrong, target, sessions['rest-external'], path, context)];
      const made = [...met.attempts, ...guessed];
      return observed('api.authentication', subject, shared, route, made, listed, context);
    },
  };
}

function credentialTask(
  route: Route,
  isMain: boolean,
  dead: readonly DeadCredential[],
  shared: Shared,
): Task<'api.credential'> {
  const { sessions, controls, manager } = shared;
  const usable = dead.filter(({ credential }) => credential !== null);
  // What nobody declared is missing once, not on every endpoint.
  const tried = isMain ? dead : usable.slice(0, shared.thoroughness === 'full' ? usable.length : 1);
  const path = harmlessPath(route);
  // Where the first is served to anybody, the others of the same version and permission level stand for it.
  const paths = [path, ...['deployments', 'executions'].map((name) => path.replace(/[^/]+$/, name))] as const;
  const subject = subjectOf(manager, route, 'credentials for ');
  const listeners = isMain ? (['rest-external', 'rest-internal'] as const) : (['rest-external'] as const);
  const sent = isMain ? usable.length + 1 : tried.length;
  const requests = usable.length === 0 ? 0 : 2 * listeners.length + sent;
  return {
    ...costOf(requests, isMain ? 2 : 0, shared),
    subject,
    type: 'api.credential',
    identities: [...new Set(usable.flatMap(({ identity }) => identity ?? []))],
    collect: async (context) => {
      const attempts = [
        ...(await askCredentials(tried, sessions['rest-external'], paths, controls, context)),
        ...(isMain
          ? await askCredentials(usable.slice(0, 1), sessions['rest-internal'], paths, controls, context)
          : []),
      ];
      return observed('api.credential', subject, shared, route, attempts, null, context);
    },
  };
}

/** Endpoints on which dead credentials are tried: what every tenant user may list. */
function isTriedWithCredentials({ endpoint, template }: Route, thoroughness: Thoroughness): boolean {
  if (template === '/api/v1/blueprints' || template === '/api/v3.1/blueprints')
    return endpoint.method === 'GET';
  const isSimple = endpoint.method === 'GET' && endpoint.params === undefined && endpoint.guard === undefined;
  return thoroughness === 'full' && isSimple && endpoint.list === true;
}

function observed<T extends 'api.authentication' | 'api.credential'>(
  type: T,
  subject: Subject,
  { manager }: Shared,
  { endpoint, template, version, origin }: Route,
  attempts: readonly AuthenticationAttempt[],
  listed: boolean | null,
  context: CollectContext,
): EvidenceOf<T> {
  const data: ApiAuthentication = {
    node: manager.name,
    method: endpoint.method,
    endpoint: template,
    version,
    guard: endpoint.guard ?? 'secured',
    edition: endpoint.edition ?? null,
    origin,
    listed,
    attempts: fold(attempts),
  };
  return { type, subject, observedAt: now(context), state: 'observed', data };
}

function subjectOf(manager: Manager, { endpoint, template }: Route, prefix: string): Subject {
  const request = `${prefix}${endpoint.method} ${template}`;
  const title = `${manager.name} · ${request}`;
  return { id: `${manager.name}/api ${request}`, kind: 'request', title, node: manager.name };
}

/** A task may take its time at the pace of all: its own deadline is for an answer that does not come. */
function costOf(
  requests: number,
  connections: number,
  { manager, target: { limits } }: Shared,
): Pick<Task, 'address' | 'requests' | 'connections' | 'deadlineMs'> {
  const paced = (requests * limits.concurrency * 1000) / limits.requestsPerSecond;
  return {
    address: manager.resolved[0] ?? manager.address,
    requests,
    // A server may end a kept connection after any answer, and each request then opens its own.
    connections: Math.max(connections, requests),
    deadlineMs: limits.subjectTimeoutMs + Math.ceil(2 * paced),
  };
}

function sessionsOf(manager: Manager, target: Target): Sessions {
  const doors = doorsOf(manager, target);
  return Object.fromEntries(doors.map((door) => [door.listener, openSession(door)])) as unknown as Sessions;
}

function now(context: CollectContext): string {
  return context.now().toISOString();
}
