import type { EvidenceOf, Subject } from '../../model/evidence';
import type { Broker, Target } from '../../model/target';
import { askServerProduct } from '../../protocol/amqp/server-product';
import { openTcp, type Destination } from '../../protocol/tcp/connect';
import { secureUnverified } from '../../protocol/tls/secure';
import type { CollectContext, Collector, Task, Work } from '../collector';
import { destinationOf, dialledAt, serverNameOf } from '../destination';
import { supportOf } from '../support';

/** Reads the version that a broker tells everybody who greets it. PostgreSQL tells its own only after a log-in. */
export const softwareVersion: Collector = {
  id: 'software-version',
  title: 'Versions that services tell anybody',
  types: ['software.version'],
  impact: 'observe',
  work: (target: Target): Work => ({
    tasks: target.brokers.map((broker) => taskOf(broker, target)),
    missing: [],
  }),
};

function taskOf(broker: Broker, target: Target): Task<'software.version'> {
  const { name: node, address, ports } = broker;
  const subject: Subject = {
    id: `${node}/rabbitmq`,
    kind: 'target',
    title: `${node} · version of RabbitMQ`,
    node,
  };
  const dialled = dialledAt(broker, ports.amqps);
  return {
    subject,
    type: 'software.version',
    address: dialled.address,
    connections: 1,
    requests: 0,
    identities: ['anonymous'],
    collect: async (context) => {
      const told = await greet(dialled, serverNameOf(address), context);
      const base = { type: 'software.version', subject, observedAt: context.now().toISOString() } as const;
      if ('unavailable' in told) return { ...base, state: 'unavailable', reason: told.unavailable };
      const running = { node, product: 'rabbitmq', version: told.version, toldBy: 'amqp' } as const;
      return {
        ...base,
        state: 'observed',
        data: supportOf(running, target, context.now()),
      } satisfies EvidenceOf<'software.version'>;
    },
  };
}

/** The certificate is not judged: nothing secret is sent. */
async function greet(
  at: Pick<Destination, 'address' | 'port'>,
  serverName: string | null,
  context: CollectContext,
): Promise<{ readonly version: string | null } | { readonly unavailable: string }> {
  const to = destinationOf(at, context);
  const opened = await openTcp(to);
  if (!opened.ok) return { unavailable: opened.trouble.detail };
  try {
    const secured = await secureUnverified(opened.value, serverName, to);
    if (!secured.ok) return { unavailable: secured.trouble.detail };
    const told = await askServerProduct(secured.value, to);
    if (!told.ok) return { unavailable: told.trouble.detail };
    const { product, version } = told.value;
    if (product !== null && product !== 'RabbitMQ') {
      return { unavailable: 'the broker does not call itself RabbitMQ' };
    }
    return { version: version !== null && /^[\w.+~-]{1,60}$/.test(version) ? version : null };
  } finally {
    opened.value.destroy();
  }
}
