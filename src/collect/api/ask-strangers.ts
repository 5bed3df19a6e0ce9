import type { ApiListener, AuthenticationAttempt } from '../../model/api-authentication';
import type { HttpResult } from '../../protocol/http';
import { headerValues } from '../../protocol/http';
import type { CollectContext } from '../collector';
import { commonRequest, type Controls } from './actors';
import { tenantHeaders } from './credentials';
import { askedThere, attemptOf, isRouteless, livenessControl, notTried } from './attempt';
import { controlOfHead } from './head-hole';
import type { ApiSession } from './session';
import type { StrangerAttempt } from './stranger-attempts';
import { strangerHeaders } from './strangers';
import type { Tellings } from './telling';

/** The sessions of one manager by listener. */
export type Sessions = Readonly<Record<ApiListener, ApiSession>>;

/** What strangers met at one endpoint. */
export interface StrangersMet {
  readonly attempts: readonly AuthenticationAttempt[];
  /** The REST service said that it has no such route, however it was asked. */
  readonly routeless: boolean;
}

/** How an endpoint is asked. */
export interface StrangerSettings {
  readonly tenant: string;
  readonly controls: Controls;
  /** Users show that this very endpoint works, and not only the common one. */
  readonly controlsItself: boolean;
  readonly tellings: Tellings;
}

/** Makes the attempts one after the other. */
export async function askStrangers(
  wanted: readonly StrangerAttempt[],
  sessions: Sessions,
  first: 'rest-external' | 'rest-internal',
  { tenant, controls, controlsItself, tellings }: StrangerSettings,
  context: CollectContext,
): Promise<StrangersMet> {
  const attempts: AuthenticationAttempt[] = [];
  const gone = new Set<ApiListener>();
  const plain: HttpResult[] = [];
  for (const { over, credential, method, form, path } of wanted) {
    const session = sessions[over === 'either' ? await serving(sessions, first, context) : over];
    const { listener } = session.door;
    if (gone.has(listener)) continue;
    const tried = { credential, identity: null, method, form, path };
    const life = await session.liveness(context);
    const liveness = livenessControl(session, life);
    if (!liveness.succeeded) {
      // A listener that is not there lets nobody in. Only the two that serve the API ought to be there.
      gone.add(listener);
      if (ought.has(listener)) attempts.push(notTried(listener, tried, liveness.reason ?? 'does not answer'));
      continue;
    }
    const mayControl = ought.has(listener) && controls.canAsk(session);
    // HEAD, forms and other methods of the endpoint are controlled by the endpoint as it is meant to be asked.
    const [{ method: meant, path: whole } = commonRequest] = wanted;
    const controlled = controlsItself ? { method: meant, path: whole } : commonRequest;
    const elsewhere =
      controlled.method === method && controlled.path === path ? {} : { path: controlled.path };
    const control = mayControl
      ? { ...(await controls.authorised(session, controlled, context)), ...elsewhere }
      : liveness;
    // With a tenant, so that a caller who is let in is served and not asked for one.
    const headers = [...strangerHeaders(credential), ...tenantHeaders(tenant)];
    const result = await session.ask({ method, path, headers, secret: false }, context);
    tellings.note(session.door, askedThere(tried), result, life);
    if (isAutomaticOptions(method, result)) continue;
    const attempt = attemptOf(session, tried, result, control);
    // Where GET is refused, HEAD would be by the same guard.
    const isRefused = attempts.some((each) => each.method === 'GET' && each.answer === 'unauthorized');
    if (method === 'HEAD' && isRefused && mayControl) {
      const shown = await controlOfHead(result, path, session, controls, context);
      if (shown !== null) {
        attempts.push({ ...attempt, behindGuard: true, control: shown });
        continue;
      }
    }
    // A manager that has just broken down tells nothing of its guards.
    const again =
      attempt.answer !== 'server-error'
        ? control
        : mayControl
          ? { ...(await controls.now(session, controlled, context)), ...elsewhere }
          : livenessControl(session, await session.liveness(context, 'now'));
    attempts.push({ ...attempt, control: again });
    // What is not there is said in a page, which an answer to HEAD does not have.
    if (form === 'plain' && method !== 'HEAD' && ought.has(listener)) plain.push(result);
  }
  return { attempts, routeless: plain.length > 0 && plain.every(isRouteless) };
}

/** What an anonymous OPTIONS came to. */
export interface OptionsMet {
  /** Whether it lists the method; null when the REST service did not answer it so. */
  readonly listed: boolean | null;
  /** The attempt, where it was answered by anything but the list of methods that Flask gives to everybody. */
  readonly attempts: readonly AuthenticationAttempt[];
}

export async function askOptions(
  method: string,
  path: string,
  sessions: Sessions,
  first: 'rest-external' | 'rest-internal',
  tellings: Tellings,
  context: CollectContext,
): Promise<OptionsMet> {
  const session = sessions[await serving(sessions, first, context)];
  const liveness = await session.liveness(context);
  if (!liveness.alive) return { listed: null, attempts: [] };
  const result = await session.ask({ method: 'OPTIONS', path, secret: false }, context);
  const allowed = allowedBy(result);
  const tried = { credential: 'none', identity: null, method: 'OPTIONS', form: 'plain', path } as const;
  tellings.note(session.door, askedThere(tried), result, liveness);
  const isNews = result.kind === 'answer' && result.status < 300 && !isAutomaticOptions('OPTIONS', result);
  return {
    listed: allowed.length === 0 ? null : allowed.includes(method),
    attempts: isNews ? [attemptOf(session, tried, result, livenessControl(session, liveness))] : [],
  };
}

/** Flask, or a proxy for the sake of CORS, answers OPTIONS itself, before any guard and with nothing in it. */
function isAutomaticOptions(method: string, result: HttpResult): boolean {
  return method === 'OPTIONS' && result.kind === 'answer' && result.status < 300 && result.bodyBytes === 0;
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
