import { chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { makeFolder, run } from './binary';

let server: Server;
let port = 0;
let connections = 0;

/** Every target below names this server: bad input must be refused before anything reaches it. */
beforeAll(async () => {
  server = createServer((socket) => {
    connections++;
    socket.destroy();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => server.close());

const target = (): string => `name: trial
managers:
  - name: manager-1
    address: 127.0.0.1
    ports: { http: ${port}, https: ${port}, internal: ${port}, monitoring: ${port} }
`;

interface Case {
  readonly files: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly says: RegExp;
}

const cases: Readonly<Record<string, () => Case>> = {
  'unknown key': () => ({
    files: { 't.yaml': `${target()}brokrs: []\n` },
    says: /t\.yaml:6: unknown key "brokrs".*\/brokrs/,
  }),
  'wrong type': () => ({ files: { 't.yaml': `${target()}version: [7]\n` }, says: /t\.yaml:6: .*\/version/ }),
  'not YAML': () => ({ files: { 't.yaml': 'name: [\n' }, says: /t\.yaml:\d+: / }),
  'missing target': () => ({ files: {}, says: /t\.yaml.*no such file/ }),
  'missing CA file': () => ({
    files: { 't.yaml': `${target()}ca: { internal: nowhere.pem }\n` },
    says: /t\.yaml:6: .*nowhere\.pem.*\/ca\/internal/,
  }),
  'bad PEM': () => ({
    files: {
      't.yaml': `${target()}ca: { internal: ca.pem }\n`,
      'ca.pem': '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n',
    },
    says: /t\.yaml:6: .*ca\.pem.*\/ca\/internal/,
  }),
  'unset environment variable': () => ({
    files: { 't.yaml': `${target()}users:\n  - { username: a, password: '\${CFY_AUDIT_UNSET}' }\n` },
    says: /t\.yaml:7: .*CFY_AUDIT_UNSET.*\/users\/0\/password/,
  }),
  'password in clear': () => ({
    files: { 't.yaml': `${target()}users:\n  - { username: a, password: Sw0rdfish-Canary }\n` },
    says: /t\.yaml:7: .*\/users\/0\/password/,
  }),
  'host that does not resolve': () => ({
    files: { 't.yaml': 'name: t\nmanagers:\n  - { name: m, address: manager.invalid }\n' },
    says: /t\.yaml:3: .*manager\.invalid.*\/managers\/0\/address/,
  }),
  'expired waiver': () => ({
    files: {
      't.yaml': target(),
      'w.yaml': '- { rule: CFY-TLS-14, subject: "*", reason: known, owner: ops, expires: 2020-01-31 }\n',
    },
    args: ['--waivers', 'w.yaml'],
    says: /w\.yaml:1: .*CFY-TLS-14.*expired on 2020-01-31/,
  }),
  'waiver for no rule': () => ({
    files: {
      't.yaml': target(),
      'w.yaml': '- { rule: CFY-TLS-99, subject: "*", reason: known, owner: ops, expires: 2999-01-31 }\n',
    },
    args: ['--waivers', 'w.yaml'],
    says: /w\.yaml:1: .*CFY-TLS-99/,
  }),
  'waiver without an owner': () => ({
    files: {
      't.yaml': target(),
      'w.yaml': '- { rule: CFY-TLS-14, subject: "*", reason: known, expires: 2999-01-31 }\n',
    },
    args: ['--waivers', 'w.yaml'],
    says: /w\.yaml:1: missing key "owner"/,
  }),
  'unknown profile': () => ({ files: { 't.yaml': target() }, args: ['--profile', 'lax'], says: /lax/ }),
  'unknown format': () => ({
    files: { 't.yaml': target() },
    args: ['--format', 'docx'],
    says: /--format docx: must be one of/,
  }),
  'unknown option': () => ({
    files: { 't.yaml': target() },
    args: ['--fastest'],
    says: /unknown option '--fastest'/,
  }),
  'coverage above 100': () => ({
    files: { 't.yaml': target() },
    args: ['--min-coverage', '101'],
    says: /Must be 0 to 100/,
  }),
  'output that is a file': () => ({
    files: { 't.yaml': target(), out: '' },
    args: ['--output', 'out'],
    says: /out: cannot be written/,
  }),
};

test.each(Object.keys(cases))('%s: one message, exit 2, not one packet', async (name) => {
  const { files, args = [], env = {}, says } = (cases[name] as () => Case)();
  const folder = makeFolder();
  for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
  const before = connections;
  const ran = await run(['scan', 't.yaml', ...args], { cwd: folder, env });
  expect(ran.err).toMatch(says);
  expect(ran.code).toBe(2);
  expect(ran.err).not.toMatch(/\n\s+at |Canary/);
  expect(connections).toBe(before);
  expect(existsSync(join(folder, 'reports'))).toBe(false);
});

test.each([
  ['http://127.0.0.1', /https/],
  ['https://admin:Sw0rdfish-Canary@127.0.0.1', /credential/i],
  ['https://manager.invalid', /manager\.invalid/],
])('the URL %s is refused', async (url, says) => {
  const ran = await run(['scan', url], { cwd: makeFolder() });
  expect(ran.err).toMatch(says);
  expect(ran.err).not.toContain('Canary');
  expect(ran.code).toBe(2);
});

test('a bundle that was changed after it was written is refused', async () => {
  const folder = makeFolder();
  const collected = await run(['collect', `https://127.0.0.1:${port}`, '--quiet'], { cwd: folder });
  expect(collected.code).toBe(0);
  const file = join(folder, 'evidence.json');
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, text.replace('"interrupted": false', '"interrupted": true'));
  const ran = await run(['evaluate', 'evidence.json'], { cwd: folder });
  expect(ran.err).toMatch(/evidence\.json.*digest/);
  expect(ran.code).toBe(2);
});

test('a folder that cannot be written is refused before the first packet', async () => {
  if (process.getuid?.() === 0) return; // root writes everywhere
  const folder = makeFolder();
  writeFileSync(join(folder, 't.yaml'), target());
  chmodSync(folder, 0o500);
  const before = connections;
  const ran = await run(['scan', 't.yaml'], { cwd: folder });
  expect(ran.code).toBe(2);
  expect(connections).toBe(before);
  expect(readdirSync(folder)).toEqual(['t.yaml']);
});
