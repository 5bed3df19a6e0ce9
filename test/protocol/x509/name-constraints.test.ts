import { sequence, tlv } from '../../../fixtures/pki/der-writer';
import type { AltNames, ConstraintOptions } from '../../../fixtures/pki/write-certificate';
import { type Change, day, issueCa, issueLeaf, keyOf, now, validate } from './chain';

// [constraints of the root, names of the leaf, subject of the leaf, what the algorithm says ('' accepts)].
type Row = readonly [ConstraintOptions, AltNames, string, string];
const host: AltNames = { dns: ['host.example.com'] };
const permit = (names: AltNames): ConstraintOptions => ({ permitted: names });
const exclude = (names: AltNames): ConstraintOptions => ({ excluded: names });
const withHost = (names: AltNames): AltNames => ({ dns: ['host.example.com'], ...names });
const out = 'name-constraints';
const bad = 'name-constraint-form';

const rows: readonly Row[] = [
  // dNSName: the name itself and everything below.
  [permit({ dns: ['example.com'] }), host, '', ''],
  [permit({ dns: ['host.example.com'] }), host, '', ''],
  [permit({ dns: ['EXAMPLE.com'] }), host, '', ''],
  [permit({ dns: ['xample.com'] }), host, '', out],
  [permit({ dns: ['a.host.example.com'] }), host, '', out],
  [permit({ dns: ['other.com', 'example.com'] }), host, '', ''],
  [permit({ dns: ['example.com'] }), { dns: ['host.example.com', 'host.other.com'] }, '', out],
  [permit({ dns: [''] }), host, '', ''],
  [permit({ dns: ['.example.com'] }), host, '', bad],
  [permit({ dns: ['*.example.com'] }), host, '', bad],
  [exclude({ dns: ['example.com'] }), host, '', out],
  [exclude({ dns: ['example.org'] }), host, '', ''],
  [exclude({ dns: [''] }), host, '', out],
  [{ permitted: { dns: ['example.com'] }, excluded: { dns: ['host.example.com'] } }, host, '', out],
  // A wildcard stands for every name one label below.
  [permit({ dns: ['example.com'] }), withHost({ dns: ['host.example.com', '*.example.com'] }), '', ''],
  [permit({ dns: ['host.example.com'] }), withHost({ dns: ['host.example.com', '*.example.com'] }), '', out],
  [exclude({ dns: ['foo.example.com'] }), withHost({ dns: ['host.example.com', '*.example.com'] }), '', out],
  [exclude({ dns: ['a.foo.example.com'] }), withHost({ dns: ['host.example.com', '*.example.com'] }), '', ''],
  // A name that is no DNS name cannot be judged.
  [permit({ dns: ['example.com'] }), { dns: ['host.example.com', '.example.com'] }, '', out],
  [exclude({ dns: ['example.org'] }), { dns: ['host.example.com', 'a..example.com'] }, '', out],
  [permit({ ip: ['10.0.0.0/8'] }), { dns: ['host.example.com', '.example.com'] }, '', ''],
  // The common name is no DNS name for constraints (RFC 9525 §6.1 and RFC 5280 §4.2.1.10).
  [permit({ dns: ['example.com'] }), host, 'CN=evil.org', ''],
  // iPAddress: address and mask of the same family.
  [permit({ ip: ['10.0.0.0/8'] }), withHost({ ip: ['10.1.2.3'] }), '', ''],
  [permit({ ip: ['10.0.0.0/8'] }), withHost({ ip: ['11.1.2.3'] }), '', out],
  [permit({ ip: ['10.0.0.0/8'] }), host, '', ''],
  [permit({ ip: ['10.0.0.0/8'] }), withHost({ ip: ['2001:db8::1'] }), '', out],
  [permit({ ip: ['10.0.0.0/8', '2001:db8::/32'] }), withHost({ ip: ['2001:db8::1'] }), '', ''],
  [exclude({ ip: ['10.128.0.0/9'] }), withHost({ ip: ['10.127.0.1'] }), '', ''],
  [exclude({ ip: ['10.128.0.0/9'] }), withHost({ ip: ['10.128.0.1'] }), '', out],
  [exclude({ ip: ['0.0.0.0/0'] }), withHost({ ip: ['2001:db8::1'] }), '', ''],
  [permit({ raw: [tlv(0x87, Uint8Array.of(10, 0, 0, 1))] }), host, '', bad],
  [permit({ raw: [tlv(0x87, Uint8Array.of(10, 0, 0, 0, 255, 0, 255, 0))] }), host, '', bad],
  // rfc822Name: a mailbox, a host, or the hosts of a domain.
  [permit({ email: ['example.com'] }), withHost({ email: ['a@example.com'] }), '', ''],
  [permit({ email: ['example.com'] }), withHost({ email: ['a@mail.example.com'] }), '', out],
  [permit({ email: ['.example.com'] }), withHost({ email: ['a@mail.example.com'] }), '', ''],
  [permit({ email: ['.example.com'] }), withHost({ email: ['a@example.com'] }), '', out],
  [permit({ email: ['a@example.com'] }), withHost({ email: ['a@EXAMPLE.com'] }), '', ''],
  [permit({ email: ['a@example.com'] }), withHost({ email: ['A@example.com'] }), '', out],
  [permit({ email: ['example.com'] }), withHost({ email: ['a@b@example.com'] }), '', out],
  [permit({ email: ['a@b@example.com'] }), host, '', bad],
  [exclude({ email: ['example.com'] }), withHost({ email: ['a@example.com'] }), '', out],
  // uniformResourceIdentifier: the host alone counts, and there must be one.
  [permit({ uri: ['example.com'] }), withHost({ uri: ['https://example.com:8443/x'] }), '', ''],
  [permit({ uri: ['example.com'] }), withHost({ uri: ['https://www.example.com/'] }), '', out],
  [permit({ uri: ['.example.com'] }), withHost({ uri: ['https://u@www.example.com/'] }), '', ''],
  [permit({ uri: ['.example.com'] }), withHost({ uri: ['https://example.com@evil.org/'] }), '', out],
  [permit({ uri: ['.example.com'] }), withHost({ uri: ['urn:x:y'] }), '', out],
  [exclude({ uri: ['.example.com'] }), withHost({ uri: ['https://10.0.0.1/'] }), '', out],
  // directoryName: the first RDNs, compared by characters without case; subject and subjectAltName.
  [permit({ directory: ['O=Example'] }), host, 'CN=a,O=example', ''],
  [permit({ directory: ['O=Example'] }), host, 'CN=a,O=Other', out],
  [permit({ directory: ['OU=x,O=Example'] }), host, 'CN=a,O=Example', out],
  [permit({ directory: ['O=Example'] }), withHost({ directory: ['CN=b,O=Other'] }), 'CN=a,O=Example', out],
  [permit({ directory: ['O=Example'] }), host, '', ''],
  [exclude({ directory: ['O=Example'] }), host, 'CN=a,O=Example', out],
  [exclude({ directory: ['CN=a'] }), host, 'CN=a,O=Example', ''],
  // A form that is not understood matters only where such a name occurs.
  [exclude({ raw: [tlv(0xa0, Uint8Array.of(6, 1, 42, 0xa0, 2, 5, 0))] }), host, '', ''],
  [
    exclude({ raw: [tlv(0xa0, Uint8Array.of(6, 1, 42, 0xa0, 2, 5, 0))] }),
    withHost({ raw: [tlv(0xa0, Uint8Array.of(6, 1, 42, 0xa0, 2, 5, 0))] }),
    '',
    out,
  ],
];

