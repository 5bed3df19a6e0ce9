import type { DeclaredHost, Manager, Target } from '../../model/target';
import type { TlsEndpoint, TlsService } from '../../model/tls-endpoint';

/** One TLS listener × one server name, and what its certificate has to cover. */
export interface Endpoint {
  readonly id: string;
  readonly title: string;
  readonly service: TlsService;
  readonly scope: TlsEndpoint['scope'];
  readonly node: string;
  readonly address: string;
  readonly port: number;
  readonly documentedPort: number;
  readonly serverName: string | null;
  readonly start: TlsEndpoint['start'];
  /** Offered protocols for the connection inside TLS. */
  readonly alpn: readonly string[];
  readonly hosts: readonly DeclaredHost[];
}

const http: readonly string[] = ['h2', 'http/1.1'];

/**
 * Every TLS listener that the target declares. The manager's nginx presents the external certificate on 443 only to
 * clients that ask for the public name, and the internal one to all others (Cloudify 7.1), so 443 is looked at twice.
 */
export function endpointsOf(target: Target): readonly Endpoint[] {
  return [
    ...target.managers.flatMap(managerEndpoints),
    ...target.brokers.flatMap(({ name, address, resolved, hosts, ports }) => {
      const own = { node: name, address: resolved[0] ?? address, hosts: scoped(hosts, 'internal') };
      return [
        endpoint('amqp', 5671, 'AMQPS', { ...own, port: ports.amqps, alpn: [] }),
        endpoint('amqp-management', 15671, 'RabbitMQ management', {
          ...own,
          port: ports.management,
          alpn: http,
        }),
      ];
    }),
    ...target.databases.map(({ name, address, resolved, hosts, ports }) =>
      endpoint('postgresql', 5432, 'PostgreSQL', {
        node: name,
        address: resolved[0] ?? address,
        hosts: scoped(hosts, 'internal'),
        port: ports.postgresql,
        alpn: [],
        start: 'postgresql',
      }),
    ),
  ];
}

function managerEndpoints({ name, address, resolved, hosts, ports }: Manager): readonly Endpoint[] {
  const own = { node: name, address: resolved[0] ?? address, alpn: http };
  const internal = scoped(hosts, 'internal');
  const external = scoped(hosts, 'external');
  // Clients send names by SNI and addresses not at all (RFC 6066 §3): each group meets a certificate of its own.
  const names = external.filter(({ kind }) => kind === 'dns');
  const addresses = external.filter(({ kind }) => kind === 'ip');
  const users = [
    ...names.map((host) => ({ serverName: host.host, hosts: [host] })),
    ...(addresses.length > 0 ? [{ serverName: null, hosts: addresses }] : []),
  ].map((more, index) =>
    endpoint('rest-external', 443, 'REST for users', {
      ...own,
      ...more,
      port: ports.https,
      scope: 'external',
      index,
    }),
  );
  // A target of nothing but a URL says nothing of what agents dial; then the default certificate is looked at once.
  const needless = internal.length === 0 && users.some(({ serverName }) => serverName === null);
  return [
    ...users,
    ...(needless
      ? []
      : [endpoint('rest-internal', 443, 'REST for agents', { ...own, hosts: internal, port: ports.https })]),
    endpoint('rest-internal', 53333, 'REST for agents', { ...own, hosts: internal, port: ports.internal }),
    endpoint('monitoring', 8009, 'monitoring', {
      ...own,
      hosts: monitoringHosts(internal),
      port: ports.monitoring,
    }),
  ];
}

/**
 * Monitoring is dialled by the other nodes at the private address or host name alone, and its generated certificate
 * names no further network (Cloudify 7.1). Where the places of declaration do not tell, every internal host counts.
 */
function monitoringHosts(internal: readonly DeclaredHost[]): readonly DeclaredHost[] {
  const dialled = internal.filter(({ declaredAt }) =>
    /\.(?:address|hostname|networks\.default)(?:,|$)/.test(declaredAt),
  );
  return dialled.length > 0 ? dialled : internal;
}

function scoped(hosts: readonly DeclaredHost[], scope: DeclaredHost['scope']): readonly DeclaredHost[] {
  return hosts.filter((host) => host.scope === scope);
}

type Own = Pick<Endpoint, 'node' | 'address' | 'port' | 'alpn' | 'hosts'> &
  Partial<Pick<Endpoint, 'scope' | 'serverName' | 'start'>> & { readonly index?: number };

/**
 * The id holds the documented port, not the dialled one, and the first server name of a listener not at all: forwards and
 * new names keep the history of the findings.
 */
function endpoint(
  service: TlsService,
  documented: number,
  title: string,
  { index = 0, ...own }: Own,
): Endpoint {
  const { node, address, port, serverName = null, scope = 'internal', start = 'direct' } = own;
  const place = `${address.includes(':') ? `[${address}]` : address}:${port}`;
  return {
    ...own,
    documentedPort: documented,
    id: `${node}/${service}/${documented}${index === 0 ? '' : `/${serverName ?? 'no-name'}`}`,
    title: `${node} · ${title} · ${place}${serverName === null ? '' : ` as ${serverName}`}`,
    service,
    scope,
    serverName,
    start,
  };
}
