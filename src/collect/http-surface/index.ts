import type { Subject } from '../../model/evidence';
import type { Target } from '../../model/target';
import type { Collector, Task, Work } from '../collector';
import { listenersOf, type SurveyedListener } from '../http-listeners';
import { observe } from './observe';
import { requestsOf, type Asked } from './requests';
import { connectionsPerRequest } from '../../protocol/http';
import type { Spare } from '../spare';
import { surveyOf, type Survey } from './survey';

/**
 * Sends anonymous requests to every HTTP listener of the deployment: documented open endpoints, secured ones of each API
 * version, pages. One subject a request. Sends no credential and no Execution-Token (which would evade the rate limit).
 */
export const httpSurface: Collector = {
  id: 'http-surface',
  title: 'HTTP surface without credentials',
  types: ['http.surface'],
  impact: 'observe',
  work: (target: Target): Work => {
    const listeners = listenersOf(target);
    const few = target.limits.apiRequests === 'smoke';
    const planned = listeners.map((listener) => ({ listener, wanted: requestsOf(listener.kind, few) }));
    const spare = { left: spareRequests(planned, target) };
    const [first] = planned;
    return {
      tasks: inTurn(
        planned.map(({ listener, wanted }) =>
          tasksOf(listener, wanted, spare, listener === first?.listener ? spare.left : 0),
        ),
      ),
      missing: [],
    };
  },
};

/** The first of each, then the second of each: listeners that are silent are waited for side by side. */
function inTurn<T>(lists: readonly (readonly T[])[]): readonly T[] {
  const longest = Math.max(0, ...lists.map(({ length }) => length));
  return Array.from({ length: longest }, (_, at) => lists.flatMap((list) => list.slice(at, at + 1))).flat();
}

/** Five in a hundred for hiccups, and as many controls asked anew, one a minute and listener, as the pace makes necessary. */
function spareRequests(
  planned: readonly { readonly wanted: readonly Asked[] }[],
  { limits }: Target,
): number {
  const requests = planned.reduce((sum, { wanted }) => sum + wanted.length, 0);
  // Other collectors wait for the same pace.
  const minutes = Math.floor((2 * requests) / limits.requestsPerSecond / 60);
  return Math.max(2, Math.floor(0.05 * requests)) + minutes * planned.length;
}

/** `promised`: of what all share, how much this listener's first task puts into the plan. */
function tasksOf(
  listener: SurveyedListener,
  wanted: readonly Asked[],
  spare: Spare,
  promised: number,
): readonly Task<'http.surface'>[] {
  const survey = surveyOf(listener, spare);
  return wanted.map((asked, at) => taskOf(listener, survey, asked, at === 0 ? promised : 0));
}

function taskOf(
  listener: SurveyedListener,
  survey: Survey,
  asked: Asked,
  more: number,
): Task<'http.surface'> {
  // The control is one of the requests: asked once, used by all, and evidence itself.
  const isControl = asked.method === 'GET' && asked.path === listener.controlPath;
  const subject: Subject = {
    id: `${listener.node}/${listener.kind} ${asked.method} ${asked.path}`,
    kind: 'request',
    title: `${listener.title} · ${asked.method} ${asked.path}`,
    node: listener.node,
  };
  return {
    subject,
    type: 'http.surface',
    address: listener.address,
    // One connection is enough for a listener that keeps it open; one that does not may need them for each request.
    connections: connectionsPerRequest * (1 + more),
    requests: 1 + more,
    paced: 1,
    identities: ['anonymous'],
    collect: async (context) => {
      const control = await survey.control(context);
      const result =
        isControl || control.result.kind === 'failure'
          ? control.result
          : await survey.ask(asked.method, asked.path, context);
      return observe(subject, listener, asked, result, control, context.now().toISOString());
    },
  };
}
