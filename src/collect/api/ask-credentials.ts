import type { AuthenticationAttempt } from '../../model/api-authentication';
import type { HttpResult } from '../../protocol/http';
import type { CollectContext } from '../collector';
import { commonRequest, type Controlled, type Controls } from './actors';
import { askedThere, attemptOf, isRouteless, notTried } from './attempt';
import { credentialHeaders, tenantHeaders } from './credentials';
import { triedOf, type DeadCredential } from './dead-credentials';
import { isLetIn } from './guard';
import type { ApiSession } from './session';
import type { Tellings } from './telling';

/** What came of dead credentials at one endpoint. */
export interface CredentialsTried {
  readonly attempts: readonly AuthenticationAttempt[];
  /** The REST service said that it has no such route, whatever it was shown. */
  readonly routeless: boolean;
}

/**
 * Tries dead credentials over one listener, on the first of the paths that is not served to anybody: where it is, nothing
 * follows from its being served to a credential. `isElsewhere`: the control is what all may list, on the same listener.
 */
export async function askCredentials(
  dead: readonly DeadCredential[],
  session: ApiSession,
  requests: readonly [Controlled, ...Controlled[]],
  controls: Controls,
  tellings: Tellings,
  context: CollectContext,
  isElsewhere = false,
): Promise<CredentialsTried> {
  const { trusted, listener } = session.door;
  const [first] = requests;
  const usable = dead.filter((each) => each.shows !== null);
  const gaps = dead.flatMap((each) =>
    each.shows === null ? [notTried(listener, triedOf(each, first), each.reason)] : [],
  );
  const none = (reason: string): CredentialsTried => ({
    attempts: [...usable.map((each) => notTried(listener, triedOf(each, first), reason)), ...gaps],
    routeless: false,
  });
  if ('refused' in trusted) return none(trusted.refused);
  // A listener that is silent is silent to each credential: one timeout tells as much as twenty.
  const life = await session.liveness(context);
  if (!life.alive) return none(life.reason ?? 'does not answer');
  for (const request of requests) {
    const attempts: AuthenticationAttempt[] = [];
    const results: HttpResult[] = [];
    for (const each of usable) {
      const control = isElsewhere
        ? { ...(await controls.authorised(session, commonRequest, context)), path: commonRequest.path }
        : await controls.authorised(session, request, context);
      const headers = [...credentialHeaders(each.shows), ...tenantHeaders(each.tenant)];
      const result = await session.ask({ ...request, headers, secret: true }, context);
      const tried = triedOf(each, request);
      tellings.note(session.door, askedThere(tried), result, life);
      attempts.push(attemptOf(session, tried, result, control));
      results.push(result);
    }
    const isLetIn = attempts.some(
      (each) => each.answer === 'ok' || each.answer === 'forbidden' || each.behindGuard === true,
    );
    if (isLetIn && (await isServedToAnybody(session, request, context))) continue;
    return { attempts: [...attempts, ...gaps], routeless: results.length > 0 && results.every(isRouteless) };
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
