import type { HttpResult } from '../../../protocol/http';
import { jsonObject } from '../../classify';
import type { CollectContext } from '../../collector';
import type { Actor } from './actors';
import type { PermissionTable } from './grants';
import { askAs } from './ask';
import type { ApiSession } from '../session';

/** Who an actor is by the manager's own account, or why that is not known. */
export type Identity =
  | {
      readonly roles: readonly string[];
      /** With those it holds in other tenants. */
      readonly everywhere: readonly string[];
    }
  | { readonly unavailable: string; readonly supply?: string; readonly isUnreachable: boolean };

/** Tells everybody who he is. */
export const whoAmI = '/api/v3.1/user?_get_data=true';

/**
 * Logs an actor in and compares its roles with the target file's: what is held against the wrong role proves nothing.
 * After a refusal its credentials are not sent again (the manager counts failed log-ins).
 */
export async function identify(
  session: ApiSession,
  actor: Actor,
  context: CollectContext,
): Promise<Identity> {
  const form = { method: 'GET', path: whoAmI };
  const result = await askAs(session, actor, form, context);
  if (result.kind === 'failure') return { unavailable: result.reason, isUnreachable: true };
  if (result.status === 401) {
    return {
      unavailable: `the manager refused the credentials of ${actor.name}`,
      supply: `users: a working password or token for ${actor.user.username}`,
      isUnreachable: false,
    };
  }
  const told = rolesIn(jsonObject(result), result.status, actor.tenant);
  if (told === null) {
    const unavailable = `the manager does not tell who ${actor.name} is (answered ${result.status})`;
    return { unavailable, isUnreachable: false };
  }
  const { roles } = told;
  const system = actor.user.systemRole ?? 'default';
  const wanted = new Set([
    system,
    ...(actor.role === 'default' || actor.role === 'sys_admin' ? [] : [actor.role]),
  ]);
  const extra = roles.filter((role) => !wanted.has(role));
  const lacking = [...wanted].filter((role) => !roles.includes(role));
  // A sys_admin may hold any role in the tenant besides; it adds nothing.
  if (lacking.length === 0 && (extra.length === 0 || actor.role === 'sys_admin'))
    return { roles, everywhere: told.everywhere };
  const where = actor.tenant === null ? '' : ` in ${actor.tenant}`;
  return {
    unavailable: `the manager says that ${actor.name} holds ${roles.join(', ')}${where}, the target file says ${[...wanted].join(', ')}`,
    supply: `users: the roles that ${actor.user.username} really holds`,
    isUnreachable: false,
  };
}

/** Reads the permission table, which the manager gives out to everybody who is logged in. */
export async function readTable(
  session: ApiSession,
  actor: Actor,
  context: CollectContext,
): Promise<PermissionTable> {
  const form = { method: 'GET', path: '/api/v3.1/config?scope=authorization' };
  return tableIn(await askAs(session, actor, form, context));
}

function tableIn(result: HttpResult): PermissionTable {
  if (result.kind === 'failure' || result.status !== 200) return null;
  const { permissions } = (jsonObject(result).authorization ?? {}) as { permissions?: unknown };
  if (permissions === null || typeof permissions !== 'object') return null;
  const entries = Object.entries(permissions).filter((entry): entry is [string, string[]] =>
    isNames(entry[1]),
  );
  return entries.length === 0 ? null : Object.fromEntries(entries);
}

/** System role, roles that groups give, roles in the tenant; null where the answer does not say. */
function rolesIn(
  body: Readonly<Record<string, unknown>>,
  status: number,
  tenant: string | null,
): { readonly roles: readonly string[]; readonly everywhere: readonly string[] } | null {
  if (status !== 200 || typeof body.role !== 'string') return null;
  const groups = Object.keys(body.group_system_roles ?? {});
  const roles = [body.role, ...groups];
  const tenants = body.tenants;
  if (tenants === null || typeof tenants !== 'object') return null;
  const inTenant = tenant === null ? undefined : (tenants as Record<string, { roles?: unknown }>)[tenant];
  if (inTenant !== undefined) {
    if (!isNames(inTenant.roles)) return null;
    roles.push(...inTenant.roles);
  }
  const elsewhere = Object.values(tenants as Record<string, { roles?: unknown } | null>).flatMap((each) =>
    isNames(each?.roles) ? each.roles : [],
  );
  return { roles: [...new Set(roles)], everywhere: [...new Set([...roles, ...elsewhere])] };
}

function isNames(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
