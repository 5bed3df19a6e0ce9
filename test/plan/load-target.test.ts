import { X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { resolveBySystem } from '../../src/plan/resolve';
import { caPem, leafPem } from './certificates';
import { makeFolder, manager, minimal } from './folder';

const folder = makeFolder();
const der = (pem: string): Uint8Array => new Uint8Array(new X509Certificate(pem).raw);
afterAll(() => {
  folder.remove();
});

test('the smallest file gives the documented ports and careful limits', async () => {
  const { target, warnings } = await folder.load(minimal());
  expect(warnings).toEqual([]);
  expect(target).toEqual({
    name: 'prod',
    version: null,
    managers: [
      {
        name: 'm1',
        address: '10.0.0.1',
        resolved: ['10.0.0.1'],
        hosts: [
          { host: '10.0.0.1', kind: 'ip', declaredAt: 'managers[0].address', scope: 'internal' },
          { host: '10.0.0.1', kind: 'ip', declaredAt: 'managers[0].address', scope: 'external' },
        ],
        ports: { http: 80, https: 443, internal: 53333, monitoring: 8009 },
        portMap: {},
        publicName: null,
        networks: {},
      },
    ],
    brokers: [],
    databases: [],
    tenants: [],
    ca: { internal: null, external: null },
    users: [],
    logs: [],
    vantage: null,
    defaults: 'try',
    limits: { requestsPerSecond: 7, connectTimeoutMs: 10_000, subjectTimeoutMs: 60_000, concurrency: 4 },
  });
});

test('every declared host is kept with its places and its scope', async () => {
  const { target } = await folder.load(
    manager(
      'address: M1.Example.',
      'hostname: m1.example',
      'publicName: cloudify.example.com',
      'addresses: ["fd00:0:0::1", bücher.example]',
      'networks: { default: 10.0.0.1, "dmz/1": m1-dmz.example }',
    ),
  );
  const [m1] = target.managers;
  expect(m1?.hosts.map(({ host, kind, scope, declaredAt }) => [scope, kind, host, declaredAt])).toEqual([
    ['internal', 'dns', 'm1.example', 'managers[0].address, managers[0].hostname'],
    ['internal', 'ip', 'fd00::1', 'managers[0].addresses[0]'],
    ['internal', 'dns', 'xn--bcher-kva.example', 'managers[0].addresses[1]'],
    ['internal', 'ip', '10.0.0.1', 'managers[0].networks.default'],
    ['internal', 'dns', 'm1-dmz.example', 'managers[0].networks["dmz/1"]'],
    ['external', 'dns', 'cloudify.example.com', 'managers[0].publicName'],
  ]);
  expect(m1).toMatchObject({
    address: 'm1.example',
    resolved: ['10.0.0.1'],
    publicName: 'cloudify.example.com',
    networks: { default: '10.0.0.1', 'dmz/1': 'm1-dmz.example' },
  });
});

test('a tunnel is dialled; the certificate must name the address, not the tunnel', async () => {
  const { target } = await folder.load(
    manager('address: 10.0.0.1', 'dial: "[::1]"', 'portMap: { 8101: 43121 }'),
  );
  const [m1] = target.managers;
  expect(m1).toMatchObject({ address: '::1', resolved: ['::1'], portMap: { 8101: 43121 } });
  expect(m1?.hosts.map(({ host }) => host)).toEqual(['10.0.0.1', '10.0.0.1']);
});

test('a name is resolved to all its addresses, each once', async () => {
  const { target } = await folder.load(manager('address: dual.example'));
  expect(target.managers[0]?.resolved).toEqual(['10.0.0.9', 'fd00::9']);
});

test('names are resolved as this machine resolves them', async () => {
  const { target } = await folder.load(manager('address: localhost'), { resolve: resolveBySystem });
  expect(['127.0.0.1', '::1']).toEqual(
    expect.arrayContaining([...(target.managers[0]?.resolved ?? ['none'])]),
  );
});

test('one machine may hold all roles', async () => {
  const { target } = await folder.load(
    minimal(
      'brokers: [{ name: m1, address: 10.0.0.1, ports: { amqps: 5673 } }]',
      'databases: [{ name: m1, address: 10.0.0.1, hostname: db1 }]',
    ),
  );
  expect(target.brokers[0]?.ports).toEqual({ amqps: 5673, management: 15671 });
  expect(target.databases[0]?.hosts.map(({ declaredAt }) => declaredAt)).toEqual([
    'databases[0].address',
    'databases[0].hostname',
  ]);
});

test('references are expanded in every string, and $${ is not one', async () => {
  const { target } = await folder.load(
    minimal('version: "${VERSION}"', 'tenants: ["${A}-${A}", "$${A}", "$A", "a$$"]'),
    { environment: { VERSION: '7.1', A: 'x${B}' } },
  );
  expect(target.version).toBe('7.1');
  expect(target.tenants).toEqual(['x${B}-x${B}', '${A}', '$A', 'a$$']);
});

test('credentials come from the environment, a file and a prompt, the prompt last', async () => {
  folder.write('alice.password', 'from the file \r\n');
  const asked: string[] = [];
  const { target, warnings } = await folder.load(
    minimal(
      'users:',
      '  - { username: bob, password: { prompt: true }, tenants: { tenant_b: viewer } }',
      "  - { name: alice-a, username: alice, password: { file: alice.password }, token: '${TOKEN}', systemRole: default }",
    ),
    {
      environment: { TOKEN: 'ctok-1' },
      prompt: (question) => {
        asked.push(question);
        return Promise.resolve('from the prompt');
      },
    },
  );
  const [bob, alice] = target.users;
  expect(bob?.password?.reveal()).toBe('from the prompt');
  expect(bob).toMatchObject({ name: 'bob', token: null, tenants: { tenant_b: 'viewer' }, systemRole: null });
  expect(alice?.password?.reveal()).toBe('from the file ');
  expect(alice?.token?.reveal()).toBe('ctok-1');
  expect(alice).toMatchObject({ name: 'alice-a', username: 'alice', systemRole: 'default' });
  expect(asked).toEqual(['Password of bob: ']);
  expect(target.tenants).toEqual(['tenant_b']);
  expect(warnings).toEqual([]);
});

test('nothing is asked while anything else is wrong', async () => {
  const broken = minimal(
    'users:',
    '  - { username: a, password: { prompt: true } }',
    "  - { username: b, token: '${T}' }",
  );
  expect(await folder.complaint(broken)).toMatch(/variable T is not set/);
  const later = minimal(
    'users: [{ username: a, password: { prompt: true } }]',
    'secrets: [{ name: s, value: { file: gone } }]',
  );
  expect(await folder.complaint(later)).toMatch(/"gone" cannot be read/);
});

test('CA files are read as PEM and DER, bundles and lists, each certificate once', async () => {
  folder.write('ca.pem', `Subject: Test CA\n${caPem}`);
  folder.write('both.pem', `${leafPem.replaceAll('\n', '\r\n')}${caPem}`);
  folder.write('ca.der', der(caPem));
  const { target, warnings } = await folder.load(
    minimal('ca:', '  internal: [ca.pem, both.pem]', '  external: ca.der'),
  );
  expect(target.ca).toEqual({ internal: [der(caPem), der(leafPem)], external: [der(caPem)] });
  expect(warnings).toEqual([
    `${join(folder.path, 'target.yaml')}:5: "both.pem" holds a certificate of no CA (at /ca/internal/1)`,
  ]);
  const { target: open } = await folder.load(minimal('ca: { external: system }'));
  expect(open.ca).toEqual({ internal: null, external: 'system' });
});

test('log paths start at the folder of the file; a glob may match nothing yet', async () => {
  folder.write('a.log', '');
  const { target } = await folder.load(
    minimal('logs: [{ node: m1, paths: [a.log, "gone/*.log", /var] }, { paths: [.] }]'),
  );
  expect(target.logs).toEqual([
    { node: 'm1', paths: [join(folder.path, 'a.log'), join(folder.path, 'gone/*.log'), '/var'] },
    { node: null, paths: [folder.path] },
  ]);
});

test('what is odd without being wrong is a warning', async () => {
  folder.write('open', 'secret\n', 0o644);
  const { warnings } = await folder.load(
    minimal('users: [{ username: a, password: { file: open } }]', 'limits: { requestsPerSecond: 20 }'),
  );
  expect(warnings.map((warning) => warning.replace(`${folder.path}/`, ''))).toEqual([
    'target.yaml:4: everybody on this machine can read "open"; its mode should be 0600 (at /users/0/password/file)',
    'target.yaml:5: a manager answers 503 beyond 10 requests a second, and the audit then slows down; more is for a port behind its nginx (at /limits/requestsPerSecond)',
  ]);
});

test('limits are written in seconds', async () => {
  const { target } = await folder.load(
    minimal('limits: { connectTimeout: 0.5, subjectTimeout: 90, concurrency: 2 }'),
  );
  expect(target.limits).toEqual({
    requestsPerSecond: 7,
    connectTimeoutMs: 500,
    subjectTimeoutMs: 90_000,
    concurrency: 2,
  });
});

test('of several unresolvable names the first in the file is told, whichever fails first', async () => {
  const slowFirst = (name: string): Promise<readonly string[]> =>
    new Promise((_resolve, reject) => {
      setTimeout(
        () => {
          reject(new Error('gone'));
        },
        name === 'a.example' ? 20 : 0,
      );
    });
  const two =
    'name: x\nmanagers:\n  - { name: a, address: a.example }\n  - { name: b, address: b.example }\n';
  expect(await folder.complaint(two, { resolve: slowFirst })).toMatch(/"a.example" cannot be resolved/);
});

test('hosts of CRL and OCSP services, and lists of weak keys', async () => {
  folder.write('weak', `# by hand\n${'AB'.repeat(10)}\n\n`);
  const { target } = await folder.load(
    minimal('ca: { online: [PKI.example.org:80, "10.0.0.9:8080"] }', 'weakKeys: { 2048: weak }'),
  );
  expect(target.ca.online).toEqual(['pki.example.org', '10.0.0.9:8080']);
  expect(target.weakKeys).toEqual(new Map([[2048, new Set(['ab'.repeat(10)])]]));
});
