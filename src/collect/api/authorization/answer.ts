import type { GuardAnswer } from '../../../model/api-authorization';
import { headerValues, type HttpAnswered, type HttpResult } from '../../../protocol/http';

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
  const body = readBody(result);
  const answered: Judged = { ...nothing, status, observed: 'answered' };
  if (result.status < 300) {
    return isContent(result, body) ? answered : unproven('a success without content of the API');
  }
  if (result.status < 400) return unproven(`redirected (${result.status})`);
  if (result.status >= 500) return unproven(`the manager answered ${result.status}`);
  if (result.status === 429) return unproven('refused by a rate limit (429)');
  if (!result.complete) return unproven('the body did not end');
  const code = body?.error_code;
  const message = typeof body?.message === 'string' ? body.message : '';
  if (result.status === 401) {
    if (code !== 'unauthorized_error') return unproven('a 401 that is not the manager’s');
    return unnamed
      ? { ...nothing, status, observed: 'refused-unnamed' }
      : unproven('the credentials were refused');
  }
  if (result.status === 403) {
    // Said by the handler, once it wants to know in which tenant it works: the guard had let the caller in.
    if (code === 'forbidden_error' && message === 'Authorization failed: tenant not provided')
      return answered;
    const named = /is not permitted to perform the action (\w{1,64})\b/.exec(message)?.[1];
    return code === 'forbidden_error' && named !== undefined
      ? { ...nothing, status, observed: 'refused', named }
      : unproven('a 403 that names no permission');
  }
  if (code === 'missing_premium_package_error') {
    return { ...unproven('a premium feature that is not installed'), premiumMissing: true };
  }
  // An error of the manager's own that is no guard's: the handler ran. Licence and maintenance checks come before it.
  if (typeof code === 'string') {
    return beforeGuard.test(code) ? unproven(`answered ${code.slice(0, 64)}`) : answered;
  }
  // flask-restful's own complaint about arguments, raised by the handler.
  if (result.status === 400 && body?.message !== undefined) return answered;
  return unproven(`the manager does not mount it (${result.status})`);
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

const beforeGuard = /licen[cs]e|maintenance|ssl|auth|tenant_not/i;

/** JSON that is no error, or nothing at all with 204. Long answers are cut, so their type has to do. */
function isContent(answer: HttpAnswered, body: Readonly<Record<string, unknown>> | null): boolean {
  if (answer.status === 204) return answer.bodyBytes === 0;
  const [type = ''] = headerValues(answer.headers, 'content-type');
  return /^application\/json\b/i.test(type.trim()) && body?.error_code === undefined;
}
