import type { Manager, Node, Target } from '../../model/target';
import type { CollectContext, Collector, Task, Work } from '../collector';
import { attemptOn, record, type Attempt, type Verdict } from './attempt';
import { tryBroker } from './broker';
import { databaseConnections, tryDatabase } from './database';
import { httpCost, tryBasic } from './http';
import { dialledAt } from '../destination';
import type { Spare } from '../spare';
import { declaredLogin, isOther, tryAdministrator } from './manager';
import { defaultTypes, pairs, type DefaultType } from './pairs';
import { managementAt, monitoringAt } from './services';

/** Tries the documented default passwords, each once on each listener that would take it, and never on a locking account. */
export const defaultCredentials: Collector = {
  id: 'default-credentials',
  title: 'Documented default passwords, each once',
  types: defaultTypes,
  impact: 'authenticate',
  work(target: Target): Work {
    if (target.defaults === 'skip') return { tasks: [], missing: defaultTypes.map(skipped) };
    const { brokers, databases } = target;
    const spare = { left: target.managers.length > 0 ? spareRequests : 0 };
    return {
      tasks: [
        // The managers of a cluster share their accounts: one attempt on the first of them is one on all.
        ...target.managers.slice(0, 1).map((manager) => ofManager(manager, target, spare)),
        ...target.managers.flatMap((manager) => ofMonitoring(manager, manager.ports.monitoring, spare)),
        ...othersThan(target.managers, [...brokers, ...databases]).flatMap((node) =>
          ofMonitoring(node, monitoringPort, spare, 'nothing listens on the port of monitoring'),
        ),
        ...brokers.flatMap((broker) => [
          ...pairs.amqp.map((pair) =>
            task(
              attemptOn(broker, 'amqp', broker.ports.amqps, pair),
              { connections: 1, requests: 0 },
              tryBroker,
            ),
          ),
          ...pairs['amqp-management'].map((pair) =>
            task(
              attemptOn(broker, 'amqp-management', broker.ports.management, pair),
              httpCost,
              (attempt, context) => tryBasic(attempt, managementAt(broker.address), spare, context),
            ),
          ),
        ]),
        ...databases.flatMap((database) =>
          pairs.postgresql.map((pair) =>
            task(
              attemptOn(database, 'postgresql', database.ports.postgresql, pair),
              { connections: databaseConnections, requests: 0 },
              tryDatabase,
            ),
          ),
        ),
      ],
      missing: [
        ...(brokers.length === 0 ? [undeclared('default.broker', 'brokers')] : []),
        ...(databases.length === 0
          ? [undeclared('default.database', 'databases'), undeclared('default.monitoring', 'databases')]
          : []),
      ],
    };
  },
};

type Try = (attempt: Attempt, context: CollectContext) => Promise<Verdict>;

/** For all attempts together. */
const spareRequests = 2;

function ofManager(manager: Manager, target: Target, spare: Spare): Task<DefaultType> {
  const [pair] = pairs.rest;
  const host = manager.publicName ?? manager.address;
  const declared = declaredLogin(target, pair.username, host);
  // The right password tells that another one is wrong, unless the listener does not prove to be the manager.
  const isRefuted = declared !== null && isOther(declared, pair.password);
  const requests = (isRefuted ? 1 : httpCost.requests) + spareRequests;
  const cost = { connections: requests, requests };
  return task(attemptOn(manager, 'rest', manager.ports.https, pair), cost, (attempt, context) =>
    tryAdministrator(attempt, host, declared, spare, context),
  );
}

/** Every node of a cluster serves its metrics and logs to the managers (Cloudify 7.1), mostly on this port. */
const monitoringPort = 8009;

/** `closed`: what it means that nothing listens there, where the target file does not say that something does. */
function ofMonitoring(
  node: Node<unknown>,
  port: number,
  spare: Spare,
  closed?: string,
): readonly Task<DefaultType>[] {
  return pairs.monitoring.map((pair) =>
    // Where nothing listens the first request is the last.
    task(
      attemptOn(node, 'monitoring', port, pair),
      { ...httpCost, atLeast: closed === undefined ? 2 : 0 },
      (attempt, context) => tryBasic(attempt, monitoringAt(node.address), spare, context, closed),
    ),
  );
}

/** Nodes of their own: one that has the name of a manager, or of a node before it, has been tried already. */
function othersThan(managers: readonly Manager[], nodes: readonly Node<unknown>[]): readonly Node<unknown>[] {
  const placeOf = (node: Node<unknown>, documented: number): string => {
    const { address, port } = dialledAt(node, documented);
    return `${address} ${port}`;
  };
  const taken = new Set(managers.flatMap((each) => [each.name, placeOf(each, each.ports.monitoring)]));
  return nodes.filter((node) => {
    const at = placeOf(node, monitoringPort);
    if (taken.has(node.name) || taken.has(at)) return false;
    taken.add(node.name).add(at);
    return true;
  });
}

function task(
  attempt: Attempt,
  cost: { readonly connections: number; readonly requests: number; readonly atLeast?: number },
  perform: Try,
): Task<DefaultType> {
  return {
    subject: attempt.subject,
    type: attempt.pair.type,
    address: attempt.address,
    ...cost,
    identities: [`${attempt.pair.username} (documented default)`],
    collect: async (context) => record(attempt, await perform(attempt, context), context.now()),
  };
}

const services: Readonly<Record<DefaultType, string>> = {
  'default.manager': 'the manager',
  'default.broker': 'RabbitMQ',
  'default.database': 'PostgreSQL',
  'default.monitoring': 'monitoring',
};

function skipped(type: DefaultType): Work['missing'][number] {
  return {
    type,
    subject: { id: type, kind: 'target', title: `Default passwords of ${services[type]}` },
    reason: 'the target file says that default passwords are not to be tried',
    supply: 'defaults: try in target.yaml',
  };
}

function undeclared(type: DefaultType, list: 'brokers' | 'databases'): Work['missing'][number] {
  return {
    type,
    subject: {
      id: `${list}/${type}`,
      kind: 'target',
      title: `Default passwords of ${services[type]} on the ${list}`,
    },
    reason: `the target declares no ${list}`,
    supply: `${list} in target.yaml`,
  };
}
