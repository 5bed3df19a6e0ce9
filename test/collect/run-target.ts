import type { Collector } from '../../src/collect/collector';
import { collect } from '../../src/collect/run';
import type { Evidence, EvidenceBundle } from '../../src/model/evidence';
import type { Broker, Database, DeclaredHost, Manager, Target } from '../../src/model/target';

/** A target with nothing in it but what a test gives; fast and without a deadline that a slow machine would meet. */
export function targetOf(parts: Partial<Target>): Target {
  return {
    name: 'trial',
    version: null,
    managers: [],
    brokers: [],
    databases: [],
    tenants: [],
    ca: { internal: null, external: null },
    users: [],
    logs: [],
    vantage: null,
    limits: { requestsPerSecond: 1000, connectTimeoutMs: 5000, subjectTimeoutMs: 60_000, concurrency: 4 },
    ...parts,
  };
}

interface NodeParts<P> {
  readonly ports: P;
  readonly hosts?: readonly DeclaredHost[];
  readonly portMap?: Readonly<Record<number, number>>;
  readonly publicName?: string;
  readonly address?: string;
}

const node = <P>(name: string, { ports, hosts = [], portMap = {}, address = '127.0.0.1' }: NodeParts<P>) => ({
  name,
  address,
  resolved: [address],
  hosts,
  ports,
  portMap,
});

export function managerOf(parts: NodeParts<Manager['ports']>): Manager {
  return { ...node('manager-1', parts), publicName: parts.publicName ?? null, networks: {} };
}

export function brokerOf(parts: NodeParts<Broker['ports']>): Broker {
  return node('broker-1', parts);
}

export function databaseOf(parts: NodeParts<Database['ports']>): Database {
  return node('database-1', parts);
}

/** `10.0.0.1` or a name, declared for a scope. */
export function hostOf(
  host: string,
  scope: DeclaredHost['scope'],
  declaredAt = 'managers[0].address',
): DeclaredHost {
  return { host, kind: /^[\d.]+$|:/.test(host) ? 'ip' : 'dns', scope, declaredAt };
}

/** Runs a collector over a target as the tool does: deadlines, pace, schema check, redaction. */
export function runTarget(target: Target, collector: Collector): Promise<EvidenceBundle> {
  return collect(target, [collector], {
    version: '0',
    runId: 'trial',
    now: () => new Date(),
    signal: new AbortController().signal,
    onProgress: () => undefined,
  });
}

/** The evidence of one subject; throws when it is not there. */
export function evidenceOn(bundle: EvidenceBundle, id: string): Evidence {
  const found = bundle.evidence.find(({ subject }) => subject.id === id);
  if (!found) throw new Error(`no evidence on ${id}: ${bundle.evidence.map((e) => e.subject.id).join(', ')}`);
  return found;
}
