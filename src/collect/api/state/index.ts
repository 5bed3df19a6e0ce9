import type { EvidenceOf, Subject } from '../../../model/evidence';
import type { Manager, Target } from '../../../model/target';
import type { CollectContext, Collector, Task, Work } from '../../collector';
import { supportOf } from '../../support';
import { routesOf } from '../catalogue';
import { readAdministrators, readSettings, readTokens, type Found } from './accounts';
import { cataloguePaths, readCondition } from './condition';
import { textOf } from './facts';
import { userGap } from '../user-gap';
import { readerOf, spareRequests, type Reader } from './reader';

type StateType =
  'manager.settings' | 'manager.tokens' | 'manager.administrators' | 'manager.condition' | 'software.version';

/** Asks each manager about itself as the most powerful declared user, in requests that read and nothing else. */
export const managerState: Collector = {
  id: 'manager-state',
  title: 'What the manager says of itself',
  types: [
    'manager.settings',
    'manager.tokens',
    'manager.administrators',
    'manager.condition',
    'software.version',
  ],
  impact: 'authenticate',
  keeps: 'nothing',
  work: (target: Target): Work => {
    const [first] = target.managers;
    const gap = first === undefined ? null : userGap(first, target);
    if (gap !== null) return { tasks: [], missing: managerState.types.map((type) => ({ type, ...gap })) };
    return {
      tasks: target.managers.flatMap((manager, index) => tasksOf(manager, target, index === 0)),
      missing: [],
    };
  },
};

function tasksOf(manager: Manager, target: Target, isFirst: boolean): readonly Task[] {
  const reader = readerOf(manager, target);
  const paths = cataloguePaths(routesOf(target.endpoints), target.limits.apiRequests === 'full');
  const { name: node } = manager;
  const make = <T extends StateType>(
    type: T,
    words: string,
    requests: number,
    find: (context: CollectContext) => Promise<Found<Extract<EvidenceOf<T>, { state: 'observed' }>['data']>>,
  ): Task<T> => {
    const subject: Subject = { id: `${node}/${type}`, kind: 'target', title: `${node} · ${words}`, node };
    return {
      subject,
      type,
      address: manager.resolved[0] ?? manager.address,
      requests,
      connections: requests,
      identities: reader.names,
      deadlineMs: target.limits.subjectTimeoutMs + paceOf(requests, target),
      collect: async (context) => {
        const found = await find(context);
        const base = { type, subject, observedAt: context.now().toISOString() } as const;
        if ('unavailable' in found) {
          const { unavailable: reason, supply } = found;
          return { ...base, state: 'unavailable', reason, ...(supply === undefined ? {} : { supply }) };
        }
        return { ...base, state: 'observed', data: found };
      },
    };
  };
  // The managers of a cluster share settings, tokens and accounts: one of them is asked.
  const shared = isFirst
    ? [
        make('manager.settings', 'settings of the REST service', 1, (c) => readSettings(reader, node, c)),
        make('manager.tokens', 'API tokens', 2, (c) => readTokens(reader, node, c)),
        make('manager.administrators', 'administrators', 1, (c) => readAdministrators(reader, node, c)),
      ]
    : [];
  return [
    ...shared,
    make('manager.condition', 'condition during the audit', 5 + paths.length + spareRequests, (c) =>
      readCondition(reader, node, paths, c),
    ),
    versionTask(manager, target, reader),
  ];
}

/** The manager and its operating system: what GET /version tells. */
function versionTask(manager: Manager, target: Target, reader: Reader): Task<'software.version'> {
  const { name: node } = manager;
  const subjectOf = (product: string, words: string): Subject => ({
    id: `${node}/${product}`,
    kind: 'target',
    title: `${node} · ${words}`,
    node,
  });
  const whole = subjectOf('cloudify-manager', 'version of the manager');
  return {
    subject: whole,
    type: 'software.version',
    address: manager.resolved[0] ?? manager.address,
    requests: 1,
    connections: 1,
    identities: reader.names,
    collect: async (context) => {
      const told = await reader.read('/api/v3.1/version', context);
      const observedAt = context.now().toISOString();
      const subjects = [whole, subjectOf('operating-system', 'version of the operating system')] as const;
      if (!told.ok) {
        const { reason, supply } = told;
        const gap = { state: 'unavailable', reason, ...(supply === undefined ? {} : { supply }) } as const;
        return subjects.map((subject) => ({ type: 'software.version', subject, observedAt, ...gap }));
      }
      const { version, distribution, distro_release: codeName } = told.body;
      const system = [textOf(distribution), textOf(codeName)].filter((part) => part !== null).join(' ');
      const versions = [textOf(version), system === '' ? null : system];
      return subjects.map((subject, index) => ({
        type: 'software.version',
        subject,
        observedAt,
        state: 'observed',
        data: supportOf(
          {
            node,
            product: subject === whole ? 'cloudify-manager' : 'operating-system',
            version: versions[index] ?? null,
            toldBy: 'rest',
          },
          target,
          context.now(),
        ),
      }));
    },
  };
}

function paceOf(requests: number, { limits }: Target): number {
  return Math.ceil((2000 * requests * limits.concurrency) / limits.requestsPerSecond);
}
