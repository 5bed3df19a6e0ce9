import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { createKey, issueCertificate, keyPem } from '../../../fixtures/pki/write-certificate';
import { toPem } from '../../../fixtures/pki/der-writer';
import { type Material, parseCertificate, readMaterial } from '../../../src/protocol/x509';
import { dates, issueCa, issueLeaf, keyOf } from './chain';

const folder = mkdtempSync(join(tmpdir(), 'cfy-audit-material-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const root = issueCa('root');
const leaf = issueLeaf(root);
const rsaKey = createKey({ kind: 'rsa' });
const rsa = issueCertificate({ ...dates, subject: 'CN=rsa', key: rsaKey });
const spki = (der: Uint8Array): string => parseCertificate(der).key.spkiSha256;

const write = (name: string, content: string | Uint8Array): string => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};
const openssl = (...words: string[]): void => {
  execFileSync('openssl', words, { cwd: folder, stdio: 'pipe' });
};
const read = (name: string, password: string | null = null): Promise<Material> =>
  readMaterial(readFileSync(join(folder, name)), password);
const text = (content: string): Promise<Material> => readMaterial(Buffer.from(content, 'latin1'), null);

write('leaf.pem', leaf.pem);
write('root.pem', root.pem);
write('leaf.key', keyPem(keyOf('leaf')));
write('rsa.pem', rsa.pem);
write('rsa.key', keyPem(rsaKey));

describe('PKCS#12', () => {
  openssl(
    'pkcs12',
    '-export',
    '-inkey',
    'leaf.key',
    '-in',
    'leaf.pem',
    '-certfile',
    'root.pem',
    '-passout',
    'pass:right',
    '-out',
    'ec.p12',
  );
  openssl(
    'pkcs12',
    '-export',
    '-legacy',
    '-inkey',
    'rsa.key',
    '-in',
    'rsa.pem',
    '-passout',
    'pass:right',
    '-out',
    'old.p12',
  );
  openssl(
    'pkcs12',
    '-export',
    '-inkey',
    'rsa.key',
    '-in',
    'rsa.pem',
    '-keypbe',
    'NONE',
    '-certpbe',
    'NONE',
    '-nomac',
    '-passout',
    'pass:',
    '-out',
    'open.p12',
  );
  openssl(
    'pkcs12',
    '-export',
    '-inkey',
    'rsa.key',
    '-in',
    'rsa.pem',
    '-iter',
    '5000000',
    '-nomac',
    '-passout',
    'pass:right',
    '-out',
    'slow.p12',
  );

  test('an EC certificate, its chain and its key come out as they went in', async () => {
    const { format, certificates, keys, problems } = await read('ec.p12', 'right');
    expect([format, problems]).toEqual(['pkcs12', []]);
    expect(certificates.map((der) => Buffer.from(der).toString('hex')).sort()).toEqual(
      [leaf.der, root.der].map((der) => Buffer.from(der).toString('hex')).sort(),
    );
    expect(keys).toEqual([{ algorithm: 'ec', encrypted: false, spkiSha256: spki(leaf.der) }]);
  });

  test('an RSA certificate under RC2 and 3DES comes out byte for byte, and so does one without encryption', async () => {
    for (const [name, password] of [
      ['old.p12', 'right'],
      ['open.p12', null],
    ] as const) {
      const { certificates, keys } = await read(name, password);
      expect(certificates.map((der) => Buffer.from(der).equals(Buffer.from(rsa.der)))).toEqual([true]);
      expect(keys.map(({ spkiSha256 }) => spkiSha256)).toEqual([spki(rsa.der)]);
    }
  });

  test.each([
    ['ec.p12', null, /needs its password/],
    ['ec.p12', 'wrong', /does not open/],
    ['slow.p12', 'right', /iterations, not opened/],
  ])('%s with password %s is named and left shut', async (name, password, why) => {
    const started = process.cpuUsage();
    const { certificates, keys, problems } = await read(name, password);
    expect([certificates, keys]).toEqual([[], []]);
    expect(problems).toEqual([expect.stringMatching(why)]);
    expect(process.cpuUsage(started).user).toBeLessThan(20_000_000);
  });

  test('mutilated files end in a problem, soon', async () => {
    const whole = readFileSync(join(folder, 'ec.p12'));
    await fc.assert(
      fc.asyncProperty(
        fc.nat(whole.length - 1),
        fc.integer({ min: 0, max: 255 }),
        fc.nat(whole.length),
        async (at, octet, cut) => {
          const bytes = Uint8Array.from(whole);
          bytes[at] = octet;
          const material = await readMaterial(bytes.subarray(0, cut), 'right');
          expect(Array.isArray(material.problems)).toBe(true);
        },
      ),
      { numRuns: 60, seed: 20261125 },
    );
  });
});

describe('PKCS#7', () => {
  openssl('crl2pkcs7', '-nocrl', '-certfile', 'leaf.pem', '-certfile', 'rsa.pem', '-out', 'b.p7');
  openssl(
    'crl2pkcs7',
    '-nocrl',
    '-certfile',
    'leaf.pem',
    '-certfile',
    'rsa.pem',
    '-outform',
    'DER',
    '-out',
    'b.p7b',
  );
  test.each(['b.p7', 'b.p7b'])('%s holds both', async (name) => {
    const { format, certificates, problems } = await read(name);
    expect([format, problems]).toEqual(['pkcs7', []]);
    expect(certificates.map(spki).sort()).toEqual([spki(leaf.der), spki(rsa.der)].sort());
  });
});

describe('private keys', () => {
  openssl('pkcs8', '-topk8', '-in', 'rsa.key', '-out', 'enc8.pem', '-passout', 'pass:x');
  openssl('pkcs8', '-topk8', '-in', 'rsa.key', '-outform', 'DER', '-out', 'enc8.der', '-passout', 'pass:x');
  openssl('rsa', '-in', 'rsa.key', '-traditional', '-aes128', '-passout', 'pass:x', '-out', 'enc1.pem');
  openssl('rsa', '-in', 'rsa.key', '-traditional', '-out', 'plain1.pem');
  openssl('pkcs8', '-topk8', '-nocrypt', '-in', 'leaf.key', '-outform', 'DER', '-out', 'plain.der');

  test.each(['enc8.pem', 'enc8.der', 'enc1.pem'])('%s is noted as encrypted and left shut', async (name) => {
    expect((await read(name, 'x')).keys).toEqual([{ algorithm: null, encrypted: true, spkiSha256: null }]);
  });
  test.each([
    ['plain1.pem', rsa.der],
    ['rsa.key', rsa.der],
    ['plain.der', leaf.der],
  ])('%s is told by its public key, and nothing else is kept of it', async (name, der) => {
    const material = await read(name);
    expect(material.keys).toMatchObject([{ encrypted: false, spkiSha256: spki(der) }]);
    expect(JSON.stringify(material)).not.toContain('MII');
    expect(material.problems).toEqual([]);
  });
});

describe('PEM in the wild', () => {
  test('junk around it, several in a file, and a key among them', async () => {
    const junk = `Bag Attributes\n  localKeyID: 01\n${leaf.pem}\nnot a certificate\r\n${root.pem}${keyPem(keyOf('leaf'))}\n`;
    const { certificates, keys, problems } = await text(junk);
    expect(certificates.map(spki)).toEqual([spki(leaf.der), spki(root.der)]);
    expect(keys.map(({ spkiSha256 }) => spkiSha256)).toEqual([spki(leaf.der)]);
    expect(problems).toEqual([]);
  });
  test.each([
    [
      'a key under the label of a certificate',
      keyPem(keyOf('leaf')).replaceAll('PRIVATE KEY', 'CERTIFICATE'),
      /private key with a wrong label/,
    ],
    [
      'a certificate under the label of a key',
      leaf.pem.replaceAll('CERTIFICATE', 'PRIVATE KEY'),
      /certificate with a wrong label/,
    ],
    ['a truncated certificate', leaf.pem.slice(0, 200), /no END line/],
    ['a second one cut off', leaf.pem + root.pem.slice(0, 300), /no END line/],
    [
      'one that runs into the next',
      leaf.pem.replace('-----END CERTIFICATE-----', '') + root.pem,
      /no END line/,
    ],
    [
      'something else in base64',
      '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n',
      /truncated, or not DER/,
    ],
    [
      'an OpenSSH key',
      '-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n',
      /OpenSSH/,
    ],
    ['UTF-16', Buffer.from(`\ufeff${leaf.pem}`, 'utf16le').toString('latin1'), /UTF-16/],
    ['nothing', '', /empty/],
    ['a Java key store', '\xfe\xed\xfe\xed\0\0\0\x02', /Java key store/],
    ['text', 'hello', /neither PEM nor DER/],
    ['a broken DER', '\x30\x82\xff\xff\x30', /neither PEM nor DER|cannot be read/],
  ])('%s is named', async (_, content, why) => {
    const { problems } = await text(content);
    expect(problems.join('\n')).toMatch(why);
  });
  describe('told as OpenSSL reads it', () => {
    const [begin = '', ...more] = root.pem.trim().split('\n');
    const [end = '', body] = [more.at(-1), more.slice(0, -1)];
    const lines = (...all: readonly string[]): string => `${all.join('\n')}\n`;
    test.each([
      ['as it should be', root.pem, null],
      ['lines that end with CR and LF', root.pem.replaceAll('\n', '\r\n'), null],
      ['a byte order mark', `\u00ef\u00bb\u00bf${root.pem}`, null],
      ['all base64 in one line', lines(begin, body.join(''), end), null],
      ['an indented body', lines(begin, ...body.map((line) => `  ${line}`), end), null],
      ['an empty line first, blanks at the ends', lines(`${begin} `, '', ...body, `${end} `), null],
      ['no line feed at the end', root.pem.trim(), null],
      ['lines that end with CR', root.pem.replaceAll('\n', '\r'), /BEGIN line does not end/],
      ['one line', `${begin}${body.join('')}${end}\n`, /BEGIN line does not end/],
      ['indented', root.pem.replace(/^(?=.)/gm, '  '), /BEGIN line is indented/],
      ['something before it', `x${root.pem}`, /BEGIN line is indented, or no line/],
      ['something after BEGIN', lines(`${begin} x`, ...body, end), /BEGIN line does not end|not base64/],
      ['an indented END', lines(begin, ...body, ` ${end}`), /END line is indented/],
      ['something after END', lines(begin, ...body, `${end}x`), /something follows/],
      ['the next one in the line of END', `${root.pem.trim()}${root.pem}`, /something follows/],
      ['an empty line within', lines(begin, ...body.slice(0, 2), '', ...body.slice(2), end), /empty line/],
      ['header lines', lines(begin, 'X-Note: mine', '', ...body, end), /header lines/],
    ])('%s', async (_, content, why) => {
      const { problems } = await text(content);
      if (why === null) expect(problems).toEqual([]);
      else expect(problems.join('\n')).toMatch(why);
      const file = write('odd.pem', Buffer.from(content, 'latin1'));
      const trust = ['-no-CApath', '-no-CAstore', '-CAfile', file];
      const { status } = spawnSync('openssl', ['verify', ...trust], { input: root.pem });
      expect(status === 0).toBe(why === null);
    });
  });

  test('a DER file with two certificates and a tail', async () => {
    const { certificates, problems } = await readMaterial(
      Buffer.concat([leaf.der, root.der, Buffer.from('x')]),
      null,
    );
    expect(certificates.map(spki)).toEqual([spki(leaf.der), spki(root.der)]);
    expect(problems).toEqual([expect.stringMatching(/bytes after the last certificate/)]);
  });
  test('10,000 blocks are not all read', async () => {
    const { certificates, problems } = await text(toPem(leaf.der).repeat(10_000));
    expect(certificates.length).toBe(2000);
    expect(problems.join()).toMatch(/more than 2000/);
  });
});
