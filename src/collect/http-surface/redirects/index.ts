import type { EvidenceOf, Subject } from '../../../model/evidence';
import type { HttpRedirect } from '../../../model/http-redirect';
import type { HttpSurface } from '../../../model/http-surface';
import type { Target } from '../../../model/target';
import { connectionsPerRequest, failure } from '../../../protocol/http';
import type { CollectContext, Collector, Task, Work } from '../../collector';
import { listenersOf, type SurveyedListener } from '../../http-listeners';
import type { Spare } from '../../spare';
import { surveyOf, type Survey } from '../survey';
import { follow, type Ask } from './follow';
import { forgedHeaders, forgedPathsCount, forgeHeaders, forgePaths } from './forge';
import { certificateConnections, placesOf, type Places } from './places';

/** Follows what every HTTP listener redirects, without credentials and without leaving the deployment. */
export const httpRedirects: Collector = {
  id: 'http-redirects',
  title: 'Redirects, followed within the deployment',
  types: ['http.redirect'],
  impact: 'observe',
  work: (target: Target): Work => {
    const shared: Shared = { places: placesOf(target), more: { left: 0 }, surveys: new Map() };
    const tasks = listenersOf(target).flatMap((listener) => {
      shared.surveys.set(listener.title, surveyOf(listener, { left: spareRequests }));
      return startsOf(listener.kind).map((path, index) => taskOf(listener, path, index === 0, shared));
    });
    return { tasks, missing: [] };
  },
};

/** Where chains begin: the pages of each listener, and what is known to redirect. */
function startsOf(listener: HttpSurface['listener']): readonly string[] {
  switch (listener) {
    case 'http':
      return ['/', '/stage/', '/api/v3.1/status'];
    case 'rest-external':
    case 'rest-internal':
      return ['/', '/stage/', '/console/', '/monitoring/'];
    case 'monitoring':
    case 'amqp-management':
      return ['/'];
  }
}

/** Where a path may be taken for a host: behind these is what redirects by path. */
const tryingPaths: ReadonlySet<HttpSurface['listener']> = new Set(['http', 'rest-external', 'rest-internal']);
/** Requests of a listener that may be sent again, where the rate limit hit. */
const spareRequests = 2;
/** Redirects that are followed from each path on average: `/` leads to the console, and port 80 to HTTPS before it. */
const hopsPerStart = 2;

interface Shared {
  readonly places: Places;
  /** Requests for redirects that may still be followed: all chains together may not take more than was promised. */
  readonly more: Spare;
  /** By title of the listener. */
  readonly surveys: Map<string, Survey>;
}

function taskOf(
  listener: SurveyedListener,
  path: string,
  isFirst: boolean,
  shared: Shared,
): Task<'http.redirect'> {
  const { node, kind, title, address } = listener;
  const subject: Subject = {
    id: `${node}/${kind} redirects of ${path}`,
    kind: 'request',
    title: `${title} · redirects of ${path}`,
    node,
  };
  const triesPaths = isFirst && tryingPaths.has(kind);
  const fixed = 1 + forgedHeaders + (triesPaths ? forgedPathsCount : 0);
  const requests = fixed + hopsPerStart + (isFirst ? spareRequests : 0);
  shared.more.left += hopsPerStart;
  return {
    subject,
    type: 'http.redirect',
    address,
    requests,
    // What does not redirect is asked no further.
    atLeast: 1 + (triesPaths ? forgedPathsCount : 0),
    connections: connectionsPerRequest * requests + (isFirst ? certificateConnections : 0),
    paced: fixed,
    identities: ['anonymous'],
    collect: async (context) => {
      const data = await chainOf(listener, path, triesPaths, shared, context);
      const base = { type: 'http.redirect', subject, observedAt: context.now().toISOString() } as const;
      return typeof data === 'string'
        ? { ...base, state: 'unavailable', reason: data }
        : ({ ...base, state: 'observed', data } satisfies EvidenceOf<'http.redirect'>);
    },
  };
}

/** The facts, or why there are none. */
async function chainOf(
  start: SurveyedListener,
  path: string,
  triesPaths: boolean,
  { places, more, surveys }: Shared,
  context: CollectContext,
): Promise<HttpRedirect | string> {
  const { node, kind: listener, address, port, scheme } = start;
  const ask: Ask = async (to, sent, headers) =>
    (await surveys.get(to.title)?.ask('GET', sent, context, headers)) ??
    failure('failed', 'the target declares no listener there');
  let asked = 0;
  const followed = await follow(
    start,
    path,
    places,
    (...args) => {
      if (asked++ > 0 && more.left-- <= 0) return Promise.resolve(usedUp);
      return ask(...args);
    },
    context,
  );
  if ('unavailable' in followed) return followed.unavailable;
  const forgeries = [
    ...(followed.hops.length === 0 ? [] : await forgeHeaders(start, path, ask, context)),
    ...(triesPaths ? await forgePaths(start, ask, context) : []),
  ];
  return { node, listener, address, port, scheme, path, ...followed, forgeries };
}

const usedUp = failure('failed', 'the planned number of requests was used up');
