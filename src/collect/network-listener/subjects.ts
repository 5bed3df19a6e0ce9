import type { Target } from '../../model/target';
import { documentedPorts, type ListedPort } from './ports';

/** One documented port of one node, and where it is dialled. */
export interface ListenerSubject {
  readonly node: string;
  readonly address: string;
  readonly listed: ListedPort;
  readonly dialled: number;
}

interface Roled {
  readonly role: ListedPort['role'];
  readonly name: string;
  readonly address: string;
  readonly own: Readonly<Record<number, number>>;
}

/** Every documented port of every declared node by role, and those of them that the target does not tell apart. */
export function listenerSubjects(target: Target): {
  readonly subjects: readonly ListenerSubject[];
  /** Dialled at the same place as a port of another node: one of the two would be judged by the other's answer. */
  readonly indistinct: readonly ListenerSubject[];
} {
  const owners = new Map<string, string>();
  const subjects: ListenerSubject[] = [];
  const indistinct: ListenerSubject[] = [];
  for (const { role, name, address, own } of roledNodes(target)) {
    for (const listed of documentedPorts.filter((port) => port.role === role)) {
      const dialled = own[listed.port] ?? listed.port;
      const key = `${address} ${dialled}`;
      const owner = owners.get(key) ?? name;
      owners.set(key, owner);
      (owner === name ? subjects : indistinct).push({ node: name, address, listed, dialled });
    }
  }
  return { subjects, indistinct };
}

/** Ports that a sound node has open, by address: where a control connection has the best chance. */
export function controlCandidates(target: Target): ReadonlyMap<string, readonly number[]> {
  const likely = { manager: [443, 53333, 80], broker: [5671, 15671], database: [5432, 8008] };
  const candidates = new Map<string, readonly number[]>();
  for (const { role, address, own } of roledNodes(target)) {
    const ports = likely[role].map((port) => own[port] ?? port);
    candidates.set(address, [...new Set([...(candidates.get(address) ?? []), ...ports])]);
  }
  return candidates;
}

/** Ports of the target's `ports` go before its portMap, which is for those that have no key of their own. */
function roledNodes(target: Target): readonly Roled[] {
  const first = (resolved: readonly string[], address: string): string => resolved[0] ?? address;
  return [
    ...target.managers.map(({ name, address, resolved, ports, portMap }) => ({
      role: 'manager' as const,
      name,
      address: first(resolved, address),
      own: { ...portMap, 80: ports.http, 443: ports.https, 53333: ports.internal, 8009: ports.monitoring },
    })),
    ...target.brokers.map(({ name, address, resolved, ports, portMap }) => ({
      role: 'broker' as const,
      name,
      address: first(resolved, address),
      own: { ...portMap, 5671: ports.amqps, 15671: ports.management },
    })),
    ...target.databases.map(({ name, address, resolved, ports, portMap }) => ({
      role: 'database' as const,
      name,
      address: first(resolved, address),
      own: { ...portMap, 5432: ports.postgresql },
    })),
  ];
}
