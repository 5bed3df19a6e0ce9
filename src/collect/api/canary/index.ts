import type { Canaries } from '../../../model/canaries';
import { secret, type Target, type User } from '../../../model/target';
import type { Collector, Planting } from '../../collector';
import { doorsOf } from '../doors';
import { countTraces } from '../write-isolation/cost';
import { siegesOf } from '../write-isolation/sieges';
import { missingRoles } from './accounts';
import { chooseCanaries, type Choice } from './choose';
import type { Journal } from './journal';
import { isAdministrator, peopleOf } from './people';
import { plantCanaries } from './plant';
import { recipes } from './recipes';

export { cleanUp } from './cleanup';
export { readJournal, type Journal, type WrittenJournal } from './journal';

const id = 'canaries';

/** Plants and removes; every creation goes through the journal. */
export function canaryPlanting(journal: Journal): Planting {
  return {
    id,
    plant: (target, context, interrupted) => plantCanaries(target, journal, context, interrupted),
  };
}

/** For the plan only: what planting and removing costs. The run does it itself, around the collectors. */
export const canaryPlan: Collector = {
  id,
  title: 'Canaries: planted before, removed after',
  types: ['canary.ledger'],
  impact: 'write',
  work: (target) => {
    const [manager] = target.managers;
    const choice = chooseCanaries(target);
    if (target.writes !== true || manager === undefined || choice.seedlings.length === 0) {
      return { tasks: [], missing: [] };
    }
    const doors = doorsOf(manager, target).filter(({ trusted }) => !('refused' in trusted));
    const requests = doors.length === 0 ? 0 : costOf(target, choice);
    const subject = {
      id: `${manager.name}/canaries`,
      kind: 'target',
      title: `${manager.name} · canaries`,
    } as const;
    const task = {
      subject,
      type: 'canary.ledger',
      address: manager.resolved[0] ?? manager.address,
      connections: requests,
      requests,
      identities: [...new Set(choice.seedlings.map(({ by }) => by.name))],
      collect: () => Promise.reject(new Error('planting is not a task')),
    } as const;
    return { tasks: requests === 0 ? [] : [task], missing: [] };
  },
};

/** The target as a run that may write will have it, as far as it can be told beforehand. */
export function expectCanaries(target: Target): Target {
  if (target.writes !== true) return target;
  const { seedlings } = chooseCanaries(target);
  const objects = seedlings.map(({ kind, tenant, visibility, hidden, by }, index) => {
    const name = `cfy-audit-${kind}-${index}`;
    const files = recipes[kind].files?.(name, tenant);
    return {
      kind,
      id: name,
      tenant,
      visibility,
      owner: by.username,
      markers: kind === 'site' ? [] : [`canary${String(index).padStart(24, '0')}`],
      ...(hidden ? { hidden } : {}),
      ...(files === undefined ? {} : { files }),
    };
  });
  const canaries: Canaries = { users: expectedUsers(target), tenants: [], objects };
  return { ...target, canaries };
}

/** Lines for people: what is written, where, and as whom. */
export function tellCanaries(target: Target): readonly string[] {
  if (target.writes !== true) return [];
  const { seedlings } = chooseCanaries(target);
  const groups = new Map<string, number>();
  for (const { kind, tenant, by } of seedlings) {
    const key = `${kind.replaceAll('_', ' ')} in ${tenant}, as ${by.name}`;
    groups.set(key, (groups.get(key) ?? 0) + 1);
  }
  const lines = [...groups].map(([what, count]) => `${count} × ${what}`);
  const holders = tokenHolders(target);
  const { users = false, tenants = false } = target.canaryAccounts ?? {};
  return [
    ...lines,
    ...(holders.length > 0
      ? [
          `2 × token, as ${holders.join(' and ')} (making one removes that account’s tokens that have expired: the manager does so itself)`,
        ]
      : []),
    ...(users
      ? [`accounts for ${['a deactivated user', ...missingRoles(target)].join(', ')} (premium edition)`]
      : []),
    ...(tenants ? ['a tenant with an account of its own (premium edition)'] : []),
  ];
}

function expectedUsers(target: Target): readonly User[] {
  const holders = tokenHolders(target);
  const dead = (purpose: 'expired-token' | 'revoked-token'): User => ({
    name: purpose,
    username: holders[0] ?? '',
    password: null,
    token: secret('ctok-canary-canary'),
    tenants: {},
    systemRole: null,
    purposes: [purpose],
  });
  return holders.length === 0 ? [] : [dead('revoked-token'), dead('expired-token')];
}

function tokenHolders(target: Target): readonly string[] {
  const expired = new Set(
    target.users
      .filter(({ purposes }) => purposes?.includes('expired-token'))
      .map(({ username }) => username),
  );
  const { seedlings } = chooseCanaries(target);
  const able = [...new Set(seedlings.map(({ by }) => by))];
  return able
    .filter((person) => !isAdministrator(person) && !expired.has(person.username))
    .slice(0, 2)
    .map(({ name }) => name);
}

/** Per object: created and found, found, removed and looked for again; per list: counted before and twice after. */
function costOf(target: Target, { seedlings }: Choice): number {
  const lists = new Set(seedlings.map(({ kind, tenant }) => `${kind} ${tenant}`));
  const tokens = tokenHolders(target).length > 0 ? 14 : 0;
  const { users = false, tenants = false } = target.canaryAccounts ?? {};
  const administrators = peopleOf(target).filter(isAdministrator).length;
  const accounts =
    administrators === 0 ? 0 : (users ? 12 * (missingRoles(target).length + 1) : 0) + (tenants ? 16 : 0);
  return (
    2 +
    5 * seedlings.length +
    3 * lists.size +
    tokens +
    accounts +
    countTraces(siegesOf(expectCanaries(target)))
  );
}
