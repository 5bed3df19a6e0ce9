import { fieldsOf, textOf } from '../../../../src/collect/api/contents/fields';
import { openFindings } from '../../../../src/collect/api/contents/findings';
import { literalPassword } from '../../../../src/collect/api/contents/literal-fields';
import { readList, type Ask } from '../../../../src/collect/api/contents/read-list';
import { openTextSearch } from '../../../../src/collect/log-secrets/lines';
import type { ContentLeak } from '../../../../src/model/rest-secrets';
import type { HttpAnswered } from '../../../../src/protocol/http';

const key = Buffer.from('for this test alone');

/** Searches objects as the collector does. */
function search(objects: Readonly<Record<string, unknown>>, known: string[] = []): readonly ContentLeak[] {
  const findings = openFindings(key);
  const engine = openTextSearch(known.map((value, n) => ({ name: `declared ${String(n)}`, value })));
  for (const [name, value] of Object.entries(objects)) {
    const { fields } = fieldsOf(value);
    engine.search(
      fields.map((field) => textOf(name, field)),
      (sighting) => {
        findings.note(sighting);
      },
    );
    for (const field of fields) {
      const literal = literalPassword(`${name} ${field.path}`, field);
      if (literal !== null) findings.note(literal);
    }
  }
  return [...findings.leaks(), ...findings.privateKeys()];
}

const leaky: readonly (readonly [string, unknown, string])[] = [
  ['an input', { inputs: { db_password: 'copper-kettle' } }, 'inputs.db_password'],
  [
    'a default in a blueprint',
    { plan: { inputs: { vsphere_password: { type: 'string', default: 'Hq71-xxk!' } } } },
    'plan.inputs.vsphere_password.default',
  ],
  ['a number', { properties: { admin_passwd: 4711880 } }, 'properties.admin_passwd'],
  ['a list', { parameters: { password: ['K8#mulberry'] } }, 'parameters.password[0]'],
  [
    'a script',
    { properties: { user_data: '#cloud-config\nchpasswd:\n  list: |\n    root:x\npassword: Tr0ub4dor&3\n' } },
    'properties.user_data',
  ],
  [
    'a URL',
    { runtime_properties: { endpoint: 'amqps://cloudify:s3cr3t-Wx@10.0.0.5:5671' } },
    'runtime_properties.endpoint',
  ],
  [
    'a token',
    {
      operations: {
        start: { inputs: { env: { CI_TOKEN: 'ghp_aB3dE5gH7jK9mN1pQ3sT5vX7zA2cD4fG6hJ8' } } },
      },
    },
    'operations.start.inputs.env.CI_TOKEN',
  ],
  [
    'JSON within a text',
    { parameters: { body: '{"client_secret": "bK4_9xT-Lm2pQ8vR.s7W"}' } },
    'parameters.body',
  ],
];

test.each(leaky)('%s that holds a credential is found, at its field', (_name, object, path) => {
  const leaks = search({ 'things/x': object });
  expect(leaks.map(({ place }) => place)).toEqual([`things/x ${path}`]);
  expect(['high', 'medium']).toContain(leaks[0]?.confidence);
});

