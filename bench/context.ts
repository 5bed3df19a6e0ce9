import type { CollectContext } from '../src/collect/collector';

/** What a collector may know in a bench: no pace, nothing counted, never interrupted. */
export function contextFor(connectTimeoutMs: number): CollectContext {
  return {
    now: () => new Date(),
    signal: new AbortController().signal,
    runId: 'bench',
    userAgent: 'cfy-audit/bench',
    connectTimeoutMs,
    vantage: null,
    fingerprintKey: new Uint8Array(32),
    pace: () => Promise.resolve(),
    slowDown: () => undefined,
    queued: (turn) => turn,
    countConnection: () => undefined,
    countRequest: () => undefined,
    progress: () => undefined,
  };
}
