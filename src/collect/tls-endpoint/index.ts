import type { Subject } from '../../model/evidence';
import type { Target } from '../../model/target';
import type { Collector, Task, Work } from '../collector';
import type { Certificate } from '../../protocol/x509';
import { anchorsOf } from './anchors';
import { concludeDeployment } from './deployment';
import { endpointsOf, type Endpoint } from './endpoints';
import { openLibrary } from './files';
import { type Against, endpointCost, observeEndpoint, usualConnections } from './observe';
import { openServices } from './revocation';

/** What each declared TLS listener agrees to and presents, whom its certificate covers, and what lies on disk of it. */
export const tlsEndpoint: Collector = {
  id: 'tls.endpoint',
  title: 'TLS listeners and their certificates',
  types: ['tls.endpoint', 'certificate.file', 'tls.deployment'],
  impact: 'observe',
  work(target: Target): Work {
    const anchors = anchorsOf(target);
    const library = openLibrary(target, [
      ...anchors.internal.certificates,
      // Nobody has the keys of the public CAs, and there are a hundred.
      ...(anchors.external.from === 'system' ? [] : anchors.external.certificates),
    ]);
    const services = target.ca.online === undefined ? null : openServices(target.ca.online);
    const seen = new Map<string, readonly Certificate[]>();
    return {
      tasks: [
        ...endpointsOf(target).map((endpoint) =>
          task(endpoint, { anchors: anchors[endpoint.scope], library, services, seen }),
        ),
        ...library.tasks,
      ],
      missing: [
        ...library.missing,
        ...(target.brokers.length === 0 ? [missing('broker', 'RabbitMQ')] : []),
        ...(target.databases.length === 0 ? [missing('database', 'PostgreSQL')] : []),
      ],
      conclude: (collected, now) => [concludeDeployment(collected, { target, anchors, seen }, now)],
    };
  },
};

function task(endpoint: Endpoint, against: Against): Task<'tls.endpoint'> {
  const { id, title, node, address } = endpoint;
  const subject: Subject = { id, kind: 'listener', title, node };
  return {
    subject,
    type: 'tls.endpoint',
    address,
    ...endpointCost(endpoint, against.services !== null),
    // Only listeners that ask for client certificates take more.
    paced: usualConnections,
    identities: ['anonymous'],
    collect: (context) => observeEndpoint(endpoint, subject, against, context),
  };
}

function missing(role: 'broker' | 'database', service: string): Work['missing'][number] {
  return {
    type: 'tls.endpoint',
    subject: { id: `${role}s/tls`, kind: 'target', title: `TLS of the ${service} nodes` },
    reason: `the target declares no ${role}`,
    supply: `${role}s in target.yaml`,
  };
}
