import type { AuthenticationAttempt } from '../../model/api-authentication';
import type { CollectContext } from '../collector';
import type { Controlled, Controls } from './actors';
import { attemptOf, notTried } from './attempt';
import { credentialHeaders, tenantHeaders } from './credentials';
import { triedOf, type DeadCredential } from './dead-credentials';
import { isLetIn } from './guard';
import type { ApiSession } from './session';

/**
 * Tries dead credentials over one listener, on the first of the paths that is not served to anybody: where it is, nothing
 * follows from its being served to a credential.
 */
export async function askCredentials(
  dead: readonly DeadCredential[],
  session: ApiSession,
  requests: readonly [Controlled, ...Controlled[]],
  controls: Controls,
  context: CollectContext,
): Promise<readonly AuthenticationAttempt[]> {
  const { trusted, listener } = session.door;
  const [first] = requests;
  const usable = dead.filter((each) => each.shows !== null);
  const gaps = dead.flatMap((each) =>
    each.shows === null ? [notTried(listener, triedOf(each, first), each.reason)] : [],
  );
  const none = (reason: string): readonly AuthenticationAttempt[] => [
    ...usable.map((each) => notTried(listener, triedOf(each, first), reason)),
    ...gaps,
  ];
  if ('refused' in trusted) return none(trusted.refused);
  // A listener that is silent is silent to each credential: one timeout tells as much as twenty.
  const { alive, reason } = await session.liveness(context);
  if (!alive) return none(reason ?? 'does not answer');
  for (const request of requests) {
    const attempts: AuthenticationAttempt[] = [];
    for (const each of usable) {
      const control = await controls.authorised(session, request, context);
      const headers = [...credentialHeaders(each.shows), ...tenantHeaders(each.tenant)];
      const result = await session.ask({ ...request, headers, secret: true }, context);
      attempts.push(attemptOf(session, triedOf(each, request), result, control));
    }
    const isLetIn = attempts.some(
      (each) => each.answer === 'ok' || each.answer === 'forbidden' || each.behindGuard === true,
    );
    if (!isLetIn || !(await isServedToAnybody(session, request, context))) return [...attempts, ...gaps];
  }
  return none('it serves anybody: credentials decide nothing here');
}

async function isServedToAnybody(
  session: ApiSession,
  request: Controlled,
  context: CollectContext,
): Promise<boolean> {
  const result = await session.ask({ ...request, secret: false }, context);
  return result.kind === 'answer' && (result.status < 300 || isLetIn(result, request.path));
}
