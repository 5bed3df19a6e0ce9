import type { Border } from '../../../model/api-isolation';
import { isMember, rolesOf, type Principal } from './principals';

/** Whom something is for: a tenant, its private part, or everybody. */
export interface Scope {
  readonly tenant: string;
  readonly visibility: 'private' | 'tenant' | 'global';
  /** Username of the creator; of private things only. null: not known. */
  readonly creator: string | null;
}

/** Scopes are compared by identity: one object for each. */
export function makeScopes(): (tenant: string, visibility: unknown, creator: unknown) => Scope {
  const made = new Map<string, Scope>();
  return (tenant, visibility, creator) => {
    const seen = visibility === 'private' || visibility === 'global' ? visibility : 'tenant';
    const owner = seen === 'private' && typeof creator === 'string' ? creator : null;
    const key = JSON.stringify([tenant, seen, owner]);
    const scope = made.get(key) ?? { tenant, visibility: seen, creator: owner };
    made.set(key, scope);
    return scope;
  };
}

/**
 * The border that stands between a principal and a scope; null: it may see what is in it. By the documentation of Cloudify
 * 7.1: global things are everybody's; private ones their creator's and the administrators' (permission `administrators`:
 * managers of the tenant and sys_admin); all others the members' of the tenant.
 */
export function borderTo(principal: Principal, scope: Scope): Border | null {
  if (principal.administrator || scope.visibility === 'global') return null;
  if (!isMember(principal, scope.tenant)) {
    // What nobody is said to have created cannot be called somebody else's.
    if (scope.tenant === '') return scope.creator === null || isCreator(principal, scope) ? null : 'private';
    return 'foreign';
  }
  if (scope.visibility === 'tenant' || scope.creator === null || isCreator(principal, scope)) return null;
  return rolesOf(principal, scope.tenant).includes('manager') ? null : 'private';
}

function isCreator({ username }: Principal, { creator }: Scope): boolean {
  return creator !== null && creator.toLowerCase() === username.toLowerCase();
}
