import type { Subject } from '../../../model/evidence';
import type { Manager, Target } from '../../../model/target';
import type { Collector, Work } from '../../collector';
import { shippedDetectors } from '../detector';
import { knownValuesOf } from '../known';
import { compileScanner } from '../scan';
import { bounds, collectServed, mostRequests } from './collect';
import { dialled, openLogServer } from './server';

/** Searches the logs that managers serve on 8009 for credentials, with the declared monitoring account. Sends GET requests only. */
export const servedLogs: Collector = {
  id: 'served-logs',
  title: 'Credentials in logs that managers serve (8009)',
  types: ['log.secrets'],
  impact: 'authenticate',
  keeps: 'whole',
  work(target: Target): Work {
    const { monitoring, managers, ca, allowedLeaks: allowances = [], limits } = target;
    if (monitoring === undefined) return { tasks: [], missing: [] };
    const anchors = ca.internal;
    if (anchors === null) {
      const reason =
        'without the internal CA no certificate of 8009 can be verified, and the password goes over verified TLS only';
      const missing = managers.map(
        (manager) =>
          ({ type: 'log.secrets', subject: subjectOf(manager), reason, supply: 'ca.internal' }) as const,
      );
      return { tasks: [], missing };
    }
    const known = knownValuesOf(target);
    return {
      missing: [],
      tasks: managers.map((manager) => ({
        subject: subjectOf(manager),
        type: 'log.secrets',
        address: dialled(manager).address,
        connections: mostRequests,
        requests: mostRequests,
        // A manager has some twenty folders and a hundred files.
        paced: 150,
        identities: ['monitoring'],
        // It ends by itself before, and keeps what it has read.
        deadlineMs: bounds.minutes * 60_000 + limits.subjectTimeoutMs,
        async collect(context) {
          const server = openLogServer(manager, monitoring, anchors, limits.connectTimeoutMs, bounds.bytes);
          try {
            const scanner = compileScanner(shippedDetectors(), { known, blockBytes: 256 * 1024 });
            const node = manager.name;
            return await collectServed(
              { server, scanner, node, subject: subjectOf(manager), allowances },
              context,
            );
          } finally {
            server.close();
          }
        },
      })),
    };
  },
};

function subjectOf({ name }: Manager): Subject {
  return {
    id: `logs:${name}:8009/cfylogs/`,
    kind: 'log-source',
    title: `Logs that ${name} serves on 8009`,
    node: name,
  };
}
