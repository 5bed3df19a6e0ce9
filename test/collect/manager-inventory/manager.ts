import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { askInventory, type Inventory, type InventoryQuestion } from '../../../src/collect/manager-inventory';
import { secret } from '../../../src/model/target';
import type { Pki } from '../../protocol/http/pki';

/** What the REST service answers, by path without query. A function may look at the request. */
export type Answers = Readonly<Record<string, Reply | ((request: IncomingMessage) => Reply)>>;
export interface Reply {
  readonly status?: number;
  readonly body: unknown;
}

export interface Manager {
  readonly port: number;
  readonly requests: readonly IncomingMessage[];
  stop(): void;
}

export const canaries = {
  password: 'Adm1n-Canary-Passw0rd',
  broker: 'Br0ker-Canary-Passw0rd',
  logFetch: 'L0gFetch-Canary-Passw0rd',
  key: 'Key-Canary',
};

const listed = (...items: unknown[]): Reply => ({
  body: { items, metadata: { pagination: { total: items.length, size: 1000, offset: 0 } } },
});

/** A Cloudify 7.1 all-in-one manager: rows with all the fields that the REST service gives them. */
export function allInOne(pki: Pki): Answers {
  const ca = pki.caPem;
  return {
    '/api/v3.1/version': {
      body: { version: '7.1.0', edition: 'community', distribution: 'rocky', distro_release: 'x' },
    },
    '/api/v3.1/user': { body: { username: 'admin', role: 'sys_admin', groups: 0, active: true, tenants: 1 } },
    '/api/v3.1/managers': listed({
      id: 1,
      hostname: 'cfy-manager.example',
      private_ip: '10.0.0.5',
      public_ip: 'manager.example',
      version: '7.1.0',
      edition: 'community',
      distribution: 'rocky',
      distro_release: 'x',
      fs_sync_node_id: null,
      networks: { default: '10.0.0.5', dmz: '192.168.7.5' },
      last_seen: '2026-11-22T02:14:50.773Z',
      status_report_frequency: 5,
      ca_cert_content: ca,
    }),
    '/api/v3.1/brokers': listed({
      name: 'cfy-manager.example',
      host: '10.0.0.5',
      management_host: 'localhost',
      port: null,
      username: 'cloudify',
      password: canaries.broker,
      params: null,
      networks: { default: '10.0.0.5', dmz: '192.168.7.5' },
      is_external: false,
      ca_cert_content: `${ca}-----BEGIN PRIVATE KEY-----\n${canaries.key}\n-----END PRIVATE KEY-----\n`,
    }),
    '/api/v3.1/db-nodes': listed({ name: 'localhost', host: 'localhost', is_external: false }),
    '/api/v3.1/tenants': listed({ name: 'default_tenant' }, { name: 'tenant ${HOME} "b"' }),
    '/api/v3.1/config': (request) =>
      request.url?.endsWith('scope=rest') === true
        ? listed(
            { name: 'default_agent_port', value: 53334, scope: 'rest', admin_only: false },
            { name: 'log_fetch_password', value: canaries.logFetch, scope: 'rest', admin_only: true },
          )
        : listed({ name: 'broker_port', value: 5671, scope: 'agent' }),
  };
}

/** Starts a manager on 127.0.0.1 that knows one administrator. */
export async function startManager(pki: Pki, answers: Answers): Promise<Manager> {
  const requests: IncomingMessage[] = [];
  const right = `Basic ${Buffer.from(`admin:${canaries.password}`).toString('base64')}`;
  const server = createServer({ key: pki.key, cert: pki.cert }, (request, response) => {
    requests.push(request);
    const [path = ''] = (request.url ?? '').split('?');
    const found = answers[path];
    const isAdmin =
      request.headers.authorization === right || request.headers['authentication-token'] === 'ctok-x-y';
    const reply: Reply = !isAdmin
      ? {
          status: 401,
          body: {
            error_code: 'unauthorized_error',
            message: `seen: ${String(request.headers.authorization)}`,
          },
        }
      : typeof found === 'function'
        ? found(request)
        : (found ?? { status: 404, body: { error_code: 'not_found_error' } });
    response.writeHead(reply.status ?? 200, { 'Content-Type': 'application/json' });
    response.end(typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    requests,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Asks a started manager as its administrator, verified against the right CA unless told otherwise. */
export function ask(pki: Pki, port: number, change: Partial<InventoryQuestion> = {}): Promise<Inventory> {
  return askInventory({
    host: '127.0.0.1',
    address: '127.0.0.1',
    port,
    credentials: { kind: 'password', username: 'admin', password: secret(canaries.password) },
    trust: [pki.caDer],
    userAgent: 'cfy-audit/test',
    signal: new AbortController().signal,
    timeoutMs: 5000,
    ...change,
  });
}
