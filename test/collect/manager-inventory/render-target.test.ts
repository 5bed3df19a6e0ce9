import fc from 'fast-check';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { renderTarget, type Inventory, type RenderOptions } from '../../../src/collect/manager-inventory';
import { readBrokers, readDatabases, readManagers } from '../../../src/collect/manager-inventory/read-parts';
import { comment, scalar } from '../../../src/collect/manager-inventory/yaml-text';
import { loadTarget, type LoadedTarget } from '../../../src/plan';
import { parseSource } from '../../../src/schema/document';
import { makePki, type Pki } from '../../protocol/http/pki';
import { allInOne, ask, canaries, startManager } from './manager';

let folder: string;
let pki: Pki;
beforeAll(() => {
  pki = makePki();
  folder = mkdtempSync(join(tmpdir(), 'cfy-audit-render-'));
  writeFileSync(join(folder, 'internal-ca.pem'), pki.caPem);
});
afterAll(() => {
  pki.remove();
  rmSync(folder, { recursive: true });
});

const unknown = { state: 'unknown', reason: 'not asked' } as const;
const nothing: Inventory = {
  asked: { host: '10.0.0.5', port: 443 },
  trust: 'verified',
  version: unknown,
  self: unknown,
  managers: unknown,
  brokers: unknown,
  databases: unknown,
  tenants: unknown,
  ports: unknown,
  caCertificates: [],
};
const known = <T>(value: T): { readonly state: 'known'; readonly value: T } => ({ state: 'known', value });

/** Loads what was rendered as the tool loads a target file. Names are not resolved by the network. */
function load(inventory: Inventory, options?: RenderOptions): Promise<LoadedTarget> {
  const file = join(folder, 'target.yaml');
  writeFileSync(file, renderTarget(inventory, options));
  return loadTarget(file, {
    environment: { CFY_AUDIT_ADMIN_PASSWORD: 'from-env', CFY_AUDIT_ADMIN_TOKEN: 'ctok-from-env' },
    prompt: () => Promise.reject(new Error('no prompt')),
    resolve: () => Promise.resolve(['203.0.113.1']),
  });
}

test('what an all-in-one manager tells becomes a target: one machine with three roles', async () => {
  const manager = await startManager(pki, allInOne(pki));
  const inventory = await ask(pki, manager.port);
  manager.stop();
  const { target, warnings } = await load(inventory, { caFile: 'internal-ca.pem' });
  expect(warnings).toEqual(
    [expect.stringMatching(/holds a certificate of no CA|admin/)].slice(0, warnings.length),
  );
  expect(target).toMatchObject({
    name: '127.0.0.1',
    version: '7.1.0',
    managers: [
      {
        name: 'cfy-manager.example',
        address: '127.0.0.1',
        publicName: 'manager.example',
        ports: { http: 80, https: manager.port, internal: 53334, monitoring: 8009 },
        networks: { default: '10.0.0.5', dmz: '192.168.7.5' },
      },
    ],
    brokers: [{ name: 'cfy-manager.example', address: '127.0.0.1', ports: { amqps: 5671 } }],
    databases: [{ name: 'cfy-manager.example', address: '127.0.0.1' }],
    tenants: ['default_tenant', 'tenant ${HOME} "b"'],
    ca: { internal: [expect.any(Uint8Array)], external: null },
    users: [{ username: 'admin', systemRole: 'sys_admin', token: null }],
  });
  expect(target.managers[0]?.hosts.map(({ host }) => host)).toEqual(
    expect.arrayContaining(['10.0.0.5', 'cfy-manager.example', 'manager.example', '192.168.7.5']),
  );
  expect(target.users[0]?.password?.reveal()).toBe('from-env');
  const rendered = renderTarget(inventory, { caFile: 'internal-ca.pem' });
  for (const canary of Object.values(canaries)) expect(rendered).not.toContain(canary);
});

test('a cluster', async () => {
  const node = (n: number): object => ({
    name: `rabbit-${n}`,
    host: `10.0.1.${n}`,
    networks: { default: `10.0.1.${n}` },
  });
  const { target } = await load({
    ...nothing,
    managers: known(
      readManagers({
        items: [1, 2].map((n) => ({
          hostname: `m${n}`,
          private_ip: `10.0.0.${n}`,
          public_ip: `10.0.0.${n}`,
        })),
      }),
    ),
    brokers: known(readBrokers({ items: [1, 2, 3].map(node) })),
    databases: known(readDatabases({ items: [{ name: '10.0.2.1', host: '10.0.2.1', is_external: true }] })),
    ports: known({ internal: 443, amqps: 5674 }),
  });
  expect(target.managers.map(({ name, address, publicName }) => [name, address, publicName])).toEqual([
    ['m1', '10.0.0.1', null],
    ['m2', '10.0.0.2', null],
  ]);
  expect(target.brokers.map(({ name, ports }) => [name, ports.amqps])).toEqual([
    ['rabbit-1', 5674],
    ['rabbit-2', 5674],
    ['rabbit-3', 5674],
  ]);
  expect(target.databases.map(({ address }) => address)).toEqual(['10.0.2.1']);
});

test('two machines that call themselves the same get two names', async () => {
  const { target } = await load({
    ...nothing,
    managers: known(readManagers({ items: [{ hostname: 'node', private_ip: '10.0.0.1' }] })),
    brokers: known(
      readBrokers({
        items: [
          { name: 'x', host: '10.0.0.9' },
          { name: 'x', host: '10.0.0.8' },
        ],
      }),
    ),
  });
  expect(target.brokers.map(({ name, address }) => [name, address])).toEqual([
    ['x', '10.0.0.9'],
    ['x-broker', '10.0.0.8'],
  ]);
});

test('where nothing is known the file says so, and is still a target', async () => {
  const { target } = await load(nothing, { credential: 'token' });
  expect(target.managers).toMatchObject([{ name: 'manager-1', address: '10.0.0.5' }]);
  expect(target.users[0]?.token?.reveal()).toBe('ctok-from-env');
  const text = renderTarget({ ...nothing, trust: 'unverified' });
  expect(text.match(/not established: not asked/g)).toHaveLength(5);
  expect(text).toContain('WITHOUT verifying');
});

test('the file with every comment line of the examples opened is still valid', () => {
  const opened = renderTarget(nothing).replaceAll(
    /^( *)# (?= *(- username: auditor|password|tenants: \{|ca:|internal|external|logs:|- paths))/gm,
    '$1',
  );
  expect(() => parseSource(opened, 't.yaml')).not.toThrow();
  expect(parseSource(opened, 't.yaml').value).toMatchObject({
    users: [{}, { username: 'auditor-a', tenants: { tenant_a: 'user' } }],
    ca: { internal: 'internal-ca.pem', external: 'system' },
    logs: [{ paths: ['./logs'] }],
  });
});

test('any string survives as a scalar, and none escapes from a comment', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' })), (value) => {
      const line = `key: ${scalar(value)}`;
      expect(parseSource(line, 't').value).toEqual({ key: value.split('${').join('$${') });
      expect(parseSource(`${comment(value).join('\n')}\nkey: 1`, 't').value).toEqual({ key: 1 });
    }),
    { numRuns: 1000 },
  );
  for (const word of [
    'true',
    'no',
    '1e3',
    '7.1',
    '0x1',
    '',
    '~',
    '- a',
    '10.0.0.5',
    'a: b',
    '2026-01-01',
    '<<',
    'NaN',
    '.inf',
    'null',
  ]) {
    expect(parseSource(`k: ${scalar(word)}`, 't').value).toEqual({ k: word });
  }
});
