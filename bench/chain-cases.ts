import { integer, oid, sequence, tlv } from '../fixtures/pki/der-writer';
import {
  type CertificateOptions,
  createKey,
  issueCertificate,
  type Issued,
  type Key,
} from '../fixtures/pki/write-certificate';
import { randomFrom, type Random } from './random';

/** A generated chain, the leaf first, and the names of what was done to it. */
export interface ChainCase {
  readonly changes: readonly string[];
  readonly leaf: Issued;
  /** What a server would send beside the leaf, in any order. */
  readonly sent: readonly Issued[];
  readonly anchors: readonly Issued[];
  readonly host: string;
}

type Options = Partial<CertificateOptions>;
type Place = 'root' | 'ca' | 'leaf';
/** A change to one certificate: where it may be made, its name, and what it does. */
type Change = readonly [places: readonly Place[], name: string, make: (random: Random, at: Date) => Options];

const day = 86_400_000;
const keys = new Map<string, Key>();
const keyOf = (name: string, make: () => Key): Key => {
  const key = keys.get(name) ?? make();
  keys.set(name, key);
  return key;
};
const ec = (name: string): Key => keyOf(name, () => createKey({ kind: 'ec' }));

const pick = <T>(random: Random, list: readonly T[]): T => {
  const item = list[Math.floor(random() * list.length)];
  if (item === undefined) throw new Error('nothing to pick from');
  return item;
};

const any: readonly Place[] = ['root', 'ca', 'leaf'];
const cas: readonly Place[] = ['root', 'ca'];
const below: readonly Place[] = ['ca', 'leaf'];
const raw = (type: string, value: Uint8Array, critical = false): Options => ({
  extensions: [{ oid: type, value, critical }],
});
const dnsBases = [
  'example.com',
  'host.example.com',
  'example.org',
  '',
  'com',
  'xample.com',
  'a.host.example.com',
];
const ipBases = ['10.0.0.0/8', '10.0.0.1/32', '10.0.0.2/32', '192.168.0.0/16', '0.0.0.0/0', '2001:db8::/32'];
const mailBases = ['example.com', '.example.com', 'a@example.com', 'example.org'];
const uriBases = ['example.com', '.example.com', 'example.org'];
const nameBases = ['O=Example', 'O=Other', 'C=DE'];
const few = <T>(random: Random, list: readonly T[]): T[] =>
  Array.from({ length: 1 + Math.floor(random() * 2) }, () => pick(random, list));

function constraints(random: Random): Options {
  const names = (): object =>
    pick(random, [
      () => ({ dns: few(random, dnsBases) }),
      () => ({ dns: few(random, dnsBases) }),
      () => ({ ip: few(random, ipBases) }),
      () => ({ email: few(random, mailBases) }),
      () => ({ uri: few(random, uriBases) }),
      () => ({ directory: few(random, nameBases) }),
      () => ({ raw: [tlv(0x87, Uint8Array.of(10, 0, 0, 0, 255, 0, 255, 0))] }),
    ])();
  const which = random();
  return {
    nameConstraints: {
      ...(which < 0.66 ? { permitted: names() } : {}),
      ...(which > 0.33 ? { excluded: names() } : {}),
      critical: random() < 0.8,
    },
  };
}

