import { setTimeout as sleep } from 'node:timers/promises';
import { headerValues, type HttpAnswered, type HttpResult } from '../protocol/http';
import { isRateLimited } from './classify';
import type { CollectContext } from './collector';
import type { Spare } from './spare';

/** How often a request is sent again that was one too many. */
export const limitRetries = 2;

/** Where a request goes, and how often it may be sent again. */
export interface Paced {
  readonly address: string;
  /** Each request that is sent again takes one. */
  readonly spare: Spare;
  /** What says that the request was one too many. Left out: 429, or nginx's own page. */
  readonly isLimit?: (answer: HttpAnswered) => boolean;
  /** Whether nothing of an answer that got lost has been used, so that the request may be sent again at once. Left out: never. */
  readonly mayRepeat?: () => boolean;
}

/**
 * Sends one request at the pace of its address and counts it; again where the limit of requests was hit, after a wait, or
 * where the connection was lost. Rejects when the run or the time for the task ends.
 */
export async function sendPaced(
  send: () => Promise<HttpResult>,
  { address, spare, isLimit = isRateLimited, mayRepeat }: Paced,
  context: CollectContext,
): Promise<HttpResult> {
  for (let retry = 0; ; retry++) {
    await context.pace(address);
    context.countRequest();
    const result = await send();
    const isLimited = result.kind === 'answer' && isLimit(result);
    if (isLimited) context.slowDown(address);
    const isAgain = isLimited || (isLost(result) && mayRepeat?.() === true);
    if (!isAgain || retry === limitRetries || spare.left <= 0) return result;
    spare.left--;
    if (isLimited) await waitBefore(result, retry, context);
  }
}

/** Waits as long as the server says (Retry-After in seconds, RFC 9110 §10.2.3), else one second and then three. */
export async function waitBefore(result: HttpResult, retry: number, context: CollectContext): Promise<void> {
  const headers = result.kind === 'answer' ? result.headers : [];
  const told = /^\s*(\d{1,6})\s*$/.exec(headerValues(headers, 'retry-after')[0] ?? '')?.[1];
  const wanted = told !== undefined ? Number(told) * 1000 : retry === 0 ? 1000 : 3000;
  await context.queued(sleep(Math.min(wanted, maxWaitMs), undefined, { signal: context.signal }));
}

const maxWaitMs = 10_000;

/** The connection ended before an answer: whoever is replaced takes his connections along. */
export function isLost(result: HttpResult): boolean {
  return result.kind === 'failure' && (result.code === 'closed' || result.code === 'reset');
}
