import { integer, oid, sequence, tlv, utf8 } from '../../../fixtures/pki/der-writer';
import { createKey, type Issued } from '../../../fixtures/pki/write-certificate';
import type { Profile } from '../../../src/protocol/x509';
import { type Change, day, issueCa, issueLeaf, keyOf, now, validate } from './chain';

const profiles: readonly Profile[] = ['private-pki', 'path', 'rfc5280', 'webpki'];
const raw = (type: string, value: Uint8Array, critical = false): Change => ({
  extensions: [{ oid: type, value, critical }],
});
const uri = tlv(0x86, Buffer.from('http://ca.example.com/ca.der'));
const aia = sequence(sequence(oid('1.3.6.1.5.5.7.48.2'), uri));
const rsa = createKey({ kind: 'rsa', bits: 1024 });
const utc = (text: string): Uint8Array => tlv(0x17, Buffer.from(text));
const end = utc('491231235959Z');

// [what is changed, in whom, how, what refuses it in each profile ('' accepts)].
type Row = readonly [string, 'root' | 'ca' | 'leaf', Change, string, string, string, string];
const everywhere = (code: string): [string, string, string, string] => [code, code, code, code];
const rows: readonly Row[] = [
  ['nothing', 'leaf', {}, '', '', '', ''],
  [
    'leaf without any extension but SAN',
    'leaf',
    {
      keyIds: false,
      keyUsage: undefined,
      extendedKeyUsage: undefined,
    },
    '',
    '',
    'aki-missing',
    'aki-missing',
  ],
  [
    'expired leaf',
    'leaf',
    { notAfter: new Date(now.getTime() - 2000) },
    'expired',
    'expired',
    'expired',
    'expired',
  ],
  [
    'expired intermediate',
    'ca',
    { notAfter: new Date(now.getTime() - 2000) },
    'expired',
    'expired',
    'expired',
    'expired',
  ],
  [
    'expired root',
    'root',
    { notAfter: new Date(now.getTime() - 2000) },
    'expired',
    'expired',
    'expired',
    'expired',
  ],
  [
    'leaf from tomorrow',
    'leaf',
    { notBefore: new Date(now.getTime() + day) },
    'not-yet-valid',
    'not-yet-valid',
    'not-yet-valid',
    'not-yet-valid',
  ],
  [
    'intermediate without basicConstraints',
    'ca',
    { ca: undefined },
    'not-a-ca',
    'not-a-ca',
    'key-usage-cert-sign',
    'key-usage-cert-sign',
  ],
  [
    'intermediate with CA:FALSE',
    'ca',
    { ca: false },
    'not-a-ca',
    'not-a-ca',
    'key-usage-cert-sign',
    'key-usage-cert-sign',
  ],
  [
    'CA with basicConstraints not critical',
    'ca',
    { ca: { ca: true, critical: false } },
    '',
    '',
    'basic-constraints-critical',
    'basic-constraints-critical',
  ],
  ['CA without keyUsage', 'ca', { keyUsage: undefined }, '', '', 'key-usage-missing', 'key-usage-missing'],
  [
    'CA without keyCertSign',
    'ca',
    { keyUsage: ['cRLSign'] },
    'key-usage',
    'key-usage',
    'key-usage',
    'key-usage',
  ],
  [
    'CA for clients only',
    'ca',
    { extendedKeyUsage: ['clientAuth'] },
    'ca-purpose',
    'ca-purpose',
    'ca-purpose',
    'ca-purpose',
  ],
  ['CA for anything', 'ca', { extendedKeyUsage: ['anyExtendedKeyUsage'] }, '', '', '', ''],
  ['path length 0 above a leaf', 'ca', { ca: { ca: true, pathLength: 0 } }, '', '', '', ''],
  [
    'path length 0 above a CA',
    'root',
    { ca: { ca: true, pathLength: 0 } },
    'path-length',
    'path-length',
    'path-length',
    'path-length',
  ],
  [
    'leaf for clients',
    'leaf',
    { extendedKeyUsage: ['clientAuth'] },
    'purpose',
    'purpose',
    'purpose',
    'purpose',
  ],
  ['leaf for anything', 'leaf', { extendedKeyUsage: ['anyExtendedKeyUsage'] }, 'purpose', '', '', 'eku'],
  ['leaf that may only sign CRLs', 'leaf', { keyUsage: ['cRLSign'] }, 'key-usage', '', '', 'leaf-is-ca'],
  [
    'leaf that is a CA',
    'leaf',
    { ca: true, keyUsage: ['digitalSignature', 'keyCertSign'] },
    '',
    '',
    '',
    'leaf-is-ca',
  ],
  ['negative serial number', 'leaf', { serial: -5n }, '', '', 'serial', 'serial'],
  ['serial number zero', 'leaf', { serial: 0n }, '', '', 'serial', 'serial'],
  ['serial number of 21 octets', 'leaf', { serial: 1n << 160n }, '', '', 'serial', 'serial'],
  ['serial number of 20 octets', 'leaf', { serial: (1n << 159n) - 1n }, '', '', '', ''],
  [
    'unknown critical extension in the leaf',
    'leaf',
    raw('1.2.3.4', integer(1), true),
    ...everywhere('unknown-critical-extension'),
  ],
  [
    'unknown critical extension in the root',
    'root',
    raw('1.2.3.4', integer(1), true),
    ...everywhere('unknown-critical-extension'),
  ],
  ['unknown extension', 'leaf', raw('1.2.3.4', integer(1)), '', '', '', ''],
  [
    'basicConstraints twice',
    'leaf',
    { ca: false, ...raw('2.5.29.19', sequence()) },
    ...everywhere('duplicate-extension'),
  ],
  [
    'keyUsage that is no BIT STRING',
    'leaf',
    { keyUsage: undefined, ...raw('2.5.29.15', integer(1)) },
    ...everywhere('extension'),
  ],
  [
    'critical authorityInfoAccess',
    'leaf',
    raw('1.3.6.1.5.5.7.1.1', aia, true),
    '',
    '',
    'info-access-critical',
    'info-access-critical',
  ],
  ['authorityInfoAccess', 'leaf', raw('1.3.6.1.5.5.7.1.1', aia), '', '', '', ''],
  [
    'policyConstraints that are not critical',
    'ca',
    raw('2.5.29.36', sequence(tlv(0x80, Uint8Array.of(5)))),
    '',
    '',
    'policy-constraints',
    'policy-constraints',
  ],
  [
    'inhibitAnyPolicy that is not critical',
    'ca',
    raw('2.5.29.54', integer(1)),
    '',
    '',
    'inhibit-any-policy',
    'inhibit-any-policy',
  ],
  [
    'address as dNSName only',
    'leaf',
    { san: { dns: ['host.example.com', '10.0.0.1'] } },
    '',
    '',
    'alt-name',
    'alt-name',
  ],
  [
    'underscore in a dNSName',
    'leaf',
    { san: { dns: ['host.example.com', 'a_b.example.com'] } },
    '',
    '',
    'alt-name',
    'alt-name',
  ],
  ['empty subject, SAN not critical', 'leaf', { subject: '' }, '', '', 'subject-empty', 'subject-empty'],
  [
    'empty subject, SAN critical',
    'leaf',
    { subject: '', san: { dns: ['host.example.com'], critical: true } },
    '',
    '',
    '',
    '',
  ],
  [
    'critical SAN beside a subject',
    'leaf',
    { san: { dns: ['host.example.com'], critical: true } },
    '',
    '',
    '',
    'san-critical',
  ],
  [
    'no SAN, only a common name',
    'leaf',
    { san: undefined },
    'host-mismatch',
    'host-mismatch',
    'host-mismatch',
    'san-missing',
  ],
  ['common name of another host', 'leaf', { subject: 'CN=other.example.com' }, '', '', '', 'common-name'],
  ['RSA key of 1024 bits', 'leaf', { key: rsa, keyIds: false }, '', 'weak-key', 'weak-key', 'weak-key'],
  ['Ed25519 key', 'leaf', { key: createKey({ kind: 'ed25519' }) }, '', '', '', 'weak-key'],
  ['P-192 key', 'leaf', { key: createKey({ kind: 'ec', curve: 'prime192v1' }) }, '', '', '', 'weak-key'],
  [
    'EC key with explicit parameters',
    'leaf',
    { key: createKey({ kind: 'ec', explicit: true }), keyIds: false },
    'key',
    'key',
    'key',
    'key',
  ],
  ['leaf signed with SHA-1', 'leaf', { hash: 'sha1' }, ...everywhere('weak-hash')],
  ['root signed with SHA-1', 'root', { hash: 'sha1' }, '', '', '', 'hash'],
  ['month 13', 'leaf', { replace: { validity: sequence(utc('251301000000Z'), end) } }, ...everywhere('time')],
  [
    'time without Z',
    'leaf',
    { replace: { validity: sequence(utc('250101000000'), end) } },
    ...everywhere('time'),
  ],
  [
    'version 1 with extensions',
    'leaf',
    { replace: { version: new Uint8Array() } },
    '',
    'extension-not-allowed',
    'extension-not-allowed',
    'extension-not-allowed',
  ],
  ['version 4', 'leaf', { replace: { version: tlv(0xa0, integer(3)) } }, '', 'version', 'version', 'version'],
  [
    'two signature algorithms',
    'leaf',
    { replace: { outerAlgorithm: sequence(oid('1.2.840.10045.4.3.3')) } },
    ...everywhere('bad-signature'),
  ],
  ['self-signed copy under the issuer name', 'leaf', { tamper: true }, ...everywhere('bad-signature')],
  [
    'subject in another string type and case',
    'ca',
    { replace: { subject: sequence(tlv(0x31, sequence(oid('2.5.4.3'), utf8('ca  ')))) } },
    '',
    '',
    '',
    '',
  ],
];