// prettier-ignore
const changes: readonly Change[] = [
  [any, 'expired', (_r, at) => ({ notAfter: new Date(at.getTime() - day) })],
  [any, 'not yet valid', (_r, at) => ({ notBefore: new Date(at.getTime() + day) })],
  [any, 'starts this second', (_r, at) => ({ notBefore: at })],
  [any, 'ends next second', (_r, at) => ({ notAfter: new Date(at.getTime() + 1000) })],
  [any, 'serial negative', () => ({ serial: -77n })],
  [any, 'serial zero', () => ({ serial: 0n })],
  [any, 'serial of 21 octets', () => ({ serial: 1n << 160n })],
  [cas, 'no basicConstraints', () => ({ ca: undefined as never })],
  [cas, 'CA:FALSE', () => ({ ca: false })],
  [cas, 'path length', (r) => ({ ca: { ca: true, pathLength: Math.floor(r() * 3) } })],
  [cas, 'basicConstraints not critical', () => ({ ca: { ca: true, critical: false } })],
  [['leaf'], 'leaf is a CA', () => ({ ca: true })],
  [cas, 'no keyUsage', () => ({ keyUsage: undefined as never })],
  [cas, 'keyUsage without keyCertSign', () => ({ keyUsage: ['cRLSign', 'digitalSignature'] })],
  [['leaf'], 'leaf keyUsage', (r) => ({ keyUsage: [pick(r, ['keyEncipherment', 'keyAgreement', 'cRLSign', 'nonRepudiation'] as const)] })],
  [any, 'purpose', (r) => ({ extendedKeyUsage: few(r, ['serverAuth', 'clientAuth', 'anyExtendedKeyUsage', 'OCSPSigning', '1.2.3.4']) })],
  [any, 'no purpose', () => ({ extendedKeyUsage: undefined as never })],
  [cas, 'name constraints', constraints],
  [cas, 'name constraints, again', constraints],
  [['leaf'], 'names', (r) => ({ san: { dns: few(r, ['host.example.com', '*.example.com', '*.com', 'h*.example.com', 'HOST.example.com', 'other.example.com', 'host.example.com.', 'host.example.com\0.evil.org', '.example.com', '10.0.0.1']), ip: r() < 0.5 ? ['10.0.0.1'] : [] } })],
  [['leaf'], 'other names', (r) => ({ san: { dns: ['host.example.com'], email: few(r, ['a@example.com', 'a@mail.example.com', 'b@example.org', 'a@b@example.com']), uri: few(r, ['https://example.com/', 'https://www.example.com:1/', 'https://10.0.0.1/', 'urn:x']) } })],
  [['leaf'], 'subject', (r) => ({ subject: pick(r, ['', 'CN=host.example.com,O=Example', 'O=Other', 'CN=a,C=DE', 'emailAddress=a@example.org,CN=x']) })],
  [['leaf'], 'no subjectAltName', () => ({ san: undefined as never })],
  [any, 'no key identifiers', () => ({ keyIds: false })],
  [below, 'authority key identifier of another', () => ({ keyIds: false, ...raw('2.5.29.35', sequence(tlv(0x80, Buffer.alloc(20, 7)))) })],
  [below, 'authority serial of another', () => ({ keyIds: false, ...raw('2.5.29.35', sequence(tlv(0xa1, tlv(0xa4, sequence())), tlv(0x82, Uint8Array.of(9)))) })],
  [any, 'unknown critical extension', () => raw('1.2.3.4', integer(1), true)],
  [any, 'unknown extension', () => raw('1.2.3.4', integer(1))],
  [any, 'extension twice', () => ({ extensions: [raw('1.2.3.4', integer(1)), raw('1.2.3.4', integer(2))].flatMap(({ extensions = [] }) => extensions) })],
  [any, 'keyUsage twice', () => raw('2.5.29.15', tlv(3, Uint8Array.of(1, 6)))],
  [any, 'basicConstraints unreadable', () => ({ ca: undefined as never, ...raw('2.5.29.19', integer(1), true) })],
  [below, 'tampered', () => ({ tamper: true })],
  [below, 'SHA-1', () => ({ hash: 'sha1' })],
  [below, 'SHA-512', () => ({ hash: 'sha512' })],
  [any, 'version 1', () => ({ replace: { version: new Uint8Array() } })],
  [any, 'version 1, bare', () => ({ replace: { version: new Uint8Array() }, ca: undefined as never, keyUsage: undefined as never, keyIds: false, extendedKeyUsage: undefined as never, san: undefined as never })],
  [any, 'version 4', () => ({ replace: { version: tlv(0xa0, integer(3)) } })],
  [any, 'RSA key', () => ({ key: keyOf('rsa', () => createKey({ kind: 'rsa' })) })],
  [any, 'RSA key, PSS below', () => ({ key: keyOf('pss', () => createKey({ kind: 'rsa-pss', hash: 'sha256', saltLength: 32 })) })],
  [any, 'P-384 key', () => ({ key: keyOf('p384', () => createKey({ kind: 'ec', curve: 'P-384' })) })],
  [any, 'Ed25519 key', () => ({ key: keyOf('ed', () => createKey({ kind: 'ed25519' })) })],
  [any, 'RSA key of 1024 bits', () => ({ key: keyOf('short', () => createKey({ kind: 'rsa', bits: 1024 })) })],
  [below, 'two signature algorithms', () => ({ replace: { outerAlgorithm: sequence(oid('1.2.840.10045.4.3.3')) } })],
  [below, 'another issuer name', () => ({ issuerName: 'CN=nobody' })],
  [any, 'time with an offset', () => ({ replace: { validity: sequence(tlv(0x17, Buffer.from('250101000000+0100')), tlv(0x17, Buffer.from('491231235959Z'))) } })],
  [any, 'month 13', () => ({ replace: { validity: sequence(tlv(0x17, Buffer.from('251301000000Z')), tlv(0x17, Buffer.from('491231235959Z'))) } })],
  [any, 'GeneralizedTime', () => ({ replace: { validity: sequence(tlv(0x18, Buffer.from('20250101000000Z')), tlv(0x18, Buffer.from('20491231235959Z'))) } })],
];