const honest: readonly (readonly [string, unknown])[] = [
  ['a reference to a secret', { inputs: { db_password: { get_secret: 'db_password' } } }],
  ['a reference within a reference', { properties: { password: { get_secret: { get_input: 'which' } } } }],
  [
    'the declaration of an input',
    {
      plan: {
        inputs: { password: { type: 'string', description: 'Password of the database', required: true } },
      },
    },
  ],
  ['a mask', { inputs: { password: '********' }, runtime_properties: { password: '' } }],
  ['a template', { properties: { password: '{{ admin_password }}', db_password: '${DB_PASSWORD}' } }],
  ['where a password is', { properties: { password_file: '/root/.pgpass', password_policy: 'strict-12' } }],
  [
    'a hash and an id',
    { plan: { checksum: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08' } },
  ],
  ['a switch', { properties: { use_password: true, password: null, token_ttl: 3600 } }],
  [
    'a public key',
    { properties: { public_key: `ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQC7${'q'.repeat(80)} agents` } },
  ],
];

test.each(honest)('%s is none', (_name, object) => {
  expect(search({ 'things/x': object })).toEqual([]);
});

test('a known value is found wherever it stands, and its place does not repeat it', () => {
  const leaks = search({ 'deployments/Zx81-Quux': { labels: [{ 'Zx81-Quux': 'Zx81-Quux' }] } }, [
    'Zx81-Quux',
  ]);
  expect(leaks).toMatchObject([
    { detector: 'known-value', count: 1, place: 'deployments/[secret] labels[0].[secret]' },
  ]);
  expect(JSON.stringify(leaks)).not.toContain('Zx81');
});

test('one secret in many places is one finding that names them', () => {
  const value = { inputs: { password: 'K8#mulberry' } };
  const leaks = search({ a: value, b: value, c: { message: 'login with password=K8#mulberry failed' } });
  expect(leaks).toMatchObject([
    { place: 'a inputs.password', alsoIn: ['b inputs.password', 'c message'], count: 3 },
  ]);
});

test('private keys, multi-line or escaped, are told apart', () => {
  const body = Buffer.from(Array.from({ length: 96 }, (_, n) => (n * 89) % 251)).toString('base64');
  const pem = `-----BEGIN EC PRIVATE KEY-----\n${body.slice(0, 64)}\n${body.slice(64)}\n-----END EC PRIVATE KEY-----\n`;
  const findings = openFindings(key);
  const { fields } = fieldsOf({ runtime_properties: { key_content: pem } });
  openTextSearch([]).search(
    fields.map((field) => textOf('i', field)),
    (sighting) => {
      findings.note(sighting);
    },
  );
  expect(findings.leaks()).toEqual([]);
  expect(findings.privateKeys()).toMatchObject([{ place: 'i runtime_properties.key_content' }]);
});

const page = (items: readonly unknown[], total: unknown = items.length, status = 200): HttpAnswered => {
  const body = Buffer.from(JSON.stringify({ items, metadata: { pagination: { total } } }));
  return {
    kind: 'answer',
    status,
    headers: [['Content-Type', 'application/json']],
    body,
    bodyBytes: body.length,
    complete: true,
  } as unknown as HttpAnswered;
};
const list = { path: '/api/v3.1/things', query: '', size: 2, optional: false };

async function read(ask: Ask, optional = false): Promise<{ taken: unknown[]; told: unknown }> {
  const taken: unknown[] = [];
  const {
    total,
    read: count,
    complete,
    reason,
  } = await readList({ ...list, optional }, ask, (item) => taken.push(item));
  return { taken, told: [total, count, complete, reason] };
}

test('pages are read to the last', async () => {
  const asked: string[] = [];
  const { taken, told } = await read((path) => {
    asked.push(path);
    return Promise.resolve(page(asked.length < 3 ? [asked.length, 'x'] : ['last'], 5));
  });
  expect(asked.map((path) => path.split('?')[1])).toEqual([
    '_size=2&_offset=0',
    '_size=2&_offset=2',
    '_size=2&_offset=4',
  ]);
  expect(taken).toHaveLength(5);
  expect(told).toEqual([5, 5, true, null]);
});

test.each<[string, Ask, unknown]>([
  ['a refusal', () => Promise.resolve(page([], 0, 403)), [null, 0, false, 'the manager answered 403']],
  ['a failure', () => Promise.resolve({ reason: 'connection reset' }), [null, 0, false, 'connection reset']],
  [
    'no more requests',
    () => Promise.resolve(null),
    [null, 0, false, 'the audit stops here, so as not to burden the manager'],
  ],
  [
    'fewer than counted',
    () => Promise.resolve(page([], 7)),
    [7, 0, false, 'the manager counts 7 and hands out 0'],
  ],
  [
    'a log-in page',
    () => Promise.resolve({ ...page([]), body: Buffer.from('<html>'), bodyBytes: 6 }),
    [null, 0, false, 'an answer is no list of the manager'],
  ],
  [
    'an answer that was cut',
    () => Promise.resolve({ ...page([1]), bodyBytes: 99_999_999 }),
    [null, 0, false, 'an answer was too long or was cut'],
  ],
])('%s is no end of a list', async (_name, ask, told) => {
  expect((await read(ask)).told).toEqual(told);
});

test('a list that a version does not have holds nothing, and one it must have is missed', async () => {
  const gone: Ask = () => Promise.resolve(page([], 0, 404));
  expect((await read(gone, true)).told).toEqual([0, 0, true, 'this manager has no such list']);
  expect((await read(gone)).told).toEqual([null, 0, false, 'the manager answered 404']);
});

test('a value of any depth and size is read within bounds', () => {
  let deep: unknown = 'x';
  for (let n = 0; n < 1000; n++) deep = { n: deep };
  expect(fieldsOf(deep)).toEqual({ fields: [], complete: false });
  expect(fieldsOf(Array.from({ length: 200_001 }, () => 'x')).complete).toBe(false);
});
