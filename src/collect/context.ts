import { createHash, randomBytes } from 'node:crypto';
import type { Target } from '../model/target';
import type { CanaryWriter } from './api/canary/writer';
import type { CollectContext } from './collector';
import type { Deadline } from './deadline';
import { makePacer } from './pace';

/** What one collector has sent. */
export interface Counts {
  connections: number;
  requests: number;
}

/** Facts of a run that every context shares. */
export interface ContextFacts {
  readonly version: string;
  readonly runId: string;
  readonly now: () => Date;
}

/** What is particular to one context. */
export interface ContextParts {
  readonly deadline: Deadline;
  readonly counts: Counts;
  readonly progress: CollectContext['progress'];
  readonly writer?: CanaryWriter | null;
}

/** Makes the contexts of a run: they share the clock, the pace of each address and the key for fingerprints. */
export function makeContexts(
  { limits, vantage, fingerprintKey: given }: Pick<Target, 'limits' | 'vantage' | 'fingerprintKey'>,
  { version, runId, now }: ContextFacts,
): (parts: ContextParts) => CollectContext {
  const pacer = makePacer(limits.requestsPerSecond);
  const fingerprintKey = fingerprintKeyOf(given);
  return ({ deadline, counts, progress, writer = null }) => ({
    now,
    signal: deadline.signal,
    runId,
    userAgent: `cfy-audit/${version} (run ${runId})`,
    connectTimeoutMs: limits.connectTimeoutMs,
    vantage,
    fingerprintKey,
    pace: (address) => deadline.queued(pacer.pace(address, deadline.signal)),
    slowDown: (address) => {
      pacer.slowDown(address);
    },
    queued: (turn) => deadline.queued(turn),
    ...(writer === null ? {} : { writer }),
    countConnection: () => {
      counts.connections++;
    },
    countRequest: () => {
      counts.requests++;
    },
    progress,
  });
}

/** The auditor's key makes fingerprints comparable from run to run; without one nobody can compare them. */
function fingerprintKeyOf(given: Target['fingerprintKey']): Uint8Array {
  if (given === undefined) return randomBytes(32);
  return createHash('sha256').update(`cfy-audit fingerprints\n${given.reveal()}`).digest();
}
