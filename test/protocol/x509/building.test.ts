import { createKey, issueCertificate, type Issued } from '../../../fixtures/pki/write-certificate';
import { judgeChain, parseCertificate, type JudgedChain } from '../../../src/protocol/x509';
import { dates, issueCa, issueLeaf, keyOf, now, validate } from './chain';

const past = { notAfter: new Date(now.getTime() - 3_600_000) };
const root = issueCa('root');
const other = issueCa('other root');
const ca = issueCa('CA', root);
const leaf = issueLeaf(ca);

test('the leaf, strangers and any order: the path is found', () => {
  const stranger = issueCa('stranger', other);
  const result = validate([leaf, stranger, root, ca, ca], 'rfc5280', { trusted: [other, root] });
  expect(result.path.map(({ subject }) => subject.text)).toEqual(['CN=host.example.com', 'CN=CA', 'CN=root']);
  expect(result.steps.map(({ issuer }) => issuer?.subject.text)).toEqual(['CN=CA', 'CN=root', undefined]);
  expect(result).toMatchObject({ anchored: true, anchor: { sha256: parseCertificate(root.der).sha256 } });
});

test('an intermediate as the only anchor is enough', () => {
  expect(validate([leaf, root], 'rfc5280', { trusted: [ca] }).path).toHaveLength(2);
});

test('every way up is tried: an expired cross-sign, a wrong key, a name out of bounds', () => {
  const expired = issueCa('CA', root, past);
  const wrongKey = issueCa('CA', root, { key: keyOf('another CA') });
  const bounded = issueCa('CA', root, { nameConstraints: { permitted: { dns: ['elsewhere.org'] } } });
  const crossed = issueCa('CA', other);
  for (const dead of [expired, wrongKey, bounded]) {
    for (const chain of [
      [leaf, dead, crossed],
      [leaf, crossed, dead],
    ]) {
      expect(validate(chain, 'rfc5280', { trusted: [root, other] })).toMatchObject({ anchored: true });
    }
  }
  const refused = validate([leaf, expired, wrongKey], 'path', { trusted: [root, other] });
  expect(refused).toMatchObject({ anchored: false, failure: 'expired' });
  expect(refused.alternatives.map(({ code }) => code)).toContain('bad-signature');
});

test('a chain of pain: leaf, expired cross-sign of a root that is itself trusted', () => {
  const crossed = issueCa('root', other, past);
  expect(validate([leaf, ca, crossed], 'path', { trusted: [other, root] })).toMatchObject({ anchored: true });
});

test('OpenSSL does not turn back from a trusted root that has ended, to the one it was renewed with', () => {
  const ended = issueCa('root', undefined, past);
  const crossed = issueCa('root', other);
  const chain = [issueLeaf(crossed), crossed];
  const trusted = [ended, other];
  expect(validate(chain, 'path', { trusted })).toMatchObject({ anchored: true });
  expect(validate(chain, 'private-pki', { trusted })).toMatchObject({ anchored: false, failure: 'expired' });
  expect(validate(chain, 'private-pki', { trusted: [other] })).toMatchObject({ anchored: true });
  expect(validate(chain, 'private-pki', { trusted: [ended, issueCa('root'), other] }).anchored).toBe(true);
});

test('CAs that sign each other end in a named dead end', () => {
  const a = issueCa('A', issueCa('B'));
  const b = issueCa('B', issueCa('A'));
  const result = validate([issueLeaf(a), a, b], 'path', { trusted: [root] });
  expect(result).toMatchObject({ anchored: false, failure: 'incomplete' });
  const anchored = validate([issueLeaf(a), a, b, issueCa('A', root)], 'path', { trusted: [root] });
  expect(anchored).toMatchObject({ anchored: true });
});

test('a CA of the declared name with another key: what was sent is not said to be altered', () => {
  const made = issueCa('root', undefined, { key: keyOf('root, made anew'), keyIds: false });
  const result = validate([issueLeaf(made, { keyIds: false }), made], 'private-pki', { trusted: [root] });
  expect(result).toMatchObject({
    failure: 'unknown-root',
    detail:
      '"CN=root" is a self-signed certificate that is not among the trusted ones: a trusted one has the same name and another key',
  });
  expect(result.alternatives.map(({ code }) => code)).toEqual(['bad-signature']);
  const alone = validate([made], 'private-pki', { trusted: [root] });
  expect([alone.failure, alone.code]).toEqual(['unknown-root', 'unknown-root']);
});

