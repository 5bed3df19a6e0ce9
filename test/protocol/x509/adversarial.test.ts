import { integer, oid, sequence, set, tlv } from '../../../fixtures/pki/der-writer';
import { issueCrl } from '../../../fixtures/pki/write-crl';
import { type Issued, type RawExtension } from '../../../fixtures/pki/write-certificate';
import {
  type Certificate,
  DerError,
  matchHost,
  parseCertificate,
  parseCrl,
  type Profile,
} from '../../../src/protocol/x509';
import { day, issueCa, issueLeaf, keyOf, now, validate } from './chain';

const root = issueCa('root');
const old = {
  replace: { version: new Uint8Array() },
  ca: undefined,
  keyUsage: undefined,
  keyIds: false,
} as const;
const profiles = ['private-pki', 'path', 'rfc5280', 'webpki'] as const;
const accepted = (chain: readonly Issued[], profile: Profile, trusted?: readonly Issued[]): boolean =>
  validate(chain, profile, trusted === undefined ? {} : { trusted }).anchored;

describe('certificates of version 1 as CAs', () => {
  test('a trusted root is one for OpenSSL, and for nobody else', () => {
    const plain = issueCa('plain', undefined, old);
    expect(profiles.map((profile) => accepted([issueLeaf(plain), plain], profile))).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });

  test('one that says that it is no CA is none', () => {
    const denies = issueCa('plain', undefined, { ...old, ca: false });
    expect(profiles.filter((profile) => accepted([issueLeaf(denies), denies], profile))).toEqual([]);
  });

  test('one that another key signed under its own name is none', () => {
    const next = issueCa('root', root, { ...old, key: keyOf('next') });
    expect(profiles.filter((profile) => accepted([issueLeaf(next), next, root], profile))).toEqual([]);
  });
});

test('a path length counts CAs, not keys that were rolled over', () => {
  const short = issueCa('short', undefined, { ca: { ca: true, pathLength: 0 } });
  const rolled = issueCa('short', short, { key: keyOf('rolled') });
  const below = issueCa('below', rolled);
  expect(accepted([issueLeaf(rolled), rolled, short], 'path')).toBe(true);
  expect(validate([issueLeaf(below), below, rolled, short], 'path')).toMatchObject({
    code: 'path-length',
    detail: '"CN=below" is one intermediate more than the path length of "CN=short" allows',
  });
});

test('a key on another curve than it says verifies nothing', () => {
  const spki = keyOf('CA').publicKey.export({ format: 'der', type: 'spki' });
  const ca = issueCa('CA', root, { keyIds: false });
  // secp256k1 in place of P-256, then P-384, whose points are longer.
  const k1 = Buffer.from(
    spki
      .toString('hex')
      .replace('06082a8648ce3d030107', '06052b8104000a')
      .replace('3059301306', '3056301006'),
    'hex',
  );
  const p384 = Buffer.from(
    spki
      .toString('hex')
      .replace('06082a8648ce3d030107', '06052b81040022')
      .replace('3059301306', '3056301006'),
    'hex',
  );
  for (const wrong of [k1, p384]) {
    const lying = { ...issueCa('CA', root, { keyIds: false, replace: { spki: wrong } }) };
    expect(profiles.filter((profile) => accepted([issueLeaf(ca), lying, root], profile))).toEqual([]);
  }
});

test('names compare by characters, not by their encoding', () => {
  const wide = (text: string): Uint8Array => Buffer.from(text, 'utf16le').swap16();
  const named = (value: Uint8Array): Uint8Array => sequence(set(sequence(oid('2.5.4.3'), value)));
  const ca = issueCa('Märk Ca', root);
  const leaf = (issuer: Uint8Array): Issued => issueLeaf(ca, { replace: { issuer } });
  expect(accepted([leaf(named(tlv(0x1e, wide('märk  CA')))), ca, root], 'path')).toBe(true);
  expect(accepted([leaf(named(tlv(0x1e, wide('mark CA')))), ca, root], 'path')).toBe(false);
  expect(accepted([leaf(named(tlv(0x1e, wide('Märk Ca').subarray(1)))), ca, root], 'path')).toBe(false);
});

