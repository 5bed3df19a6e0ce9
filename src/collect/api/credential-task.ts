import type { Task } from '../collector';
import type { Controlled } from './actors';
import { askCredentials } from './ask-credentials';
import type { Route } from './catalogue';
import { costOf } from './cost';
import { oneOfEachKind, type DeadCredential } from './dead-credentials';
import { observed, subjectOf, type Surroundings } from './evidence';
import { whyNever } from './never';
import { harmlessPath } from './paths';
import { isRepresentative, type Thoroughness } from './stranger-attempts';

/** One endpoint, asked with credentials that were real once, or are no longer, or are not quite. */
export function credentialTask(
  route: Route,
  index: number,
  dead: readonly DeadCredential[],
  shared: Surroundings,
): Task<'api.credential'> {
  const { sessions, controls, actors } = shared;
  const isMain = isRepresentative(route);
  const few = oneOfEachKind(dead);
  const listener = isMain || index % 2 === 0 ? 'rest-external' : 'rest-internal';
  // What nobody declared is missing once, not on every endpoint.
  const tried = isMain ? dead : few;
  const usable = tried.filter((each) => each.shows !== null).length;
  const subject = subjectOf(shared.manager, route, 'credentials for ');
  const requests = requestsOf(route);
  const controlled = usable === 0 || actors.length === 0 ? 0 : isMain ? 2 : 1;
  return {
    ...costOf(usable + (isMain ? few.length : 0) + controlled, shared),
    subject,
    type: 'api.credential',
    identities: [...new Set(tried.flatMap(({ identity }) => identity ?? []))],
    collect: async (context) => {
      const attempts = [
        ...(await askCredentials(tried, sessions[listener], requests, controls, context)),
        ...(isMain && few.length > 0
          ? await askCredentials(few, sessions['rest-internal'], requests, controls, context)
          : []),
      ];
      return observed('api.credential', subject, shared, route, attempts, null, context);
    },
  };
}

/** Where dead credentials are tried: in each version, and where nginx asks the REST service; in full, wherever one may. */
export function isTriedWithCredentials({ endpoint, template }: Route, thoroughness: Thoroughness): boolean {
  const { guard = 'secured', edition, permission } = endpoint;
  if (template === '/resources/blueprints/default_tenant/' || template === '/api/v3.1/audit') return true;
  const isListed =
    endpoint.method === 'GET' && template.endsWith('/blueprints') && template.startsWith('/api/v');
  if (thoroughness !== 'full') return isListed;
  const isGuarded = guard === 'secured' && edition === undefined && permission !== undefined;
  return isGuarded && whyNever(endpoint) === null;
}

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
