import type { HttpEndpoint } from './connect';
import { exchange, type HttpLimits, type HttpRequest } from './exchange';
import { openLane, type Lane } from './lane';
import { failure, type HttpResult } from './result';

/** One keep-alive connection to one endpoint. Requests go one after the other; open several clients to go wider. */
export interface HttpClient {
  /**
   * Sends a request and tells what came of it; never rejects. `onConnection` is called for each connection it opens.
   * A request that changes nothing is sent once more when a kept connection turns out to have been closed meanwhile.
   */
  send(request: HttpRequest, signal: AbortSignal, onConnection?: () => void): Promise<HttpResult>;
  close(): void;
}

export const defaultLimits: HttpLimits = {
  connectMs: 5_000,
  headersMs: 10_000,
  bodyMs: 10_000,
  keptBodyBytes: 1024 * 1024,
  countedBodyBytes: 8 * 1024 * 1024,
  headerBytes: 64 * 1024,
  interimAnswers: 8,
};

/** Makes a client; nothing is opened before the first request, and idle connections keep no process alive. */
export function openHttp(endpoint: HttpEndpoint, limits: Partial<HttpLimits> = {}): HttpClient {
  const bounds = { ...defaultLimits, ...limits };
  let lane: Lane | null = null;
  let turn: Promise<unknown> = Promise.resolve();
  let isAfterHead = false;

  const once = async (
    request: HttpRequest,
    signal: AbortSignal,
    onConnection: () => void,
  ): Promise<{ readonly result: HttpResult; readonly stale: boolean }> => {
    const current = (lane ??= openLane(endpoint, bounds.connectMs, bounds.headerBytes));
    current.onConnection = onConnection;
    const result = await exchange(current, request, bounds, signal);
    const { bytes, connections } = current.seen;
    if (result.kind === 'failure' || !result.complete) {
      current.close();
      lane = null;
    }
    const wasAfterHead = isAfterHead;
    isAfterHead = request.method === 'HEAD' && lane !== null;
    if (result.kind !== 'failure' || connections > 0) return { result, stale: false };
    const isLost = bytes === 0 && (result.code === 'closed' || result.code === 'reset');
    // The body that may not follow an answer to HEAD, taken for the answer to the next request.
    const isBodyOfHead = wasAfterHead && (result.code === 'malformed' || result.code === 'not-http');
    return { result, stale: isLost || isBodyOfHead };
  };

  const send = async (
    request: HttpRequest,
    signal: AbortSignal,
    onConnection: () => void,
  ): Promise<HttpResult> => {
    const first = await once(request, signal, onConnection);
    if (!first.stale || !safeMethods.has(request.method)) return first.result;
    return (await once(request, signal, onConnection)).result;
  };

  return {
    send: (request, signal, onConnection = () => undefined) => {
      const sent = turn.then(() => send(request, signal, onConnection));
      turn = sent;
      return orAborted(sent, signal);
    },
    close: () => {
      lane?.close();
      lane = null;
    },
  };
}

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE']);

/** A request that waits for its turn is given up at once when the signal aborts. */
function orAborted(sent: Promise<HttpResult>, signal: AbortSignal): Promise<HttpResult> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      resolve(failure('aborted', 'aborted'));
    };
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    sent.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', onAbort);
    });
  });
}
