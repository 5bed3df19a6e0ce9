import type { AuthenticationAttempt } from '../../model/api-authentication';
import { headerValues, type HttpResult } from '../../protocol/http';
import { mediaType } from '../classify';
import type { CollectContext } from '../collector';
import type { Controls } from './actors';
import { isFromBehindGuard } from './guard';
import type { ApiSession } from './session';

/**
 * What shows that an anonymous HEAD was answered by the endpoint, with no guard before it, though there is no body to tell
 * by: somebody who may gets the same status for HEAD, of the length that the endpoint's own error has when he asks by GET,
 * e.g. that there is no such thing (404). Whoever else says so for the manager does not say it in that many bytes. The
 * control of the attempt; null: nothing is shown.
 */
export async function controlOfHead(
  result: HttpResult,
  path: string,
  session: ApiSession,
  controls: Controls,
  context: CollectContext,
): Promise<AuthenticationAttempt['control'] | null> {
  const length = lengthOfError(result);
  if (length === null) return null;
  const met = await controls.answersOf(
    session,
    [
      { method: 'GET', path },
      { method: 'HEAD', path },
    ],
    context,
  );
  const [got, head] = met?.results ?? [];
  if (met === null || got?.kind !== 'answer' || head?.kind !== 'answer') return null;
  const isAlike = got.status === result.status && head.status === result.status;
  if (!isAlike || !got.complete || !isFromBehindGuard(got)) return null;
  if (got.bodyBytes !== length || lengthOfError(head) !== length) return null;
  return { kind: 'authorised', as: met.as, status: head.status, succeeded: true, reason: null, path };
}

/** Content-Length of a mistake told in JSON; HEAD is answered with the fields of GET (RFC 9110 §9.3.2). */
function lengthOfError(result: HttpResult): number | null {
  if (result.kind !== 'answer' || result.status < 400 || result.status >= 500) return null;
  if (result.status === 401 || mediaType(result) !== 'application/json') return null;
  const [length = ''] = headerValues(result.headers, 'content-length');
  return /^[1-9]\d{0,6}$/.test(length) ? Number(length) : null;
}
