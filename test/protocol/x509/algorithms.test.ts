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