describe('times', () => {
  const at = (from: Uint8Array, to: Uint8Array): readonly (string | null)[] =>
    profiles.map(
      (profile) =>
        validate([issueLeaf(root, { replace: { validity: sequence(from, to) } }), root], profile).code,
    );
  const utc = (text: string): Uint8Array => tlv(0x17, Buffer.from(text));
  const general = (text: string): Uint8Array => tlv(0x18, Buffer.from(text));
  const before = utc('240229000000Z');
  const everywhere = (code: string): string[] => profiles.map(() => code);

  test.each<[string, Uint8Array, readonly (string | null)[]]>([
    ['a leap day', utc('480229235959Z'), [null, null, null, null]],
    ['a leap day in a year that has none', utc('490229000000Z'), everywhere('time')],
    ['a leap day of a century that has none', general('21000229000000Z'), everywhere('time')],
    ['fractions of a second', general('20500101000000.5Z'), everywhere('time')],
    ['an offset', general('20500101000000+0100'), everywhere('time')],
    ['the last second there is', general('99991231235959Z'), [null, null, null, null]],
    ['nothing', general(''), everywhere('time')],
  ])('%s', (_name, end, codes) => {
    const codeOf = at(before, end).map((code) =>
      code === 'expired' || code === 'not-yet-valid' ? 'time' : code,
    );
    expect(codeOf).toEqual(codes);
  });
});

test('of an extension that is there twice none is believed', () => {
  const basic = (ca: boolean): RawExtension => ({
    oid: '2.5.29.19',
    critical: true,
    value: sequence(...(ca ? [tlv(1, Uint8Array.of(0xff))] : [])),
  });
  for (const order of [
    [false, true],
    [true, false],
    [true, true],
  ]) {
    const twice = issueCa('twice', root, { ca: undefined, extensions: order.map(basic) });
    expect(profiles.filter((profile) => accepted([issueLeaf(twice), twice, root], profile))).toEqual([]);
  }
});

test('indefinite and overlong lengths are no other certificate that verifies', () => {
  const { der } = issueLeaf(root);
  const body = Buffer.from(der).subarray(4);
  const indefinite = Buffer.concat([Uint8Array.of(0x30, 0x80), body, Uint8Array.of(0, 0)]);
  const verdict = (changed: Uint8Array): string | null => {
    try {
      return validate([{ ...issueLeaf(root), der: changed }, root], 'path').code;
    } catch (error) {
      if (!(error instanceof DerError)) throw error;
      return 'unreadable';
    }
  };
  expect(verdict(indefinite)).toBe('indefinite-length');
  expect(verdict(Buffer.concat([Uint8Array.of(0x30, 0x83, 0), Buffer.from(der).subarray(2)]))).toBe(
    'non-minimal-length',
  );
  expect(verdict(der.subarray(0, 4))).toBe('unreadable');
});

test('a purpose that a CA above does not have is not handed on', () => {
  const client = issueCa('client', root, { extendedKeyUsage: ['clientAuth'] });
  const below = issueCa('below', client);
  for (const profile of profiles)
    expect(validate([issueLeaf(below), below, client, root], profile).code).toBe('ca-purpose');
});

test('a wildcard right below the root covers nothing', () => {
  const named = (...dns: string[]): Certificate => parseCertificate(issueLeaf(root, { san: { dns } }).der);
  expect(matchHost(named('*.internal'), 'manager-1.internal')).toBe('none');
  expect(matchHost(named('*.cloudify.internal'), 'manager-1.cloudify.internal')).toBe('dns');
});

test('of two delta CRLs the newer has the last word, whichever comes first', () => {
  const serial = 77n;
  const dates = { thisUpdate: new Date(now.getTime() - day), nextUpdate: new Date(now.getTime() + day) };
  const delta = (number: bigint, reason?: number): ReturnType<typeof parseCrl> =>
    parseCrl(
      issueCrl({
        issuer: root,
        ...dates,
        number,
        extensions: [{ oid: '2.5.29.27', critical: true, value: integer(5) }],
        revoked: [{ serial, at: now, ...(reason === undefined ? {} : { reason }) }],
      }).der,
    );
  const whole = parseCrl(issueCrl({ issuer: root, ...dates, number: 5n }).der);
  const state = (...crls: readonly ReturnType<typeof parseCrl>[]): string | undefined =>
    validate([issueLeaf(root, { serial }), root], 'path', { crls: [whole, ...crls] }).revocation[0]?.state;
  const [held, released] = [delta(6n), delta(7n, 8)];
  expect([state(held, released), state(released, held)]).toEqual(['good', 'good']);
  const again = delta(8n);
  expect([state(again, released), state(released, again)]).toEqual(['revoked', 'revoked']);
});
