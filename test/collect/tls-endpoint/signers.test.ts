import { bits, integer, nothing, oid, sequence } from '../../../fixtures/pki/der-writer';
import { readKey } from '../../../fixtures/pki/keys';
import { createKey, type Issued, type Key } from '../../../fixtures/pki/write-certificate';
import { findSigners } from '../../../src/collect/tls-endpoint/signers';
import { type Certificate, parseCertificate } from '../../../src/protocol/x509';
import { createPublicKey } from 'node:crypto';
import { issueCa, issueLeaf, keyOf } from '../../protocol/x509/chain';

const stored = readKey('internal');
const rsa: Key = { privateKey: stored, publicKey: createPublicKey(stored) };

const root = issueCa('root');
const parse = ({ der }: Issued): Certificate => parseCertificate(der);
/** A server's certificate with a key written in its own way. */
const withSpki = (spki: Uint8Array): Certificate =>
  parse(issueLeaf(root, { keyIds: false, replace: { spki } }));
const doubtOf = (server: Certificate, signed: Certificate): string | undefined =>
  findSigners([server.key], [signed]).doubts.get(signed.sha256);
const signedBy = (server: Certificate, signed: Certificate): boolean =>
  findSigners([server.key], [signed]).signed.has(server.key.spkiSha256);

test('a key that its certificate restricts to PSS is the key of a CA that signs otherwise', () => {
  const plain = rsa.publicKey.export({ format: 'der', type: 'pkcs1' });
  const restricted = withSpki(sequence(sequence(oid('1.2.840.113549.1.1.10')), bits(plain)));
  expect(restricted.key.algorithm).toBe('rsa-pss');
  const ca = issueCa('ca', undefined, { key: rsa });
  for (const pss of [false, true]) {
    const other = parse(issueLeaf(ca, { pss }));
    expect(signedBy(restricted, other)).toBe(true);
    expect(doubtOf(restricted, other)).toBeUndefined();
  }
  const restrictedTo = createKey({ kind: 'rsa-pss', bits: 1024, hash: 'sha512', saltLength: 32 });
  expect(signedBy(parse(issueLeaf(root, { key: restrictedTo })), parse(issueLeaf(ca)))).toBe(false);
});

test.each([
  ['Ed25519', createKey({ kind: 'ed25519' })],
  ['Ed448', createKey({ kind: 'ed448' })],
  ['P-521', createKey({ kind: 'ec', curve: 'P-521' })],
])('keys of %s are told by what they signed', (_, key) => {
  const server = parse(issueLeaf(root, { key }));
  expect(signedBy(server, parse(issueLeaf(issueCa('ca', undefined, { key }))))).toBe(true);
  expect(signedBy(server, parse(issueLeaf(root)))).toBe(false);
  expect(doubtOf(server, parse(issueLeaf(root)))).toBeUndefined();
});

test('a key of another kind has not signed, though the signature itself cannot be verified', () => {
  const md2 = sequence(oid('1.2.840.113549.1.1.2'), nothing());
  const old = parse(issueLeaf(root, { replace: { algorithm: md2, outerAlgorithm: md2 } }));
  expect(doubtOf(parse(issueLeaf(root)), old)).toBeUndefined();
  expect(doubtOf(parse(issueLeaf(root, { key: rsa })), old)).toBe('MD2 is not supported');
});

test('nothing is said of keys and signatures that cannot be computed with', () => {
  const leaf = parse(issueLeaf(root));
  const signed = parse(issueLeaf(issueCa('ca', undefined, { key: rsa })));
  const explicit = createKey({ kind: 'ec', explicit: true });
  expect(doubtOf(parse(issueLeaf(root, { key: explicit })), leaf)).toContain(
    'cannot be verified with this ec key',
  );
  expect(doubtOf(parse(issueLeaf(root, { key: explicit })), signed)).toBeUndefined();
  const rsaKey = (n: bigint, e: bigint): Certificate =>
    withSpki(
      sequence(sequence(oid('1.2.840.113549.1.1.1'), nothing()), bits(sequence(integer(n), integer(e)))),
    );
  const long = (length: number): bigint => (1n << BigInt(length - 1)) + 1n;
  expect(doubtOf(rsaKey(long(16385), 65537n), signed)).toContain('16385 bits');
  expect(doubtOf(rsaKey(long(4096), long(65)), signed)).toContain('4096 bits');
  expect(doubtOf(rsaKey(long(4096), 65537n), signed)).toBeUndefined();
});

test('costly keys are tried last, and what they would cost too much for is said', () => {
  const spki = (n: bigint, e: bigint): Uint8Array =>
    sequence(sequence(oid('1.2.840.113549.1.1.1'), nothing()), bits(sequence(integer(n), integer(e))));
  const odd = (length: number, more: number): bigint => (1n << BigInt(length - 1)) + BigInt(2 * more + 1);
  const hostile = Array.from({ length: 60 }, (_, i) => withSpki(spki(odd(3072, i), odd(3072, i))));
  const signed = parse(issueLeaf(issueCa('ca', undefined, { key: rsa })));
  const server = parse(issueLeaf(root, { key: rsa }));
  const begun = process.cpuUsage();
  const { signed: found, doubts } = findSigners(
    [...hostile, server].map(({ key }) => key),
    [signed],
  );
  expect(process.cpuUsage(begun).user / 1e6).toBeLessThan(5);
  expect(found.get(server.key.spkiSha256)).toEqual([
    { sha256: signed.sha256, subject: 'CN=host.example.com' },
  ]);
  expect(doubts.get(signed.sha256)).toContain('more keys and signatures than are worth trying');
});

test('what signs itself has no other signer, and lists are bounded', () => {
  const alone = parse(issueCa('ca', undefined, { key: keyOf('ca') }));
  expect(findSigners([alone.key], [alone])).toEqual({ signed: new Map(), doubts: new Map() });
  const many = Array.from({ length: 30 }, () =>
    parse(issueLeaf(issueCa('ca', undefined, { key: keyOf('ca') }))),
  );
  expect(findSigners([alone.key], many).signed.get(alone.key.spkiSha256)).toHaveLength(20);
});
