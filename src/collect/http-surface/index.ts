import type { Subject } from '../../model/evidence';
import type { Target } from '../../model/target';
import type { Collector, Task, Work } from '../collector';
import { listenersOf, type SurveyedListener } from '../http-listeners';
import { observe } from './observe';
import { requestsOf, type Asked } from './requests';
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
  work: (target: Target): Work => ({ tasks: listenersOf(target).flatMap(tasksOf), missing: [] }),
};

function tasksOf(listener: SurveyedListener): readonly Task<'http.surface'>[] {
  const survey = surveyOf(listener);
  return requestsOf(listener.kind).map((asked) => taskOf(listener, survey, asked));
}

function taskOf(listener: SurveyedListener, survey: Survey, asked: Asked): Task<'http.surface'> {
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
    connections: isControl ? 1 : 0,
    requests: 1,
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
