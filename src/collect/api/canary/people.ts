import type { Target, User } from '../../../model/target';
import { workingCredential, type Credential } from '../credentials';

/** An account that can log in. */
export interface Person {
  /** How reports call it. */
  readonly name: string;
  readonly username: string;
  readonly credential: Credential;
  /** Tenant → role. */
  readonly tenants: Readonly<Record<string, string>>;
  readonly systemRole: string;
}

export function personOf(user: User): Person | null {
  const credential = workingCredential(user);
  if (credential === null) return null;
  const { name, username, tenants, systemRole } = user;
  return { name, username, credential, tenants, systemRole: systemRole ?? 'default' };
}

/** Everybody whom the target declares and who can log in. */
export function peopleOf({ users }: Pick<Target, 'users'>): readonly Person[] {
  return users.flatMap((user) => personOf(user) ?? []);
}

export function isAdministrator({ systemRole }: Person): boolean {
  return systemRole === 'sys_admin';
}

/** Roles that may create and remove every kind that is planted, the humblest first (Cloudify 7.1 permissions). */
const writers: readonly string[] = ['user', 'manager'];

/** Who may write in a tenant by what the target declares: its own people first, administrators last. */
export function writersIn(tenant: string, people: readonly Person[]): readonly Person[] {
  const members = writers.flatMap((role) => people.filter(({ tenants }) => tenants[tenant] === role));
  return [
    ...new Set([...members.filter((person) => !isAdministrator(person)), ...people.filter(isAdministrator)]),
  ];
}

/** Every tenant that the target speaks of, and the one that is on every manager. */
export function tenantsOf({ tenants, users }: Pick<Target, 'tenants' | 'users'>): readonly string[] {
  return [...new Set([...tenants, ...users.flatMap((user) => Object.keys(user.tenants)), 'default_tenant'])];
}
