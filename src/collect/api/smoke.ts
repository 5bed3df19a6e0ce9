import { loadEndpoints, type Route } from './catalogue';
import { guardClassOf, guardedActionOf, guardKindOf, oneOfEach, type GuardKind } from './guard-classes';
import type { StrangerCredential } from './strangers';

/**
 * The endpoints that a smoke run asks: of each class of guard one in every API version, and one of each method in the
 * newest; the list that is in all versions; and whatever the auditor has added.
 */
export function smokeRoutes(routes: readonly Route[]): readonly Route[] {
  const sendable = routes.filter(({ endpoint }) => endpoint.probe !== 'never');
  const newest = loadEndpoints().versions.at(-1);
  const chosen = new Set([
    ...oneOfEach(sendable, (route) => `${route.version} ${guardClassOf(route)}`, itself),
    ...oneOfEach(
      sendable.filter(({ version }) => version === newest),
      guardedActionOf,
      itself,
    ),
    ...sendable.filter(
      (route) => isCommonList(route) || isExampleOfChange(route) || route.origin === 'target',
    ),
  ]);
  return sendable.filter((route) => chosen.has(route));
}

/** GET /blueprints: in every version, and every role but `default` may list it. */
export function isCommonList({ endpoint, template }: Route): boolean {
  return endpoint.id.startsWith('GET /blueprints') && template.endsWith('/blueprints');
}

/** The request that stands for those that change something, where one is tried in several ways. */
export function isExampleOfChange({ endpoint, version }: Route): boolean {
  return endpoint.id === 'DELETE /deployments/{deployment_id}' && version === 'v3.1';
}

/** What else than nothing a smoke run shows to a guard of each kind, once in the newest version. */
export const smokeCredentials: Readonly<Record<GuardKind, readonly StrangerCredential[]>> = {
  open: [],
  cookie: ['unknown-cookie', 'unknown-token'],
  // Asked by http.surface with nothing, and by api.credential with what is no longer right.
  nginx: [],
  stub: [],
  premium: ['unknown-token', 'unknown-user'],
  administrator: ['unknown-token', 'unknown-user'],
  login: ['unknown-token', 'unknown-user', 'unknown-execution-token'],
  execution: ['unknown-token', 'unknown-user', 'unknown-execution-token'],
  'all-tenants': ['unknown-token', 'unknown-user'],
  permission: ['unknown-token', 'unknown-user'],
};

/** Of each kind of guard the endpoint at which credentials of nobody's are shown, by a smoke run. */
export function smokeExamples(routes: readonly Route[]): ReadonlyMap<Route, readonly StrangerCredential[]> {
  const newest = loadEndpoints().versions.at(-1);
  const examples = oneOfEach(
    smokeRoutes(routes).filter(({ version }) => version === newest),
    guardKindOf,
    itself,
  );
  return new Map(examples.map((route) => [route, smokeCredentials[guardKindOf(route)]]));
}

function itself(route: Route): Route {
  return route;
}
