import type { Subject } from '../../../model/evidence';
import type { Collector } from '../../collector';
import { byNode } from '../nodes';
import { collectSettings } from './collect';

/** Looks at modes, owners, levels, rotation and the audit log of the logs that the target names. Sends nothing. */
export const logSettings: Collector = {
  id: 'log-settings',
  title: 'How logs are kept',
  types: ['log.settings'],
  impact: 'observe',
  work(target) {
    const declared = byNode(target.logs);
    if (declared.length === 0) {
      const reason = 'the target names no log files';
      const supply =
        'logs: in the target file, best on the node itself or in a copy that keeps modes, with etc/passwd and etc/logrotate.d';
      return { tasks: [], missing: [{ type: 'log.settings', subject: subjectOf(null), reason, supply }] };
    }
    return {
      tasks: declared.map((source) => {
        const subject = subjectOf(source.node);
        const isManager = source.node === null || target.managers.some(({ name }) => name === source.node);
        return {
          subject,
          type: 'log.settings',
          address: null,
          connections: 0,
          requests: 0,
          identities: [],
          deadlineMs: null,
          collect: (context) => collectSettings(source, isManager, subject, context),
        };
      }),
      missing: [],
    };
  },
};

function subjectOf(node: string | null): Subject {
  return {
    id: `log-settings:${node ?? '-'}`,
    kind: 'log-source',
    title: `How logs of ${node ?? 'the deployment'} are kept`,
    ...(node === null ? {} : { node }),
  };
}
