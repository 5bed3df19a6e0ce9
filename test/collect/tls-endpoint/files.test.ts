import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createKey, issueCertificate, type Issued, keyPem } from '../../../fixtures/pki/write-certificate';
import { openLibrary } from '../../../src/collect/tls-endpoint/files';
import type { TlsEndpoint } from '../../../src/model/tls-endpoint';
import { type CertificateSource, secret } from '../../../src/model/target';
import { parseCertificate } from '../../../src/protocol/x509';
import { managerOf, targetOf } from '../run-target';

const folder = mkdtempSync(join(tmpdir(), 'cfy-audit-files-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});
const now = new Date();
const dates = { notBefore: new Date(now.getTime() - 1e7), notAfter: new Date(now.getTime() + 1e9) };
const ca = issueCertificate({ ...dates, subject: 'CN=ca', key: createKey({ kind: 'ec' }), ca: true });
const other = issueCertificate({ ...dates, subject: 'CN=other', key: createKey({ kind: 'ec' }), ca: true });
const leaf = issueCertificate({ ...dates, subject: 'CN=m', key: createKey({ kind: 'ec' }), issuer: ca });
const old = issueCertificate({ ...dates, subject: 'CN=m', key: createKey({ kind: 'ec' }), issuer: ca });

let count = 0;
/** Writes files below a folder of their own and returns it. */
function tree(files: Readonly<Record<string, string | Uint8Array>>): string {
  count += 1;
  const top = join(folder, String(count));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(top, path)), { recursive: true });
    writeFileSync(join(top, path), content);
  }
  return top;
}

const source = (path: string, more: Partial<CertificateSource> = {}): CertificateSource => ({
  node: 'm1',
  holder: 'node',
  paths: [path],
  password: null,
  ...more,
});

const managers = [
  {
    ...managerOf({ ports: { http: 80, https: 443, internal: 53333, monitoring: 8009 } }),
    name: 'm1',
    address: '10.0.0.5',
    publicName: 'cfy.example.com',
  },
];

function compare(
  sources: readonly CertificateSource[],
  chain: readonly Issued[] = [leaf],
  endpoint: Partial<Parameters<ReturnType<typeof openLibrary>['compare']>[1]> = {},
): Promise<Pick<TlsEndpoint, 'disk' | 'pins'>> {
  const library = openLibrary(targetOf({ certificates: sources, managers }), []);
  return library.compare(
    chain.map(({ der }) => parseCertificate(der)),
    { service: 'rest-internal', node: 'm1', documentedPort: 443, serverName: null, ...endpoint },
    now,
  );
}

const ssl = 'etc/cloudify/ssl';
const cert = `${ssl}/cloudify_internal_cert.pem`;
const key = `${ssl}/cloudify_internal_key.pem`;