test('certificates that only sign each other are not said to be missing', () => {
  const a = issueCa('A', issueCa('B'));
  const b = issueCa('B', issueCa('A'));
  expect(validate([issueLeaf(a), a, b], 'path', { trusted: [root] })).toMatchObject({
    failure: 'incomplete',
    code: 'circle',
    detail: expect.stringContaining('only sign each other') as string,
  });
});

test.each([
  ['unknown root', [issueLeaf(issueCa('CA', other)), issueCa('CA', other), other], 'unknown-root'],
  [
    'self-signed leaf',
    [issueLeaf({ ...leaf, key: keyOf('leaf') }, { subject: 'CN=host.example.com' })],
    'unknown-root',
  ],
  ['intermediate not sent', [leaf], 'incomplete'],
  [
    'another CA of the same name',
    [issueLeaf({ ...ca, key: keyOf('x') }, { keyIds: false }), ca],
    'bad-signature',
  ],
] as const)('%s', (_, chain, failure) => {
  const result = validate(chain, 'private-pki', { trusted: [root] });
  expect([result.failure, result.anchor]).toEqual([failure, null]);
  expect(result.detail).toMatch(/^"CN=/);
});

test('OpenSSL refuses an issuer with another key identifier, RFC 5280 does not', () => {
  const renamed = issueCa('CA', root, {
    keyIds: false,
    extensions: [{ oid: '2.5.29.14', value: Buffer.from('0401ff', 'hex') }],
  });
  expect(validate([leaf, renamed], 'private-pki', { trusted: [root] })).toMatchObject({
    code: 'key-identifier',
  });
  expect(validate([leaf, renamed], 'path', { trusted: [root] })).toMatchObject({ anchored: true });
});

test('a trusted self-signed server certificate is its own anchor for OpenSSL only', () => {
  const own = issueCertificate({
    ...dates,
    subject: 'CN=h',
    key: createKey({ kind: 'ec' }),
    san: { dns: ['host.example.com'] },
  });
  expect(validate([own], 'private-pki', { trusted: [own] })).toMatchObject({ anchored: true, path: [{}] });
  expect(validate([own], 'path', { trusted: [own] })).toMatchObject({ anchored: false });
  expect(validate([own], 'private-pki', { trusted: [own], host: 'x.example.com' })).toMatchObject({
    code: 'host-mismatch',
  });
});

describe('a presented chain', () => {
  const judge = (...chain: readonly Issued[]): JudgedChain =>
    judgeChain(
      chain.map(({ der }) => der),
      {
        anchors: [parseCertificate(root.der)],
        at: now,
        purpose: 'serverAuth',
        profile: 'private-pki',
      },
    );

  test.each([
    ['as it should be', [leaf, ca], 'ordered', 0, false],
    ['anchor sent', [leaf, ca, root], 'ordered', 0, true],
    ['wrong order', [leaf, root, ca], 'unordered', 0, true],
    ['a stranger behind', [leaf, ca, other], 'ordered', 1, false],
    ['a stranger between', [leaf, other, ca], 'unordered', 1, false],
    ['one twice', [leaf, ca, ca], 'ordered', 1, false],
  ] as const)('%s', (_, chain, chainOrder, unusedCertificates, anchorSent) => {
    const judged = judge(...chain);
    expect(judged).toMatchObject({
      chainOrder,
      unusedCertificates,
      anchorSent,
      problems: [],
      result: { anchored: true },
    });
  });

  test('what cannot be read is said and does not stop the rest', () => {
    const judged = judge(leaf, { ...ca, der: Uint8Array.of(0x30, 0x05, 1) }, ca);
    expect(judged.problems).toEqual([
      'presented certificate 1 cannot be read: certificate: length 5 exceeds the 1 bytes left',
    ]);
    expect(judged).toMatchObject({
      chainOrder: 'unordered',
      unusedCertificates: 1,
      result: { anchored: true },
    });
    expect(judge({ ...leaf, der: new Uint8Array() }).result).toBeNull();
  });
});
