import type { GuardAnswer } from '../../../model/api-authorization';
import type { HttpAnswered, HttpResult } from '../../../protocol/http';
import type { HttpAnswer } from '../../../model/http-surface';
import { classify, errorCodeOf } from '../../classify';
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
 * Judges by what the answer is (`classify`): a refusal counts only in the manager's own words, and only where it names the
 * permission; what nginx, a proxy or a login page says is unproven, and so are 5xx, rate limits and redirects. `unnamed`: the
 * endpoint refuses by a 401 that names nothing.
 */
export function judgeAnswer(result: HttpResult, unnamed: boolean): Judged {
  const { status } = result;
  const unproven = (reason: string): Judged => ({ ...nothing, status, observed: 'unproven', reason });
  if (result.kind === 'failure') return unproven(result.reason);
  // Said by the handler, once it wants to know in which tenant it works: the guard had let the caller in.
  if (isFromBehindGuard(result) || wantsTenant(result)) return { ...nothing, status, observed: 'answered' };
  const answer = classify(result, ofRest);
  if (answer === 'premium-missing') {
    return { ...unproven('a premium feature that is not installed'), premiumMissing: true };
  }
  if (result.complete && answer === 'unauthorized' && unnamed) {
    return { ...nothing, status, observed: 'refused-unnamed' };
  }
  const named = /is not permitted to perform the action (\w{1,64})\b/.exec(messageOf(result))?.[1];
  if (result.complete && answer === 'forbidden' && named !== undefined) {
    return { ...nothing, status, observed: 'refused', named };
  }
  return unproven(reasonOf(answer, result));
}

/** Credentials go to REST alone, and over TLS. */
const ofRest = { listener: 'rest-external', scheme: 'https', path: '/api/' } as const;

/** Why an answer says nothing of the guard. */
function reasonOf(answer: HttpAnswer, result: HttpAnswered): string {
  const { status, complete } = result;
  if (status < 300) return 'a success without content of the API';
  if (status < 400) return `redirected (${status})`;
  if (answer === 'rate-limited') return `refused by a rate limit (${status})`;
  if (answer === 'server-error') return `the manager answered ${status}`;
  if (!complete) return 'the body did not end';
  if (answer === 'unauthorized') return 'the credentials were refused';
  if (status === 401) return 'a 401 that is not the manager’s';
  if (status === 403) return 'a 403 that names no permission';
  const code = errorCodeOf(result);
  return code === null ? `the manager does not mount it (${status})` : `answered ${code}`;
}

const nothing = { named: null, status: null, reason: null, premiumMissing: false } as const;
