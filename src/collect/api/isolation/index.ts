import type { Subject } from '../../../model/evidence';
import type { Target } from '../../../model/target';
import type { Collector, Task, Work } from '../../collector';
import { patienceFor } from '../cost';
import { doorsOf } from '../doors';
import { boundOf, isolationPlanOf } from './cast';
import { candidatesOf } from './principals';
import { tenancySubject } from './subjects';
import { surveyTenants, type Survey } from './survey';

/**
 * Tries what accounts of one tenant reach of another, and of what is private in their own: with the resources that are there,
 * by requests that change nothing. Answers are judged by whose content they hold, never by their status.
 */
export const apiIsolation: Collector = {
  id: 'api-isolation',
  title: 'Tenants and private resources held apart',
  types: ['api.isolation', 'api.tenancy'],
  impact: 'authenticate',
  work: (target: Target): Work => {
    // The managers of a cluster share their resources: one is asked.
    const [manager] = target.managers;
    if (manager === undefined) return { tasks: [], missing: [] };
    const subject = tenancySubject(manager);
    const missing = (reason: string, supply: string): Work => ({
      tasks: [],
      missing: (['api.isolation', 'api.tenancy'] as const).map((type) => ({ type, subject, reason, supply })),
    });
    const plan = isolationPlanOf(target);
    if (plan === 'skip') {
      const reason =
        target.isolation === undefined ? 'a smoke run leaves it out' : 'the target file says to skip it';
      return missing(reason, 'isolation: { plan: quick } in target.yaml');
    }
    const candidates = candidatesOf(target);
    if (candidates.length === 0) {
      return missing('the target declares no account to ask as', 'users: an account in each of two tenants');
    }
    const peopled = new Set(candidates.flatMap(({ user }) => Object.keys(user.tenants)));
    const tenants = new Set([...peopled, ...target.tenants, ...(target.canaries?.tenants ?? [])]);
    if (peopled.size === 0 || tenants.size < 2) {
      return missing(
        'isolation takes two tenants, and an account in one of them',
        'users: an account in each of two tenants',
      );
    }
    const doors = doorsOf(manager, target)
      .slice(0, 2)
      .filter(({ trusted }) => !('refused' in trusted));
    if (doors.length === 0) {
      const reason = 'without a CA no certificate can be verified, and credentials go over verified TLS only';
      return missing(reason, 'ca.external or ca.internal');
    }
    return { tasks: [taskOf({ target, manager, doors, plan }, subject)], missing: [] };
  },
};

function taskOf(survey: Survey, subject: Subject): Task<'api.isolation' | 'api.tenancy'> {
  const { target, doors } = survey;
  // What there is decides how much is asked: the bound is kept whatever that is.
  const requests = boundOf(target, target.tenants.length);
  return {
    subject,
    type: 'api.tenancy',
    address: doors[0]?.address ?? null,
    // As many as are in flight at once, as long as the server keeps them.
    connections: requests,
    requests,
    // Everybody logs in, and one reads the permissions.
    atLeast: candidatesOf(target).length + 1,
    paced: requests,
    identities: candidatesOf(target).map(({ user }) => user.name),
    deadlineMs: patienceFor(requests, target),
    collect: (context) => surveyTenants(survey, context),
  };
}
