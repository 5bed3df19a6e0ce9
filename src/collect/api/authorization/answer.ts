import type { GuardAnswer } from '../../../model/api-authorization';
import type { HttpAnswered, HttpResult } from '../../../protocol/http';
import { errorCodeOf } from '../../classify';
import { isFromBehindGuard, messageOf, wantsTenant } from '../guard';

/** What one answer says of the guard. */
export interface Judged {
  readonly observed: GuardAnswer;
  readonly named: string | null;
  readonly status: number | null;
  readonly reason: string | null;
  /** 404 missing_premium_package_error: says nothing by itself, because some of these come before any guard. */
  readonly premiumMissing: boolean;
}

/**
 * Judges by status and body together. Only the manager's own JSON counts: what nginx, a proxy or a login page says is
 * unproven, and so are 5xx, rate limits and redirects. `unnamed`: the endpoint refuses by a 401 that names nothing.
 */
export function judgeAnswer(result: HttpResult, unnamed: boolean): Judged {
  const { status } = result;
  const unproven = (reason: string): Judged => ({ ...nothing, status, observed: 'unproven', reason });
  if (result.kind === 'failure') return unproven(result.reason);
  const code = errorCodeOf(result);
  if (code === 'missing_premium_package_error') {
    return { ...unproven('a premium feature that is not installed'), premiumMissing: true };
  }
  // Said by the handler, once it wants to know in which tenant it works: the guard had let the caller in.
  if (isFromBehindGuard(result) || wantsTenant(result)) return { ...nothing, status, observed: 'answered' };
  if (result.status < 300) return unproven('a success without content of the API');
  if (result.status < 400) return unproven(`redirected (${result.status})`);
  if (result.status >= 500) return unproven(`the manager answered ${result.status}`);
  if (result.status === 429) return unproven('refused by a rate limit (429)');
  if (!result.complete) return unproven('the body did not end');
  if (result.status === 401) {
    if (code !== 'unauthorized_error') return unproven('a 401 that is not the manager’s');
    return unnamed
      ? { ...nothing, status, observed: 'refused-unnamed' }
      : unproven('the credentials were refused');
  }
  if (result.status === 403) {
    const named = /is not permitted to perform the action (\w{1,64})\b/.exec(messageOf(result))?.[1];
    return code === 'forbidden_error' && named !== undefined
      ? { ...nothing, status, observed: 'refused', named }
      : unproven('a 403 that names no permission');
  }
  return unproven(
    code === null ? `the manager does not mount it (${result.status})` : `answered ${code.slice(0, 64)}`,
  );
}

/** The JSON object of a body; null when it is none, or cut. */
export function readBody(answer: HttpAnswered): Readonly<Record<string, unknown>> | null {
  try {
    const value = JSON.parse(Buffer.from(answer.body).toString('utf8')) as unknown;
    return value !== null && typeof value === 'object' && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}

const nothing = { named: null, status: null, reason: null, premiumMissing: false } as const;
