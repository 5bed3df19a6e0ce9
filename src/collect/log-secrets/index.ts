import type { Collector, Task } from '../collector';
import type { LogSource, Target } from '../../model/target';
import { collectLogs } from './collect';
import { knownValuesOf, type KnownValue } from './known';
import { byNode } from './nodes';

/** Searches the logs that the target names for credentials. Sends nothing. */
export const logSecrets: Collector = {
  id: 'log-secrets',
  title: 'Credentials in log files',
  types: ['log.secrets'],
  impact: 'observe',
  keeps: 'whole',
  work(target) {
    const declared = byNode(target.logs);
    if (declared.length === 0 && target.monitoring === undefined) {
      const subject = { id: 'logs', kind: 'log-source', title: 'Log files of the deployment' } as const;
      const reason = 'the target names no log files';
      const supply =
        'logs: in the target file (files, directories or globs of /var/log/cloudify and others, or copies), or monitoring: (they are then read over 8009)';
      return { tasks: [], missing: [{ type: 'log.secrets', subject, reason, supply }] };
    }
    const known = knownValuesOf(target);
    return { tasks: declared.map((source) => task(source, known, target)), missing: [] };
  },
};

function task(
  source: LogSource,
  known: readonly KnownValue[],
  { allowedLeaks = [], sinceLast }: Target,
): Task<'log.secrets'> {
  const where = source.node ?? 'the deployment';
  return {
    subject: {
      id: `logs:${source.node ?? '-'}`,
      kind: 'log-source',
      title: `Log files of ${where}`,
      ...(source.node === null ? {} : { node: source.node }),
    },
    type: 'log.secrets',
    address: null,
    connections: 0,
    requests: 0,
    identities: [],
    deadlineMs: null,
    collect: (context) => collectLogs(source, context, known, allowedLeaks, sinceLast ?? null),
  };
}