describe('what is served against what lies on disk', () => {
  test.each<[string, Readonly<Record<string, string>>, Partial<TlsEndpoint['disk']>]>([
    [
      'the same, with its key',
      { [cert]: leaf.pem, [key]: keyPem(leaf.key) },
      { state: 'same', key: 'matches', mismatch: null },
    ],
    [
      'the same, without a key',
      { [cert]: leaf.pem + ca.pem },
      { state: 'same', key: 'not-found', mismatch: null },
    ],
    [
      'the same, with the key of another',
      { [cert]: leaf.pem, [key]: keyPem(old.key) },
      { state: 'same', key: 'other', mismatch: expect.stringContaining('is not the key') as string },
    ],
    [
      'another',
      { [cert]: old.pem },
      { state: 'other', mismatch: expect.stringContaining('not restarted') as string },
    ],
    ['a file without a certificate', { [cert]: 'nothing' }, { state: 'unreadable', mismatch: null }],
    [
      'no file of that name',
      { [`${ssl}/rabbitmq-cert.pem`]: leaf.pem },
      { state: 'not-found', mismatch: null },
    ],
    [
      'a backup elsewhere does not count',
      { [cert]: old.pem, [`backup/cloudify_internal_cert.pem`]: leaf.pem },
      { state: 'other' },
    ],
    [
      'two copies of which one fits',
      { 'a/cloudify_internal_cert.pem': old.pem, 'b/cloudify_internal_cert.pem': leaf.pem },
      { state: 'ambiguous', mismatch: null },
    ],
  ])('%s', async (_, files, expected) => {
    expect((await compare([source(tree(files))])).disk).toMatchObject(expected);
  });

  test('files of another node, or of nobody, say nothing', async () => {
    const path = tree({ [cert]: old.pem });
    expect((await compare([source(path, { node: 'm2' })])).disk.state).toBe('not-declared');
    expect((await compare([source(path, { holder: 'agent' })])).disk.state).toBe('not-declared');
    expect((await compare([])).disk.state).toBe('not-declared');
  });

  test('users may meet the external certificate or, without one, the internal', async () => {
    const path = tree({ [cert]: leaf.pem, [`${ssl}/cloudify_external_cert.pem`]: old.pem });
    const outside = { service: 'rest-external' as const };
    expect((await compare([source(path)], [leaf], outside)).disk.state).toBe('same');
    expect((await compare([source(path)], [old], outside)).disk.state).toBe('same');
    expect((await compare([source(path)], [other], outside)).disk.state).toBe('other');
  });

  test('the CA of generate-test-cert is recognised by the signature, not by a name', async () => {
    const path = tree({ [cert]: leaf.pem, 'root/.cloudify-test-ca/ca.crt': ca.pem });
    expect((await compare([source(path)])).disk.testCa).toContain('.cloudify-test-ca/ca.crt');
    const stranger = tree({ [cert]: leaf.pem, 'root/.cloudify-test-ca/ca.crt': other.pem });
    expect((await compare([source(stranger)])).disk.testCa).toBeNull();
  });
});

describe('what agents and profiles trust', () => {
  const agent = (pem: string): CertificateSource =>
    source(tree({ 'cloudify/ssl/cloudify_internal_cert.pem': pem }), { holder: 'agent', node: 'a1' });
  const profile = (context: object, files: Readonly<Record<string, string>> = {}): CertificateSource => {
    const inside = Object.entries(files).map(([path, pem]) => [`.cloudify/profiles/p/${path}`, pem]);
    const text = JSON.stringify({
      rest_port: 443,
      rest_protocol: 'https',
      manager_password: 'S3cret-pw',
      ...context,
    });
    return source(
      tree({
        '.cloudify/profiles/p/context.json': text,
        ...(Object.fromEntries(inside) as Record<string, string>),
      }),
      {
        holder: 'cli',
        node: 'alice',
      },
    );
  };

  test('an agent verifies what its CA signed, and says what it refuses', async () => {
    const { pins } = await compare([agent(ca.pem), agent(other.pem)]);
    expect(pins.map(({ verifies }) => verifies)).toEqual([true, false]);
    expect(pins[1]?.refusal).toMatch(/does not verify what is served: "CN=m" was issued by "CN=ca"/);
    expect((await compare([agent('')])).pins).toMatchObject([{ verifies: null, refusal: null }]);
    expect((await compare([agent(ca.pem)], [leaf], { service: 'monitoring' })).pins).toEqual([]);
  });

  test('a date is not what an agent is asked about', async () => {
    const ended = { notBefore: new Date(0), notAfter: new Date(1e9) };
    const past = issueCertificate({ ...ended, subject: 'CN=m', key: leaf.key, issuer: ca });
    expect((await compare([agent(ca.pem)], [past])).pins).toMatchObject([{ verifies: true }]);
  });

  test.each<
    [
      string,
      object,
      Readonly<Record<string, string>>,
      Partial<Parameters<typeof compare>[2]>,
      readonly object[],
    ]
  >([
    ['by address', { manager_ip: '10.0.0.5' }, { 'public_rest_cert.crt': ca.pem }, {}, [{ verifies: true }]],
    [
      'by address, another CA',
      { manager_ip: '10.0.0.5' },
      { 'public_rest_cert.crt': other.pem },
      {},
      [{ verifies: false }],
    ],
    [
      'by the public name',
      { manager_ip: 'CFY.example.com' },
      { 'public_rest_cert.crt': ca.pem },
      { service: 'rest-external', serverName: 'cfy.example.com' },
      [{ verifies: true }],
    ],
    [
      'by the public name, not by address',
      { manager_ip: 'cfy.example.com' },
      { 'public_rest_cert.crt': ca.pem },
      {},
      [],
    ],
    ['another manager', { manager_ip: '10.9.9.9' }, { 'public_rest_cert.crt': ca.pem }, {}, []],
    [
      'another port',
      { manager_ip: '10.0.0.5', rest_port: 80, rest_protocol: 'http' },
      { 'public_rest_cert.crt': ca.pem },
      {},
      [],
    ],
    [
      'no file of its CA',
      { manager_ip: '10.0.0.5', rest_certificate: '/home/alice/ca.pem' },
      {},
      {},
      [{ verifies: null }],
    ],
    [
      'a file of its own name',
      { manager_ip: '10.0.0.5', rest_certificate: '/home/alice/mine.pem' },
      { 'mine.pem': ca.pem, 'public_rest_cert.crt': other.pem },
      {},
      [{ verifies: true }],
    ],
  ])('a profile that dials %s', async (_, context, files, endpoint, expected) => {
    const { pins } = await compare([profile(context, files)], [leaf], endpoint);
    expect(pins).toMatchObject(expected);
    expect(pins).toHaveLength(expected.length);
    expect(JSON.stringify(pins)).not.toContain('S3cret');
  });

  test('a profile finds the file that it names in the copy of another folder', async () => {
    const path = tree({ [`${ssl}/cloudify_internal_ca_cert.pem`]: ca.pem });
    const { pins } = await compare([
      profile({
        manager_ip: '10.0.0.5',
        rest_certificate: '/etc/cloudify/ssl/cloudify_internal_ca_cert.pem',
      }),
      source(path),
    ]);
    expect(pins).toMatchObject([
      { holder: 'cli', verifies: true, path: join(path, ssl, 'cloudify_internal_ca_cert.pem') },
    ]);
  });
});