test.each(rows)('%j over %j, subject %j: %j', (nameConstraints, san, subject, code) => {
  const root = issueCa('root', undefined, { nameConstraints });
  const result = validate([issueLeaf(root, { san, subject }), root], 'path');
  expect([result.code ?? '', result.anchored]).toEqual([code, code === '']);
});

test('a network is told as people write it', () => {
  const say = (nameConstraints: ConstraintOptions): string | null => {
    const root = issueCa('root', undefined, { nameConstraints });
    const leaf = issueLeaf(root, { san: { dns: ['host.example.com'], ip: ['10.0.0.5'] } });
    return validate([leaf, root], 'path').detail;
  };
  expect(say(permit({ ip: ['192.168.0.0/16'] }))).toContain('(it permits ip "192.168.0.0/16")');
  expect(say(exclude({ ip: ['0.0.0.0/0'] }))).toContain('excludes (ip "0.0.0.0/0")');
  expect(say(permit({ ip: ['2001:db8::/32'] }))).toContain('(it permits ip "2001:db8::/32")');
});

test('every CA above counts, and a permitted name must be permitted by each of them', () => {
  const root = issueCa('root', undefined, { nameConstraints: permit({ dns: ['example.com'] }) });
  const ca = issueCa('CA', root, { nameConstraints: permit({ dns: ['host.example.com', 'other.org'] }) });
  const say = (name: string): string | null =>
    validate([issueLeaf(ca, { san: { dns: ['host.example.com', name] } }), ca, root], 'path').detail;
  expect(say('a.host.example.com')).toBeNull();
  expect(say('other.org')).toBe(
    '"CN=host.example.com" has the name dns "other.org", which "CN=root" above it does not permit (it permits dns "example.com")',
  );
  expect(say('other.example.com')).toContain(
    '"CN=CA" above it does not permit (it permits dns "host.example.com", dns "other.org")',
  );
});

