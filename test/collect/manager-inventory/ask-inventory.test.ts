import { startAnomaly, endings } from '../../../fixtures/anomalies/server';
import { secret } from '../../../src/model/target';
import type { Inventory } from '../../../src/collect/manager-inventory';
import { makePki, type Pki } from '../../protocol/http/pki';
import { allInOne, ask, canaries, startManager, type Answers, type Manager } from './manager';

let pki: Pki;
let manager: Manager;
beforeAll(() => {
  pki = makePki();
});
afterAll(() => {
  pki.remove();
});
afterEach(() => {
  manager.stop();
});
const serve = async (change: Answers = {}): Promise<number> => {
  manager = await startManager(pki, { ...allInOne(pki), ...change });
  return manager.port;
};
const states = ({ version, managers, brokers, databases, tenants, ports, self }: Inventory): unknown =>
  [version, self, managers, brokers, databases, tenants, ports].map((p) =>
    p.state === 'known' ? 'known' : p.reason,
  );
const all = <T>(value: T): T[] => Array<T>(7).fill(value);

test('an all-in-one manager tells what it is made of, and no credential with it', async () => {
  const inventory = await ask(pki, await serve());
  expect(inventory).toEqual({
    asked: { host: '127.0.0.1', port: manager.port },
    trust: 'verified',
    version: { state: 'known', value: { version: '7.1.0', edition: 'community' } },
    self: { state: 'known', value: { username: 'admin', systemRole: 'sys_admin' } },
    managers: {
      state: 'known',
      value: [
        {
          hostname: 'cfy-manager.example',
          privateIp: '10.0.0.5',
          publicIp: 'manager.example',
          networks: { default: '10.0.0.5', dmz: '192.168.7.5' },
        },
      ],
    },
    brokers: {
      state: 'known',
      value: [
        {
          name: 'cfy-manager.example',
          host: '10.0.0.5',
          managementHost: 'localhost',
          port: null,
          networks: { default: '10.0.0.5', dmz: '192.168.7.5' },
          isExternal: false,
        },
      ],
    },
    databases: { state: 'known', value: [{ name: 'localhost', host: 'localhost', isExternal: false }] },
    tenants: { state: 'known', value: ['default_tenant', 'tenant ${HOME} "b"'] },
    ports: { state: 'known', value: { internal: 53334, amqps: 5671 } },
    caCertificates: [pki.caPem.trim()],
  });
  for (const canary of Object.values(canaries)) expect(JSON.stringify(inventory)).not.toContain(canary);
  expect(manager.requests).toHaveLength(8);
  expect(manager.requests[0]?.headers).toMatchObject({
    tenant: 'default_tenant',
    'user-agent': 'cfy-audit/test',
  });
});

test('a token serves as well', async () => {
  const credentials = { kind: 'token', token: secret('ctok-x-y') } as const;
  expect(states(await ask(pki, await serve(), { credentials }))).toEqual(all('known'));
});

test('wrong credentials are tried once, and told by nobody', async () => {
  const credentials = { kind: 'password', username: 'admin', password: secret('Wr0ng-Canary') } as const;
  const inventory = await ask(pki, await serve(), { credentials });
  expect(states(inventory)).toEqual(all('the manager refused the credentials'));
  expect(manager.requests).toHaveLength(1);
  const basic = Buffer.from('admin:Wr0ng-Canary').toString('base64');
  expect(JSON.stringify(inventory)).not.toMatch(new RegExp(`Wr0ng-Canary|${basic}`));
});

test('nothing is sent to a manager that is not trusted, unless the user insists', async () => {
  const other = makePki('other CA');
  const port = await serve();
  for (const trust of ['system', [other.caDer]] as const) {
    expect(states(await ask(pki, port, { trust }))).toEqual(all(expect.stringContaining('not trusted')));
  }
  expect(states(await ask(pki, port, { host: 'elsewhere.example' }))).toEqual(
    all(expect.stringContaining('ERR_TLS_CERT_ALTNAME_INVALID')),
  );
  expect(manager.requests).toHaveLength(0);
  const insisted = await ask(pki, port, { trust: 'insecure' });
  expect(insisted.trust).toBe('unverified');
  expect(states(insisted)).toEqual(all('known'));
  other.remove();
});

test('each part has its own reason', async () => {
  const port = await serve({
    '/api/v3.1/version': { body: '<html>' },
    '/api/v3.1/user': { body: { username: 'a\nb' } },
    '/api/v3.1/managers': { status: 403, body: { error_code: 'forbidden_error', message: 'm' } },
    '/api/v3.1/brokers': { body: { items: [{ name: 'x', host: 'a b: "' }] } },
    '/api/v3.1/db-nodes': { body: ['x'] },
    '/api/v3.1/tenants': { status: 400, body: { error_code: 'no <code>' } },
    '/api/v3.1/config': { status: 307, body: '' },
  });
  expect(states(await ask(pki, port))).toEqual([
    'the answer is not JSON',
    'not as a manager answers: its username is not a line of text',
    'answered 403 (forbidden_error)',
    'not as a manager answers: its host is neither a name nor an address',
    'not as a manager answers: the answer is not an object',
    'answered 400',
    "redirected (307): is this the manager's REST port?",
  ]);
});

test('the request limit is waited out', async () => {
  let times = 0;
  const port = await serve({
    '/api/v3.1/db-nodes': () =>
      ++times === 1 ? { status: 503, body: '<html>' } : { body: { items: [], metadata: {} } },
  });
  expect((await ask(pki, port)).databases).toEqual({ state: 'known', value: [] });
});

test('tenants come in pages', async () => {
  const names = Array.from({ length: 2100 }, (_, i) => ({ name: `t${i}` }));
  const port = await serve({
    '/api/v3.1/tenants': (request) => {
      const offset = Number(new URL(request.url ?? '', 'https://x').searchParams.get('_offset'));
      return {
        body: {
          items: names.slice(offset, offset + 1000),
          metadata: { pagination: { total: names.length } },
        },
      };
    },
  });
  const { tenants } = await ask(pki, port);
  expect(tenants.state === 'known' && tenants.value).toHaveLength(2100);
});

test('an endless list of tenants has an end', async () => {
  const page = { body: { items: [{ name: 't' }], metadata: { pagination: { total: 1e9 } } } };
  const { tenants } = await ask(pki, await serve({ '/api/v3.1/tenants': page }));
  expect(tenants).toMatchObject({ state: 'unknown' });
});

test.each(endings)('a server that accepts, then %s', async (then) => {
  await serve();
  const server = await startAnomaly({ kind: 'accept', then });
  const inventory = await ask(pki, server.port, { timeoutMs: 1000 });
  expect(states(inventory)).toEqual(all(expect.stringMatching(/\w+ \w+/)));
  expect(server.connections()).toBeLessThanOrEqual(9);
  await server.stop();
});

test('an interrupted question ends, long before its own deadline', async () => {
  const server = await startAnomaly({ kind: 'accept', then: 'stall' });
  await serve();
  const inventory = await ask(pki, server.port, { signal: AbortSignal.timeout(100), timeoutMs: 3_600_000 });
  expect(states(inventory)).toEqual(all(expect.stringMatching(/aborted|interrupted/)));
  await server.stop();
});
