import crypto from 'node:crypto';
import { integer, oid, sequence, tlv, utf8 } from '../../../fixtures/pki/der-writer';
import { createKey, issueCertificate, type Issued } from '../../../fixtures/pki/write-certificate';
import {
  type Certificate,
  DerError,
  describeCertificate,
  judgeChain,
  matchHost,
  parseCertificate,
  readCertificates,
} from '../../../src/protocol/x509';
import { verificationCost } from '../../../src/protocol/x509/key';
import { type Change, dates, issueCa, issueLeaf, keyOf, now, validate } from './chain';

const root = issueCa('root');
const leaf = issueLeaf(root);

/** CPU milliseconds that `work` takes; the machine may be busy with something else. */
/** Milliseconds of CPU that only work out of proportion takes: each of these inputs costs a tenth of it at most on any machine. */
const blowUp = 10_000;

function cost<T>(work: () => T): { readonly value: T; readonly ms: number } {
  const start = process.cpuUsage();
  const value = work();
  const { user, system } = process.cpuUsage(start);
  return { value, ms: (user + system) / 1000 };
}

function faultsOf(change: Change): readonly string[] {
  return parseCertificate(issueLeaf(root, change).der).faults.map(({ code }) => code);
}

const utc = (text: string): Uint8Array => tlv(0x17, Buffer.from(text));
const general = (text: string): Uint8Array => tlv(0x18, Buffer.from(text));
const end = utc('491231235959Z');
const spki = keyOf('leaf').publicKey.export({ format: 'der', type: 'spki' });
const extension = (...fields: Uint8Array[]): Uint8Array =>
  tlv(0xa3, sequence(sequence(oid('2.5.29.19'), ...fields)));

test.each<readonly [string, Change, readonly string[]]>([
  ['nothing', {}, []],
  ['padded serial number', { replace: { serial: tlv(0x02, Uint8Array.of(0, 5)) } }, ['integer-encoding']],
  [
    'version 1 written out',
    { replace: { version: tlv(0xa0, integer(0)) } },
    ['default-encoded', 'extension-not-allowed'],
  ],
  ['version 5', { replace: { version: tlv(0xa0, integer(4)) } }, ['version', 'extension-not-allowed']],
  ['UTCTime without seconds', { replace: { validity: sequence(utc('2501010000Z'), end) } }, ['time']],
  ['UTCTime with an offset', { replace: { validity: sequence(utc('250101000000+0100'), end) } }, ['time']],
  [
    'GeneralizedTime with a fraction',
    { replace: { validity: sequence(general('20250101000000.5Z'), end) } },
    ['time'],
  ],
  [
    'GeneralizedTime before 2050',
    { replace: { validity: sequence(general('20250101000000Z'), end) } },
    ['time-form'],
  ],
  ['30 February', { replace: { validity: sequence(utc('250230000000Z'), end) } }, ['time']],
  ['hour 24', { replace: { validity: sequence(utc('250201240000Z'), end) } }, ['time']],
  ['no time at all', { replace: { validity: sequence() } }, ['time', 'time']],
  [
    'TRUE as 0x01',
    { ca: undefined, replace: { extensions: extension(tlv(1, Uint8Array.of(1)), tlv(4, sequence())) } },
    ['boolean-encoding'],
  ],
  [
    'critical FALSE written out',
    { replace: { extensions: extension(tlv(1, Uint8Array.of(0)), tlv(4, sequence())) } },
    ['default-encoded'],
  ],
  [
    'bytes after an extension value',
    { replace: { extensions: extension(tlv(4, Buffer.concat([sequence(), utf8('x')]))) } },
    ['trailing-data'],
  ],
  [
    'negative path length',
    { replace: { extensions: extension(tlv(4, sequence(tlv(1, Uint8Array.of(255)), integer(-1)))) } },
    ['extension'],
  ],
  ['no extensions in the list', { replace: { extensions: tlv(0xa3, sequence()) } }, ['extension']],
  ['explicit curve', { key: createKey({ kind: 'ec', explicit: true }), keyIds: false }, ['key']],
  [
    'RSA key that is none',
    {
      replace: {
        spki: sequence(sequence(oid('1.2.840.113549.1.1.1'), tlv(5)), tlv(3, Uint8Array.of(0, 1, 2))),
      },
    },
    ['key'],
  ],
  [
    'unique identifier',
    { replace: { spki: Buffer.concat([spki, tlv(0x82, Uint8Array.of(0, 1))]) } },
    ['unique-identifier'],
  ],
  [
    'an algorithm with parameters',
    { replace: { algorithm: sequence(oid('1.2.840.10045.4.3.2'), tlv(5)) } },
    ['algorithm-mismatch'],
  ],
])('%s', (_, change, codes) => {
  expect(faultsOf(change)).toEqual(codes);
});