test('a CA between is held to the constraints too, unless it only rolls its key over', () => {
  const root = issueCa('root', undefined, { nameConstraints: permit({ dns: ['example.com'] }) });
  const named = issueCa('CA', root, { san: { dns: ['ca.org'] } });
  expect(validate([issueLeaf(named), named, root], 'path')).toMatchObject({ code: out });
  const rolled = issueCa('root', root, { key: keyOf('root, next'), san: { dns: ['ca.org'] } });
  expect(validate([issueLeaf(rolled), rolled, root], 'path')).toMatchObject({ anchored: true });
  // The leaf is never exempt, even when it has its issuer's name.
  const leaf = issueLeaf(root, { subject: 'CN=root', san: { dns: ['host.example.com', 'host.org'] } });
  expect(validate([leaf, root], 'path')).toMatchObject({ code: out });
});

test('the mail address of a subject counts where there is no subjectAltName', () => {
  const root = issueCa('root', undefined, { nameConstraints: permit({ email: ['example.com'] }) });
  const subject = 'emailAddress=a@example.org,CN=host.example.com';
  const codes = (change: Change): readonly string[] =>
    validate([issueLeaf(root, { subject, ...change }), root], 'path').steps.flatMap(({ problems }) =>
      problems.map(({ code }) => code),
    );
  expect(codes({ san: undefined })).toContain(out);
  expect(codes({ san: undefined, subject: 'emailAddress=a@example.com' })).not.toContain(out);
  expect(codes({})).toEqual([]);
});

test('a subtree with a minimum is refused', () => {
  const subtree = sequence(tlv(0x82, Buffer.from('example.com')), tlv(0x80, Uint8Array.of(1)));
  const extensions = [{ oid: '2.5.29.30', critical: true, value: sequence(tlv(0xa0, subtree)) }];
  const root = issueCa('root', undefined, { extensions });
  expect(validate([issueLeaf(root), root], 'path').code).toBe(bad);
});

test('10,000 names under 1,000 constraints are refused, not compared', () => {
  const many = (count: number, end: string): AltNames => ({
    dns: Array.from({ length: count }, (_, i) => `n${String(i)}.${end}`),
  });
  const root = issueCa('root', undefined, { nameConstraints: { excluded: many(1000, 'example.org') } });
  const leaf = issueLeaf(root, { san: many(10_000, 'example.com'), notAfter: new Date(now.getTime() + day) });
  const start = process.cpuUsage();
  const result = validate([leaf, root], 'path', { host: 'n1.example.com' });
  expect(process.cpuUsage(start).user / 1000).toBeLessThan(10_000);
  expect(result.detail).toContain('more names than are worth comparing');
});
