import { bodyOf } from '../canary/find';
import type { Person } from '../canary/people';
import type { CanaryWriter } from '../canary/writer';
import type { CollectContext } from '../../collector';
import { openSettings } from '../open-settings';
import { isObject } from '../state/facts';

/** What would harm even in its gentlest form, the permission it asks for, and what it would do. */
const harmful: readonly {
  readonly what: string;
  readonly permission: string | null;
  readonly harm: string;
}[] = [
  {
    what: 'PUT /agents/{name} with the broker account of another tenant',
    permission: 'agent_create',
    harm: 'it resets that account’s password at the broker',
  },
  {
    what: 'PUT /config: settings of the whole manager',
    permission: 'manager_config_put',
    harm: 'it changes the manager for all tenants',
  },
  { what: 'POST /ldap', permission: 'ldap_set', harm: 'it changes how everybody logs in' },
  {
    what: 'POST /executions in another tenant',
    permission: 'execution_start',
    harm: 'it runs a workflow, whose token acts with the rights of who started it',
  },
  {
    what: 'deleting the exchanges that all tenants share at the broker',
    permission: null,
    harm: 'it cuts the events and logs of every tenant: the accounts of all tenants may configure them (Cloudify 7.1)',
  },
];

/** Who could do what is never tried, by the manager's own permission table. */
export async function tellNeverTried(
  person: Person,
  send: CanaryWriter['send'],
  context: CollectContext,
): Promise<readonly { readonly what: string; readonly reason: string }[]> {
  const told = bodyOf(await send(person, [], { method: 'GET', path: '/config' }, { context }));
  const permissions = (told?.authorization as { permissions?: unknown } | undefined)?.permissions;
  const table = (permissions ?? {}) as Readonly<Record<string, unknown>>;
  return harmful.map(({ what, permission, harm }) => {
    if (permission === null) return { what, reason: `never tried, because ${harm}` };
    const roles = table[permission];
    const holders =
      Array.isArray(roles) && roles.length > 0 ? `held by ${roles.map(String).join(', ')}` : 'roles not told';
    const open = permission === 'manager_config_put' ? `; ${tellOpen(told?.items)}` : '';
    return { what, reason: `never tried, because ${harm}: permission ${permission}, ${holders}${open}` };
  });
}

/** Settings that whoever holds the permission can change for all. */
function tellOpen(items: unknown): string {
  if (!Array.isArray(items)) return 'settings not told';
  const settings = items.filter(isObject);
  return `${openSettings(settings).length} of ${settings.length} settings are not for administrators alone`;
}
