import type { Target, User } from '../../../model/target';
import { workingCredential } from '../credentials';

/** A declared account that stands for one role. */
export interface Actor {
  /** How reports call the identity. */
  readonly name: string;
  readonly user: User;
  readonly role: string;
  /** Named in the Tenant header; null: none is. */
  readonly tenant: string | null;
}

/** Who stands for which role, strongest first, and the roles nobody stands for. */
export interface Cast {
  readonly actors: readonly Actor[];
  readonly absent: readonly string[];
}

/** The roles of Cloudify, strongest first. Others that a target names are taken for tenant roles of its own. */
export const knownRoles = ['sys_admin', 'manager', 'user', 'operations', 'viewer', 'default'] as const;

/** Picks one account for each role, all in one tenant where that can be: accounts without a credential cannot act. */
export function castOf(target: Target): Cast {
  const users = target.users.filter((user) => workingCredential(user) !== null);
  const tenant = busiestTenant(users) ?? target.tenants[0] ?? 'default_tenant';
  const own = users.flatMap((user) => Object.values(user.tenants)).filter((role) => !isKnown(role));
  const roles = [...knownRoles.slice(0, -1), ...new Set(own), 'default'];
  const actors = roles.flatMap((role) => pick(role, users, tenant) ?? []);
  return { actors, absent: knownRoles.filter((role) => !actors.some((actor) => actor.role === role)) };
}

function pick(role: string, users: readonly User[], tenant: string): Actor | undefined {
  const plain = users.filter(({ systemRole }) => systemRole === null || systemRole === 'default');
  if (role === 'sys_admin') {
    const all = users.filter(({ systemRole }) => systemRole === 'sys_admin');
    // Authorisation does not apply to the bootstrap administrator, so any other says more.
    const user = all.find(({ username }) => username !== 'admin') ?? all[0];
    return user && { name: user.name, user, role, tenant };
  }
  if (role === 'default') {
    const user = plain.find(({ tenants }) => Object.keys(tenants).length === 0);
    return user && { name: user.name, user, role, tenant: null };
  }
  const here = plain.find(({ tenants }) => tenants[tenant] === role);
  if (here) return { name: here.name, user: here, role, tenant };
  for (const user of plain) {
    const [elsewhere] = Object.entries(user.tenants).find(([, held]) => held === role) ?? [];
    if (elsewhere !== undefined) return { name: user.name, user, role, tenant: elsewhere };
  }
  return undefined;
}

/** The tenant in which most different roles are held. */
function busiestTenant(users: readonly User[]): string | undefined {
  const roles = new Map<string, Set<string>>();
  for (const [tenant, role] of users.flatMap((user) => Object.entries(user.tenants))) {
    roles.set(tenant, (roles.get(tenant) ?? new Set()).add(role));
  }
  return [...roles].sort(([, a], [, b]) => b.size - a.size)[0]?.[0];
}

function isKnown(role: string): boolean {
  return (knownRoles as readonly string[]).includes(role);
}
