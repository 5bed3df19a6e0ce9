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

/** Every documented port of every declared node by role; a port that two roles of one address share comes once. */
export function listenerSubjects(target: Target): readonly ListenerSubject[] {
  const seen = new Set<string>();
  return roledNodes(target).flatMap(({ role, name, address, own }) =>
    documentedPorts
      .filter((listed) => listed.role === role)
      .map((listed) => ({ node: name, address, listed, dialled: own[listed.port] ?? listed.port }))
      .filter(({ dialled, listed }) => {
        const keys = [`${address} ${dialled}`, `${name} ${listed.port}`];
        if (keys.some((key) => seen.has(key))) return false;
        keys.forEach((key) => seen.add(key));
        return true;
      }),
  );
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
