import type { ApiListener, AuthenticationAttempt } from '../../model/api-authentication';
import type { HttpResult } from '../../protocol/http';
import { headerValues } from '../../protocol/http';
import type { CollectContext } from '../collector';
import type { Controls } from './actors';
import { tenantHeaders } from './credentials';
import { attemptOf, isRouteless, livenessControl, notTried } from './attempt';
import type { ApiSession } from './session';
import type { StrangerAttempt } from './smoke';
import { strangerHeaders } from './strangers';

/** The sessions of one manager by listener. */
export type Sessions = Readonly<Record<ApiListener, ApiSession>>;

/** What strangers met at one endpoint. */
export interface StrangersMet {
  readonly attempts: readonly AuthenticationAttempt[];
  /** The REST service said that it has no such route. */
  readonly routeless: boolean;
}

/** Makes the attempts one after the other. `authorised`: whether users may show that the endpoint works. */
export async function askStrangers(
  wanted: readonly StrangerAttempt[],
  sessions: Sessions,
  first: 'rest-external' | 'rest-internal',
  { tenant, controls }: { readonly tenant: string; readonly controls: Controls | null },
  context: CollectContext,
): Promise<StrangersMet> {
  const attempts: AuthenticationAttempt[] = [];
  const gone = new Set<ApiListener>();
  let routeless = false;
  for (const { over, credential, method, form, path } of wanted) {
    const session = sessions[over === 'either' ? await serving(sessions, first, context) : over];
    const { listener } = session.door;
    if (gone.has(listener)) continue;
    const tried = { credential, identity: null, method, form, path };
    const liveness = await session.liveness(context);
    let control = livenessControl(session, liveness);
    if (!control.succeeded) {
      // A listener that is not there lets nobody in. Only the two that serve the API ought to be there.
      gone.add(listener);
      if (ought.has(listener)) attempts.push(notTried(listener, tried, control.reason ?? 'does not answer'));
      continue;
    }
    if (controls !== null && form === 'plain' && method === 'GET' && ought.has(listener)) {
      const authorised = await controls.authorised(session, path, context);
      if (authorised.succeeded) control = authorised;
    }
    // With a tenant, so that a caller who is let in is served and not asked for one.
    const headers = [...strangerHeaders(credential), ...tenantHeaders(tenant)];
    const result = await session.ask({ method, path, headers, secret: false }, context);
    attempts.push(attemptOf(session, tried, result, control));
    routeless ||= form === 'plain' && ought.has(listener) && isRouteless(result);
  }
  return { attempts, routeless };
}

/** Whether an anonymous OPTIONS lists the method; null when the REST service did not answer it so. */
export async function askOptions(
  method: string,
  path: string,
  sessions: Sessions,
  first: 'rest-external' | 'rest-internal',
  context: CollectContext,
): Promise<boolean | null> {
  const session = sessions[await serving(sessions, first, context)];
  if (!(await session.liveness(context)).alive) return null;
  const result = await session.ask({ method: 'OPTIONS', path, secret: false }, context);
  const allowed = allowedBy(result);
  return allowed.length === 0 ? null : allowed.includes(method);
}

/** The first of the two REST listeners that serves the API; the preferred one when neither does. */
async function serving(
  sessions: Sessions,
  first: 'rest-external' | 'rest-internal',
  context: CollectContext,
): Promise<'rest-external' | 'rest-internal'> {
  if ((await sessions[first].liveness(context)).alive) return first;
  const other = first === 'rest-external' ? 'rest-internal' : 'rest-external';
  return (await sessions[other].liveness(context)).alive ? other : first;
}

const ought: ReadonlySet<ApiListener> = new Set(['rest-external', 'rest-internal']);

function allowedBy(result: HttpResult): readonly string[] {
  if (result.kind === 'failure' || result.status !== 200) return [];
  return headerValues(result.headers, 'allow').flatMap((value) =>
    value.split(',').map((name) => name.trim()),
  );
}
