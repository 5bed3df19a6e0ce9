import { constants, createHash, sign } from 'node:crypto';
import { bits, context, integer, nothing, oid, sequence, tlv } from '../../../fixtures/pki/der-writer';
import { createKey, type Key, type KeyKind } from '../../../fixtures/pki/write-certificate';
import { describeCertificate, parseCertificate } from '../../../src/protocol/x509';
import { type Change, issueCa, issueLeaf, now, validate } from './chain';

const rows: readonly (readonly [string, KeyKind, Change, string, string | null])[] = [
  ['RSA with SHA-256', { kind: 'rsa' }, {}, 'sha256WithRSAEncryption', 'sha256'],
  [
    'RSA-3072 with SHA-384',
    { kind: 'rsa', bits: 3072 },
    { hash: 'sha384' },
    'sha384WithRSAEncryption',
    'sha384',
  ],
  ['RSA with SHA-512', { kind: 'rsa' }, { hash: 'sha512' }, 'sha512WithRSAEncryption', 'sha512'],
  ['RSA key, PSS signature', { kind: 'rsa' }, { pss: true }, 'rsassaPss', 'sha256'],
  ['RSA-PSS key', { kind: 'rsa-pss' }, { hash: 'sha384' }, 'rsassaPss', 'sha384'],
  [
    'RSA-PSS key restricted to SHA-256',
    { kind: 'rsa-pss', hash: 'sha256', saltLength: 32 },
    {},
    'rsassaPss',
    'sha256',
  ],
  ['ECDSA P-256', { kind: 'ec' }, {}, 'ecdsa-with-SHA256', 'sha256'],
  ['ECDSA P-384', { kind: 'ec', curve: 'P-384' }, { hash: 'sha384' }, 'ecdsa-with-SHA384', 'sha384'],
  ['ECDSA P-521', { kind: 'ec', curve: 'P-521' }, { hash: 'sha512' }, 'ecdsa-with-SHA512', 'sha512'],
  ['Ed25519', { kind: 'ed25519' }, {}, 'ED25519', null],
  ['Ed448', { kind: 'ed448' }, {}, 'ED448', null],
];

describe.each(rows)('%s', (_, kind, change, name, hash) => {
  const key: Key = createKey(kind);
  const root = issueCa('root', undefined, { key, ...change });
  const leaf = issueLeaf(root, change);

  test('is accepted and named', () => {
    expect(validate([leaf, root], 'rfc5280')).toMatchObject({ anchored: true, detail: null });
    const facts = describeCertificate(parseCertificate(leaf.der), 0, now);
    expect([facts.signatureAlgorithm, facts.signatureHash]).toEqual([name, hash]);
    expect(describeCertificate(parseCertificate(root.der), 1, now)).toMatchObject({
      selfSigned: true,
      key: { algorithm: kind.kind },
    });
  });

  test('is refused with a changed signature, a changed content, or the key of another', () => {
    expect(validate([issueLeaf(root, { ...change, tamper: true }), root], 'rfc5280').failure).toBe(
      'bad-signature',
    );
    const der = Buffer.from(leaf.der);
    der.write('h0st', der.indexOf('host.example.com'));
    expect(validate([{ ...leaf, der }, root], 'rfc5280').failure).toBe('bad-signature');
    const twin = issueCa('root', undefined, { key: createKey(kind), ...change });
    expect(validate([leaf, twin], 'rfc5280').failure).toBe('bad-signature');
  });
});

test('a signature that PSS parameters do not describe is refused', () => {
  const root = issueCa('root', undefined, { key: createKey({ kind: 'rsa' }), pss: true });
  const der = Buffer.from(issueLeaf(root, { pss: true }).der);
  const leaf = issueLeaf(root, { pss: true });
  // Both copies of the salt length (INTEGER 32 in [2]) become 31.
  for (let at = 0; (at = der.indexOf(Buffer.from('a203020120', 'hex'), at)) >= 0; at += 1) der[at + 4] = 31;
  expect(validate([{ ...leaf, der }, root], 'path').failure).toBe('bad-signature');
});

