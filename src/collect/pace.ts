import { setTimeout as sleep } from 'node:timers/promises';

/** Hands out places per address, in the order asked for, and fewer of them while a server says that it is too many. */
export interface Pacer {
  /** Resolves when one more connection or request may go to this address; rejects when the signal aborts. */
  pace(address: string, signal: AbortSignal): Promise<void>;
  /** The server refused a request for being one too many (503 of a rate limit, 429). */
  slowDown(address: string): void;
  /** Places a second that this address gets now; Infinity: as many as are asked for. */
  rateOf(address: string): number;
}

/** Refusals within this time are about the same crowd of requests, and count once. */
const oneCrowdMs = 1000;
/** The slowest it gets: a server that bears less than this is not slow but out of order. */
const slowest = 0.5;
/** After a refusal it takes about so many seconds to come back to the full rate. */
const recoverySeconds = 30;
/** Without a limit of ours, the rate at which a server has just refused is what we go down from. */
const countedMs = 1000;

interface Lane {
  next: number;
  /** What it was at `since`; it has grown from there. */
  rate: number;
  since: number;
  refusedAt: number;
  /** When the last places were given out; kept only where nothing else limits them. */
  given: number[];
}

/**
 * The manager's nginx allows 10 requests/s and address and answers 503 beyond (Cloudify 7.1 `limit_req`), so the rate is
 * held evenly: no bursts, one place every 1/perSecond seconds and address. Others may share that limit with us (it
 * counts addresses, and a proxy or NAT is one): each refusal halves the rate, and it grows back in even steps.
 */
export function makePacer(perSecond: number): Pacer {
  const lanes = new Map<string, Lane>();
  const laneOf = (address: string): Lane => {
    const lane = lanes.get(address) ?? {
      next: 0,
      rate: perSecond,
      since: 0,
      refusedAt: -Infinity,
      given: [],
    };
    lanes.set(address, lane);
    return lane;
  };
  return {
    async pace(address, signal) {
      signal.throwIfAborted();
      const lane = laneOf(address);
      const now = performance.now();
      const rate = grownRate(lane, perSecond, now);
      if (rate === Infinity) {
        lane.given = [...lane.given.filter((at) => now - at < countedMs), now];
        return;
      }
      const at = Math.max(now, lane.next);
      lane.next = at + 1000 / rate;
      if (at > now) await sleep(at - now, undefined, { signal });
    },
    slowDown(address) {
      const lane = laneOf(address);
      const now = performance.now();
      if (now - lane.refusedAt < oneCrowdMs) return;
      const rate = grownRate(lane, perSecond, now);
      const was = rate === Infinity ? lane.given.filter((at) => now - at < countedMs).length : rate;
      lane.refusedAt = now;
      lane.rate = Math.max(Math.min(slowest, perSecond), was / 2);
      lane.since = now;
      lane.next = Math.max(lane.next, now + 1000 / lane.rate);
    },
    rateOf: (address) => grownRate(laneOf(address), perSecond, performance.now()),
  };
}

/** Even steps up to the limit; without one, by a tenth a second until nobody would notice it. */
function grownRate({ rate, since }: Lane, perSecond: number, now: number): number {
  if (rate === perSecond) return rate;
  const seconds = (now - since) / 1000;
  if (perSecond !== Infinity) return Math.min(perSecond, rate + (perSecond * seconds) / recoverySeconds);
  const grown = rate * 1.1 ** seconds;
  return grown > unnoticed ? Infinity : grown;
}

const unnoticed = 10_000;
