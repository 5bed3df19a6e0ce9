import { boolean, context, integer, oid, sequence, tlv } from '../../../fixtures/pki/der-writer';
import type { RawExtension } from '../../../fixtures/pki/write-certificate';
import { type CrlOptions, issueCrl } from '../../../fixtures/pki/write-crl';
import { DerError, type PathResult, parseCrl, type Profile, readCrls } from '../../../src/protocol/x509';
import { type Change, day, issueCa, issueLeaf, keyOf, now, validate } from './chain';

const root = issueCa('root');
const serial = 0x4711n;
const update = {
  thisUpdate: new Date(now.getTime() - day),
  nextUpdate: new Date(now.getTime() + day),
  number: 1n,
};
const revoked = [{ serial, at: update.thisUpdate, reason: 1 }];
const point = (uri: string): Uint8Array => context(0, true, context(0, true, tlv(0x86, Buffer.from(uri))));
const offered: Change = {
  extensions: [{ oid: '2.5.29.31', value: sequence(sequence(point('http://ca/crl'))) }],
};
const scope = (...fields: Uint8Array[]): RawExtension[] => [
  { oid: '2.5.29.28', critical: true, value: sequence(...fields) },
];
const flag = (number: number): Uint8Array => context(number, false, boolean(true).subarray(2));

function judge(crl: Partial<CrlOptions>, profile: Profile = 'rfc5280', change: Change = {}): PathResult {
  const crls = [parseCrl(issueCrl({ issuer: root, ...update, ...crl }).der)];
  return validate([issueLeaf(root, { serial, ...change }), root], profile, { crls });
}

test.each([
  ['not on the list', {}, 'rfc5280', null, 'good'],
  ['on the list', { revoked }, 'rfc5280', 'revoked', 'revoked'],
  ['another one on the list', { revoked: [{ serial: 1n, at: now }] }, 'rfc5280', null, 'good'],
  ['list of another CA', { issuer: issueCa('other'), revoked }, 'rfc5280', null, 'not-offered'],
  [
    'list out of date',
    { revoked, nextUpdate: new Date(now.getTime() - 2000) },
    'rfc5280',
    'revocation-unknown',
    'undetermined',
  ],
  [
    'list from the future',
    { thisUpdate: new Date(now.getTime() + day) },
    'rfc5280',
    'revocation-unknown',
    'undetermined',
  ],
  [
    'list signed by another key',
    { issuer: { ...root, key: keyOf('x') }, revoked },
    'rfc5280',
    'revocation-unknown',
    'undetermined',
  ],
  ['no CRL number', { number: undefined }, 'rfc5280', 'revocation-unknown', 'undetermined'],
  ['no CRL number, for OpenSSL', { number: undefined }, 'private-pki', null, 'good'],
  ['no next update', { nextUpdate: undefined }, 'rfc5280', 'revocation-unknown', 'undetermined'],
  [
    'critical extension of an entry',
    {
      revoked: [
        { serial: 9n, at: now, extensions: [{ oid: '2.5.29.29', critical: true, value: sequence() }] },
      ],
    },
    'rfc5280',
    'revocation-unknown',
    'undetermined',
  ],
  [
    'critical extension',
    { extensions: [{ oid: '1.2.3', critical: true, value: integer(1) }] },
    'rfc5280',
    'revocation-unknown',
    'undetermined',
  ],
  [
    'delta',
    { extensions: [{ oid: '2.5.29.27', critical: true, value: integer(1) }] },
    'rfc5280',
    'revocation-unknown',
    'undetermined',
  ],
  [
    'an extension twice',
    { extensions: [...scope(flag(1)), ...scope(flag(2))] },
    'private-pki',
    'revocation-unknown',
    'undetermined',
  ],
  [
    'an extension of an entry twice',
    {
      revoked: [
        {
          serial: 9n,
          at: now,
          reason: 1,
          extensions: [{ oid: '2.5.29.21', value: tlv(0x0a, Uint8Array.of(8)) }],
        },
      ],
    },
    'private-pki',
    'revocation-unknown',
    'undetermined',
  ],
  ['list of CAs only', { revoked, extensions: scope(flag(2)) }, 'rfc5280', null, 'not-offered'],
  ['list of others than CAs', { revoked, extensions: scope(flag(1)) }, 'rfc5280', 'revoked', 'revoked'],
  ['indirect list', { extensions: scope(flag(4)) }, 'rfc5280', 'revocation-unknown', 'undetermined'],
  [
    'list of some reasons',
    { extensions: scope(tlv(0x83, Uint8Array.of(1, 0x40))) },
    'rfc5280',
    'revocation-unknown',
    'undetermined',
  ],
  [
    'list of another point',
    { revoked, extensions: scope(point('http://other/crl')) },
    'rfc5280',
    null,
    'not-checked',
  ],
  [
    'list of this point',
    { revoked, extensions: scope(point('http://ca/crl')) },
    'rfc5280',
    'revoked',
    'revoked',
  ],
] as const)('%s', (name, crl, profile, code, state) => {
  const result = judge(crl as Partial<CrlOptions>, profile, name.includes('point') ? offered : {});
  expect([result.code, result.revocation[0]?.state]).toEqual([code, state]);
});

