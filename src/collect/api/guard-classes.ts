import { isGuardedByNginx } from '../classify';
import { loadEndpoints, type Route } from './catalogue';

/** What stands before an endpoint, in Cloudify 7.1: one piece of code each, whatever endpoints it guards. */
export type GuardKind =
  | 'open'
  | 'cookie'
  | 'nginx'
  | 'stub'
  | 'premium'
  | 'administrator'
  | 'login'
  | 'execution'
  | 'all-tenants'
  | 'permission';

interface KindOfGuard {
  readonly title: string;
  /** Of what no earlier kind has. */
  readonly has: (route: Route) => boolean;
}

/** Every kind, in the order in which it is decided which one an endpoint has. */
export const guardKinds: Readonly<Record<GuardKind, KindOfGuard>> = {
  open: { title: 'nothing: open by design', has: ({ endpoint }) => endpoint.guard === 'open' },
  cookie: { title: 'the cookie of a session', has: ({ endpoint }) => endpoint.guard === 'cookie' },
  nginx: {
    title: 'nginx, which asks the REST service about each request',
    has: ({ template }) => isGuardedByNginx(template),
  },
  stub: {
    title: 'a premium feature: 404 of the community edition before authentication',
    has: ({ endpoint }) => endpoint.guard === 'stub',
  },
  premium: {
    title: 'a premium feature: 404 of the community edition behind authentication',
    has: ({ endpoint }) => endpoint.edition === 'premium',
  },
  administrator: {
    title: 'the role sys_admin itself, whose refusal names no permission',
    has: ({ endpoint }) => endpoint.permission === undefined && isForAdministrators(endpoint.path),
  },
  login: { title: 'a log-in and nothing else', has: ({ endpoint }) => endpoint.permission === undefined },
  execution: {
    title: 'a permission, or the token of a live execution',
    has: ({ endpoint }) => endpoint.allIfExecution === true,
  },
  'all-tenants': {
    title: 'a permission in a tenant, or by _all_tenants in any',
    has: ({ endpoint }) => endpoint.allTenants === true,
  },
  permission: { title: 'a permission in the tenant that the request names', has: () => true },
};

/** Guarded by the role sys_admin itself, not by a permission (Cloudify 7.1 `_admin_only`). */
export function isForAdministrators(path: string): boolean {
  return /^\/permissions(\/|$)/.test(path);
}

export function guardKindOf(route: Route): GuardKind {
  const kinds = Object.entries(guardKinds) as (readonly [GuardKind, KindOfGuard])[];
  return kinds.find(([, { has }]) => has(route))?.[0] ?? 'permission';
}

/** Endpoints of one class are guarded by the same code, which finds the tenant in the same part of the request. */
export function guardClassOf(route: Route): string {
  return `${guardKindOf(route)}, tenant: ${route.endpoint.tenantFrom ?? 'header'}`;
}

/** The class and the method: where nothing stands behind the guard, the method makes no difference. */
export function guardedActionOf(route: Route): string {
  return `${indifferent.has(guardKindOf(route)) ? 'any' : route.endpoint.method} ${guardClassOf(route)}`;
}

const indifferent: ReadonlySet<GuardKind> = new Set(['open', 'cookie', 'stub', 'premium']);

/** Roles that hold what an endpoint asks for, by the shipped table; of the administrators' own, theirs. */
export function holdersOf({ endpoint: { path, permission } }: Route): string {
  if (permission === undefined) return isForAdministrators(path) ? 'sys_admin' : '';
  return (loadEndpoints().permissions[permission] ?? []).join(' ');
}

/** A read that takes no identifier, behind a log-in and, but for a few, a permission. */
export function isSecuredList(route: Route): boolean {
  return isSecuredRead(route) && Object.keys(route.endpoint.params ?? {}).length === 0;
}

export function isSecuredRead({ endpoint }: Route): boolean {
  const { method, guard = 'secured', edition, probe } = endpoint;
  return method === 'GET' && guard === 'secured' && edition === undefined && probe === 'read';
}

/** Reads before writes, lists before what takes an identifier. */
export function roughnessOf({ endpoint }: Route): number {
  return (
    (endpoint.method === 'GET' ? 0 : 10) +
    (endpoint.probe === 'read' ? 0 : 5) +
    Object.keys(endpoint.params ?? {}).length
  );
}

/** Of each class the gentlest; of those that are alike the first. Keeps the order. */
export function oneOfEach<T>(
  items: readonly T[],
  classOf: (item: T) => string,
  routeOf: (item: T) => Route,
): readonly T[] {
  const chosen = new Map<string, T>();
  for (const item of items) {
    const key = classOf(item);
    const before = chosen.get(key);
    if (before === undefined || roughnessOf(routeOf(item)) < roughnessOf(routeOf(before)))
      chosen.set(key, item);
  }
  const wanted = new Set(chosen.values());
  return items.filter((item) => wanted.has(item));
}
