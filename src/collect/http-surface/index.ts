import type { Subject } from '../../model/evidence';
import type { Target } from '../../model/target';
import type { Collector, Task, Work } from '../collector';
import { listenersOf, type SurveyedListener } from '../http-listeners';
import { observe } from './observe';
import { requestsOf, type Asked } from './requests';
import { connectionsPerRequest } from '../../protocol/http';
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
    const spare = spareRequests(listeners, target);
    return { tasks: inTurn(listeners.map((listener) => tasksOf(listener, spare))), missing: [] };
  },
};

/** The first of each, then the second of each: listeners that are silent are waited for side by side. */
function inTurn<T>(lists: readonly (readonly T[])[]): readonly T[] {
  const longest = Math.max(0, ...lists.map(({ length }) => length));
  return Array.from({ length: longest }, (_, at) => lists.flatMap((list) => list.slice(at, at + 1))).flat();
}

/** Retries for a few hiccups, and as many controls asked anew, one a minute, as the pace makes necessary. */
function spareRequests(listeners: readonly SurveyedListener[], { limits }: Target): number {
  const planned = listeners.reduce((sum, { kind }) => sum + requestsOf(kind).length, 0);
  // Other collectors wait for the same pace.
  return 10 + Math.ceil((2 * planned) / limits.requestsPerSecond / 60);
}

function tasksOf(listener: SurveyedListener, spare: number): readonly Task<'http.surface'>[] {
  const survey = surveyOf(listener, spare);
  return requestsOf(listener.kind).map((asked) => taskOf(listener, survey, asked, spare));
}

function taskOf(
  listener: SurveyedListener,
  survey: Survey,
  asked: Asked,
  spare: number,
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
    connections: connectionsPerRequest * (isControl ? 1 + spare : 1),
    requests: isControl ? 1 + spare : 1,
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