test('unused bits that are set, and an offset from UTC, are read for what they mean and named', () => {
  const usage: Change = {
    keyUsage: undefined,
    extensions: [{ oid: '2.5.29.15', value: tlv(3, Uint8Array.of(7, 0xff)) }],
  };
  expect(faultsOf(usage)).toEqual(['bit-string-encoding']);
  const validity = sequence(utc('250101000000+0130'), end);
  const { notBefore } = parseCertificate(issueLeaf(root, { replace: { validity } }).der);
  expect(new Date(notBefore).toISOString()).toBe('2024-12-31T22:30:00.000Z');
});

test('lengths that DER forbids are read and named', () => {
  const { der } = leaf;
  const content = der.subarray(4);
  const long = Buffer.concat([Uint8Array.of(0x30, 0x83, 0, der[2] ?? 0, der[3] ?? 0), content]);
  expect(parseCertificate(long).faults.map(({ code }) => code)).toEqual(['non-minimal-length']);
  const open = Buffer.concat([Uint8Array.of(0x30, 0x80), content, Uint8Array.of(0, 0)]);
  expect(parseCertificate(open).faults.map(({ code }) => code)).toEqual(['indefinite-length']);
  expect(parseCertificate(Buffer.concat([der, Uint8Array.of(1)])).faults.map(({ code }) => code)).toEqual([
    'trailing-data',
  ]);
  for (const bytes of [long, open]) {
    expect(validate([{ ...leaf, der: bytes }, root], 'path')).toMatchObject({ failure: 'malformed' });
  }
});

test.each<readonly [string, Uint8Array]>([
  ['empty', new Uint8Array()],
  ['one byte', Uint8Array.of(0x30)],
  ['length beyond the end', Uint8Array.of(0x30, 0x84, 0xff, 0xff, 0xff, 0xff)],
  ['length one beyond the end', Uint8Array.of(0x30, 2, 5)],
  ['length of 127 octets', Buffer.concat([Uint8Array.of(0x30, 0xff), Buffer.alloc(127, 255)])],
  ['a million open brackets', Buffer.alloc(1_000_000, Uint8Array.of(0x30, 0x80))],
  ['a million empty sequences', tlv(0x30, Buffer.alloc(600_000, Uint8Array.of(0x30, 0)))],
  ['200 kB of nested sequences', nest(50_000)],
  ['two megabytes', Buffer.alloc(2 << 20, 0x30)],
  ['a multi-byte tag', Uint8Array.of(0x3f, 0x81, 0x01, 0)],
  ['PEM instead of DER', Buffer.from(leaf.pem)],
])('%s cannot be read, and that is said at once', (_, bytes) => {
  const { ms } = cost(() => {
    expect(() => parseCertificate(bytes)).toThrow(DerError);
  });
  expect(ms).toBeLessThan(blowUp);
});

test('of half a million names that say nothing no more than 50,000 are read', () => {
  const names = (count: number): Change => ({
    san: { raw: [Buffer.alloc(count * 2, Uint8Array.of(0x82, 0))] },
  });
  const said = (count: number): readonly (string | undefined)[] => {
    const { extensions, faults } = parseCertificate(issueLeaf(root, names(count)).der);
    return [extensions.subjectAltName?.value.length.toString(), faults[0]?.detail];
  };
  expect(said(50_000)).toEqual(['50000', undefined]);
  expect(said(500_000)).toEqual([undefined, 'extension 2.5.29.17: more than 50000 elements']);
});

