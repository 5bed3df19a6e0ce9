import type { EvidenceOf, Subject } from '../../model/evidence';
import type { Target } from '../../model/target';
import type { CollectContext, Collector, Task, Work } from '../collector';
import { destinationOf } from '../destination';
import { controlConnections, makeFindControl, type FindControl } from './control';
import { listen, speechConnections } from './speech';
import { controlCandidates, listenerSubjects, type ListenerSubject } from './subjects';
import { isLoopback, vantageOf } from './vantage';

/** What answers on each documented port of each node, in TLS or clear text, from where the scanner stands. */
export const networkListener: Collector = {
  id: 'network.listener',
  title: 'Listeners on the documented ports',
  types: ['network.listener'],
  impact: 'observe',
  work(target: Target): Work {
    const findControl = makeFindControl(controlCandidates(target));
    const { subjects, indistinct } = listenerSubjects(target);
    return {
      tasks: subjects.map((listener) => task(listener, findControl)),
      missing: [
        ...indistinct.map((listener) => ({
          type: 'network.listener' as const,
          subject: subjectOf(listener),
          reason: `another node is dialled at ${place(listener.address, listener.dialled)} too`,
          supply: `portMap of ${listener.node} in target.yaml`,
        })),
        ...(target.brokers.length === 0 ? [missing('broker', 'RabbitMQ')] : []),
        ...(target.databases.length === 0 ? [missing('database', 'PostgreSQL')] : []),
      ],
    };
  },
};

function task(listener: ListenerSubject, findControl: FindControl): Task<'network.listener'> {
  const subject = subjectOf(listener);
  return {
    subject,
    type: 'network.listener',
    address: listener.address,
    connections: speechConnections + controlConnections,
    // Only what answers at all is asked, and most ports must not.
    requests: listener.listed.probe === 'http' ? 1 : 0,
    atLeast: 0,
    identities: ['anonymous'],
    collect: (context) => observe(listener, subject, context, findControl),
  };
}

function subjectOf({ node, address, listed, dialled }: ListenerSubject): Subject {
  const title = `${node} · ${listed.service} · ${place(address, dialled)}`;
  return { id: `${node}/port/${listed.port}`, kind: 'listener', title, node };
}

function missing(role: 'broker' | 'database', service: string): Work['missing'][number] {
  return {
    type: 'network.listener',
    subject: { id: `${role}s/ports`, kind: 'target', title: `Ports of the ${service} nodes` },
    reason: `the target declares no ${role}`,
    supply: `${role}s in target.yaml`,
  };
}

async function observe(
  listener: ListenerSubject,
  subject: Subject,
  context: CollectContext,
  findControl: FindControl,
): Promise<EvidenceOf<'network.listener'>> {
  const { node, address, listed, dialled } = listener;
  const base = { type: 'network.listener' as const, subject };
  const control = await findControl(context, address, dialled);
  let vantage = context.vantage ?? control?.vantage ?? (isLoopback(address) ? 'same-host' : null);
  const proofless = (): boolean =>
    vantage === 'same-host' && (listed.exposure === 'loopback' || listed.exposure === 'closed');
  const unavailable = (reason: string, supply?: string): EvidenceOf<'network.listener'> => ({
    ...base,
    observedAt: context.now().toISOString(),
    state: 'unavailable',
    reason,
    ...(supply === undefined ? {} : { supply }),
  });
  if (proofless()) return unavailable(sameHost(node), otherVantage);
  const outcome = await listen(
    listed,
    {
      ...destinationOf({ address, port: dialled }, context),
      connected: (local, remote) => {
        vantage ??= vantageOf(local, remote);
      },
    },
    context.userAgent,
  );
  if (!outcome.ok) return unavailable(outcome.trouble.detail);
  if (outcome.value.state === 'open' && listed.probe === 'http') context.countRequest();
  if (proofless()) return unavailable(sameHost(node), otherVantage);
  const { port, service, role, exposure, transport } = listed;
  return {
    ...base,
    observedAt: context.now().toISOString(),
    state: 'observed',
    data: {
      ...{ port, service, role, exposure, transport },
      node,
      address,
      dialled,
      // Nothing there ever connected, so there is no second end to compare with.
      vantage: vantage ?? 'network',
      ...outcome.value,
      control: { reachable: control !== null, port: control?.port ?? null },
    },
  };
}

function sameHost(node: string): string {
  return `we stand on ${node} itself: what answers there on its own addresses proves nothing about the network`;
}

const otherVantage =
  'run from another machine, or declare "vantage: network" when the address is a forward to another one';

function place(address: string, port: number): string {
  return `${address.includes(':') ? `[${address}]` : address}:${port}`;
}
