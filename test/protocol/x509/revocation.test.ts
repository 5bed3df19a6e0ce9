import { boolean, context, integer, oid, sequence, tlv } from '../../../fixtures/pki/der-writer';
import type { RawExtension } from '../../../fixtures/pki/write-certificate';
import { type CrlOptions, issueCrl } from '../../../fixtures/pki/write-crl';
import { DerError, type PathResult, parseCrl, type Profile } from '../../../src/protocol/x509';
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
  expect(parseCrl(der)).toMatchObject({ version: 2, revoked: new Map([['4711', 1]]), faults: [] });
  expect(oid('2.5.29.20')).toHaveLength(5);
});
