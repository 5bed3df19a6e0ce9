import { addFault, DerError, type Element, expectTag, readAll, readOne, type Reading, tags } from './der';
import { type GeneralName, readGeneralName, readGeneralNames } from './general-name';
import { keyUsages, purposes } from './oids';
import { readBitString, readBoolean, readInteger, readOid, readSmallInteger, toHex } from './values';

/** basicConstraints; `pathLength` null: no limit. */
export interface BasicConstraints {
  readonly ca: boolean;
  readonly pathLength: number | null;
}

/** nameConstraints; a null list is an absent field, an empty one an empty sequence. */
export interface NameConstraints {
  readonly permitted: readonly GeneralName[] | null;
  readonly excluded: readonly GeneralName[] | null;
  /** A subtree has a minimum other than 0 or a maximum (RFC 5280 §4.2.1.10 forbids both). */
  readonly bounded: boolean;
}

/** authorityKeyIdentifier. */
export interface AuthorityKeyId {
  readonly keyId: string | null;
  readonly issuer: readonly GeneralName[] | null;
  readonly serial: string | null;
}

/** authorityInfoAccess: where to ask for the status, where the issuer's certificate is. */
export interface AuthorityInfoAccess {
  readonly ocsp: readonly string[];
  readonly issuers: readonly string[];
}

/** The elements of the SEQUENCE that an extension's value is. */
export const sequenceOf = (value: Uint8Array, reading: Reading): Element[] =>
  readAll(expectTag(readOne(value, reading), tags.sequence, reading).content, reading);

export function readBasicConstraints(value: Uint8Array, reading: Reading): BasicConstraints {
  let fields = sequenceOf(value, reading);
  let ca = false;
  if (fields[0]?.tag === tags.boolean) {
    ca = readBoolean(fields[0], reading);
    if (!ca) addFault(reading, 'default-encoded', 'cA FALSE is written out');
    fields = fields.slice(1);
  }
  const [length, extra] = fields;
  if (length === undefined) return { ca, pathLength: null };
  const pathLength = readSmallInteger(expectTag(length, tags.integer, reading), reading);
  if (pathLength === null) throw new DerError(`${reading.where}: path length is negative or too large`);
  if (extra !== undefined) throw new DerError(`${reading.where}: unexpected field`);
  return { ca, pathLength };
}

export function readKeyUsage(value: Uint8Array, reading: Reading): readonly string[] {
  const { bytes } = readBitString(expectTag(readOne(value, reading), tags.bitString, reading), reading);
  return keyUsages.filter((_, bit) => ((bytes[bit >> 3] ?? 0) & (0x80 >> (bit & 7))) !== 0);
}

export function readExtendedKeyUsage(value: Uint8Array, reading: Reading): readonly string[] {
  return readOids(value, reading).map((oid) => purposes[oid] ?? oid);
}

export function readSubjectAltName(value: Uint8Array, reading: Reading): readonly GeneralName[] {
  return readGeneralNames(expectTag(readOne(value, reading), tags.sequence, reading).content, reading);
}

export function readNameConstraints(value: Uint8Array, reading: Reading): NameConstraints {
  let permitted: GeneralName[] | null = null;
  let excluded: GeneralName[] | null = null;
  let bounded = false;
  for (const field of sequenceOf(value, reading)) {
    const subtrees = readAll(field.content, reading).map((subtree) => {
      const [base, ...bounds] = readAll(expectTag(subtree, tags.sequence, reading).content, reading);
      if (base === undefined) throw new DerError(`${reading.where}: subtree without a base`);
      bounded ||= bounds.some((bound) => bound.tag !== 0x80 || toHex(bound.content) !== '00');
      return readGeneralName(base, reading);
    });
    if (field.tag === 0xa0 && permitted === null) permitted = subtrees;
    else if (field.tag === 0xa1 && excluded === null) excluded = subtrees;
    else throw new DerError(`${reading.where}: unexpected field`);
  }
  return { permitted, excluded, bounded };
}

export function readSubjectKeyId(value: Uint8Array, reading: Reading): string {
  return toHex(expectTag(readOne(value, reading), tags.octetString, reading).content);
}

export function readAuthorityKeyId(value: Uint8Array, reading: Reading): AuthorityKeyId {
  let id: AuthorityKeyId = { keyId: null, issuer: null, serial: null };
  for (const field of sequenceOf(value, reading)) {
    if (field.tag === 0x80) id = { ...id, keyId: toHex(field.content) };
    else if (field.tag === 0xa1) id = { ...id, issuer: readGeneralNames(field.content, reading) };
    else if (field.tag === 0x82) id = { ...id, serial: readSerial(field, reading) };
    else throw new DerError(`${reading.where}: unexpected field`);
  }
  return id;
}

export function readAuthorityInfoAccess(value: Uint8Array, reading: Reading): AuthorityInfoAccess {
  const ocsp: string[] = [];
  const issuers: string[] = [];
  for (const description of sequenceOf(value, reading)) {
    const [method, location] = readAll(expectTag(description, tags.sequence, reading).content, reading);
    const oid = readOid(expectTag(method, tags.oid, reading), reading);
    if (location === undefined) throw new DerError(`${reading.where}: access method without a location`);
    const name = readGeneralName(location, reading);
    if (oid === '1.3.6.1.5.5.7.48.1' && name.kind === 'uri') ocsp.push(name.value);
    if (oid === '1.3.6.1.5.5.7.48.2' && name.kind === 'uri') issuers.push(name.value);
  }
  return { ocsp, issuers };
}

function readOids(value: Uint8Array, reading: Reading): string[] {
  const oids = sequenceOf(value, reading).map((element) =>
    readOid(expectTag(element, tags.oid, reading), reading),
  );
  if (oids.length === 0) throw new DerError(`${reading.where}: empty sequence`);
  return oids;
}

/** A serial number as hexadecimal without padding, with `-` when it is negative. */
export function readSerial(element: Element, reading: Reading): string {
  const content = readInteger(element, reading);
  if (content.length === 0) return '';
  if (content.length > 64) return toHex(content);
  const value = BigInt.asIntN(content.length * 8, BigInt(`0x${toHex(content)}`));
  const digits = (value < 0n ? -value : value).toString(16);
  return `${value < 0n ? '-' : ''}${digits.length % 2 === 0 ? digits : `0${digits}`}`;
}
