import type { Dispatcher } from 'undici';
import { makeSink } from './body';
import { decodeBody } from './decode';
import { explain, type Progress } from './explain';
import { codeOf } from './connect';
import type { Lane } from './lane';
import {
  failure,
  headerValues,
  type HeaderList,
  type HttpAnswered,
  type HttpFailure,
  type HttpResult,
} from './result';

export interface HttpRequest {
  readonly method: string;
  /** Path and query, sent byte for byte: no normalisation, no encoding. */
  readonly path: string;
  /** Sent in this order, duplicates included. `Host` belongs in here. */
  readonly headers: HeaderList;
  readonly body?: string | Uint8Array;
  /**
   * Takes the body of a 200 without content coding instead of its being kept: piece by piece, the next once the last is
   * done with. `bodyMs` is then for each piece, and whoever streams bounds the whole by the signal.
   */
  readonly stream?: (piece: Uint8Array) => Promise<void>;
}

/** Bounds of one exchange. Times in milliseconds; `bodyMs` is for the whole body, so a slow drip does not stretch it. */
export interface HttpLimits {
  readonly connectMs: number;
  readonly headersMs: number;
  readonly bodyMs: number;
  readonly keptBodyBytes: number;
  readonly countedBodyBytes: number;
  readonly headerBytes: number;
  /** 1xx answers accepted before the final one. */
  readonly interimAnswers: number;
}

/** Sends one request on a lane that is free. Never rejects. After a failure or a cut body the lane must be closed. */
export async function exchange(
  lane: Lane,
  request: HttpRequest,
  limits: HttpLimits,
  signal: AbortSignal,
): Promise<HttpResult> {
  lane.seen.first = Buffer.alloc(0);
  lane.seen.bytes = 0;
  lane.seen.connections = 0;
  const received = await receive(lane, request, limits, signal);
  if (received.kind === 'failure') return received;
  const { answer, whole } = received;
  const codings = headerValues(answer.headers, 'content-encoding');
  const body = await decodeBody(answer.body, codings, whole, limits.keptBodyBytes);
  if (body === null) {
    return failure('bad-encoding', 'the body is not what Content-Encoding says', answer.status);
  }
  return { ...answer, body };
}

interface Received {
  readonly kind: 'received';
  readonly answer: HttpAnswered;
  /** Every byte of the body was kept. */
  readonly whole: boolean;
}

function receive(
  lane: Lane,
  request: HttpRequest,
  limits: HttpLimits,
  signal: AbortSignal,
): Promise<Received | HttpFailure> {
  return new Promise((resolve) => {
    const state = { phase: 'connect' as Progress['phase'], status: null as number | null, interim: 0 };
    let head: Pick<HttpAnswered, 'status' | 'statusText' | 'headers'> | null = null;
    let stream: HttpRequest['stream'];
    let sink = makeSink(limits.keptBodyBytes);
    let timer: NodeJS.Timeout | undefined;
    let settled = false;

    const settle = (result: Received | HttpFailure): void => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      resolve(result);
    };
    const onAbort = (): void => {
      settle(failure('aborted', 'aborted', state.status));
    };
    const within = (ms: number, code: 'headers-timeout' | 'body-timeout', what: string): void => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        settle(failure(code, `${what} within ${ms} ms`, state.status));
      }, ms);
    };
    const end = (complete: boolean): void => {
      if (settled || head === null) return;
      const { kept, sha256 } = sink.finish();
      const httpVersion = /^HTTP\/(\d\.\d)/.exec(lane.seen.first.toString('latin1'))?.[1] ?? 'unknown';
      const body = { body: kept, bodyBytes: sink.bytes, bodySha256: sha256, complete };
      settle({
        kind: 'received',
        answer: { kind: 'answer', ...head, httpVersion, ...body },
        whole: complete && sink.whole,
      });
    };

    const handler: Dispatcher.DispatchHandler = {
      onRequestStart: () => {
        state.phase = 'headers';
        within(limits.headersMs, 'headers-timeout', 'no answer');
      },
      onResponseStart: (controller, status, _parsed, statusText) => {
        if (status < 200) {
          if (++state.interim > limits.interimAnswers) {
            settle(failure('too-many-interim', `more than ${limits.interimAnswers} 1xx answers`));
          }
          return;
        }
        state.phase = 'body';
        state.status = status;
        head = { status, statusText: statusText ?? '', headers: pairs(controller.rawHeaders) };
        if (status === 200 && headerValues(head.headers, 'content-encoding').length === 0) {
          ({ stream } = request);
          if (stream !== undefined) sink = makeSink(0);
        }
        within(limits.bodyMs, 'body-timeout', 'the body did not end');
      },
      onResponseData: (controller, chunk) => {
        if (settled) return;
        sink.take(chunk);
        if (sink.bytes > limits.countedBodyBytes) {
          end(false);
          return;
        }
        // undici hands on an empty piece when it is resumed after the connection has ended.
        if (stream === undefined || chunk.length === 0) return;
        // Nothing more is read, and so nothing more is sent, before this piece is done with.
        controller.pause();
        clearTimeout(timer);
        stream(chunk).then(
          () => {
            if (settled) return;
            within(limits.bodyMs, 'body-timeout', 'no more of the body');
            controller.resume();
          },
          (error: unknown) => {
            settle(failure('failed', `the body could not be taken in (${codeOf(error)})`, state.status));
          },
        );
      },
      onResponseEnd: () => {
        end(true);
      },
      onResponseError: (_controller, error) => {
        settle(explain(error, { ...state, ...lane.seen }));
      },
    };

    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) {
      onAbort();
      return;
    }
    try {
      lane.client.dispatch(
        {
          method: request.method,
          path: request.path,
          headers: request.headers.flat(),
          body: request.body ?? null,
          // undici would give up the connection after each HEAD, for servers that wrongly send a body along. Such a body
          // makes it give up this connection too, and what was asked meanwhile is asked again (client.ts).
          ...(request.method === 'HEAD' ? { reset: false } : {}),
        },
        handler,
      );
    } catch (error) {
      settle(explain(error as Error, { ...state, ...lane.seen }));
    }
  });
}

/** undici hands raw headers as name, value, name, value … of bytes; HTTP header bytes are latin1. */
function pairs(raw: unknown): HeaderList {
  if (!Array.isArray(raw)) return [];
  const texts = raw.map((item) => (Buffer.isBuffer(item) ? item.toString('latin1') : String(item)));
  return texts.flatMap((name, i) => (i % 2 === 0 ? [[name, texts[i + 1] ?? ''] as const] : []));
}
