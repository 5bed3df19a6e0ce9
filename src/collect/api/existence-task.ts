import type { EvidenceOf, Subject } from '../../model/evidence';
import type { Manager, Target } from '../../model/target';
import type { Task, Work } from '../collector';
import { costOf } from './cost';
import type { Surroundings } from './evidence';
import { userGap } from './user-gap';
import { wrongPasswordUser } from './wrong-password';

/** Whether refused log-ins tell which accounts exist: judged by the one wrong password that the run tries anyway. */
export function existenceTask(
  shared: Surroundings,
  guess: NonNullable<Surroundings['guess']>,
): Task<'api.account-existence'> {
  const subject = subjectOf(shared.manager);
  return {
    // The requests are promised by the endpoint that they are sent to.
    ...costOf(0, shared),
    subject,
    type: 'api.account-existence',
    identities: [guess.as],
    collect: async (context) => {
      const { existence } = await guess.once(context);
      const base = {
        type: 'api.account-existence',
        subject,
        observedAt: context.now().toISOString(),
      } as const;
      return typeof existence === 'string'
        ? { ...base, state: 'unavailable', reason: existence }
        : ({ ...base, state: 'observed', data: existence } satisfies EvidenceOf<'api.account-existence'>);
    },
  };
}

/** What is missing where no wrong password may be tried; null: nothing is. */
export function existenceGap(manager: Manager, target: Target): Work['missing'][number] | null {
  if (wrongPasswordUser(target) !== null) return null;
  const type = 'api.account-existence';
  const gap = userGap(manager, target);
  if (gap !== null) return { type, ...gap };
  return {
    type,
    subject: subjectOf(manager),
    reason: 'no declared user has the purpose wrong-password',
    supply: 'purpose: [wrong-password] of a user in target.yaml',
  };
}

function subjectOf({ name: node }: Manager): Subject {
  return {
    id: `${node}/api refusal of an account`,
    kind: 'request',
    title: `${node} · refusal of an account that exists, and of none`,
    node,
  };
}
