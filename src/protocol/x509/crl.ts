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
import {
  type AuthorityKeyId,
  readAuthorityKeyId,
  readPointName,
  readSerial,
  type PointName,
} from './extensions';
import { type Name, readName } from './name';
import { extensionOids as oids } from './oids';
import { readTime } from './time';
import { readBitString, readBoolean, toHex } from './values';

/** issuingDistributionPoint: which certificates a CRL is about (RFC 5280 §5.2.5). */
export interface CrlScope {
  readonly point: PointName | null;
  readonly only: 'user' | 'ca' | 'attribute' | null;
  readonly someReasons: boolean;
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
  readonly number: { readonly critical: boolean } | null;
  readonly authorityKeyId: AuthorityKeyId | null;
  /** Critical extensions of the list or an entry that are not processed; delta CRLs and indirect entries are among them. */
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
  for (const entry of readAll(entries.content, reading)) {
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
): Pick<Crl, 'scope' | 'number' | 'authorityKeyId'> {
  let scope: CrlScope | null = null;
  let number: Crl['number'] = null;
  let authorityKeyId: AuthorityKeyId | null = null;
  for (const { oid, critical, value } of listExtensions(element?.content, reading)) {
    if (oid === oids.crlNumber) number = { critical };
    else if (oid === oids.issuingDistributionPoint) scope = readScope(value, reading);
    else if (oid === oids.authorityKeyId) authorityKeyId = readAuthorityKeyId(value, reading);
    else if (critical) unknownCritical.push(oid);
  }
  return { scope, number, authorityKeyId };
}

function readScope(value: Uint8Array, reading: Reading): CrlScope {
  let scope: CrlScope = { point: null, only: null, someReasons: false, indirect: false };
  for (const field of readAll(expectTag(readOne(value, reading), tags.sequence, reading).content, reading)) {
    if (field.tag === 0xa0) scope = { ...scope, point: readPointName(field, reading) };
    else if (field.tag === 0x83) scope = { ...scope, someReasons: true };
    else if (readBoolean(field, reading)) {
      const only = ({ 0x81: 'user', 0x82: 'ca', 0x85: 'attribute' } as const)[field.tag] ?? scope.only;
      scope = { ...scope, only, indirect: scope.indirect || field.tag === 0x84 };
    }
  }
  return scope;
}

const isTime = (element: Element | undefined): boolean =>
  element?.tag === tags.utcTime || element?.tag === tags.generalizedTime;
