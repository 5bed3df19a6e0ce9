import { askOptions, askStrangers } from './ask-strangers';
import { costOf } from './cost';
import { noSuchRoute, observed, subjectOf, type Surroundings } from './evidence';
import type { Route } from './catalogue';
import { whyNever } from './never';
import { harmlessPath } from './paths';
import { asksOptions, isRepresentative, strangersOf } from './stranger-attempts';
import { gatherTellings } from './telling';
import { guessRequests } from './wrong-password';
import type { Task } from '../collector';

/** One endpoint, asked by strangers. `index`: its place among all, which decides over which listener it is asked first. */
export function strangerTask(
  route: Route,
  index: number,
  extra: number,
  shared: Surroundings,
): Task<'api.authentication'> {
  const { sessions, controls, target, thoroughness, examples, actors } = shared;
  const attempts = strangersOf(route, thoroughness, examples);
  const withOptions = asksOptions(route, thoroughness);
  const first = index % 2 === 0 ? 'rest-external' : 'rest-internal';
  const controlsItself = thoroughness === 'full' && canBeControlled(route);
  const subject = subjectOf(shared.manager, route, '');
  const guess = isRepresentative(route) ? shared.guess : null;
  // Behind nginx nobody answers, and where somebody does these few come on top.
  const certain = attempts.filter(({ over }) => over !== 'rest-local' && over !== 'api-local');
  const requests =
    certain.length +
    (withOptions ? 1 : 0) +
    (controlsItself && actors.length > 0 && !isRepresentative(route) ? 2 : 0) +
    (guess === null ? 0 : guessRequests) +
    extra;
  return {
    ...costOf(requests, shared),
    subject,
    type: 'api.authentication',
    identities: ['anonymous', ...actors.slice(0, 1), ...(guess === null ? [] : [guess.as])],
    collect: async (context) => {
      const tellings = gatherTellings();
      const tenant = target.tenants[0] ?? 'default_tenant';
      const settings = { tenant, controls, controlsItself, tellings };
      const met = await askStrangers(attempts, sessions, first, settings, context);
      const observedAt = context.now().toISOString();
      if (met.routeless) {
        return { type: 'api.authentication', subject, observedAt, state: 'absent', reason: noSuchRoute };
      }
      const path = harmlessPath(route);
      const options = withOptions
        ? await askOptions(route.endpoint.method, path, sessions, first, tellings, context)
        : { listed: null, attempts: [] };
      const guessed = guess === null ? [] : [(await guess.once(context)).attempt];
      const made = [...met.attempts, ...options.attempts, ...guessed];
      const { listed } = options;
      const found = { attempts: made, listed, ...tellings.found };
      return observed('api.authentication', subject, shared, route, found, context);
    },
  };
}

/** An endpoint that is sent nothing: what is not known of it is in the evidence, and not silence. */
export function silentTask(route: Route, shared: Surroundings): Task<'api.authentication'> {
  const subject = subjectOf(shared.manager, route, '');
  const notAsked = route.endpoint.never ?? 'the target file says that it is never to be sent';
  return {
    ...costOf(0, shared),
    subject,
    type: 'api.authentication',
    identities: [],
    collect: (context) => {
      const found = { attempts: [], listed: null };
      const evidence = observed('api.authentication', subject, shared, route, found, context);
      return Promise.resolve(
        evidence.state === 'observed' ? { ...evidence, data: { ...evidence.data, notAsked } } : evidence,
      );
    },
  };
}

/** Whether somebody who may is let in here, so that it shows what a refusal is worth. */
function canBeControlled({ endpoint }: Route): boolean {
  const { guard = 'secured', edition, permission } = endpoint;
  return (
    guard === 'secured' && edition === undefined && permission !== undefined && whyNever(endpoint) === null
  );
}
