import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { targetTemplate } from '../../src/plan';
import { caPem } from './certificates';
import { makeFolder } from './folder';

const folder = makeFolder();
afterAll(() => {
  folder.remove();
});

/** Every example of the template switched on. */
const everything = targetTemplate()
  .replaceAll(/^(\s*)#(?! )(?=\S)/gm, '$1')
  .replaceAll(/^#(?= {2,})/gm, '');

test('the template is a target file as it stands', async () => {
  const { target, warnings } = await folder.load(targetTemplate());
  expect(target).toMatchObject({ name: 'my-cloudify', managers: [{ address: '192.0.2.10' }], users: [] });
  expect(warnings).toEqual([]);
});

test('and with every example switched on', async () => {
  folder.write('cloudify_internal_ca_cert.pem', caPem);
  folder.write('audit-admin.token', 'ctok-1\n');
  folder.write('broker.password', 'Kd81-Lq0z\n');
  folder.write('fingerprints.key', 'nine-and-twenty-characters-ok\n');
  for (const file of [
    'monitoring.password',
    'audit-gone.password',
    'audit-gone.token',
    'audit-dora.password',
  ])
    folder.write(file, 'x1y2\n');
  folder.write('audit-dora-expired.token', 'ctok-2\n');
  folder.write(
    'endpoints.yaml',
    'endpoints: [{ id: GET /zones, method: GET, path: /zones, versions: [v3.1], probe: read }]\n',
  );
  for (const bits of ['1024', '2048', '3072', '4096']) folder.write(`RSA-${bits}`, `${'0'.repeat(20)}\n`);
  folder.write('cloudify_internal_ca.crl', '-----BEGIN X509 CRL-----\nMAA=\n-----END X509 CRL-----\n');
  const folders = [
    'manager-1/var/log/cloudify',
    'manager-1/etc/cloudify/ssl',
    'agent-7/cloudify/ssl',
    'alice/.cloudify',
  ];
  for (const path of folders) mkdirSync(join(folder.path, path), { recursive: true });
  const environment = { ALICE_PASSWORD: 'hunter2' };
  const loaded = await folder.load(everything, { environment, prompt: () => Promise.resolve('hunter3') });
  expect(loaded.target).toMatchObject({
    brokers: [{ name: 'rabbit-1' }],
    users: [{ name: 'alice' }, {}, {}, {}],
  });
  expect(loaded.warnings).toEqual([]);
});

test('it shows every key that a target file may have', () => {
  const shown = keysOf(parse(everything));
  const schema = JSON.parse(
    readFileSync(join(__dirname, '../../src/plan/target.schema.json'), 'utf8'),
  ) as unknown;
  const known = propertiesOf(schema);
  expect(known.size).toBeGreaterThan(25);
  expect([...known].filter((key) => !shown.has(key))).toEqual([]);
});

function keysOf(value: unknown, keys = new Set<string>()): Set<string> {
  if (value !== null && typeof value === 'object') {
    for (const [key, inner] of Object.entries(value)) keysOf(inner, keys.add(key));
  }
  return keys;
}

function propertiesOf(schema: unknown, keys = new Set<string>()): Set<string> {
  if (schema !== null && typeof schema === 'object') {
    for (const [key, inner] of Object.entries(schema)) {
      if (key === 'properties') for (const name of Object.keys(inner as object)) keys.add(name);
      propertiesOf(inner, keys);
    }
  }
  return keys;
}
