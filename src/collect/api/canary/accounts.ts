import { secret, type Target, type User } from '../../../model/target';
import { knownRoles } from '../authorization/actors';
import { bodyOf } from './find';
import { isAdministrator, personOf, type Person } from './people';
import type { CanaryWriter } from './writer';

/** Accounts and tenants that were made, and what was not, and why. */
export interface Accounts {
  readonly users: readonly User[];
  readonly tenants: readonly string[];
  readonly skipped: readonly { readonly what: string; readonly reason: string }[];
}

const none = { users: [], tenants: [] } as const;

/** Roles that no declared account stands for; sys_admin is never given to anybody. */
export function missingRoles(target: Target): readonly string[] {
  const people = target.users.flatMap((user) => personOf(user) ?? []);
  const held = new Set(people.flatMap(({ tenants }) => Object.values(tenants)));
  const hasDefault = people.some(
    (person) => Object.keys(person.tenants).length === 0 && !isAdministrator(person),
  );
  return knownRoles.filter((role) =>
    role === 'sys_admin' ? false : role === 'default' ? !hasDefault : !held.has(role),
  );
}

/**
 * Makes what the target opts in to (`canaries`): one account for each role nobody stands for, one that is deactivated, and
 * one tenant. Premium edition only; the community edition says so with 404.
 */
export async function plantAccounts(
  writer: CanaryWriter,
  target: Target,
  administrator: Person | undefined,
  random: (length: number) => string,
): Promise<Accounts> {
  const wanted = target.canaryAccounts ?? { users: false, tenants: false };
  const what = 'accounts and tenants';
  if (!wanted.users && !wanted.tenants) {
    return {
      ...none,
      skipped: [{ what, reason: 'the target does not ask for them (canaries: { users: true })' }],
    };
  }
  if (administrator === undefined) {
    return { ...none, skipped: [{ what, reason: 'no administrator is declared who could make them' }] };
  }
  const skipped: { what: string; reason: string }[] = [];
  const create = async (
    kind: 'tenant' | 'user' | 'membership',
    id: string,
    tenant: string | null,
    form: { readonly method: string; readonly path: string; readonly body?: string },
  ): Promise<boolean> => {
    const created = await writer.create({
      kind,
      id,
      mayLieIn: tenant === null ? [] : [tenant],
      visibility: null,
      purpose: 'plant',
      person: administrator,
      tenants: [],
      form,
    });
    if (created?.entry.created === 'created') return true;
    const premium =
      created !== null && bodyOf(created.result)?.error_code === 'missing_premium_package_error';
    const status = created?.result.status ?? 'nothing';
    skipped.push({
      what: `a canary ${kind}`,
      reason: premium
        ? 'the community edition has no such feature (404 missing_premium_package_error)'
        : created === null
          ? (writer.closed ?? 'nothing is written any more')
          : `${form.method} ${form.path} was answered with ${status}`,
    });
    return false;
  };

  const tenants: string[] = [];
  if (wanted.tenants) {
    const id = writer.name('tenant');
    if (await create('tenant', id, null, { method: 'POST', path: `/tenants/${id}`, body: '{}' }))
      tenants.push(id);
  }
  const home =
    target.tenants.find((tenant) => target.users.some(({ tenants: held }) => held[tenant] !== undefined)) ??
    target.tenants[0] ??
    'default_tenant';
  const roles = wanted.users ? missingRoles(target) : [];
  const orders: readonly { role: string; tenant: string | null; deactivated?: boolean }[] = [
    ...roles.map((role) => ({ role, tenant: role === 'default' ? null : home })),
    ...(wanted.users ? [{ role: 'user', tenant: home, deactivated: true }] : []),
    ...tenants.map((tenant) => ({ role: 'user', tenant })),
  ];
  const users: User[] = [];
  for (const { role, tenant, deactivated = false } of orders) {
    const username = writer.name('user');
    // Letters of every sort, for whatever policy there is.
    const password = `${random(20)}-aZ7`;
    const body = JSON.stringify({ username, password, role: 'default' });
    if (!(await create('user', username, null, { method: 'PUT', path: '/users', body }))) break;
    if (tenant !== null) {
      const membership = JSON.stringify({ tenant_name: tenant, username, role });
      const form = { method: 'PUT', path: '/tenants/users', body: membership };
      if (!(await create('membership', username, tenant, form))) continue;
    }
    const user: User = {
      name: `canary ${role}${deactivated ? ', deactivated' : ''}${tenant === null ? '' : ` in ${tenant}`}`,
      username,
      password: secret(password),
      token: null,
      tenants: tenant === null ? {} : { [tenant]: role },
      systemRole: 'default',
    };
    if (!deactivated) users.push(user);
    else if (await deactivate(writer, administrator, user))
      users.push({ ...user, purposes: ['deactivated'] });
    else
      skipped.push({
        what: 'a deactivated canary user',
        reason: 'it did not log in before, or was not deactivated',
      });
  }
  return { users, tenants, skipped };
}

/** Shows that the account can log in, then switches it off: only so does its refusal mean anything. */
async function deactivate(writer: CanaryWriter, administrator: Person, user: User): Promise<boolean> {
  const person = personOf(user);
  if (person === null) return false;
  const before = await writer.send(person, [], { method: 'GET', path: '/user' });
  if (before.status !== 200) return false;
  const result = await writer.send(administrator, [], {
    method: 'POST',
    path: `/users/active/${user.username}`,
    body: JSON.stringify({ action: 'deactivate' }),
  });
  const told = bodyOf(
    await writer.send(administrator, [], { method: 'GET', path: `/users/${user.username}` }),
  );
  return result.kind === 'answer' && result.status < 300 && told?.active === false;
}
