import type { DeclaredHost, Node } from '../model/target';
import type { ManagerEntry, NodeEntry } from '../model/target-file';
import { escapeToken } from '../model/pointer';
import { parseHost, type Host } from './host';
import { addressesOf, type Resolve } from './resolve';
import type { TargetText } from './target-text';

/** A role's list in the target file. */
export type NodeList = 'managers' | 'brokers' | 'databases';

/** A node with everything but its ports' defaults and its resolved addresses. */
export interface DraftNode<E extends NodeEntry> {
  readonly entry: E;
  readonly dialled: Host;
  readonly dialledAt: string;
  readonly hosts: readonly DeclaredHost[];
  readonly publicName: string | null;
  readonly networks: Readonly<Record<string, string>>;
  readonly portMap: Readonly<Record<number, number>>;
}

/** Checks one node's names, hosts and port map. Throws InputError. */
export function draftNode<E extends NodeEntry>(
  entry: E,
  list: NodeList,
  index: number,
  text: TargetText,
): DraftNode<E> {
  const base = `/${list}/${index}`;
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(entry.name)) {
    throw text.fault(`${base}/name`, 'a node name is made of letters, digits, ".", "_" and "-", at most 100');
  }
  const read = (value: string, pointer: string): Host => {
    const host = parseHost(value);
    if ('fault' in host) throw text.fault(pointer, `${text.written(pointer)} ${host.fault}`);
    return host;
  };
  const declared: { readonly host: Host; readonly path: string; readonly scope: DeclaredHost['scope'] }[] =
    [];
  const declare = (value: string, keys: readonly string[], scope: DeclaredHost['scope']): Host => {
    const host = read(value, `${base}/${keys.map(escapeToken).join('/')}`);
    declared.push({ host, path: `${list}[${index}]${keys.map(step).join('')}`, scope });
    return host;
  };
  const { address, hostname, addresses = [], networks = {}, dial } = entry;
  const own = declare(address, ['address'], 'internal');
  if (hostname !== undefined) declare(hostname, ['hostname'], 'internal');
  for (const [i, further] of addresses.entries()) declare(further, ['addresses', String(i)], 'internal');
  const network = Object.entries(networks).map(
    ([name, value]) => [name, declare(value, ['networks', name], 'internal').host] as const,
  );
  // Users dial the public name where there is one, else the address itself.
  const publicEntry = list === 'managers' ? (entry as ManagerEntry).publicName : undefined;
  const publicName = publicEntry === undefined ? null : declare(publicEntry, ['publicName'], 'external').host;
  if (list === 'managers' && publicName === null) declare(address, ['address'], 'external');
  return {
    entry,
    dialled: dial === undefined ? own : read(dial, `${base}/dial`),
    dialledAt: `${base}/${dial === undefined ? 'address' : 'dial'}`,
    hosts: mergeHosts(declared.map(({ host, path, scope }) => ({ ...host, declaredAt: path, scope }))),
    publicName,
    networks: Object.fromEntries(network),
    portMap: readPortMap(entry, base, text),
  };
}

/** Resolves what is dialled and fills in the ports. Throws InputError when a name cannot be resolved. */
export async function finishNode<E extends NodeEntry, P extends object>(
  { entry, dialled, dialledAt, hosts, portMap }: DraftNode<E>,
  ports: P,
  text: TargetText,
  resolve: Resolve,
): Promise<Node<P>> {
  const resolved = await addressesOf(dialled, resolve);
  if ('fault' in resolved) throw text.fault(dialledAt, `${text.written(dialledAt)} ${resolved.fault}`);
  return { name: entry.name, address: dialled.host, resolved, hosts, ports, portMap };
}

function readPortMap(entry: NodeEntry, base: string, text: TargetText): Readonly<Record<number, number>> {
  for (const key of Object.keys(entry.portMap ?? {})) {
    if (!/^[1-9]\d{0,4}$/.test(key) || Number(key) > 65535) {
      throw text.fault(`${base}/portMap/${escapeToken(key)}`, 'the key is no port; it must be 1 to 65535');
    }
  }
  return { ...entry.portMap };
}

/** A host declared in several places is one requirement on the certificate, with all its places. */
function mergeHosts(hosts: readonly DeclaredHost[]): readonly DeclaredHost[] {
  const merged = new Map<string, DeclaredHost>();
  for (const host of hosts) {
    const key = `${host.scope} ${host.host}`;
    const before = merged.get(key);
    merged.set(key, before ? { ...before, declaredAt: `${before.declaredAt}, ${host.declaredAt}` } : host);
  }
  return [...merged.values()];
}

/** One step of `managers[0].networks.default`. */
function step(key: string): string {
  if (/^\d+$/.test(key)) return `[${key}]`;
  return /^[A-Za-z_][\w-]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}
