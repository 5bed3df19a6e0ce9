import type { Subject } from '../../../model/evidence';
import type { Manager, Target } from '../../../model/target';
import type { Collector, Task, Work } from '../../collector';
import { loadEndpoints, routesOf } from '../catalogue';
import { costOf, spareOf } from '../cost';
import { doorsOf, type Door } from '../doors';
import { openSession } from '../session';
import { tellOf } from '../telling';
import { withCanaryUsers } from '../credentials';
import { castOf, type Cast } from './actors';
import { actorSubject, compareRoles } from './compare-roles';
import { countAsked } from './matrix';
import { questionsOf } from './questions';

/**
 * Asks guarded endpoints as one declared account of each role, in forms that change nothing, and holds the answers
 * against the shipped permission table and the manager's own. One evidence an actor. Credentials go over verified TLS only.
 */
export const apiAuthorization: Collector = {
  id: 'api-authorization',
  title: 'Role × endpoint matrix of the REST API',
  types: ['api.authorization', 'http.surface'],
  impact: 'authenticate',
  work: (given: Target): Work => {
    const target = withCanaryUsers(given);
    const [first] = target.managers;
    if (first === undefined) return { tasks: [], missing: [] };
    const cast = castOf(target);
    const gap = (subject: Subject, reason: string, supply: string): Work['missing'][number] => ({
      type: 'api.authorization',
      subject,
      reason,
      supply,
    });
    const whole = wholeSubject(first);
    if (cast.actors.length === 0) {
      const reason = 'the target declares no account to ask as';
      return {
        tasks: [],
        missing: [gap(whole, reason, 'users: one account of each role, with password or token')],
      };
    }
    if (trustedDoorsOf(first, target).length === 0) {
      const reason = 'without a CA no certificate can be verified, and credentials go over verified TLS only';
      return { tasks: [], missing: [gap(whole, reason, 'ca.external or ca.internal')] };
    }
    const absent = cast.absent.map((role) =>
      gap(actorSubject(first, role, role), `no declared account holds the role ${role}`, supplyFor(role)),
    );
    // The managers of a cluster share users and permissions, but each runs code of its own.
    const tasks = target.managers.map((manager) => taskOf(manager, manager === first, cast, target));
    return { tasks, missing: absent, conclude: (collected) => tellOf(collected, 'users') };
  },
};

function taskOf(manager: Manager, isFirst: boolean, cast: Cast, target: Target): Task<'api.authorization'> {
  const catalogue = loadEndpoints();
  const { apiRequests = 'standard' } = target.limits;
  const plan = isFirst ? apiRequests : further[apiRequests];
  const questions = questionsOf(catalogue, routesOf(target.endpoints), plan);
  const members = cast.actors.map((actor) => ({ actor, roles: [actor.role], everywhere: [actor.role] }));
  const matrix = questions.asked.reduce((sum, question) => sum + countAsked(question, members), 0);
  // Each actor says who it is; one asks for the permission table.
  const requests = matrix + members.length + 1;
  const spare = spareOf(requests);
  const shared = { left: spare };
  const sessions = trustedDoorsOf(manager, target).map((door) => openSession(door, shared));
  const comparison = { manager, sessions, cast, plan, questions, catalogue };
  return {
    ...costOf(requests + spare, { manager, target }),
    subject: wholeSubject(manager),
    type: 'api.authorization',
    yields: cast.actors.map(({ role }) => actorSubject(manager, role, '').id),
    identities: members.map(({ actor }) => actor.name),
    collect: (context) => compareRoles(comparison, context),
  };
}

/** What the further managers of a cluster are asked. */
const further = { smoke: 'smoke', standard: 'sample', full: 'standard' } as const;

/** Where credentials may be sent: 443 and 53333, if their certificates can be verified. */
function trustedDoorsOf(manager: Manager, target: Target): readonly Door[] {
  return doorsOf(manager, target).filter(
    ({ listener, trusted }) =>
      (listener === 'rest-external' || listener === 'rest-internal') && !('refused' in trusted),
  );
}

/** The matrix as a whole: what is said where no actor can be told apart. */
function wholeSubject({ name }: Manager): Subject {
  return { id: `${name}/roles`, kind: 'actor', title: `${name} · roles of the REST API`, node: name };
}

function supplyFor(role: string): string {
  if (role === 'sys_admin') return 'users: an account with systemRole: sys_admin';
  if (role === 'default') return 'users: an account without tenants';
  return `users: an account with tenants: { <tenant>: ${role} }`;
}
