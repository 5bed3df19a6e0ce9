import type { Membership } from '../../../model/api-isolation';
import type { Target, User } from '../../../model/target';
import { workingCredential, type Credential } from '../credentials';

/** An account that asks, with the memberships that the manager itself tells of. */
export interface Principal {
  /** How reports call the identity. */
  readonly name: string;
  readonly username: string;
  readonly credential: Credential;
  readonly systemRole: string;
  readonly administrator: boolean;
  readonly memberships: readonly Membership[];
  readonly canary: boolean;
}

/** An account that may become a principal, once the manager has said who it is. */
export interface Candidate {
  readonly user: User;
  readonly credential: Credential;
  readonly canary: boolean;
}

/** Declared and planted accounts with a credential that ought to work. */
export function candidatesOf({ users, canaries }: Target): readonly Candidate[] {
  const take =
    (canary: boolean) =>
    (user: User): readonly Candidate[] => {
      const credential = workingCredential(user);
      return credential === null ? [] : [{ user, credential, canary }];
    };
  return [...users.flatMap(take(false)), ...(canaries?.users ?? []).flatMap(take(true))];
}

/** Makes a principal of what GET /user?_get_data=true says; a text when it says too little. */
export function principalOf({ user, credential, canary }: Candidate, body: unknown): Principal | string {
  const { username, role, tenants, group_system_roles: groups } = (body ?? {}) as Record<string, unknown>;
  if (typeof role !== 'string' || tenants === null || typeof tenants !== 'object') {
    return 'the manager does not tell its roles';
  }
  if (typeof username === 'string' && username.toLowerCase() !== user.username.toLowerCase()) {
    return `the manager takes it for somebody else`;
  }
  const systemRoles = [role, ...Object.keys(groups ?? {})];
  return {
    name: user.name,
    username: typeof username === 'string' ? username : user.username,
    credential,
    systemRole: role,
    administrator: systemRoles.includes('sys_admin'),
    memberships: Object.entries(tenants).map(([tenant, held]) => ({ tenant, roles: rolesIn(held) })),
    canary,
  };
}

/** Roles in one tenant; none: no member. */
export function rolesOf({ memberships }: Principal, tenant: string): readonly string[] {
  return memberships.find((membership) => membership.tenant === tenant)?.roles ?? [];
}

export function isMember(principal: Principal, tenant: string): boolean {
  return principal.memberships.some((membership) => membership.tenant === tenant);
}

function rolesIn(held: unknown): readonly string[] {
  const { roles } = (held ?? {}) as { roles?: unknown };
  return Array.isArray(roles) ? roles.filter((each): each is string => typeof each === 'string') : [];
}
