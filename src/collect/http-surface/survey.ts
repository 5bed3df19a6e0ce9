import {
  failure,
  headerValues,
  openHttp,
  type HeaderList,
  type HttpClient,
  type HttpResult,
} from '../../protocol/http';
import type { CollectContext } from '../collector';
import { bodyText, isRateLimited } from '../classify';
import { strangeOrigin } from '../header-facts';
import { isAlive, type SurveyedListener } from '../http-listeners';
import { sendPaced } from '../send-paced';
import type { Spare } from '../spare';

/** What the control request came to, and when. */
export interface Control {
  readonly result: HttpResult;
  readonly path: string;
  readonly status: number | null;
  readonly alive: boolean;
  readonly at: Date;
}

/** Asks one listener, one request after the other on one connection, and keeps its control fresh. */
export interface Survey {
  /** `named`: headers beside the usual ones, or in their place. */
  ask(method: string, path: string, context: CollectContext, named?: HeaderList): Promise<HttpResult>;
  /** The latest control; asked anew once it is a minute old. */
  control(context: CollectContext): Promise<Control>;
}

const controlMaxAgeMs = 60_000;
/** How often a control that got no answer is tried again, so that one hiccup does not cost the whole listener. */
const controlRetries = 1;

/**
 * Begins a survey; nothing is sent before the first question. Its connection closes itself when idle. `spare` is
 * for retries where the rate limit hit, and controls asked anew.
 */
export function surveyOf(listener: SurveyedListener, spare: Spare): Survey {
  let client: HttpClient | null = null;
  let turn: Promise<unknown> = Promise.resolve();
  let control: Promise<Control> | null = null;
  let unanswered = 0;
  let isLimited = false;

  const send = async (
    method: string,
    path: string,
    named: HeaderList,
    context: CollectContext,
  ): Promise<HttpResult> => {
    const { connectTimeoutMs: connectMs } = context;
    // A busy manager takes longer to answer than to accept.
    client ??= openHttp(listener.endpoint, { connectMs, headersMs: 2 * connectMs, bodyMs: 2 * connectMs });
    const usual = [
      ['Host', listener.host],
      ['User-Agent', context.userAgent],
      ['Accept', '*/*'],
      ['Origin', strangeOrigin],
    ] as const;
    const headers = [...usual.filter(([name]) => headerValues(named, name).length === 0), ...named];
    const opened = client;
    const result = await sendPaced(
      () =>
        opened.send({ method, path, headers }, context.signal, () => {
          context.countConnection();
        }),
      // Where waiting has not helped once, the next request does not wait before it has had an answer.
      { address: listener.address, spare: isLimited ? { left: 0 } : spare },
      context,
    );
    if (result.kind === 'answer') isLimited = isRateLimited(result);
    return result;
  };

  const ask: Survey['ask'] = (method, path, context, named = []) => {
    // Pace and back-off happen inside the turn: who waits for a place must not hold one that ran out meanwhile.
    const asked = context
      .queued(turn)
      .then(() => send(method, path, named, context))
      .catch((error: unknown) => {
        if (context.signal.aborted) return failure('aborted', 'aborted');
        throw error;
      });
    turn = asked.catch(() => undefined);
    return asked;
  };

  const askControl = async (context: CollectContext): Promise<Control> => {
    const path = listener.controlPath;
    const result = await ask('GET', path, context);
    const status = result.kind === 'answer' ? result.status : null;
    const alive =
      result.kind === 'answer' && isAlive(listener.kind, result.status, bodyText(result).slice(0, 64));
    return { result, path, status, alive, at: context.now() };
  };

  return {
    ask,
    control: async (context) => {
      for (;;) {
        const current = (control ??= askControl(context));
        const found = await current;
        if (context.signal.aborted || !isSpent(found, context.now())) return found;
        if (control !== current) continue;
        if (found.result.kind === 'failure' && ++unanswered > controlRetries) return found;
        if (spare.left <= 0) {
          return found.result.kind === 'failure' ? found : { ...found, result: spent, alive: false };
        }
        spare.left--;
        control = null;
      }
    },
  };
}

const spent = failure('failed', 'answers took so long that the planned number of requests was used up');

/** Too old, or without an answer: perhaps because the task that asked it was cut off. */
function isSpent({ result, at }: Control, now: Date): boolean {
  return result.kind === 'failure' || now.getTime() - at.getTime() >= controlMaxAgeMs;
}
