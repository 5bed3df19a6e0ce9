import fc from 'fast-check';
import { createKey } from '../../../fixtures/pki/write-certificate';
import { issueCrl } from '../../../fixtures/pki/write-crl';
import {
  canonicalIp,
  DerError,
  describeCertificate,
  lintCertificate,
  judgeChain,
  parseCertificate,
  parseCrl,
  type Profile,
  readCertificates,
} from '../../../src/protocol/x509';
import { day, issueCa, issueLeaf, now } from './chain';

// Seeds are fixed so that a failure can be repeated; CFY_AUDIT_FUZZ_RUNS multiplies the work outside CI.
const runs = Number(process.env.CFY_AUDIT_FUZZ_RUNS ?? '20000');
const root = issueCa('root', undefined, {
  nameConstraints: {
    permitted: { dns: ['example.com'], ip: ['10.0.0.0/8', '2001:db8::/32'] },
    excluded: { email: ['.org'] },
  },
});
const leaf = issueLeaf(root, {
  subject: 'CN=host.example.com,O=Example,C=DE',
  san: {
    dns: ['host.example.com', '*.example.com'],
    ip: ['10.0.0.1', '2001:db8::1'],
    email: ['a@b.c'],
    uri: ['http://h/'],
  },
});
const rsaRoot = issueCa('rsa', undefined, { key: createKey({ kind: 'rsa' }), pss: true });
const seeds = [leaf, root, rsaRoot].map(({ der }) => Buffer.from(der));
const crl = Buffer.from(
  issueCrl({
    issuer: root,
    thisUpdate: now,
    nextUpdate: new Date(now.getTime() + day),
    number: 1n,
    revoked: [{ serial: 5n, at: now, reason: 1 }],
  }).der,
);
// The mail address and the URI are not for the Web PKI.
const profiles: readonly Profile[] = ['private-pki', 'path', 'rfc5280'];

interface Mutation {
  readonly kind: 'flip' | 'set' | 'insert' | 'remove' | 'copy';
  readonly at: number;
  readonly value: number;
}

const mutations = fc.array(
  fc.record({
    kind: fc.constantFrom('flip', 'set', 'insert', 'remove', 'copy'),
    at: fc.nat(0xffff),
    value: fc.oneof(fc.nat(255), fc.constantFrom(0, 1, 0x30, 0x31, 0x80, 0x7f, 0x84, 0xff)),
  }),
  { minLength: 1, maxLength: 6 },
);

function mutate(bytes: Buffer, list: readonly Mutation[]): Buffer {
  let result = Buffer.from(bytes);
  for (const { kind, at, value } of list) {
    const i = at % result.length;
    if (kind === 'flip') result[i] = (result[i] ?? 0) ^ (1 << (value & 7));
    else if (kind === 'set') result[i] = value;
    else if (kind === 'insert')
      result = Buffer.concat([result.subarray(0, i), Uint8Array.of(value), result.subarray(i)]);
    else if (kind === 'remove')
      result = Buffer.concat([result.subarray(0, i), result.subarray(i + 1 + (value & 15))]);
    else result.copy(result, i, (i * 7) % result.length, ((i * 7) % result.length) + value);
    if (result.length === 0) return Buffer.alloc(1);
  }
  return result;
}

/** Runs `read`; a DerError is an answer, anything else is a failure. Returns milliseconds of CPU. */
function attempt(read: () => void): number {
  const start = process.cpuUsage();
  try {
    read();
  } catch (error) {
    if (!(error instanceof DerError)) throw error;
  }
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

test(`${String(runs)} mutated certificates: facts or a DerError, nothing else, and quickly`, () => {
  let slowest = 0;
  let read = 0;
  fc.assert(
    fc.property(fc.constantFrom(...seeds), mutations, (seed, list) => {
      const der = mutate(seed, list);
      const ms = attempt(() => {
        const certificate = parseCertificate(der);
        const facts = describeCertificate(certificate, 0, now);
        read += 1;
        expect(Number.isFinite(facts.daysToExpiry + facts.lifetimeDays)).toBe(true);
        expect(JSON.parse(JSON.stringify(facts))).toEqual(facts);
        lintCertificate(certificate);
      });
      // A pause of the garbage collector may fall on any run; an input that is slow is slow again.
      const again = (): number => attempt(() => lintCertificate(parseCertificate(der)));
      if (ms > 50) slowest = Math.max(slowest, Math.min(again(), again()));
    }),
    { seed: 20261123, numRuns: runs, endOnFailure: true },
  );
  expect(read).toBeGreaterThan(runs / 10);
  expect(slowest).toBeLessThan(50);
});

test('no mutated certificate is accepted, whatever the profile', () => {
  const anchors = [parseCertificate(root.der)];
  for (const profile of profiles) {
    const { result } = judgeChain([leaf.der], { anchors, at: now, purpose: 'serverAuth', profile });
    expect([result?.anchored, result?.detail]).toEqual([true, null]);
  }
  fc.assert(
    fc.property(mutations, fc.constantFrom(...profiles), (list, profile) => {
      const der = mutate(seeds[0] ?? Buffer.alloc(1), list);
      const { result } = judgeChain([der], { anchors, at: now, purpose: 'serverAuth', profile });
      // What was signed and the signature must be as they were; the bytes around them may differ for OpenSSL's sake.
      if (result?.anchored === true) expect(result.path[0]?.tbs).toEqual(parseCertificate(leaf.der).tbs);
    }),
    { seed: 5280, numRuns: Math.ceil(runs / 10), endOnFailure: true },
  );
});

test('mutated CRLs, PEM files and noise', () => {
  fc.assert(
    fc.property(mutations, (list) => {
      attempt(() => parseCrl(mutate(crl, list)));
      const pem = mutate(Buffer.from(leaf.pem + root.pem), list);
      for (const der of readCertificates(pem).certificates) attempt(() => parseCertificate(der));
    }),
    { seed: 7468, numRuns: Math.ceil(runs / 10), endOnFailure: true },
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (noise) => {
      attempt(() => parseCertificate(noise));
      attempt(() => parseCrl(noise));
      readCertificates(noise);
    }),
    { seed: 690, numRuns: Math.ceil(runs / 10), endOnFailure: true },
  );
});

test('every IPv6 address has one canonical text', () => {
  fc.assert(
    fc.property(fc.ipV6(), (text) => {
      const canonical = canonicalIp(text);
      expect(canonical).not.toBeNull();
      // WHATWG URL serialises as RFC 5952 does, but for dotted quads, which neither writes.
      expect(`[${canonical ?? ''}]`).toBe(new URL(`http://[${text}]/`).hostname);
    }),
    { seed: 5952, numRuns: 2000, endOnFailure: true },
  );
});
