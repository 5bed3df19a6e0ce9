import { oid, sequence, set, tlv, utf8 } from '../../../fixtures/pki/der-writer';
import { createKey, type Issued } from '../../../fixtures/pki/write-certificate';
import { type Change, day, issueCa, issueLeaf, keyOf, now, validate } from './chain';
import { openSslIsMissing, verifyByOpenSsl } from './verify-openssl';

interface Way {
  readonly leaf: Issued;
  readonly sent?: readonly Issued[];
  readonly trusted: readonly Issued[];
  readonly host?: string;
  /** Code of the refusal; left out: accepted. */
  readonly code?: string;
}

const named = (value: Uint8Array): Uint8Array => sequence(set(sequence(oid('2.5.4.3'), value)));
/** A root and a leaf that names it in another way, without key identifiers. */
const renamed = (subject: Uint8Array, issuer: Uint8Array, code?: string): Way => {
  const ca = issueCa('named', undefined, { keyIds: false, replace: { subject: named(subject) } });
  const leaf = issueLeaf(ca, { keyIds: false, replace: { issuer: named(issuer) } });
  return { leaf, trusted: [ca], ...(code === undefined ? {} : { code }) };
};
const constrained = (
  nameConstraints: NonNullable<Change['nameConstraints']>,
  change: Change,
  more: Partial<Way> = {},
): Way => {
  const ca = issueCa('CA', root, { nameConstraints: { critical: true, ...nameConstraints } });
  return { leaf: issueLeaf(ca, change), sent: [ca], trusted: [root], ...more };
};
const extended = (type: string, value: Uint8Array, code?: string): Way => ({
  leaf: issueLeaf(root, { extensions: [{ oid: type, value }] }),
  trusted: [root],
  ...(code === undefined ? {} : { code }),
});

const root = issueCa('root');
const bare = issueCa('root', undefined, { keyIds: false });
const twin = issueCa('root', undefined, { keyIds: false, key: keyOf('twin') });
const olderTwin = issueCa('root', undefined, {
  keyIds: false,
  key: keyOf('twin'),
  notAfter: new Date(now.getTime() - day),
});
const twinOfOtherKind = issueCa('root', undefined, { keyIds: false, key: createKey({ kind: 'ed25519' }) });
const ca = issueCa('CA', bare, { keyIds: false });
const wrongCa = issueCa('CA', bare, { keyIds: false, key: keyOf('twin') });
const leaf = issueLeaf(ca, { keyIds: false });
const old = issueCa('CA', root, { hash: 'sha1' });
const ended = issueCa('root', undefined, { notAfter: new Date(now.getTime() - day) });
const wildcard = issueLeaf(root, { san: { dns: ['*.example.com'] } });
const netscape = '2.16.840.1.113730.1.1';
const withMail = { subject: 'emailAddress=a@example.com,CN=host.example.com' };
const byAddress: Change = { subject: 'CN=evil.example.org', san: { ip: ['10.0.0.1'] } };
const permitted = { permitted: { dns: ['example.com'] } };

const ways: Readonly<Record<string, Way>> = {
  'the issuer of that name is the first': { leaf, sent: [ca], trusted: [bare, twin] },
  'the issuer of that name is the second': { leaf, sent: [ca], trusted: [twin, bare], code: 'bad-signature' },
  'one of that name that has ended comes first': { leaf, sent: [ca], trusted: [olderTwin, bare] },
  'one of that name with a key of another kind comes first': {
    leaf,
    sent: [ca],
    trusted: [twinOfOtherKind, bare],
  },
  'a stranger of that name is sent first': {
    leaf,
    sent: [wrongCa, ca],
    trusted: [bare],
    code: 'bad-signature',
  },
  'a stranger of that name is sent last': { leaf, sent: [ca, wrongCa], trusted: [bare] },
  'a CA of SHA-1 and its root are trusted': { leaf: issueLeaf(old), trusted: [old, root], code: 'weak-hash' },
  'a CA and its ended root are trusted': {
    leaf: issueLeaf(issueCa('CA', ended)),
    trusted: [issueCa('CA', ended), ended],
    code: 'expired',
  },
  'a CA and its root are trusted': {
    leaf: issueLeaf(issueCa('CA', root)),
    trusted: [issueCa('CA', root), root],
  },
  'ASCII letters in another case': renamed(utf8('Test CA'), utf8(' TEST  ca')),
  'other letters in another case': renamed(utf8('Äpfel'), utf8('äpfel'), 'name-form'),
  'composed and decomposed letters': renamed(utf8('\u00c4'), utf8('A\u0308'), 'name-form'),
  'a ligature': renamed(utf8('fi'), utf8('\ufb01'), 'name-form'),
  'a space that does not break': renamed(utf8('Test CA'), utf8('Test\u00a0CA'), 'name-form'),
  'a name in UTF-16': renamed(utf8('Test'), tlv(0x1e, Buffer.from('\0T\0e\0s\0t'))),
  'a wildcard': { leaf: wildcard, trusted: [root] },
  'a wildcard for a label with an underscore': {
    leaf: wildcard,
    trusted: [root],
    host: 'a_b.example.com',
    code: 'host-mismatch',
  },
  'a common name outside, beside an address': constrained(permitted, byAddress, {
    host: '10.0.0.1',
    code: 'name-constraints',
  }),
  'a common name outside, beside a name inside': constrained(permitted, { subject: 'CN=evil.example.org' }),
  'a common name that is no host name': constrained(
    permitted,
    { ...byAddress, subject: 'CN=Some server' },
    { host: '10.0.0.1' },
  ),
  'a mail address in the subject that is excluded': constrained(
    { excluded: { email: ['example.com'] } },
    withMail,
    { code: 'name-constraints' },
  ),
  'a mail address in the subject that is not': constrained(
    { excluded: { email: ['example.org'] } },
    withMail,
  ),
  'a Netscape type for servers': extended(netscape, tlv(3, Uint8Array.of(6, 0x40))),
  'a Netscape type for clients': extended(netscape, tlv(3, Uint8Array.of(7, 0x80)), 'purpose'),
  'a proxy certificate': extended(
    '1.3.6.1.5.5.7.1.14',
    sequence(sequence(oid('1.3.6.1.5.5.7.21.1'))),
    'proxy-certificate',
  ),
};

describe.each(Object.entries(ways))(
  '%s',
  (_, { leaf, sent = [], trusted, host = 'host.example.com', code = null }) => {
    test('as it should be', () => {
      const { anchored, code: said } = validate([leaf, ...sent], 'private-pki', { trusted, host });
      expect([anchored, said]).toEqual([code === null, code]);
    });

    (openSslIsMissing ? test.skip : test)('as openssl verify has it', () => {
      const { accepted, output } = verifyByOpenSsl({ leaf, sent, trusted, host });
      if (accepted !== (code === null)) throw new Error(output);
    });
  },
);
