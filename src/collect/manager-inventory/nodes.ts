import type { BrokerFound, DatabaseFound, Inventory, ManagerFound } from './inventory';
import { comment, scalar } from './yaml-text';

/** The lines of one node's entry. */
export type NodeLines = readonly string[];

interface Named {
  readonly name: string;
  readonly address: string;
  /** Where this machine was reached, when that is not its address. */
  readonly dial: string | null;
}

/**
 * Entries of all nodes. In an all-in-one installation broker and database name themselves `localhost` or by the
 * manager's address: they become further roles of that manager, since one name is one machine.
 */
export function nodesOf(inventory: Inventory): {
  readonly managers: readonly NodeLines[];
  readonly brokers: readonly NodeLines[];
  readonly databases: readonly NodeLines[];
} {
  const { asked, ports } = inventory;
  const names = new Map<string, string>();
  const found = inventory.managers.state === 'known' ? inventory.managers.value : [];
  const managers: readonly (Named & { readonly found: ManagerFound | null })[] =
    found.length === 0
      ? [{ name: nameFor('manager-1', asked.host, names), address: asked.host, dial: null, found: null }]
      : found.map((manager) => ({
          name: nameFor(manager.hostname, manager.privateIp, names),
          address: manager.privateIp,
          dial: dialOf(manager, found.length, asked.host),
          found: manager,
        }));
  const place = (name: string, host: string, suffix: string): Named => {
    const [only] = managers;
    const isOnly = isLoopback(host) && managers.length === 1;
    const same = isOnly
      ? only
      : managers.find(({ address, found: m }) => [address, m?.hostname].includes(host));
    // With the manager's name go its address and the way to it.
    if (same) return { name: same.name, address: same.address, dial: same.dial };
    return { name: nameFor(name, host, names, suffix), address: host, dial: null };
  };
  const internal = ports.state === 'known' ? ports.value.internal : null;
  const amqps = ports.state === 'known' ? ports.value.amqps : null;
  const brokers = inventory.brokers.state === 'known' ? inventory.brokers.value : [];
  const databases = inventory.databases.state === 'known' ? inventory.databases.value : [];
  return {
    managers: managers.map((manager) => managerLines(manager, asked, internal)),
    brokers: unique(brokers.map((b) => ({ ...place(b.name, b.host, 'broker'), found: b }))).map((b) =>
      brokerLines(b, amqps),
    ),
    databases: unique(databases.map((d) => ({ ...place(d.name, d.host, 'database'), found: d }))).map(
      databaseLines,
    ),
  };
}

/** The address that worked is how this machine reaches the manager, unless that is its own address already. */
function dialOf(manager: ManagerFound, count: number, asked: string): string | null {
  const isAsked = count === 1 || [manager.publicIp, manager.hostname].includes(asked);
  return isAsked && asked !== manager.privateIp ? asked : null;
}

function headLines({ name, address, dial }: Named): NodeLines {
  const head = [`  - name: ${scalar(name)}`, `    address: ${scalar(address)}`];
  return dial === null ? head : [...head, `    dial: ${scalar(dial)}`];
}

function managerLines(
  manager: Named & { readonly found: ManagerFound | null },
  asked: Inventory['asked'],
  internal: number | null,
): NodeLines {
  const { address, found } = manager;
  const publicName = found?.publicIp != null && found.publicIp !== address ? found.publicIp : null;
  const ports = [
    ...(asked.port === 443 ? [] : [`https: ${asked.port}`]),
    // 443 is the same listener as https; 53333 is the default.
    ...(internal === null || [443, 53333, asked.port].includes(internal) ? [] : [`internal: ${internal}`]),
  ];
  return [
    ...headLines(manager),
    ...(found === null || found.hostname === address ? [] : [`    hostname: ${scalar(found.hostname)}`]),
    ...(publicName === null ? [] : [`    publicName: ${scalar(publicName)}`]),
    ...networkLines(found?.networks ?? {}),
    ...(ports.length === 0 ? [] : [`    ports: { ${ports.join(', ')} }`]),
  ];
}

function brokerLines(broker: Named & { readonly found: BrokerFound }, amqps: number | null): NodeLines {
  const { address, found } = broker;
  const port = found.port ?? amqps ?? 5671;
  const management = found.managementHost;
  const further = management === null || management === address || isLoopback(management) ? [] : [management];
  return [
    ...headLines(broker),
    ...(further.length === 0 ? [] : [`    addresses: [${further.map(scalar).join(', ')}]`]),
    ...(found.isExternal ? comment('external: not installed by Cloudify', '    ') : []),
    ...networkLines(found.networks),
    ...(port === 5671 ? [] : [`    ports: { amqps: ${port} }`]),
  ];
}

function databaseLines(database: Named & { readonly found: DatabaseFound }): NodeLines {
  const { found } = database;
  return [
    ...headLines(database),
    ...(found.isExternal ? comment('external: not installed by Cloudify', '    ') : []),
  ];
}

/** Loopback says nothing to a machine elsewhere. */
function networkLines(networks: Readonly<Record<string, string>>): NodeLines {
  const told = Object.entries(networks).filter(([, host]) => !isLoopback(host));
  return told.length === 0
    ? []
    : ['    networks:', ...told.map(([name, host]) => `      ${scalar(name)}: ${scalar(host)}`)];
}

/** A node name of the target file (letters, digits, `.`, `_`, `-`) that no machine with another address has. */
function nameFor(wanted: string, address: string, taken: Map<string, string>, suffix = 'node'): string {
  const base =
    wanted
      .replaceAll(/[^A-Za-z0-9._-]/g, '-')
      .replace(/^[^A-Za-z0-9]+/, '')
      .slice(0, 80) || suffix;
  const candidates = [base, `${base}-${suffix}`];
  for (let n = 2; ; n++) {
    const name = candidates.shift() ?? `${base}-${suffix}-${n}`;
    if ((taken.get(name) ?? address) !== address) continue;
    taken.set(name, address);
    return name;
  }
}

function unique<T extends Named>(nodes: readonly T[]): readonly T[] {
  return nodes.filter((node, i) => nodes.findIndex(({ name }) => name === node.name) === i);
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}
