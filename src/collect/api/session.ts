import { setTimeout as sleep } from 'node:timers/promises';
import {
  failure,
  openHttp,
  type HeaderList,
  type HttpClient,
  type HttpEndpoint,
  type HttpLimits,
  type HttpResult,
} from '../../protocol/http';
import { bodyText, classify, isRateLimited } from '../classify';
import type { CollectContext } from '../collector';
import { isLost, limitRetries, waitBefore } from '../send-paced';
import type { Spare } from '../spare';
import type { Door } from './doors';
import { makeGate } from './gate';

/** One request to the REST API. */
export interface ApiRequest {
  readonly method: string;
  /** Path and query, sent byte for byte. */
  readonly path: string;
  /** Beside Host, User-Agent and Accept. */
  readonly headers?: HeaderList;
  /** Text is JSON. Left out: no body at all. */
  readonly body?: string | Uint8Array;
  /** The headers hold a credential that works: only over a verified connection. */
  readonly secret: boolean;
  /** It may create something, or its body is streamed: not sent again where it may have arrived. */
  readonly unrepeatable?: true;
  /** Takes the body of a 200 piece by piece instead of keeping it. */
  readonly stream?: (piece: Uint8Array) => Promise<void>;
}

/** Whether a listener serves the API at all: what asking it without credentials came to. */
export interface Liveness {
  readonly path: string;
  readonly status: number | null;
  readonly alive: boolean;
  /** Why it is not alive. */
  readonly reason: string | null;
  readonly at: Date;
}

/** Asks one listener: at the pace of its address, on kept connections, and stops when nothing answers any more. */
export interface ApiSession {
  readonly door: Door;
  /** Never rejects. A failure's reason holds nothing of what was sent. */
  ask(request: ApiRequest, context: CollectContext): Promise<HttpResult>;
  /** Asked anew once it is a minute old: a denial counts only beside a control of the same minute. `now`: in any case. */
  liveness(context: CollectContext, now?: 'now'): Promise<Liveness>;
}

/** The most that is in flight to one listener. */
const mostInFlight = 8;
/**
 * GET /ok answers 200 "OK" since Cloudify 6.1, and 500 "FAIL" where some other service is out of order; then, and on older
 * managers, it takes a refusal in the manager's own words to tell that the REST service works.
 */
const livenessPaths = ['/api/v3.1/ok', '/api/v3.1/blueprints', '/api/v2.1/blueprints'];
const controlMaxAgeMs = 60_000;
/** Requests in a row without an answer, after which a listener is left alone for a while. */
const patience = 3;
/** The same of one that has never answered: as many as are in flight at first. */
const firstPatience = 2;
const restMs = 5_000;
const longestRestMs = 300_000;
/** A listener that has answered before is waited for so many times, as one that restarts takes half a minute. */
const mostRests = 8;

/**
 * Begins a session; nothing is sent before the first question, and its connections close themselves when idle. A request
 * is sent again, at the cost of `spare`, where the answer was about the moment and not about the request. `limits`: for
 * answers longer than usual.
 */
