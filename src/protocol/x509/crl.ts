import { readSignatureAlgorithm, type SignatureAlgorithm } from './algorithm';
import {
  addFault,
  DerError,
  type Element,
  expectTag,
  type Fault,
  readAll,
  type Reading,
  readOne,
  tags,
} from './der';
import { listExtensions } from './extension-set';
import { type PointName, readPointName } from './distribution-points';
import { type AuthorityKeyId, readAuthorityKeyId, readSerial } from './extensions';
import { type Name, readName } from './name';
import { extensionOids as oids } from './oids';
import { readTime } from './time';
import { readBitString, readBoolean, readInteger, toHex } from './values';

/** issuingDistributionPoint: which certificates a CRL is about (RFC 5280 §5.2.5). */
export interface CrlScope {
  readonly point: PointName | null;
  readonly only: 'user' | 'ca' | 'attribute' | null;
  /** Bits of the reasons that it covers (keyCompromise is 0x40 of the first octet); null: all. */
  readonly reasons: number | null;
  readonly indirect: boolean;
}

/** A certificate revocation list as read. */
export interface Crl {
  readonly issuer: Name;
  readonly version: number;
  /** Epoch milliseconds; null: the CRL does not say when the next one comes. */
  readonly thisUpdate: number;
  readonly nextUpdate: number | null;
  /** Serial numbers as in Certificate, with the reason code or null. */
  readonly revoked: ReadonlyMap<string, number | null>;
  readonly scope: CrlScope | null;
  readonly number: { readonly critical: boolean; readonly value: bigint } | null;
  /** Number of the complete CRL that this one only changes (a delta CRL); null: it is complete itself. */
  readonly base: bigint | null;
  readonly authorityKeyId: AuthorityKeyId | null;
  /** Critical extensions of the list or an entry that are not processed; indirect entries are among them. */
  readonly unknownCritical: readonly string[];
  readonly tbs: Uint8Array;
  readonly signature: SignatureAlgorithm & { readonly value: Uint8Array };
  readonly faults: readonly Fault[];
}

const LARGEST = 64 << 20;

/** Reads a CRL in DER, leniently like parseCertificate. Throws DerError when it cannot be read. */
export function parseCrl(der: Uint8Array): Crl {
  if (der.length > LARGEST)
    throw new DerError(`CRL: ${String(der.length)} bytes is more than ${String(LARGEST)}`);
  const reading: Reading = { faults: [], where: 'CRL' };
  const [tbs, algorithm, signature] = readAll(
    expectTag(readOne(der, reading), tags.sequence, reading).content,
    reading,
  );
  const body = expectTag(tbs, tags.sequence, reading);
  const elements = readAll(body.content, reading);
  const version = elements[0]?.tag === tags.integer ? (elements.shift()?.content[0] ?? 0) + 1 : 1;
  const [inner, issuer, start, ...rest] = elements;
  const outer = readSignatureAlgorithm(algorithm, reading);
  if (inner === undefined || algorithm === undefined || toHex(inner.bytes) !== toHex(algorithm.bytes)) {
    addFault(reading, 'algorithm-mismatch', 'two signature algorithms');
  }
  const end = isTime(rest[0]) ? rest.shift() : undefined;
  const entries = rest[0]?.tag === tags.sequence ? rest.shift() : undefined;
  const unknownCritical: string[] = [];
  return {
    issuer: readName(issuer, reading),
    version,
    thisUpdate: readTime(start, 'start', reading),
    nextUpdate: end === undefined ? null : readTime(end, 'end', reading),
    revoked: readEntries(entries, unknownCritical, reading),
    ...readListExtensions(rest[0], unknownCritical, reading),
    unknownCritical,
    tbs: body.bytes,
    signature: {
      ...outer,
      value: readBitString(expectTag(signature, tags.bitString, reading), reading).bytes,
    },
    faults: reading.faults,
  };
}

function readEntries(
  entries: Element | undefined,
  unknownCritical: string[],
  reading: Reading,
): Map<string, number | null> {
  const revoked = new Map<string, number | null>();
  if (entries === undefined) return revoked;
  for (const entry of readAll(entries.content, reading, Infinity)) {
    const [serial, , extensions] = readAll(expectTag(entry, tags.sequence, reading).content, reading);
    let reason: number | null = null;
    for (const { oid, critical, value } of listExtensions(extensions?.bytes, reading)) {
      if (oid === oids.reasonCode) reason = readOne(value, reading).content[0] ?? null;
      else if (critical) unknownCritical.push(oid);
    }
    revoked.set(readSerial(expectTag(serial, tags.integer, reading), reading), reason);
  }
  return revoked;
}

function readListExtensions(
  element: Element | undefined,
  unknownCritical: string[],
  reading: Reading,
): Pick<Crl, 'scope' | 'number' | 'base' | 'authorityKeyId'> {
  let scope: CrlScope | null = null;
  let number: Crl['number'] = null;
  let base: bigint | null = null;
  let authorityKeyId: AuthorityKeyId | null = null;
  for (const { oid, critical, value } of listExtensions(element?.content, reading)) {
    if (oid === oids.crlNumber) number = { critical, value: readNumber(value, reading) };
    else if (oid === oids.deltaCrlIndicator) base = readNumber(value, reading);
    else if (oid === oids.issuingDistributionPoint) scope = readScope(value, reading);
    else if (oid === oids.authorityKeyId) authorityKeyId = readAuthorityKeyId(value, reading);
    else if (critical) unknownCritical.push(oid);
  }
  return { scope, number, base, authorityKeyId };
}

function readScope(value: Uint8Array, reading: Reading): CrlScope {
  let scope: CrlScope = { point: null, only: null, reasons: null, indirect: false };
  for (const field of readAll(expectTag(readOne(value, reading), tags.sequence, reading).content, reading)) {
    if (field.tag === 0xa0) scope = { ...scope, point: readPointName(field, reading) };
    else if (field.tag === 0x83) {
      const { bytes } = readBitString(field, reading);
      scope = { ...scope, reasons: ((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0) };
    } else if (readBoolean(field, reading)) {
      const only = ({ 0x81: 'user', 0x82: 'ca', 0x85: 'attribute' } as const)[field.tag] ?? scope.only;
      scope = { ...scope, only, indirect: scope.indirect || field.tag === 0x84 };
    }
  }
  return scope;
}

function readNumber(value: Uint8Array, reading: Reading): bigint {
  const content = readInteger(expectTag(readOne(value, reading), tags.integer, reading), reading);
  return content.length === 0 || content.length > 64 ? 0n : BigInt(`0x${toHex(content)}`);
}

const isTime = (element: Element | undefined): boolean =>
  element?.tag === tags.utcTime || element?.tag === tags.generalizedTime;