function nest(depth: number): Uint8Array {
  const bytes = Buffer.alloc(depth * 4);
  for (let i = 0; i < depth; i += 1)
    bytes.writeUInt32BE(0x30830000 + Math.min(0xffff, (depth - i - 1) * 4), i * 4);
  return bytes;
}

test('an object identifier of a megabyte is refused, not computed', () => {
  const bomb = Buffer.alloc(900_000, 0xff);
  bomb[bomb.length - 1] = 1;
  const change: Change = { replace: { algorithm: sequence(tlv(6, bomb)) } };
  const { ms, value } = cost(() => parseCertificate(issueLeaf(root, change).der).faults);
  expect(ms).toBeLessThan(blowUp);
  expect(value.map(({ code }) => code)).toEqual(['algorithm-mismatch']);
  const issuer: Change = { replace: { issuer: sequence(tlv(0x31, sequence(tlv(6, bomb), utf8('x')))) } };
  expect(() => parseCertificate(issueLeaf(root, issuer).der)).toThrow(DerError);
});

test('10,000 names', () => {
  const dns = Array.from({ length: 10_000 }, (_, i) => `host${String(i)}.example.com`);
  const { der } = issueLeaf(root, { san: { dns } });
  const { ms } = cost(() => {
    const certificate = parseCertificate(der);
    expect(matchHost(certificate, 'host9999.example.com')).toBe('dns');
    expect(describeCertificate(certificate, 0, now).sanDns).toHaveLength(10_000);
    expect(validate([{ ...leaf, der }, root], 'webpki', { host: 'host9999.example.com' }).code).toBe(
      'common-name',
    );
  });
  expect(ms).toBeLessThan(blowUp);
});

test('1,000 faulty fields leave a bounded list of faults', () => {
  const many = Array.from({ length: 1000 }, () => sequence(oid('1.2.3'), tlv(1, Uint8Array.of(7)), tlv(4)));
  const certificate = parseCertificate(
    issueLeaf(root, { replace: { extensions: tlv(0xa3, sequence(...many)) } }).der,
  );
  expect(certificate.faults.length).toBeLessThan(100);
});

