import type { DocumentedPort } from '../../model/network-listener';

/** A documented port, with the clear-text request that would find out whether it speaks clear text. */
export interface ListedPort extends DocumentedPort {
  readonly probe: 'http' | 'amqp' | 'postgresql' | 'epmd';
}

/**
 * Ports of a Cloudify 7.1 deployment: the network tables of its documentation, corrected by what the installer binds.
 * `exposure: loopback` is what only the node itself has a use for; `closed` are the clear-text twins of TLS ports.
 */
export const documentedPorts: readonly ListedPort[] = [
  entry(80, 'HTTP', 'manager', 'users', 'clear'),
  entry(443, 'REST and UI', 'manager', 'users', 'tls'),
  entry(53333, 'REST for agents', 'manager', 'agents', 'tls'),
  entry(8009, 'monitoring', 'manager', 'nodes', 'tls'),
  entry(22000, 'file replication', 'manager', 'nodes', 'tls'),
  entry(8100, 'REST service behind nginx', 'manager', 'loopback', 'clear'),
  // Formerly the REST service without authentication, today the audit log API, which has none either.
  entry(8101, 'Cloudify API behind nginx', 'manager', 'loopback', 'clear'),
  entry(8088, 'console', 'manager', 'loopback', 'clear'),
  entry(3000, 'composer', 'manager', 'loopback', 'clear'),
  entry(9090, 'Prometheus', 'manager', 'loopback', 'clear'),
  entry(9100, 'node exporter', 'manager', 'loopback', 'clear'),
  entry(9115, 'blackbox exporter', 'manager', 'loopback', 'clear'),
  entry(5671, 'AMQPS', 'broker', 'agents', 'tls', 'amqp'),
  entry(5672, 'AMQP in clear text', 'broker', 'closed', 'clear', 'amqp'),
  entry(15671, 'RabbitMQ management', 'broker', 'nodes', 'tls'),
  entry(15672, 'RabbitMQ management in clear text', 'broker', 'closed', 'clear'),
  // Binds all interfaces by default; only the node's own Prometheus reads it.
  entry(15692, 'RabbitMQ metrics', 'broker', 'loopback', 'clear'),
  entry(4369, 'Erlang port mapper', 'broker', 'nodes', 'clear', 'epmd'),
  entry(25672, 'Erlang distribution', 'broker', 'nodes', 'either'),
  entry(5432, 'PostgreSQL', 'database', 'nodes', 'either', 'postgresql'),
  entry(8008, 'Patroni', 'database', 'nodes', 'tls'),
  entry(2379, 'etcd clients', 'database', 'nodes', 'tls'),
  entry(2380, 'etcd peers', 'database', 'nodes', 'tls'),
  entry(9187, 'PostgreSQL exporter', 'database', 'loopback', 'clear'),
];

function entry(
  port: number,
  service: string,
  role: DocumentedPort['role'],
  exposure: DocumentedPort['exposure'],
  transport: DocumentedPort['transport'],
  probe: ListedPort['probe'] = 'http',
): ListedPort {
  return { port, service, role, exposure, transport, probe };
}