test('a CA that may not sign CRLs', () => {
  const mute = issueCa('root', undefined, { keyUsage: ['keyCertSign'] });
  const crls = [parseCrl(issueCrl({ issuer: mute, ...update, revoked }).der)];
  expect(validate([issueLeaf(mute, { serial }), mute], 'path', { crls }).code).toBe('revocation-unknown');
});

test('a CRL signed with the next key of the same CA counts when that key is certified', () => {
  const next = issueCa('root', root, { key: keyOf('root, next') });
  const crls = [parseCrl(issueCrl({ issuer: next, ...update, revoked }).der)];
  const leaf = issueLeaf(root, { serial });
  expect(validate([leaf, next, root], 'path', { crls }).code).toBe('revoked');
  expect(validate([leaf, root], 'path', { crls }).code).toBe('revocation-unknown');
});

test('a signing key that the CA has itself revoked says nothing', () => {
  const next = issueCa('root', root, { key: keyOf('root, next'), serial: 77n });
  const crls = [
    parseCrl(issueCrl({ issuer: root, ...update, revoked: [{ serial: 77n, at: now }] }).der),
    parseCrl(issueCrl({ issuer: next, ...update }).der),
  ];
  const leaf = issueLeaf(issueCa('CA', root), {});
  expect(validate([leaf, issueCa('CA', root), next, root], 'path', { crls, trusted: [root] }).anchored).toBe(
    true,
  );
  const onlyNext = validate([issueLeaf(root, { serial }), next, root], 'path', {
    crls: crls.slice(1),
    trusted: [root],
  });
  expect(onlyNext.revocation[0]?.state).toBe('good');
  const both = [
    ...crls.slice(1),
    parseCrl(
      issueCrl({ issuer: root, ...update, extensions: scope(flag(2)), revoked: [{ serial: 77n, at: now }] })
        .der,
    ),
  ];
  const refused = validate([issueLeaf(root, { serial }), next, root], 'path', {
    crls: both,
    trusted: [root],
  });
  expect(refused.revocation[0]?.state).toBe('undetermined');
});

describe('delta CRLs', () => {
  const delta = (base: bigint): RawExtension[] => [
    { oid: '2.5.29.27', critical: true, value: integer(base) },
  ];
  const state = (...crls: readonly Partial<CrlOptions>[]): string | undefined =>
    validate([issueLeaf(root, { serial }), root], 'path', {
      crls: crls.map((crl) => parseCrl(issueCrl({ issuer: root, ...update, ...crl }).der)),
    }).revocation[0]?.state;

  test.each<readonly [string, string, readonly Partial<CrlOptions>[]]>([
    [
      'one that adds the certificate',
      'revoked',
      [{ number: 5n }, { number: 6n, extensions: delta(5n), revoked }],
    ],
    [
      'one that takes it off',
      'good',
      [
        { number: 5n, revoked },
        { number: 6n, extensions: delta(5n), revoked: [{ serial, at: now, reason: 8 }] },
      ],
    ],
    [
      'one without a word on it',
      'revoked',
      [
        { number: 5n, revoked },
        { number: 6n, extensions: delta(4n) },
      ],
    ],
    [
      'one that builds on a later list',
      'good',
      [{ number: 5n }, { number: 9n, extensions: delta(6n), revoked }],
    ],
    ['one that is older', 'good', [{ number: 5n }, { number: 5n, extensions: delta(1n), revoked }]],
    ['one alone', 'undetermined', [{ number: 6n, extensions: delta(5n) }]],
  ])('%s: %s', (_, expected, crls) => {
    expect(state(...crls)).toBe(expected);
  });

  test('lists that together cover all reasons', () => {
    const some = (...bytes: number[]): RawExtension[] => scope(tlv(0x83, Uint8Array.of(7, ...bytes)));
    expect(state({ extensions: some(0x60, 0) }, { extensions: some(0x1f, 0x80) })).toBe('good');
    expect(state({ extensions: some(0x60, 0) }, { extensions: some(0x1e, 0x80) })).toBe('undetermined');
    expect(state({ extensions: some(0x60, 0) }, { extensions: some(0x1e, 0x80), revoked })).toBe('revoked');
  });
});

test('what nobody offers is no failure, unless revocation is required', () => {
  const chain = [issueLeaf(root), root];
  expect(validate(chain, 'path')).toMatchObject({ anchored: true, revocation: [{ state: 'not-offered' }] });
  expect(validate([issueLeaf(root, offered), root], 'path')).toMatchObject({
    anchored: true,
    revocation: [{ state: 'not-checked' }],
  });
  expect(validate(chain, 'path', { revocation: 'require' })).toMatchObject({
    anchored: false,
    code: 'revocation-unknown',
  });
});

test('a CRL that cannot be read is a DerError', () => {
  const { der } = issueCrl({ issuer: root, ...update, revoked });
  for (let cut = 0; cut < der.length; cut += 7)
    expect(() => parseCrl(der.subarray(0, cut))).toThrow(DerError);
  const { pem } = issueCrl({ issuer: root, ...update });
  const read = readCrls(Buffer.from(root.pem + pem));
  expect(read).toMatchObject({ crls: [{}], problems: ['block 1: certificate, not a CRL'] });
  expect(parseCrl(read.crls[0] ?? der)).toMatchObject({ version: 2 });
  expect(parseCrl(der)).toMatchObject({ version: 2, revoked: new Map([['4711', 1]]), faults: [] });
  expect(oid('2.5.29.20')).toHaveLength(5);
});