describe.each(rows)('%s (%s)', (_, place, change, ...codes) => {
  test.each(profiles.map((profile, i) => [profile, codes[i] ?? '?'] as const))(
    '%s says "%s"',
    (profile, code) => {
      const result = validate(build(place, change), profile);
      const found = result.steps.flatMap(({ problems }) => problems.map((problem) => problem.code));
      if (code === '') expect([result.anchored, result.detail]).toEqual([true, null]);
      else
        expect([result.anchored, found.includes(code) ? code : [result.code, ...found]]).toEqual([
          false,
          code,
        ]);
    },
  );
});

function build(place: Row[1], change: Change): Issued[] {
  const root = issueCa('root', undefined, place === 'root' ? change : {});
  const ca = issueCa('CA', root, place === 'ca' ? change : {});
  // The issuer's name in the leaf stays as it was, however the CA writes it.
  const leaf = issueLeaf({ ...ca, subject: issueCa('CA', root).subject }, place === 'leaf' ? change : {});
  return [leaf, ca, root];
}

test('the keys of the fixtures are what the rows say', () => {
  expect(keyOf('leaf').publicKey.asymmetricKeyDetails?.namedCurve).toBe('prime256v1');
  expect(rsa.publicKey.asymmetricKeyDetails?.modulusLength).toBe(1024);
});
