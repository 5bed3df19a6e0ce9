import { randomBytes } from 'node:crypto';
import { isIP } from 'node:net';
import { tlsVersions, type TlsVersion } from './versions';

/**
 * A ClientHello for exactly one protocol version, in its record. node:tls cannot offer SSLv3, nor old versions with
 * every suite, so the bytes are made here. The lists are wide on purpose: a version is only refused if it is refused
 * to a client that would take anything. `compact` is for stacks that choke on large hellos.
 */
export function clientHello(version: TlsVersion, serverName: string | null, compact = false): Buffer {
  const wire = tlsVersions[version];
  const body = Buffer.concat([
    u16(Math.min(wire, tlsVersions['TLSv1.2'])), // legacy_version, RFC 8446 §4.1.2
    randomBytes(32),
    // A session id keeps middleboxes calm about TLS 1.3 (RFC 8446 §D.4).
    vector(1, version === 'TLSv1.3' ? randomBytes(32) : Buffer.alloc(0)),
    vector(2, Buffer.concat(suites(version, compact).map(u16))),
    vector(1, Buffer.from([0])), // no compression
    // SSLv3 servers may refuse a hello that goes on after the compression methods.
    ...(version === 'SSLv3' ? [] : [vector(2, extensions(version, serverName))]),
  ]);
  const message = Buffer.concat([Buffer.from([1]), u24(body.length), body]);
  // RFC 8446 §5.1: 0x0301 in the record of a first hello; SSLv3 servers want their own.
  return Buffer.concat([Buffer.from([22]), u16(version === 'SSLv3' ? 0x0300 : 0x0301), vector(2, message)]);
}

const compactSuites: readonly number[] = [
  0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0x009e, 0x009f, 0xc023, 0xc027, 0xc024, 0xc028, 0xc009,
  0xc013, 0xc00a, 0xc014, 0x009c, 0x009d, 0x003c, 0x003d, 0x002f, 0x0035, 0x0033, 0x0039, 0x000a, 0x0016,
  0x0005, 0x0004,
];

/** The rest of the IANA registry by ranges; a code point that means nothing is skipped by every server. */
const suiteRanges: readonly (readonly [number, number])[] = [
  [0xc02b, 0xc032],
  [0xcca8, 0xccae],
  [0xc001, 0xc02a],
  [0xc033, 0xc0b7],
  [0x009c, 0x00c5],
  [0x0067, 0x006d],
  [0x0084, 0x009b],
  [0x0001, 0x001b],
  [0x002c, 0x0046],
];
const wideSuites: readonly number[] = suiteRanges.flatMap(([from, to]) =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index),
);
const tls13Suites: readonly number[] = [0x1301, 0x1302, 0x1303, 0x1304, 0x1305];
/** TLS_EMPTY_RENEGOTIATION_INFO_SCSV, RFC 5746 §3.3: the only way to say it without extensions. */
const renegotiationScsv = 0x00ff;

function suites(version: TlsVersion, compact: boolean): readonly number[] {
  if (version === 'TLSv1.3') return tls13Suites;
  return [...(compact ? compactSuites : [...new Set([...compactSuites, ...wideSuites])]), renegotiationScsv];
}

/** Named groups: the common ones, the post-quantum hybrids, brainpool, finite fields, then RFC 8422's old curves. */
const groups: readonly number[] = [
  29,
  23,
  24,
  25,
  30,
  0x11ec,
  0x11eb,
  0x11ed,
  26,
  27,
  28,
  31,
  32,
  33,
  256,
  257,
  258,
  259,
  260,
  ...Array.from({ length: 22 }, (_, index) => 22 - index),
];

const signatureAlgorithms: readonly number[] = [
  0x0403, 0x0503, 0x0603, 0x0807, 0x0808, 0x0804, 0x0805, 0x0806, 0x0809, 0x080a, 0x080b, 0x0401, 0x0501,
  0x0601, 0x0303, 0x0301, 0x0203, 0x0201, 0x0402, 0x0502, 0x0602, 0x0302, 0x0202,
];

function extensions(version: TlsVersion, serverName: string | null): Buffer {
  const list: Buffer[] = [];
  const add = (type: number, content: Buffer): void => {
    list.push(u16(type), vector(2, content));
  };
  // RFC 6066 §3: a name, never an address.
  if (serverName !== null && isIP(serverName) === 0) {
    add(0, vector(2, Buffer.concat([Buffer.from([0]), vector(2, Buffer.from(serverName, 'latin1'))])));
  }
  add(10, vector(2, Buffer.concat(groups.map(u16))));
  if (version === 'TLSv1.3') {
    add(43, vector(1, u16(tlsVersions['TLSv1.3'])));
    // Without a key share the server names suite and group in a HelloRetryRequest and computes nothing (RFC 8446 §4.2.8).
    add(51, vector(2, Buffer.alloc(0)));
  } else {
    add(11, vector(1, Buffer.from([0, 1, 2])));
    add(23, Buffer.alloc(0)); // extended_master_secret, RFC 7627
  }
  if (version === 'TLSv1.3' || version === 'TLSv1.2') {
    const algorithms = vector(2, Buffer.concat(signatureAlgorithms.map(u16)));
    add(13, algorithms);
    // Erlang holds the certificate's own signature against signature_algorithms unless this is sent too.
    add(50, algorithms);
  }
  return Buffer.concat(list);
}

function u16(value: number): Buffer {
  return Buffer.from([value >> 8, value & 0xff]);
}

function u24(value: number): Buffer {
  return Buffer.from([value >> 16, (value >> 8) & 0xff, value & 0xff]);
}

function vector(lengthBytes: 1 | 2, content: Buffer): Buffer {
  return Buffer.concat([lengthBytes === 1 ? Buffer.from([content.length]) : u16(content.length), content]);
}