describe('chains', () => {
  const key = keyOf('leaf');
  /** `checks`: signatures that were verified, which is nearly all of the work. */
  const judge = (
    chain: readonly Issued[],
  ): { detail: string | null; failure: string | null; checks: number } => {
    const ders = chain.map(({ der }) => der);
    const input = {
      anchors: [parseCertificate(root.der)],
      at: now,
      purpose: 'serverAuth' as const,
      profile: 'private-pki' as const,
    };
    const verify = jest.spyOn(crypto, 'verify');
    const { result } = judgeChain(ders, input);
    const checks = verify.mock.calls.length;
    verify.mockRestore();
    return { detail: result?.detail ?? null, failure: result?.failure ?? null, checks };
  };
  const many = (count: number, change: (i: number) => Change): Issued[] =>
    Array.from({ length: count }, (_, i) =>
      issueCertificate({ ...dates, subject: 'CN=X', key, ca: true, ...change(i) } as never),
    );

  test('1,000 in a row are not followed to the end', () => {
    let issuer = issueCa('top', undefined, { key });
    const chain = [issuer];
    for (let i = 0; i < 1000; i += 1) {
      issuer = issueCertificate({ ...dates, subject: `CN=${String(i)}`, key, ca: true, issuer });
      chain.unshift(issuer);
    }
    const judged = judge(chain);
    expect(judged).toMatchObject({
      failure: 'other',
      detail: expect.stringContaining('without an anchor') as string,
    });
    expect([judged.checks > 20, judged.checks < 50]).toEqual([true, true]);
  });

  test.each([
    ['1,000 copies of one', many(1, () => ({})).flatMap((one) => Array.from({ length: 1000 }, () => one))],
    ['1,000 of one name and one key', many(1000, () => ({}))],
    ['1,000 of one name, each with a key of its own', many(1000, () => ({ key: createKey({ kind: 'ec' }) }))],
    ['300 that all could have signed each other', mesh(300)],
  ])('%s', (_, chain) => {
    const judged = judge([
      issueLeaf({ ...root, key, subject: chain[0]?.subject ?? new Uint8Array() }),
      ...chain,
    ]);
    expect(judged.failure).not.toBeNull();
    expect(judged.detail).toMatch(/^".+" .+/);
    expect(judged.checks).toBeLessThanOrEqual(201);
  });

  /** One key under many names: each certificate's signature is good under every other. */
  function mesh(count: number): Issued[] {
    const side = Math.ceil(Math.sqrt(count));
    return many(count, (i) => ({
      subject: `CN=${String(i % side)}`,
      issuerName: `CN=${String(Math.floor(i / side))}`,
      serial: BigInt(i + 1),
    }));
  }

  test('RSA keys of 16,384 bits and huge exponents are not worth verifying a thousand times', () => {
    const algorithm = sequence(oid('1.2.840.113549.1.1.11'), tlv(5));
    const signature = tlv(3, Uint8Array.of(0), Buffer.alloc(2048, 0x55));
    const chain = many(400, (i) => {
      const modulus = Buffer.alloc(2049, 0xff).fill(0, 0, 1);
      modulus.writeUInt16BE(i * 2 + 1, 1000);
      const rsa = sequence(tlv(2, modulus), tlv(2, Buffer.alloc(8, 0x7f)));
      const spki = sequence(sequence(oid('1.2.840.113549.1.1.1'), tlv(5)), tlv(3, Uint8Array.of(0), rsa));
      return { replace: { spki, algorithm, outerAlgorithm: algorithm, signature }, serial: BigInt(i + 1) };
    });
    const judged = judge(chain);
    expect(judged.failure).not.toBeNull();
    expect(judged.checks).toBeLessThan(5);
    expect(verificationCost(parseCertificate(chain[0]?.der ?? root.der).key)).toBeGreaterThan(200);
    expect(verificationCost(parseCertificate(root.der).key)).toBe(1);
  });
});

test('files', () => {
  const half = leaf.pem.slice(0, leaf.pem.length / 2);
  const read = (text: string): { count: number; problems: readonly string[] } => {
    const { certificates, problems } = readCertificates(Buffer.from(text));
    return { count: certificates.length, problems };
  };
  expect(read(half + leaf.pem)).toEqual({
    count: 1,
    problems: ['block 1: has no END line', expect.stringContaining('block 2: the BEGIN line is indented')],
  });
  expect(read(leaf.pem.replace('END CERTIFICATE', 'END PRIVATE KEY'))).toEqual({
    count: 0,
    problems: ['block 1: ends with another label'],
  });
  expect(read(leaf.pem.replace(/\n[A-Za-z0-9+/]{20}/, '\n!')).problems).toEqual(['block 1: not base64']);
  expect(read('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----')).toEqual({
    count: 0,
    problems: ['block 1: truncated, or not DER'],
  });
  const { value, ms } = cost(() => read('-----BEGIN '.repeat(500_000)));
  expect(value.problems.at(-1)).toContain('more than 2000');
  expect(ms).toBeLessThan(blowUp);
  const der = readCertificates(Buffer.concat([leaf.der, root.der, Buffer.from('tail')]));
  expect(der.certificates).toHaveLength(2);
  expect(der.problems).toEqual(['4 bytes after the last certificate cannot be read']);
});

test('a name cannot forge another, nor a line of the report', () => {
  const name = (text: string): Certificate['subject'] =>
    parseCertificate(
      issueLeaf(root, { replace: { subject: sequence(tlv(0x31, sequence(oid('2.5.4.3'), utf8(text)))) } })
        .der,
    ).subject;
  expect(name('a\u0002b').key).not.toBe(name('a').key);
  expect(name('a,O=b').text).toBe('CN=a\\,O=b');
  expect(name('a\n\u202eb').text).toBe('CN=a\\0a\\e2\\80\\aeb');
  expect(name(' a ').text).toBe('CN=\\ a\\ ');
  expect(name('  A  b ').key).toBe(name('a B').key);
});