describe('the evidence about files', () => {
  const observe = async (declared: CertificateSource): Promise<unknown> => {
    const [task] = openLibrary(targetOf({ certificates: [declared] }), [parseCertificate(ca.der)]).tasks;
    return task?.collect({ now: () => now } as never);
  };

  test('tells keys by what they belong to, passes over what is none, and keeps no secret', async () => {
    const path = tree({
      'a/x.pem': leaf.pem,
      'a/x.key': keyPem(leaf.key),
      'a/ca.key': keyPem(ca.key),
      'a/notes.txt': 'not looked at',
      'a/PG_VERSION': '14',
    });
    chmodSync(join(path, 'a/x.key'), 0o600);
    const evidence = await observe(source(path));
    expect(evidence).toMatchObject({
      state: 'observed',
      data: {
        files: [
          { path: join(path, 'a/ca.key'), privateKeys: [{ ofCa: true, certificates: [] }] },
          {
            path: join(path, 'a/x.key'),
            mode: '0600',
            readableBy: 'owner',
            privateKeys: [{ ofCa: false, certificates: [join(path, 'a/x.pem')] }],
          },
          { path: join(path, 'a/x.pem'), certificates: [{ subject: 'CN=m' }] },
        ],
        notRead: [],
      },
    });
    expect(JSON.stringify(evidence)).not.toContain(keyPem(leaf.key).split('\n')[1]);
  });

  test('names what could not be read, ends for loops, and is unavailable when nothing could', async () => {
    const path = tree({ 'a/huge.pem': Buffer.alloc(5 << 20), 'a/x.pem': leaf.pem });
    symlinkSync(join(path, 'a'), join(path, 'a/loop.pem'));
    symlinkSync('/dev/zero', join(path, 'a/zero.pem'));
    expect(await observe(source(path))).toMatchObject({
      data: {
        notRead: expect.arrayContaining([
          expect.objectContaining({ reason: expect.stringMatching(/larger than 4 MiB/) as string }),
          expect.objectContaining({ reason: expect.stringMatching(/into \/dev/) as string }),
        ]) as unknown,
      },
    });
    expect(await observe(source(join(path, 'missing')))).toMatchObject({
      state: 'unavailable',
      reason: expect.stringMatching(/does not exist/) as string,
    });
  });

  test('a declared password opens PKCS#12, and stands nowhere', async () => {
    const path = tree({ 'a/x.p12': 'not one' });
    const evidence = await observe(source(path, { password: secret('Pass-w0rd-9') }));
    expect(JSON.stringify(evidence)).not.toContain('Pass-w0rd-9');
  });
});
