import type { Subject } from '../../model/evidence';
import type { Manager, Target } from '../../model/target';
import type { Collector, Task, Work } from '../collector';
import { actorsOf, commonRequest, controlsOf } from './actors';
import type { Sessions } from './ask-strangers';
import { routesOf, securedPathsOf, type Route } from './catalogue';
import { minutesOf, spareOf } from './cost';
import { credentialTask, isTriedWithCredentials } from './credential-task';
import { dealDeadCredentials } from './credential-turns';
import { deadCredentialsOf } from './dead-credentials';
import { withCanaryUsers } from './credentials';
import { doorsOf } from './doors';
import type { Surroundings } from './evidence';
import { existenceGap, existenceTask } from './existence-task';
import { openSession } from './session';
import { smokeExamples, smokeRoutes } from './smoke';
import { isRepresentative } from './stranger-attempts';
import { silentTask, strangerTask } from './stranger-task';
import { tellOf } from './telling';
import { guessOnce, wrongPasswordUser, type Guess } from './wrong-password';

/**
 * Asks every endpoint of the REST API as callers who have no right to it. A request that could change something goes to
 * an identifier that nothing has and without a body, and not at all where even that would change something.
 */
export const apiAuthentication: Collector = {
  id: 'api-authentication',
  title: 'REST API without valid credentials',
  types: ['api.authentication', 'api.credential', 'api.account-existence', 'http.surface'],
  impact: 'authenticate',
  work: (given: Target): Work => {
    const target = withCanaryUsers(given);
    const [first] = target.managers;
    const gap = first === undefined ? null : existenceGap(first, target);
    return {
      tasks: target.managers.flatMap((manager, index) => tasksOf(manager, target, index === 0)),
      missing: [
        ...(gap === null ? [] : [gap]),
        ...(target.limits.apiRequests === 'smoke'
          ? target.managers.flatMap((each) => leftOut(each, target))
          : []),
      ],
      conclude: (collected) => tellOf(collected, 'strangers'),
    };
  },
};

/** What a smoke run does not know of the other endpoints, as evidence of its own: no rule about all of them may pass. */
function leftOut(manager: Manager, { endpoints }: Target): Work['missing'] {
  const routes = routesOf(endpoints).filter(({ endpoint }) => endpoint.probe !== 'never');
  const left = routes.length - smokeRoutes(routes).length;
  const { name: node } = manager;
  const supply = 'limits: { apiRequests: standard } in target.yaml';
  const subject = (id: string, title: string): Subject => ({ id, kind: 'request', title, node });
  return [
    {
      type: 'api.authentication',
      subject: subject(`${node}/api left out`, `${node} · endpoints left out`),
      reason: `a smoke run asks some endpoints of each kind of guard: ${left} of ${routes.length} were not asked`,
      supply,
    },
    {
      type: 'api.credential',
      subject: subject(
        `${node}/api credentials left out`,
        `${node} · endpoints left out with dead credentials`,
      ),
      reason: 'a smoke run shows credentials that are no longer right to one list of each API version',
      supply,
    },
  ];
}

function tasksOf(manager: Manager, target: Target, isFirst: boolean): readonly Task[] {
  const planned = plannedTasks(manager, target, isFirst, 0, 0);
  const requests = planned.reduce((sum, task) => sum + task.requests, 0);
  const spare = spareOf(requests);
  // Every minute: whether each REST listener is alive, and whether it lets in who may. Others wait for the same pace.
  const actors = actorsOf(target).length > 0 ? 2 : 0;
  const minutely = minutesOf(2 * requests, target) * (2 + actors);
  // Once: whether anything answers on the other ports.
  return plannedTasks(manager, target, isFirst, spare, minutely + spare + otherPorts);
}

const otherPorts = 3;

/** `extra`: requests that belong to no endpoint; the representative's task promises them. */
function plannedTasks(
  manager: Manager,
  target: Target,
  isFirst: boolean,
  spare: number,
  extra: number,
): readonly Task[] {
  const actors = actorsOf(target);
  const sessions = sessionsOf(manager, target, spare);
  const isSmoke = target.limits.apiRequests === 'smoke';
  const all = routesOf(target.endpoints);
  const isAsked = ({ endpoint }: Route): boolean =>
    endpoint.probe !== 'never' || endpoint.strangers !== undefined;
  const routes = isSmoke ? smokeRoutes(all) : all.filter(isAsked);
  const shared: Surroundings = {
    target,
    manager,
    sessions,
    controls: controlsOf(actors),
    thoroughness: target.limits.apiRequests ?? 'standard',
    examples: smokeExamples(all),
    actors: actors.map(({ name }) => name),
    // The managers of a cluster share their accounts.
    guess: isFirst ? guessOf(target, sessions) : null,
  };
  const dead = deadCredentialsOf(target, shared.thoroughness === 'full');
  const tried = [...routes, ...securedPathsOf()].filter((route) =>
    isTriedWithCredentials(route, shared.thoroughness),
  );
  const others = shared.thoroughness === 'standard' ? routes.filter((route) => !tried.includes(route)) : [];
  const dealt = dealDeadCredentials(others, dead);
  return [
    ...routes.map((route, index) => strangerTask(route, index, isRepresentative(route) ? extra : 0, shared)),
    ...all.filter((route) => !isAsked(route)).map((route) => silentTask(route, shared)),
    ...(shared.guess === null ? [] : [existenceTask(shared, shared.guess)]),
    ...[...tried, ...dealt.keys()].map((route, index) =>
      credentialTask(route, index, dead, shared, dealt.get(route)),
    ),
  ];
}

/** The wrong password is tried once a run, whoever asks first. */
function guessOf(target: Target, sessions: Sessions): Surroundings['guess'] {
  const user = wrongPasswordUser(target);
  if (user === null) return null;
  let begun: Promise<Guess> | null = null;
  return {
    as: user.name,
    once: (context) => {
      if (begun !== null) return context.queued(begun);
      begun = guessOnce(user, target, sessions['rest-external'], commonRequest, context);
      return begun;
    },
  };
}

function sessionsOf(manager: Manager, target: Target, spare: number): Sessions {
  const doors = doorsOf(manager, target);
  const shared = { left: spare };
  return Object.fromEntries(
    doors.map((door) => [door.listener, openSession(door, shared)]),
  ) as unknown as Sessions;
}
