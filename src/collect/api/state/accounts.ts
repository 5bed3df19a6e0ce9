import type { ManagerAdministrators, ManagerSettings, ManagerTokens } from '../../../model/manager-state';
import type { CollectContext } from '../../collector';
import { openSettings } from '../open-settings';
import { daysSince, daysTo, isComplete, isObject, itemsOf, numberOf, textOf } from './facts';
import type { Reader } from './reader';

/** Facts of one evidence, or why there are none. */
export type Found<D> = D | { readonly unavailable: string; readonly supply?: string };

const administrator = 'users in target.yaml: an account with systemRole: sys_admin';

/** How the manager guards accounts. Everybody who is logged in may ask; what is for administrators comes masked. */
export async function readSettings(
  reader: Reader,
  node: string,
  context: CollectContext,
): Promise<Found<ManagerSettings>> {
  // Without a scope all settings come, and the table of permissions with them.
  const told = await reader.read('/api/v3.1/config', context);
  if (!told.ok) return { unavailable: told.reason, ...supplyOf(told) };
  const items = itemsOf(told.body).filter(({ scope = 'rest' }) => scope === 'rest');
  if (items.length === 0) return { unavailable: 'the manager tells no settings of its REST service' };
  const valueOf = (name: string): unknown => items.find((item) => item.name === name)?.value;
  const disabled = valueOf('insecure_endpoints_disabled');
  return {
    node,
    as: told.as,
    accountLock: {
      failures: numberOf(valueOf('failed_logins_before_account_lock')),
      minutes: numberOf(valueOf('account_lock_period')),
    },
    // Left out of config.yaml it is null, and the manager then takes it for false.
    insecureEndpointsDisabled: disabled === null ? false : typeof disabled === 'boolean' ? disabled : null,
    logLevels: items.flatMap(({ name, value }) => {
      const [setting, level] = [textOf(name), textOf(value, 20)];
      const isLevel = setting !== null && /(?:^|_)log_level$/.test(setting) && level !== null;
      return isLevel && !level.startsWith('*') ? [{ setting, level }] : [];
    }),
    writing: writingOf(told.body),
  };
}

const mostNames = 100;

function writingOf(config: Readonly<Record<string, unknown>>): ManagerSettings['writing'] {
  const authorization = isObject(config.authorization) ? config.authorization : {};
  const permissions = isObject(authorization.permissions) ? authorization.permissions : {};
  const roles = permissions.manager_config_put;
  const items = itemsOf(config);
  const isTold = items.every((item) => typeof item.is_editable === 'boolean');
  return {
    roles: Array.isArray(roles) ? roles.flatMap((role) => textOf(role) ?? []).slice(0, mostNames) : null,
    open: isTold
      ? openSettings(items)
          .slice(0, mostNames)
          .map(({ name }) => textOf(name) ?? '')
      : null,
  };
}

/** Every API token of the manager; of the asking user alone where he is no administrator. */
export async function readTokens(
  reader: Reader,
  node: string,
  context: CollectContext,
): Promise<Found<ManagerTokens>> {
  const self = await reader.read('/api/v3.1/user', context);
  if (!self.ok) return { unavailable: self.reason, ...supplyOf(self) };
  const told = await reader.read('/api/v3.1/tokens?_size=1000', context);
  if (!told.ok) return { unavailable: told.reason, ...supplyOf(told) };
  if (!Array.isArray(told.body.items)) return { unavailable: 'the manager does not list its tokens' };
  const now = context.now();
  const scope = self.body.role === 'sys_admin' ? 'all' : 'own';
  return {
    node,
    as: told.as,
    scope,
    complete: isComplete(told.body),
    tokens: itemsOf(told.body).map((token) => ({
      id: textOf(token.id, 20) ?? '',
      owner: textOf(token.username) ?? '',
      role: textOf(token.role),
      // The installer's create-admin-token.py names it so, for the first administrator.
      purpose:
        token.description === 'csys-mgmtworker' && token.role === 'sys_admin' ? 'management-worker' : null,
      daysToEnd: daysTo(token.expiration_date, now),
      daysIdle: daysSince(token.last_used, now),
    })),
  };
}

/** Active accounts that may do everything. Only an administrator may ask, and only the premium edition answers. */
export async function readAdministrators(
  reader: Reader,
  node: string,
  context: CollectContext,
): Promise<Found<ManagerAdministrators>> {
  const told = await reader.read('/api/v3.1/users?_size=1000', context);
  if (!told.ok && told.code === 'missing_premium_package_error') {
    return {
      unavailable: 'the community edition does not list its accounts (404 missing_premium_package_error)',
    };
  }
  if (!told.ok) return { unavailable: told.reason, supply: told.supply ?? administrator };
  if (!Array.isArray(told.body.items)) return { unavailable: 'the manager does not list its accounts' };
  const users = itemsOf(told.body);
  const now = context.now();
  return {
    node,
    as: told.as,
    complete: isComplete(told.body),
    accounts: users.length,
    administrators: users.flatMap((user) => {
      const groups = isObject(user.group_system_roles) ? Object.keys(user.group_system_roles) : [];
      const by = user.role === 'sys_admin' ? 'account' : groups.includes('sys_admin') ? 'group' : null;
      if (by === null || user.active === false) return [];
      return [{ username: textOf(user.username) ?? '', by, daysIdle: daysSince(user.last_login_at, now) }];
    }),
  };
}

/** What would let the next run look. */
function supplyOf({ supply }: { readonly supply?: string }): { readonly supply?: string } {
  return supply === undefined ? {} : { supply };
}
