import type { AuthenticationAttempt } from '../../model/api-authentication';
import type { HttpAnswered, HttpResult } from '../../protocol/http';
import { classify, errorCodeOf } from '../classify';
import { showsTrace } from '../disclosures';
import type { Control } from './actors';
import { isFromBehindGuard, isLetIn, isServedByNginx, isWerkzeugPage } from './guard';
import type { ApiSession, Liveness } from './session';
import type { AskedThere } from './telling';

/** What is known of an attempt before it is made. */
export type Tried = Pick<
  AuthenticationAttempt,
  'credential' | 'tampering' | 'identity' | 'method' | 'form' | 'path'
>;

/** Facts of one exchange. Answers of the rate limit are none: nobody looked at the caller. */
export function attemptOf(
  session: ApiSession,
  tried: Tried,
  result: HttpResult,
  control: Control,
): AuthenticationAttempt {
  const { listener, likeness, scheme } = session.door;
  const base = { listeners: [listener], ...tried, control };
  if (result.kind === 'failure')
    return { ...base, ...noAnswer, status: result.status, reason: result.reason };
  const answer = classify(result, { listener: likeness, scheme, path: tried.path, method: tried.method });
  return {
    ...base,
    answer,
    status: result.status,
    errorCode: errorCodeOf(result),
    stackTrace: showsTrace(result),
    ...(isFromBehind(result, tried) ? { behindGuard: true as const } : {}),
    reason: null,
  };
}

/** An answer to HEAD has no body to tell by. */
function isFromBehind(result: HttpAnswered, { method, path }: Tried): boolean {
  if (method === 'HEAD') return false;
  return isFromBehindGuard(result) || (isServedByNginx(path) && isLetIn(result, path));
}

/** An attempt that could not be made, and why. */
export function notTried(
  listener: AuthenticationAttempt['listeners'][number],
  tried: Tried,
  reason: string,
): AuthenticationAttempt {
  const control: Control = { kind: 'none', as: null, status: null, succeeded: false, reason: null };
  return { listeners: [listener], ...tried, ...noAnswer, status: null, reason, control };
}

/** Liveness as the control of an attempt. Listeners that do not serve the API are alive when they answer at all. */
export function livenessControl({ door }: ApiSession, { path, status, alive, reason }: Liveness): Control {
  const serves = door.listener === 'rest-external' || door.listener === 'rest-internal';
  const succeeded = serves ? alive : status !== null;
  return { kind: 'liveness', as: null, status, succeeded, reason: succeeded ? null : reason, path };
}

/** Attempts that differ in nothing but the listener become one. */
export function fold(attempts: readonly AuthenticationAttempt[]): readonly AuthenticationAttempt[] {
  const folded = new Map<string, AuthenticationAttempt>();
  for (const attempt of attempts) {
    const { listeners, ...rest } = attempt;
    const key = JSON.stringify(rest);
    const before = folded.get(key);
    const all = [...new Set([...(before?.listeners ?? []), ...listeners])];
    folded.set(key, { ...attempt, listeners: all });
  }
  return [...folded.values()];
}

/** What was shown, for a title that tells it. */
export function askedThere({ credential, identity: as, method, path }: Tried): AskedThere {
  return { method, path, as, ...(credential === 'none' ? {} : { shown: credential.replaceAll('-', ' ') }) };
}

/** The REST service's own page for a path it does not have, which comes before any guard. */
export function isRouteless(result: HttpResult): boolean {
  return isWerkzeugPage(result, 404, 'Not Found');
}

const noAnswer = { answer: 'none', errorCode: null, stackTrace: false } as const;
