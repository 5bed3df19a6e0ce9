import type { HttpSurface } from '../model/http-surface';
import type { Broker, Manager, Node, Target } from '../model/target';
import type { HttpEndpoint } from '../protocol/http';
import { bracketed, dialledAt, serverNameOf } from './destination';

type Kind = HttpSurface['listener'];

/** One listener that is surveyed: where it is dialled, and by which names. */
export interface SurveyedListener {
  readonly node: string;
  readonly kind: Kind;
  readonly title: string;
  /** IP address that is sent to; the declared address where none was resolved. */
  readonly address: string;
  /** The port that is dialled. */
  readonly port: number;
  readonly scheme: 'http' | 'https';
  /** Value of the Host header. */
  readonly host: string;
  readonly endpoint: HttpEndpoint;
  /** Request whose answer is certain where the listener works: see `isAlive`. */
  readonly controlPath: string;
}

/** Every HTTP listener that the target declares. */
export function listenersOf(target: Target): readonly SurveyedListener[] {
  return [...target.managers.flatMap(ofManager), ...target.brokers.map(ofBroker)];
}

/**
 * Whether the answer to the control request proves that the listener serves. GET /api/v3.1/ok answers 200 "OK", or 500
 * "FAIL" from a REST service that runs but finds another one wrong; on port 80 it is refused with SSL_REQUIRED. Port
 * 8009 has no open path: nginx answers `/`, for which it has no location, itself. 15671 serves the UI's page at `/`.
 */
export function isAlive(kind: Kind, status: number, bodyStart: string): boolean {
  switch (kind) {
    case 'rest-external':
    case 'rest-internal':
      return status === 200 || (status === 500 && bodyStart.includes('FAIL'));
    case 'http':
    case 'monitoring':
    case 'amqp-management':
      return status < 500;
  }
}

function ofManager(manager: Manager): readonly SurveyedListener[] {
  const { http, https, internal, monitoring } = manager.ports;
  const ok = '/api/v3.1/ok';
  const users = manager.publicName ?? manager.address;
  return [
    listener(manager, 'http', 'HTTP', http, users, ok),
    listener(manager, 'rest-external', 'REST (external)', https, users, ok),
    listener(manager, 'rest-internal', 'REST (internal)', internal, manager.address, ok),
    listener(manager, 'monitoring', 'monitoring', monitoring, manager.address, '/'),
  ];
}

function ofBroker(broker: Broker): SurveyedListener {
  const { management } = broker.ports;
  return listener(broker, 'amqp-management', 'RabbitMQ management', management, broker.address, '/');
}

function listener(
  node: Node<unknown>,
  kind: Kind,
  service: string,
  documented: number,
  name: string,
  controlPath: string,
): SurveyedListener {
  const { address, port } = dialledAt(node, documented);
  const scheme = kind === 'http' ? 'http' : 'https';
  const isDefaultPort = port === (scheme === 'http' ? 80 : 443);
  return {
    node: node.name,
    kind,
    title: `${node.name} · ${service}`,
    address,
    port,
    scheme,
    host: isDefaultPort ? bracketed(name) : `${bracketed(name)}:${port}`,
    endpoint: {
      address,
      port,
      // Unverified, because certificates are judged elsewhere and a bad one must not hide what is served behind it.
      // Nothing secret is ever sent here.
      tls: scheme === 'http' ? null : { serverName: serverNameOf(name), verify: null },
    },
    controlPath,
  };
}
