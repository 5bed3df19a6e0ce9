import { setTimeout as sleep } from 'node:timers/promises';

/** Hands out places at a fixed rate per address, in the order asked for. */
export interface Pacer {
  /** Resolves when one more connection or request may go to this address; rejects when the signal aborts. */
  pace(address: string, signal: AbortSignal): Promise<void>;
}

/**
 * The manager's nginx allows 10 requests/s and address and answers 503 beyond (Cloudify 7.1 `limit_req`), so the rate is
 * held evenly: no bursts, one place every 1/perSecond seconds and address.
 */
export function makePacer(perSecond: number): Pacer {
  const interval = 1000 / perSecond;
  const next = new Map<string, number>();
  return {
    async pace(address, signal) {
      signal.throwIfAborted();
      const now = performance.now();
      const at = Math.max(now, next.get(address) ?? 0);
      next.set(address, at + interval);
      if (at > now) await sleep(at - now, undefined, { signal });
    },
  };
}
