import type { Subject } from '../../model/evidence';
import type { Target } from '../../model/target';
import type { Collector, Task, Work } from '../collector';
import { anchorsOf, type Anchors } from './anchors';
import { concludeDeployment } from './deployment';
import { endpointsOf, type Endpoint } from './endpoints';
import { endpointConnections, observeEndpoint } from './observe';

/** What each declared TLS listener agrees to and presents, and whom its certificate covers. */
export const tlsEndpoint: Collector = {
  id: 'tls.endpoint',
  title: 'TLS listeners and their certificates',
  types: ['tls.endpoint', 'tls.deployment'],
  impact: 'observe',
  work(target: Target): Work {
    const anchors = anchorsOf(target);
    return {
      tasks: endpointsOf(target).map((endpoint) => task(endpoint, anchors[endpoint.scope])),
      missing: [
        ...(target.brokers.length === 0 ? [missing('broker', 'RabbitMQ')] : []),
        ...(target.databases.length === 0 ? [missing('database', 'PostgreSQL')] : []),
      ],
    };
  },
  conclude: (collected, target, now) => [concludeDeployment(collected, target, now)],
};

function task(endpoint: Endpoint, anchors: Anchors): Task<'tls.endpoint'> {
  const { id, title, node, address } = endpoint;
  const subject: Subject = { id, kind: 'listener', title, node };
  return {
    subject,
    type: 'tls.endpoint',
    address,
    connections: endpointConnections,
    requests: 0,
    identities: ['anonymous'],
    collect: (context) => observeEndpoint(endpoint, subject, anchors, context),
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
