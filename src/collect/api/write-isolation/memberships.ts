import type { Membership } from '../../../model/api-isolation';
import { bodyOf } from '../canary/find';
import type { Person } from '../canary/people';
import type { CanaryWriter } from '../canary/writer';
import type { CollectContext } from '../../collector';

/** Who somebody is by the manager's own account; or why that is not known. */
export type Standing =
  | { readonly memberships: readonly Membership[]; readonly systemRoles: readonly string[] }
  | { readonly reason: string };

/** What is held against the wrong membership proves nothing, so the manager is asked, groups included. */
export async function askStanding(
  person: Person,
  send: CanaryWriter['send'],
  context: CollectContext,
): Promise<Standing> {
  const result = await send(person, [], { method: 'GET', path: '/user?_get_data=true' }, { context });
  const body = bodyOf(result);
  if (result.kind === 'failure') return { reason: result.reason };
  if (result.status !== 200 || body === null) {
    return { reason: `the manager does not tell who ${person.name} is (answered ${result.status})` };
  }
  const { tenants, role, group_system_roles: groups } = body;
  if (tenants === null || typeof tenants !== 'object' || typeof role !== 'string') {
    return { reason: `the manager does not tell the tenants of ${person.name}` };
  }
  const memberships = Object.entries(tenants as Record<string, { readonly roles?: unknown }>).map(
    ([tenant, { roles }]) => ({ tenant, roles: Array.isArray(roles) ? roles.map(String).sort() : [] }),
  );
  return { memberships, systemRoles: [role, ...Object.keys(groups ?? {})] };
}

/** Whether the manager holds somebody for what he is sent as: without a role that may write there. */
export function isOutside(standing: Standing, owner: string, writing: readonly string[]): boolean {
  if ('reason' in standing) return false;
  if (standing.systemRoles.some((role) => role !== 'default')) return false;
  const here = standing.memberships.find(({ tenant }) => tenant === owner);
  return here === undefined || here.roles.every((role) => !writing.includes(role));
}
