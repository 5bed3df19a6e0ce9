import type { Subject } from '../../../model/evidence';
import type { Manager, Target } from '../../../model/target';
import type { Collector, Task, Work } from '../../collector';
import { loadEndpoints, routesOf } from '../catalogue';
import { castOf, type Cast } from './actors';
import { actorSubject, compareRoles } from './compare-roles';
import { countAsked } from './matrix';
import { questionsOf } from './questions';
import { placesOf, type Place } from './session';

/**
 * Asks guarded endpoints as one declared account of each role, in forms that change nothing, and holds the answers
 * against the shipped permission table and the manager's own. One evidence an actor. Credentials go over verified TLS only.
 */
export const apiAuthorization: Collector = {
  id: 'api-authorization',
  title: 'Role × endpoint matrix of the REST API',
  types: ['api.authorization'],
  impact: 'authenticate',
  work: (target: Target): Work => {
    // The managers of a cluster share their users and permissions: one is asked.
    const [manager] = target.managers;
    if (manager === undefined) return { tasks: [], missing: [] };
    const cast = castOf(target);
    const gap = (subject: Subject, reason: string, supply: string): Work['missing'][number] => ({
      type: 'api.authorization',
      subject,
      reason,
      supply,
    });
    const whole = wholeSubject(manager);
    if (cast.actors.length === 0) {
      const reason = 'the target declares no account to ask as';
      return {
        tasks: [],
        missing: [gap(whole, reason, 'users: one account of each role, with password or token')],
      };
    }
    const places = placesOf(manager, target);
    if (places.length === 0) {
      const reason = 'without a CA no certificate can be verified, and credentials go over verified TLS only';
      return { tasks: [], missing: [gap(whole, reason, 'ca.external or ca.internal')] };
    }
    const absent = cast.absent.map((role) =>
      gap(actorSubject(manager, role, role), `no declared account holds the role ${role}`, supplyFor(role)),
    );
    return { tasks: [taskOf(manager, places, cast, target)], missing: absent };
  },
};

function taskOf(
  manager: Manager,
  places: readonly Place[],
  cast: Cast,
  { limits, endpoints }: Target,
): Task<'api.authorization'> {
  const catalogue = loadEndpoints();
  const { apiRequests: plan = 'smoke' } = limits;
  const questions = questionsOf(catalogue, routesOf(endpoints), plan);
  const members = cast.actors.map((actor) => ({ actor, roles: [actor.role] }));
  const matrix = questions.asked.reduce((sum, question) => sum + countAsked(question, members), 0);
  // Each actor says who it is; one asks for the permission table.
  const requests = matrix + members.length + 1;
  return {
    subject: wholeSubject(manager),
    type: 'api.authorization',
    address: places[0]?.address ?? null,
    // One that is kept, as long as the server keeps it.
    connections: requests,
    requests,
    identities: members.map(({ actor }) => actor.name),
    deadlineMs: limits.subjectTimeoutMs + Math.ceil((3000 * requests) / limits.requestsPerSecond),
    collect: (context) => compareRoles({ manager, places, cast, plan, questions, catalogue }, context),
  };
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
