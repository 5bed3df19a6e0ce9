import type { Task } from '../collector';
import type { Controlled } from './actors';
import { askCredentials } from './ask-credentials';
import type { Route } from './catalogue';
import { costOf } from './cost';
import { oneOfEachKind, type DeadCredential } from './dead-credentials';
import { noSuchRoute, observed, subjectOf, type Surroundings } from './evidence';
import { whyNever } from './never';
import { harmlessPath } from './paths';
import { isRepresentative, type Thoroughness } from './stranger-attempts';
import { gatherTellings } from './telling';

/**
 * One endpoint, asked with credentials that were real once, or are no longer, or are not quite. `only`: with no other than
 * this one, and as somebody who may only where all are.
 */
export function credentialTask(
  route: Route,
  index: number,
  dead: readonly DeadCredential[],
  shared: Surroundings,
  only?: DeadCredential,
): Task<'api.credential'> {
  const { sessions, controls, actors } = shared;
  const isMain = isRepresentative(route);
  const few = only === undefined ? oneOfEachKind(dead) : [only];
  const listener = isMain || index % 2 === 0 ? 'rest-external' : 'rest-internal';
  // What nobody declared is missing once, not on every endpoint.
  const tried = isMain ? dead : few;
  const usable = tried.filter((each) => each.shows !== null).length;
  const subject = subjectOf(shared.manager, route, 'credentials for ');
  const requests = requestsOf(route);
  const isElsewhere = only !== undefined;
  const controlled = usable === 0 || actors.length === 0 || isElsewhere ? 0 : isMain ? 2 : 1;
  return {
    ...costOf(usable + (isMain ? few.length : 0) + controlled, shared),
    subject,
    type: 'api.credential',
    identities: [...new Set(tried.flatMap(({ identity }) => identity ?? []))],
    collect: async (context) => {
      const tellings = gatherTellings();
      const over = async (
        which: 'rest-external' | 'rest-internal',
        some: readonly DeadCredential[],
      ): ReturnType<typeof askCredentials> =>
        askCredentials(some, sessions[which], requests, controls, tellings, context, isElsewhere);
      const first = await over(listener, tried);
      if (first.routeless) {
        const observedAt = context.now().toISOString();
        return { type: 'api.credential', subject, observedAt, state: 'absent', reason: noSuchRoute };
      }
      const second = isMain && few.length > 0 ? await over('rest-internal', few) : null;
      const attempts = [...first.attempts, ...(second?.attempts ?? [])];
      const found = { attempts, listed: null, ...tellings.found };
      return observed('api.credential', subject, shared, route, found, context);
    },
  };
}

/** Where dead credentials are tried: in each version, and where nginx asks the REST service; in full, wherever one may. */
export function isTriedWithCredentials(
  { endpoint, template, version }: Route,
  thoroughness: Thoroughness,
): boolean {
  const { guard = 'secured', edition, permission } = endpoint;
  if (template === '/resources/blueprints/default_tenant/' || template === '/api/v3.1/audit') return true;
  const isListed =
    endpoint.method === 'GET' && template.endsWith('/blueprints') && template.startsWith('/api/v');
  if (thoroughness === 'smoke') return isListed;
  if (thoroughness === 'standard') return isListed || (version === 'v3.1' && waysIn.has(endpoint.id));
  const isGuarded = guard === 'secured' && edition === undefined && permission !== undefined;
  return isGuarded && whyNever(endpoint) === null;
}

/**
 * Where every kind is tried too, unless it is a smoke run: a log-in and nothing else, one's own tokens, secrets,
 * and a list whose tenant is the header's alone.
 */
const waysIn: ReadonlySet<string> = new Set([
  'GET /file-server-auth',
  'GET /tokens',
  'GET /secrets',
  'GET /nodes',
]);

/** Where the first is served to anybody, the others of the same version and permission level stand for it. */
function requestsOf(route: Route): readonly [Controlled, ...Controlled[]] {
  const { method } = route.endpoint;
  const path = harmlessPath(route);
  const others = ['deployments', 'executions'].map((name) => path.replace(/[^/]+$/, name));
  return [
    { method, path },
    ...(path.endsWith('/blueprints') ? others.map((each) => ({ method, path: each })) : []),
  ];
}
