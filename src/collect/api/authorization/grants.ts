import type { Grant } from '../../../model/api-authorization';
import type { Question } from './questions';

/** Permission → roles, as the manager gives it out; null: it did not. */
export type PermissionTable = Readonly<Record<string, readonly string[]>> | null;

/** Whether these roles hold the permission of an endpoint by the shipped table. */
export function shippedGrant({ roles: holders }: Pick<Question, 'roles'>, roles: readonly string[]): Grant {
  return roles.some((role) => holders.includes(role)) ? 'granted' : 'withheld';
}

/** Whether they do by the manager's own table; `unknown` where that says nothing of the permission. */
export function declaredGrant(
  permission: string | null,
  roles: readonly string[],
  table: PermissionTable,
): Grant {
  const holders = permission === null || table === null ? undefined : table[permission];
  if (holders === undefined) return 'unknown';
  return roles.some((role) => holders.includes(role)) ? 'granted' : 'withheld';
}

/** Shipped, and not withheld by the manager's own table. */
export function isGranted(question: Question, roles: readonly string[], table: PermissionTable): boolean {
  return (
    shippedGrant(question, roles) === 'granted' &&
    declaredGrant(question.permission, roles, table) !== 'withheld'
  );
}

/** Every permission that both tables know and of which they differ for these roles. */
export function differencesOf(
  shipped: Readonly<Record<string, readonly string[]>>,
  roles: readonly string[],
  table: PermissionTable,
): readonly { readonly permission: string; readonly shipped: Grant; readonly declared: Grant }[] {
  return Object.entries(shipped)
    .map(([permission, holders]) => ({
      permission,
      shipped: shippedGrant({ roles: holders }, roles),
      declared: declaredGrant(permission, roles, table),
    }))
    .filter((each) => each.declared !== 'unknown' && each.declared !== each.shipped)
    .sort((a, b) => (a.permission < b.permission ? -1 : 1));
}