describe('RSASSA-PSS parameters', () => {
  const sha256 = sequence(oid('2.16.840.1.101.3.4.2.1'), nothing());
  const sha384 = sequence(oid('2.16.840.1.101.3.4.2.2'), nothing());
  const mask = (hash: Uint8Array): Uint8Array => sequence(oid('1.2.840.113549.1.1.8'), hash);
  const pss = (...fields: Uint8Array[]): Uint8Array =>
    sequence(oid('1.2.840.113549.1.1.10'), ...(fields.length === 0 ? [] : [sequence(...fields)]));
  const sound = [context(0, true, sha256), context(1, true, mask(sha256)), context(2, true, integer(32))];
  const plain = createKey({ kind: 'rsa' });
  /** What is said of a leaf that was signed with SHA-256 and this salt, whatever its parameters tell. */
  const verdict = (algorithm: Uint8Array, saltLength = 32, key: Key = plain): string | null => {
    const root = issueCa('root', undefined, { key, pss: true });
    const replace = { algorithm, outerAlgorithm: algorithm };
    const { der } = issueLeaf(root, { pss: true, replace });
    const tbs = parseCertificate(der).tbs;
    const padding = constants.RSA_PKCS1_PSS_PADDING;
    const signature = bits(sign('sha256', tbs, { key: plain.privateKey, padding, saltLength }));
    return validate([{ ...issueLeaf(root), der: sequence(tbs, algorithm, signature) }, root], 'path').code;
  };

  test.each<readonly [string, Uint8Array, number, string | null]>([
    ['as signed', pss(...sound), 32, null],
    ['a salt of another length', pss(...sound), 20, 'bad-signature'],
    [
      'another hash',
      pss(context(0, true, sha384), context(1, true, mask(sha384)), context(2, true, integer(32))),
      32,
      'bad-signature',
    ],
    [
      'another hash for the mask',
      pss(context(0, true, sha256), context(1, true, mask(sha384)), context(2, true, integer(32))),
      32,
      'signature-unusable',
    ],
    [
      'the hash for the mask left out, which is SHA-1',
      pss(context(0, true, sha256), context(2, true, integer(32))),
      32,
      'signature-unusable',
    ],
    [
      'the salt left out, which is of 20 octets',
      pss(context(0, true, sha256), context(1, true, mask(sha256))),
      32,
      'bad-signature',
    ],
    [
      'the salt left out, and of 20 octets',
      pss(context(0, true, sha256), context(1, true, mask(sha256))),
      20,
      null,
    ],
    [
      'a negative salt',
      pss(context(0, true, sha256), context(1, true, mask(sha256)), context(2, true, integer(-1))),
      32,
      'signature-unusable',
    ],
    ['another trailer', pss(...sound, context(3, true, integer(2))), 32, 'signature-unusable'],
    [
      'another mask generation',
      pss(
        context(0, true, sha256),
        context(1, true, sequence(oid('1.2.3'), sha256)),
        context(2, true, integer(32)),
      ),
      32,
      'signature-unusable',
    ],
    ['none at all', pss(), 32, 'signature-unusable'],
  ])('%s', (_, algorithm, salt, code) => {
    expect(verdict(algorithm, salt)).toBe(code);
  });

  test('a key that is restricted to more salt or another hash verifies nothing else', () => {
    const restricted = (hash: string, saltLength: number): string | null => {
      const key = createKey({ kind: 'rsa-pss', hash, saltLength });
      const root = issueCa('root', undefined, { key, hash: 'sha512' });
      const leaf = issueLeaf(root, { hash: 'sha512' });
      return validate([leaf, root], 'path').code;
    };
    expect(restricted('sha512', 64)).toBeNull();
    const key = createKey({ kind: 'rsa-pss', hash: 'sha384', saltLength: 48 });
    const spki = key.publicKey.export({ format: 'der', type: 'spki' });
    const free = createKey({ kind: 'rsa-pss' });
    // The public half says SHA-384, the signature was made by a key that is free to choose.
    const root = issueCa('root', undefined, { key: free, replace: { spki } });
    expect(validate([issueLeaf(root), root], 'path').code).not.toBeNull();
  });
});

test('with 1 or an even number as public exponent anybody could sign', () => {
  const { n } = createKey({ kind: 'rsa' }).publicKey.export({ format: 'jwk' });
  const modulus = BigInt(`0x${Buffer.from(n ?? '', 'base64url').toString('hex')}`);
  const spki = (exponent: number): Uint8Array =>
    sequence(
      sequence(oid('1.2.840.113549.1.1.1'), nothing()),
      bits(sequence(integer(modulus), integer(exponent))),
    );
  const algorithm = sequence(oid('1.2.840.113549.1.1.11'), nothing());
  /** The padded digest is its own signature where the exponent is 1 (RFC 8017 §9.2). */
  const forge = (tbs: Uint8Array): Uint8Array => {
    const info = sequence(
      sequence(oid('2.16.840.1.101.3.4.2.1'), nothing()),
      tlv(4, createHash('sha256').update(tbs).digest()),
    );
    const padding = Buffer.alloc(256 - 3 - info.length, 0xff);
    return bits(Buffer.concat([Uint8Array.of(0, 1), padding, Uint8Array.of(0), info]));
  };
  const root = issueCa('root', undefined, { keyIds: false, replace: { spki: spki(1) } });
  const unsigned = issueLeaf(root, { keyIds: false, replace: { algorithm, outerAlgorithm: algorithm } });
  const tbs = parseCertificate(unsigned.der).tbs;
  const forged = { ...unsigned, der: sequence(tbs, algorithm, forge(tbs)) };
  for (const profile of ['private-pki', 'path', 'rfc5280'] as const)
    expect(validate([forged, root], profile).anchored).toBe(false);
  expect(validate([forged, root], 'private-pki').steps[1]?.problems[0]?.code).toBe('weak-key');
  const leafOf = (exponent: number): string | null =>
    validate(
      [issueLeaf(issueCa('CA'), { keyIds: false, replace: { spki: spki(exponent) } }), issueCa('CA')],
      'path',
    ).code;
  expect([1, 2, 3, 65536, 65537].map(leafOf)).toEqual(['weak-key', 'weak-key', null, 'weak-key', null]);
});
