/**
 * Settings of the whole manager that are changed by whoever holds the permission `manager_config_put`: those that GET
 * /config does not mark for administrators alone (`admin_only`, since Cloudify 6.4). That one is not editable guards
 * nothing: a request that says `force` changes it all the same (7.1 config.py update_db).
 */
export function openSettings<T extends { readonly admin_only?: unknown }>(
  settings: readonly T[],
): readonly T[] {
  return settings.filter((setting) => setting.admin_only !== true);
}
