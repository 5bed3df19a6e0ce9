import { recognise } from '../../../src/collect/log-secrets/layout';
import { logicalPath } from '../../../src/collect/log-secrets/rotation';

const log = '/var/log/cloudify';

/** Where Cloudify 7.1 (and 4.x to 6.x where named otherwise) logs: path, which service, access log or not. */
const layout: readonly (readonly [string, string, string])[] = [
  ...['cloudify-rest-service', 'gunicorn', 'api-gunicorn'].map(
    (name) => [`${log}/rest/${name}.log`, 'cloudify', 'service'] as const,
  ),
  ...['audit', 'api-audit', 'gunicorn-access'].map(
    (name) => [`${log}/rest/${name}.log`, 'cloudify', 'access'] as const,
  ),
  ...['access', 'cloudify.access', 'monitoring.access'].map(
    (name) => [`${log}/nginx/${name}.log`, 'nginx', 'access'] as const,
  ),
  ...['error', 'cloudify.error', 'monitoring.error'].map(
    (name) => [`${log}/nginx/${name}.log`, 'nginx', 'service'] as const,
  ),
  [`${log}/manager/cfy_manager.log`, 'installer', 'service'],
  ['/var/log/cfy_manager.log', 'installer', 'service'],
  [`${log}/postgresql_server/log/postgresql-Sun.log`, 'postgresql', 'service'],
  ['/var/lib/pgsql/14/data/log/postgresql-Mon.log', 'postgresql', 'service'],
  ['/var/lib/pgsql/9.5/data/pg_log/postgresql-Tue.log', 'postgresql', 'service'],
  ['/var/log/postgresql/postgresql-15-main.log', 'postgresql', 'service'],
  [`${log}/postgresql/patroni.log`, 'postgresql', 'service'],
  ['/var/log/patroni/patroni.log', 'postgresql', 'service'],
  [`${log}/rabbitmq/cloudify-rabbitmq.log`, 'rabbitmq', 'service'],
  [`${log}/rabbitmq/rabbit@manager-1.log`, 'rabbitmq', 'service'],
  [`${log}/rabbitmq/rabbit@manager-1_upgrade.log`, 'rabbitmq', 'service'],
  ['/var/log/rabbitmq/log/crash.log', 'rabbitmq', 'service'],
  [`${log}/etcd/etcd.log`, 'etcd', 'service'],
  ...[
    'amqp-postgres/amqp_postgres.log',
    'execution-scheduler/execution_scheduler.log',
    'mgmtworker/mgmtworker.log',
    'mgmtworker/logs/shop.log',
    'mgmtworker/logs/__system__.log',
    'prometheus/prometheus.log',
    'stage/app.log',
    'stage/errors.log',
    'composer/app.log',
    'syncthing/syncthing.log',
    'supervisord.log',
    'rsyslog.log',
    'usage_collector/usage_collector.log',
    // Cloudify 4.x to 6.x.
    'logstash/logstash.log',
    'riemann/riemann.log',
    'influxdb/log.txt',
    'webui/backend.log',
  ].map((path) => [`${log}/${path}`, 'cloudify', 'service'] as const),
  [`${log}/agent-install.log`, 'agent', 'service'],
  [`${log}/agent/agent.log`, 'agent', 'service'],
  ['/home/centos/agent_vm_7f3a/logs/agent_vm_7f3a.log', 'agent', 'service'],
  ['/opt/agent_vm_7f3a/work/logs/agent_vm_7f3a.log', 'agent', 'service'],
  ['/root/.cfy-agent/logs/vm_7f3a.log', 'agent', 'service'],
  ['/root/.cfy-agent/vm_7f3a.json', 'agent', 'service'],
  ['/tmp/cloudify-root/cloudify-cli.log', 'cloudify', 'service'],
  ['/home/alice/.cloudify/logs/cli.log', 'cloudify', 'service'],
  ['/var/log/secure', 'system', 'service'],
  ['/var/log/messages', 'system', 'service'],
  ['/var/log/audit/audit.log', 'system', 'service'],
];

/** How the deployment rotates: logrotate with dateext -%Y%m%d-%s and delaycompress, with numbers, and services themselves. */
const rotations = [
  '-20261122-1763776800',
  '-20261122-1763776800.gz',
  '-20261122',
  '-20261122.gz',
  '.1',
  '.2.gz',
  '.10.bz2',
  '.3.xz',
  '.4.zst',
  '.old',
  '.2026-11-22',
];

test.each(layout)('%s is a log of %s, %s', (path, component, kind) => {
  expect(recognise(path)).toEqual({ component, kind });
  // As a copy, within an archive's folder, and in a support bundle.
  expect(recognise(`/mnt/copies/manager-1${path}`)).toEqual({ component, kind });
});

test.each(layout)('%s: each rotation belongs to it and is recognised like it', (path, component, kind) => {
  for (const ending of rotations) {
    const rotated = `${path}${ending}`;
    expect([ending, logicalPath(rotated)]).toEqual([ending, logicalPath(path)]);
    expect([ending, recognise(logicalPath(rotated))]).toEqual([ending, { component, kind }]);
  }
});

test('what PostgreSQL and RabbitMQ rotate themselves is one log each', () => {
  const data = '/var/lib/pgsql/14/data/log';
  expect(new Set(['Mon', 'Sun'].map((day) => logicalPath(`${data}/postgresql-${day}.log`))).size).toBe(1);
  expect(logicalPath(`${data}/postgresql-2026-11-22_000000.log`)).toBe(`${data}/postgresql.log`);
  expect(logicalPath('/var/log/rabbitmq/rabbit@a.log.0.gz')).toBe('/var/log/rabbitmq/rabbit@a.log');
});

test('names that only look rotated are logs of their own', () => {
  const names = [
    '/x/node-1.log',
    '/x/postgresql-15-main.log',
    '/x/vm_20.log',
    '/x/shop-2.log',
    '/x/10.0.0.5.log',
  ];
  expect(names.map(logicalPath)).toEqual(names);
});