export function openSession(
  door: Door,
  spare: Spare | number = Infinity,
  limits: Partial<HttpLimits> = {},
): ApiSession {
  const gate = makeGate(mostInFlight);
  const open = pool(door.open, limits);
  const trusted = 'refused' in door.trusted ? null : pool(door.trusted, limits);
  const more = typeof spare === 'number' ? { left: spare } : spare;
  let unanswered = 0;
  let hasAnswered = false;
  let rests = 0;
  let leftAlone: { readonly until: number; readonly result: HttpResult } | null = null;
  let control: Promise<Liveness> | null = null;

  const once = async (request: ApiRequest, context: CollectContext): Promise<HttpResult> => {
    const clients = request.secret ? trusted : open;
    if (clients === null) {
      return failure('failed', 'refused' in door.trusted ? door.trusted.refused : 'no trusted connection');
    }
    const leave = await context.queued(gate.enter());
    const client = clients.take(context.connectTimeoutMs);
    let answeredIn: number | null = null;
    try {
      await context.pace(door.address);
      // Others may have met the silence while this one waited for its turn.
      if (leftAlone !== null && !hasAnswered && leftAlone.until > performance.now()) return leftAlone.result;
      const begun = performance.now();
      context.countRequest();
      const headers: HeaderList = [
        ['Host', door.host],
        ['User-Agent', context.userAgent],
        ['Accept', '*/*'],
        ...(request.body === undefined ? [] : [['Content-Type', typeOf(request.body)] as const]),
        ...(request.headers ?? []),
      ];
      const { method, path, body, stream } = request;
      const result = await client.send(
        {
          method,
          path,
          headers,
          ...(body === undefined ? {} : { body }),
          ...(stream === undefined ? {} : { stream }),
        },
        context.signal,
        () => {
          context.countConnection();
        },
      );
      if (result.kind === 'answer') answeredIn = performance.now() - begun;
      return result;
    } finally {
      clients.giveBack(client);
      leave(answeredIn);
    }
  };

  /** Resolves to what is to be said without asking, or to null when one may ask. */
  const untilRested = async (context: CollectContext): Promise<HttpResult | null> => {
    for (;;) {
      if (leftAlone === null) return null;
      const left = leftAlone.until - performance.now();
      if (left <= 0) return null;
      if (!hasAnswered || rests > mostRests) return leftAlone.result;
      await context.queued(sleep(left, undefined, { signal: context.signal }));
    }
  };

  const ask = async (request: ApiRequest, context: CollectContext): Promise<HttpResult> => {
    for (let tries = 0; ; tries++) {
      const said = await untilRested(context);
      if (said !== null) return said;
      const result = await once(request, context);
      const fault = momentaryFault(result);
      if (fault === null) {
        if (result.kind === 'answer') {
          unanswered = 0;
          rests = 0;
          hasAnswered = true;
          leftAlone = null;
        }
        return result;
      }
      if (fault === 'limited') context.slowDown(door.address);
      const mayHaveArrived = request.unrepeatable === true && fault !== 'limited';
      const maySendAgain = !mayHaveArrived && more.left-- > 0;
      if (maySendAgain && tries < retries[fault]) {
        if (fault !== 'lost') await waitBefore(result, tries, context);
        continue;
      }
      unanswered++;
      if (unanswered >= (hasAnswered || fault !== 'silent' ? patience : firstPatience)) {
        unanswered = 0;
        rests++;
        // One that has never answered is tried less and less: each try costs everybody who asks it a whole timeout.
        const rest = hasAnswered ? restMs : Math.min(restMs * 3 ** rests, longestRestMs);
        leftAlone = { until: performance.now() + rest, result };
      }
      // Whoever met the outage waits for its end with all others.
      if (!maySendAgain || !hasAnswered || leftAlone === null || tries > mostRests) return result;
    }
  };

  const neverRejecting: ApiSession['ask'] = async (request, context) => {
    try {
      return await ask(request, context);
    } catch (error) {
      if (context.signal.aborted) return failure('aborted', 'aborted');
      throw error;
    }
  };

  const askLiveness = async (context: CollectContext): Promise<Liveness> => {
    let last: Omit<Liveness, 'at'> = { path: '', status: null, reason: null, alive: false };
    let failing: typeof last | null = null;
    for (const path of livenessPaths) {
      const result = await neverRejecting({ method: 'GET', path, secret: false }, context);
      const { status } = result;
      const asked = { listener: door.likeness, scheme: door.scheme, path };
      const answer = result.kind === 'failure' ? 'none' : classify(result, asked);
      if (answer === 'ok' || answer === 'unauthorized') {
        return { path, status, alive: true, reason: null, at: context.now() };
      }
      const reason =
        result.kind === 'failure' ? result.reason : `GET ${path} was answered with ${result.status}`;
      if (status === 500 && result.kind === 'answer' && bodyText(result).slice(0, 64).includes('FAIL')) {
        failing = { path, status, reason: null, alive: true };
      }
      last = { path, status, reason, alive: false };
      // Whatever is behind it, this listener does not serve the API; or the answer says that it is about the moment.
      if (answer !== 'server-error' && answer !== 'not-found') break;
    }
    return { ...(failing ?? last), at: context.now() };
  };

  return {
    door,
    ask: neverRejecting,
    liveness: async (context, now) => {
      if (now !== undefined) control = null;
      for (;;) {
        const current = (control ??= askLiveness(context));
        const found = await current;
        const isOld = context.now().getTime() - found.at.getTime() >= controlMaxAgeMs;
        if (context.signal.aborted || !isOld) return found;
        if (control === current) control = null;
      }
    },
  };
}

/** What was wrong with the moment rather than the request; null: nothing. */
type MomentaryFault = 'limited' | 'lost' | 'gateway' | 'silent';

/** How often a request is sent again. Every request of an audit changes nothing, so each may be. */
const retries: Readonly<Record<MomentaryFault, number>> = {
  limited: limitRetries,
  lost: 1,
  gateway: 1,
  silent: 0,
};

function momentaryFault(result: HttpResult): MomentaryFault | null {
  // A worker that is replaced takes its connections along (gunicorn does so every 1000 requests, Cloudify 7.1).
  if (isLost(result)) return 'lost';
  if (result.kind === 'failure') return telling.has(result.code) ? 'silent' : null;
  if (result.status === 502 || result.status === 504) return 'gateway';
  return isRateLimited(result) ? 'limited' : null;
}

/** Failures that would meet the next request as well. */
const telling: ReadonlySet<string> = new Set([
  'refused',
  'unreachable',
  'connect-timeout',
  'tls-timeout',
  'tls-alert',
  'not-tls',
  'tls-failed',
  'headers-timeout',
]);

interface Pool {
  take(connectMs: number): HttpClient;
  giveBack(client: HttpClient): void;
}

/** Connections that are kept, one request at a time on each; as many as were in flight at once. */
function pool(endpoint: HttpEndpoint, limits: Partial<HttpLimits>): Pool {
  const idle: HttpClient[] = [];
  return {
    // A busy manager takes longer to answer than to accept.
    take: (connectMs) =>
      idle.pop() ??
      openHttp(endpoint, { connectMs, headersMs: 2 * connectMs, bodyMs: 2 * connectMs, ...limits }),
    giveBack: (client) => {
      idle.push(client);
    },
  };
}

function typeOf(body: string | Uint8Array): string {
  return typeof body === 'string' ? 'application/json' : 'application/octet-stream';
}
