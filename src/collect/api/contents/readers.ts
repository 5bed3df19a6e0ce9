import type { Target, User } from '../../../model/target';
import { workingCredential, type Credential } from '../credentials';

/** The account by which one tenant is read. */
export interface Reader {
  readonly name: string;
  readonly credential: Credential;
  readonly role: string;
  readonly seesPrivate: boolean;
}

/** Roles, those that see most first. sys_admin and manager see private objects of others (Cloudify 7.1). */
const roles = ['sys_admin', 'manager', 'user', 'operations', 'viewer'];

/** Who can read a tenant, the one who sees most first: the others are asked where the manager refuses him. */
export function readersOf(tenant: string, { users }: Target): readonly Reader[] {
  return users
    .flatMap((user) => {
      const role = roleIn(user, tenant);
      const credential = role === null ? null : workingCredential(user);
      if (role === null || credential === null) return [];
      const seesPrivate = role === 'sys_admin' || role === 'manager';
      return [{ name: user.name, credential, role, seesPrivate }];
    })
    .sort((a, b) => rankOf(a.role) - rankOf(b.role));
}

function roleIn({ systemRole, tenants }: User, tenant: string): string | null {
  return systemRole === 'sys_admin' ? systemRole : (tenants[tenant] ?? null);
}

function rankOf(role: string): number {
  const rank = roles.indexOf(role);
  // A role of the deployment's own may hold anything.
  return rank === -1 ? roles.length : rank;
}
