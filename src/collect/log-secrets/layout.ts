import type { LogSecrets } from '../../model/log-secrets';

type Component = LogSecrets['component'];

/** Folder names under /var/log (Cloudify 7.1: /var/log/cloudify/<service>, and each package's own), most telling first. */
const folders: readonly (readonly [RegExp, Component])[] = [
  [/^nginx$/, 'nginx'],
  [/^(?:postgresql\w{0,16}|pgsql|pg_log|patroni|haproxy_postgres)$/, 'postgresql'],
  [/^rabbitmq$/, 'rabbitmq'],
  [/^etcd$/, 'etcd'],
  [/^manager$/, 'installer'],
  [/^(?:agents?|\.cfy-agent)$/, 'agent'],
];

const names: readonly (readonly [RegExp, Component])[] = [
  [/^cfy_manager/, 'installer'],
  [/^(?:cloudify-agent|agent-install|cfy-agent)|agent.{0,40}\.log/, 'agent'],
  [/^rabbit@|rabbitmq/, 'rabbitmq'],
  [/^postgresql|^patroni/, 'postgresql'],
  [/^etcd/, 'etcd'],
  [/^nginx/, 'nginx'],
];

const systemNames =
  /^(?:messages|secure|syslog|auth\.log|cron|maillog|boot\.log|dmesg|kern\.log|daemon\.log|user\.log|sudo\.log|audit\.log)/;

/** Tells from a log's path which service writes it and whether it is an access log. */
export function recognise(path: string): {
  readonly component: Component;
  readonly kind: LogSecrets['kind'];
} {
  const parts = path.split('/');
  const name = parts.at(-1) ?? '';
  const parents = parts.slice(0, -1);
  return { component: componentOf(parents, name), kind: isAccessLog(parents, name) ? 'access' : 'service' };
}

function componentOf(parents: readonly string[], name: string): Component {
  // The folder nearest to the file tells most.
  for (const [at, parent] of [...parents.entries()].reverse()) {
    const known = folders.find(([pattern]) => pattern.test(parent))?.[1];
    if (known !== undefined && (known !== 'installer' || parents.includes('cloudify'))) return known;
    if (parent === 'cloudify' || (parent === 'log' && parents[at - 1] === 'var')) break;
  }
  const known = names.find(([pattern]) => pattern.test(name))?.[1];
  if (known !== undefined) return known;
  const isCloudify = parents.some((parent) => parent === 'cloudify' || parent === '.cloudify');
  if (isCloudify || name.startsWith('cloudify')) return 'cloudify';
  return systemNames.test(name) && (parents.at(-1) === 'log' || parents.at(-1) === 'audit')
    ? 'system'
    : 'unknown';
}

/** nginx writes `*access.log`; gunicorn writes the REST service's requests to rest/audit.log and api-audit.log. */
function isAccessLog(parents: readonly string[], name: string): boolean {
  if (name.includes('access')) return true;
  return /^(?:api-)?audit\.log/.test(name) && parents.at(-1) === 'rest';
}
