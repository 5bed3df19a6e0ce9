import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CollectContext } from '../../../src/collect/collector';
import { logSecrets } from '../../../src/collect/log-secrets';
import type { EvidenceOf } from '../../../src/model/evidence';
import type { LogSecrets } from '../../../src/model/log-secrets';
import type { LogSource, Target } from '../../../src/model/target';

type Found = EvidenceOf<'log.secrets'>;

/** Runs the collector over paths as the pipeline would. */
export function search(
  paths: readonly string[],
  signal: CollectContext['signal'] = new AbortController().signal,
): Promise<readonly Found[]> {
  return searchTarget(targetWith([{ node: 'manager-1', paths }]), signal);
}

/** The same for a whole target. */
export async function searchTarget(
  target: Target,
  signal: CollectContext['signal'] = new AbortController().signal,
  fingerprintKey: Uint8Array = randomBytes(32),
): Promise<readonly Found[]> {
  const context: CollectContext = {
    now: () => new Date(),
    signal,
    runId: 'test',
    userAgent: 'cfy-audit/test',
    connectTimeoutMs: 1000,
    vantage: null,
    fingerprintKey,
    pace: () => Promise.resolve(),
    slowDown: () => undefined,
    queued: (turn) => turn,
    countConnection: () => undefined,
    countRequest: () => undefined,
    progress: () => undefined,
  };
  const evidence: Found[] = [];
  for (const task of logSecrets.work(target).tasks) {
    const part = (await task.collect(context)) as Found | readonly Found[];
    evidence.push(...('state' in part ? [part] : part));
  }
  return evidence;
}

export function targetWith(logs: readonly LogSource[]): Target {
  return {
    name: 'test',
    version: null,
    managers: [],
    brokers: [],
    databases: [],
    tenants: [],
    ca: { internal: null, external: null },
    users: [],
    logs,
    vantage: null,
    limits: { requestsPerSecond: 8, connectTimeoutMs: 1000, subjectTimeoutMs: 1000, concurrency: 4 },
  };
}

/** The facts of the log whose logical path ends like this; throws when it was not observed. */
export function observed(evidence: readonly Found[], end: string): LogSecrets {
  const entry = evidence.find(({ subject }) => subject.id.endsWith(end));
  if (entry?.state !== 'observed')
    throw new Error(`${end} is ${entry?.state ?? 'not there'}: ${JSON.stringify(entry)}`);
  return entry.data;
}

const folders: string[] = [];

export function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'cfy-audit-logs-'));
  folders.push(folder);
  return folder;
}

export function removeFolders(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}