/** How the whole is put together; the certificates stay as they are. */
const shapes = [
  'plain',
  'plain',
  'plain',
  'shuffled',
  'missing',
  'stranger',
  'cross-signed',
  'self-issued',
  'cycle',
  'intermediate anchor',
  'leaf anchor',
];

/** The `index`-th chain of a seed: some changes in a chain of two to six certificates. */
export function makeCase(seed: number, index: number, at: Date): ChainCase {
  const random = randomFrom(seed * 1_000_003 + index);
  const shape = pick(random, shapes);
  const depth = Math.floor(random() * 3) + (shape === 'plain' ? 0 : 1);
  // In half of the chains only names and constraints on them meet, which seldom do otherwise.
  const theme = random() < 0.5 ? changes : changes.filter(([, name]) => /name|subject/.test(name));
  const wanted = Array.from({ length: Math.floor(random() * (theme === changes ? 3.5 : 6)) }, () => ({
    level: Math.floor(random() * (depth + 2)),
    change: pick(random, theme),
  }));
  const made: string[] = shape === 'plain' ? [] : [shape];
  const optionsOf = (level: number): Options => {
    const place: Place = level === 0 ? 'root' : level === depth + 1 ? 'leaf' : 'ca';
    let options: Options = {};
    for (const { level: where, change } of wanted) {
      const [places, name, make] = change;
      if (where !== level || !places.includes(place)) continue;
      made.push(`${name} (${place}${place === 'ca' ? String(level) : ''})`);
      const more = make(random, at);
      const extensions = [...(options.extensions ?? []), ...(more.extensions ?? [])];
      const replace = { ...options.replace, ...more.replace };
      options = { ...options, ...more, extensions, replace };
    }
    return options;
  };
  const dates = { notBefore: new Date(at.getTime() - 9 * day), notAfter: new Date(at.getTime() + 9 * day) };
  const issue = (level: number, issuer: Issued | undefined, more: Options = {}): Issued => {
    const name = level === 0 ? 'root' : `CA ${String(level)}`;
    const base =
      level === depth + 1
        ? {
            subject: 'CN=host.example.com',
            key: ec('leaf'),
            keyUsage: ['digitalSignature'] as const,
            extendedKeyUsage: ['serverAuth'],
            san: { dns: ['host.example.com'], ip: ['10.0.0.1'] },
          }
        : {
            subject: `CN=${name},O=Example`,
            key: ec(name),
            ca: true,
            keyUsage: ['keyCertSign', 'cRLSign'] as const,
          };
    const options = { ...dates, ...base, keyIds: true, ...(issuer === undefined ? {} : { issuer }), ...more };
    return issueCertificate(options);
  };
  const root = issue(0, undefined, optionsOf(0));
  const chain = [root];
  for (let level = 1; level <= depth; level += 1) {
    const above = chain[0] ?? root;
    const own = issue(level, above, optionsOf(level));
    chain.unshift(own);
    if (shape === 'self-issued' && level === 1) chain.unshift(issue(level, own, { key: ec('rolled over') }));
  }
  const leaf = issue(depth + 1, chain[0], optionsOf(depth + 1));
  const between = chain.slice(0, -1);
  const other = issue(0, undefined, { subject: 'CN=other root', key: ec('other root') });
  const first = between.at(-1) ?? root;
  const crossed = issue(1, other, {
    key: first.key,
    ...(random() < 0.5 ? { notAfter: new Date(at.getTime() - day) } : {}),
  });
  const host = pick(random, [
    'host.example.com',
    'host.example.com',
    '10.0.0.1',
    'other.example.com',
    'www.example.com',
  ]);
  const base = { changes: made, leaf, sent: between, anchors: [root], host };
  switch (shape) {
    case 'shuffled':
      return { ...base, sent: [root, ...between].reverse() };
    case 'missing':
      return { ...base, sent: between.slice(1) };
    case 'stranger':
      return { ...base, sent: [other, ...between, leaf] };
    case 'cross-signed':
      return { ...base, sent: [crossed, ...between], anchors: random() < 0.5 ? [other] : [root] };
    case 'cycle':
      return {
        ...base,
        sent: [...between, issue(0, chain[0], { key: root.key, subject: 'CN=root,O=Example' })],
        anchors: random() < 0.5 ? [root] : [other],
      };
    case 'intermediate anchor':
      return { ...base, anchors: [chain[0] ?? root] };
    case 'leaf anchor':
      return { ...base, anchors: [leaf] };
    default:
      return base;
  }
}
