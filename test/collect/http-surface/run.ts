import type { CollectContext, Task } from '../../../src/collect/collector';
import { httpSurface } from '../../../src/collect/http-surface';
import { makePacer } from '../../../src/collect/pace';
import type { EvidenceOf } from '../../../src/model/evidence';
import type { Broker, ManagerPorts, Target } from '../../../src/model/target';
import { checkEvidence } from '../../../src/schema/evidence';

/** A target with one manager on 127.0.0.1. */
export function targetOn(ports: ManagerPorts, brokers: readonly Broker[] = []): Target {
  const node = {
    address: '127.0.0.1',
    resolved: ['127.0.0.1'],
    hosts: [],
    portMap: {},
  };
  return {
    name: 'test',
    version: null,
    managers: [{ ...node, name: 'manager-1', ports, publicName: null, networks: {} }],
    brokers,
    databases: [],
    tenants: [],
    ca: { internal: null, external: null },
    users: [],
    logs: [],
    vantage: null,
    limits: {
      requestsPerSecond: 1000,
      connectTimeoutMs: 1000,
      subjectTimeoutMs: 3_600_000,
      concurrency: 4,
    },
  };
}

export interface Survey {
  readonly evidence: readonly EvidenceOf<'http.surface'>[];
  readonly requests: number;
  readonly connections: number;
  /** The evidence of a subject. */
  of(id: string): EvidenceOf<'http.surface'>;
}

/** Runs the collector and checks each evidence against the published schema. */
export async function survey(
  target: Target,
  options: {
    readonly perSecond?: number;
    readonly signal?: AbortSignal;
    readonly only?: (id: string) => boolean;
    readonly connectTimeoutMs?: number;
    readonly now?: () => Date;
    /** Tasks side by side; four unless told. */
    readonly lanes?: number;
  } = {},
): Promise<Survey> {
  const { perSecond = 1000, signal = new AbortController().signal, only = () => true } = options;
  const { connectTimeoutMs = 5000, now = () => new Date(), lanes = 4 } = options;
  const pacer = makePacer(perSecond);
  let requests = 0;
  let connections = 0;
  const context: CollectContext = {
    now,
    signal,
    runId: 'r1',
    userAgent: 'cfy-audit/test (run r1)',
    connectTimeoutMs,
    vantage: null,
    fingerprintKey: new Uint8Array(32),
    pace: (address) => pacer.pace(address, signal),
    slowDown: () => undefined,
    queued: (turn) => turn,
    countConnection: () => connections++,
    countRequest: () => requests++,
    progress: () => undefined,
  };
  const tasks = (httpSurface.work(target).tasks as readonly Task<'http.surface'>[]).filter((t) =>
    only(t.subject.id),
  );
  const evidence: EvidenceOf<'http.surface'>[] = [];
  const queue = tasks.values();
  const lane = async (): Promise<void> => {
    for (const task of queue) evidence.push((await task.collect(context)) as EvidenceOf<'http.surface'>);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  for (const e of evidence) expect(checkEvidence(e)).toEqual([]);
  return {
    evidence,
    requests,
    connections,
    of: (id) => {
      const found = evidence.find((e) => e.subject.id === id);
      if (!found) throw new Error(`no evidence of ${id}`);
      return found;
    },
  };
}
