import { randomBytes } from 'node:crypto';
import type { EvidenceOf, Subject } from '../../model/evidence';
import type { RateLimit } from '../../model/rate-limit';
import type { Target } from '../../model/target';
import { openHttp, type HeaderList, type HttpResult } from '../../protocol/http';
import { classify } from '../classify';
import type { CollectContext, Collector, Task, Work } from '../collector';
import { listenersOf, type SurveyedListener } from '../http-listeners';

/**
 * Sends each manager one burst beyond the documented limit (10 requests a second, 30 in a burst), where the target file
 * allows it, after everything else: what is sent meanwhile from the same address is refused.
 */
export const rateLimit: Collector = {
  id: 'rate-limit',
  title: 'One burst of requests',
  types: ['http.rate-limit'],
  impact: 'burst',
  work: (target: Target): Work => {
    const listeners = listenersOf(target).filter(({ kind }) => kind === 'rest-external');
    if (target.limits.rateLimitTest === true) return { tasks: listeners.map(taskOf), missing: [] };
    const gap = {
      type: 'http.rate-limit',
      reason: 'a burst of requests is sent only where the target file allows it',
      supply: 'limits: { rateLimitTest: true } in target.yaml',
    } as const;
    return { tasks: [], missing: listeners.map((each) => ({ ...gap, subject: subjectOf(each) })) };
  },
};

/** Answered by the REST service without a look at anything but the caller: cheap for the manager. */
const path = '/api/v3.1/version';
/** The documented limit lets 30 wait, and about ten more through in the meantime. */
const burst = 48;
/** Of each kind, right after it. */
const after = 6;

function taskOf(listener: SurveyedListener): Task<'http.rate-limit'> {
  const subject = subjectOf(listener);
  const requests = burst + 2 * after;
  return {
    subject,
    type: 'http.rate-limit',
    address: listener.address,
    requests,
    connections: requests,
    paced: 0,
    identities: ['anonymous'],
    collect: async (context) => {
      const base = { type: 'http.rate-limit', subject, observedAt: context.now().toISOString() } as const;
      const found = await sendBurst(listener, context);
      return typeof found === 'string'
        ? { ...base, state: 'unavailable', reason: found }
        : ({ ...base, state: 'observed', data: found } satisfies EvidenceOf<'http.rate-limit'>);
    },
  };
}

/** The facts, or why there are none. */
async function sendBurst(listener: SurveyedListener, context: CollectContext): Promise<RateLimit | string> {
  const begun = performance.now();
  // The limit forgets while nobody asks, so what follows must not wait for the requests that it holds back.
  const full = whenRefused(listener, after / 2);
  const asking = Array.from({ length: burst }, async () => full.tell(await ask(listener, [], context)));
  await Promise.race([full.reached, Promise.all(asking)]);
  const mixing = full.isReached() ? mix(listener, context) : null;
  const plain = await Promise.all(asking);
  const seconds = (performance.now() - begun) / 1000;
  const [counted, failed] = [count(listener, plain), plain.find((result) => result.kind === 'failure')];
  if (counted.answered + counted.refused < burst / 2) {
    return failed?.kind === 'failure'
      ? failed.reason
      : 'most requests of the burst were not answered by the API';
  }
  const { node, address, port } = listener;
  return {
    node,
    address,
    port,
    path,
    sent: burst,
    ...counted,
    perSecond: Math.floor(burst / Math.max(seconds, 0.001)),
    evasion: (await mixing) ?? { sent: 0, refused: 0, evaded: null },
  };
}

/** Requests without and with a token that nobody has, side by side, so that both meet the limit in the same state. */
async function mix(listener: SurveyedListener, context: CollectContext): Promise<RateLimit['evasion']> {
  const token = ['Execution-Token', randomBytes(12).toString('hex')] as const;
  const bareFirst = Array.from({ length: 2 * after }, (_, index) => index % 2 === 0);
  const results = await Promise.all(bareFirst.map((bare) => ask(listener, bare ? [] : [token], context)));
  const of = (bare: boolean): ReturnType<typeof count> =>
    count(
      listener,
      results.filter((_, index) => bareFirst[index] === bare),
    );
  const [bare, tokened] = [of(true), of(false)];
  const evaded = bare.refused >= after / 2 && tokened.answered === after ? true : null;
  return { sent: after, refused: tokened.refused, evaded: tokened.refused > 0 ? false : evaded };
}

/** Resolves once so many answers were refusals of the limit. */
function whenRefused(
  listener: SurveyedListener,
  wanted: number,
): {
  readonly reached: Promise<void>;
  isReached(): boolean;
  tell(result: HttpResult): HttpResult;
} {
  let refused = 0;
  let resolve: () => void = () => undefined;
  const reached = new Promise<void>((done) => {
    resolve = done;
  });
  return {
    reached,
    isReached: () => refused >= wanted,
    tell: (result) => {
      refused += count(listener, [result]).refused;
      if (refused >= wanted) resolve();
      return result;
    },
  };
}

/** Each on a connection of its own, all at once, whatever the pace. */
async function ask(
  { endpoint, host }: SurveyedListener,
  more: HeaderList,
  context: CollectContext,
): Promise<HttpResult> {
  const { connectTimeoutMs: connectMs } = context;
  const client = openHttp(endpoint, { connectMs, headersMs: 3 * connectMs, bodyMs: connectMs });
  try {
    context.countRequest();
    const headers = [['Host', host], ['User-Agent', context.userAgent], ['Accept', '*/*'], ...more] as const;
    // One signal for all would gather a listener for each.
    const signal = AbortSignal.any([context.signal]);
    return await client.send({ method: 'GET', path, headers }, signal, () => {
      context.countConnection();
    });
  } finally {
    client.close();
  }
}

function count(
  { kind: listener, scheme }: SurveyedListener,
  results: readonly HttpResult[],
): Pick<RateLimit, 'answered' | 'refused'> {
  const answers = results.map((result) =>
    result.kind === 'failure' ? null : classify(result, { listener, scheme, path }),
  );
  return {
    answered: answers.filter((answer) => answer === 'ok' || answer === 'unauthorized').length,
    refused: answers.filter((answer) => answer === 'rate-limited').length,
  };
}

function subjectOf({ node, title }: SurveyedListener): Subject {
  return { id: `${node}/rate-limit`, kind: 'listener', title: `${title} · limit of requests`, node };
}
