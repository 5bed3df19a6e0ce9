import type { Manager } from '../model/target';
import type { NodeEntry, TargetFile } from '../model/target-file';
import { escapeToken } from '../model/pointer';
import { closest } from '../schema/suggest';
import type { TargetText } from './target-text';

/** Refuses a name used twice in one role, or for two machines. Throws InputError. */
export function refuseRepeatedNodes(file: TargetFile, text: TargetText): void {
  const addressOf = new Map<string, string>();
  for (const list of ['managers', 'brokers', 'databases'] as const) {
    const seen = new Set<string>();
    const nodes: readonly NodeEntry[] = file[list] ?? [];
    for (const [index, { name, address }] of nodes.entries()) {
      const pointer = `/${list}/${index}/name`;
      if (seen.has(name)) throw text.fault(pointer, `${text.written(pointer)} is declared twice in ${list}`);
      seen.add(name);
      const before = addressOf.get(name);
      if (before !== undefined && before !== address) {
        const sentence = 'already names a machine with another address; one name is one machine';
        throw text.fault(pointer, `${text.written(pointer)} ${sentence}`);
      }
      addressOf.set(name, address);
    }
  }
}

/** Refuses two managers that are one listener: a copied entry would count every finding twice. Throws InputError. */
export function refuseSameListener(managers: readonly Manager[], text: TargetText): void {
  const seen = new Map<string, number>();
  for (const [index, { resolved, ports }] of managers.entries()) {
    for (const ip of resolved) {
      const listener = `${ip} ${ports.https}`;
      const other = seen.get(listener);
      if (other !== undefined) {
        const both = [other, index].map((i) => text.written(`/managers/${i}/name`)).join(' and ');
        throw text.fault(`/managers/${index}/address`, `${both} are the same address and HTTPS port`);
      }
      seen.set(listener, index);
    }
  }
}

/** Declared tenants, or those of the users when none are declared. Throws InputError: repeated, or not declared. */
export function tenantsOf(file: TargetFile, text: TargetText): readonly string[] {
  const declared = file.tenants;
  for (const [index, tenant] of (declared ?? []).entries()) {
    const pointer = `/tenants/${index}`;
    if (declared?.indexOf(tenant) !== index) {
      throw text.fault(pointer, `${text.written(pointer)} is declared twice`);
    }
  }
  const used = (file.users ?? []).flatMap((user, index) =>
    Object.keys(user.tenants ?? {}).map((tenant) => ({ tenant, index })),
  );
  if (declared === undefined) return [...new Set(used.map(({ tenant }) => tenant))];
  for (const { tenant, index } of used) {
    if (declared.includes(tenant)) continue;
    const meant = closest(tenant, declared);
    const hint =
      meant === undefined ? '' : `; did you mean ${text.written(`/tenants/${declared.indexOf(meant)}`)}?`;
    const pointer = `/users/${index}/tenants/${escapeToken(tenant)}`;
    throw text.fault(pointer, `the tenant is not declared under tenants${hint}`);
  }
  return declared;
}
