import { addFault, DerError, type Element, expectTag, readAll, readOne, type Reading, tags } from './der';
import { type GeneralName, readGeneralName, readGeneralNames } from './general-name';
import { readRdnKey } from './name';
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

/** policyConstraints: how many more certificates may follow; null: field absent. */
export interface PolicyConstraints {
  readonly requireExplicit: number | null;
  readonly inhibitMapping: number | null;
}

/** authorityInfoAccess: where to ask for the status, where the issuer's certificate is. */
export interface AuthorityInfoAccess {
  readonly ocsp: readonly string[];
  readonly issuers: readonly string[];
}

const sequenceOf = (value: Uint8Array, reading: Reading): Element[] =>
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
    else if (field.tag === 0x82) id = { ...id, serial: toHex(field.content) };
    else throw new DerError(`${reading.where}: unexpected field`);
  }
  return id;
}

/** certificatePolicies: the policy OIDs; qualifiers are not judged. */
export function readPolicies(value: Uint8Array, reading: Reading): readonly string[] {
  return sequenceOf(value, reading).map((information) => {
    const [policy] = readAll(expectTag(information, tags.sequence, reading).content, reading);
    return readOid(expectTag(policy, tags.oid, reading), reading);
  });
}

/** policyMappings: pairs of issuer domain policy and subject domain policy. */
export function readPolicyMappings(
  value: Uint8Array,
  reading: Reading,
): readonly (readonly [string, string])[] {
  return sequenceOf(value, reading).map((pair) => {
    const [from, to] = readAll(expectTag(pair, tags.sequence, reading).content, reading);
    return [
      readOid(expectTag(from, tags.oid, reading), reading),
      readOid(expectTag(to, tags.oid, reading), reading),
    ];
  });
}

export function readPolicyConstraints(value: Uint8Array, reading: Reading): PolicyConstraints {
  let constraints: PolicyConstraints = { requireExplicit: null, inhibitMapping: null };
  for (const field of sequenceOf(value, reading)) {
    const skip = readSmallInteger(field, reading);
    if (skip === null) throw new DerError(`${reading.where}: skip count is negative or too large`);
    if (field.tag === 0x80) constraints = { ...constraints, requireExplicit: skip };
    else if (field.tag === 0x81) constraints = { ...constraints, inhibitMapping: skip };
    else throw new DerError(`${reading.where}: unexpected field`);
  }
  return constraints;
}

export function readInhibitAnyPolicy(value: Uint8Array, reading: Reading): number {
  const skip = readSmallInteger(expectTag(readOne(value, reading), tags.integer, reading), reading);
  if (skip === null) throw new DerError(`${reading.where}: skip count is negative or too large`);
  return skip;
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

/** The name of a distribution point: keys that compare, and the relative form's RDN. */
export interface PointName {
  readonly full: readonly string[];
  readonly relative: string | null;
  readonly uris: readonly string[];
}

/** One place where CRLs are published. */
export interface DistributionPoint {
  readonly name: PointName | null;
}

/** cRLDistributionPoints. */
export function readDistributionPoints(value: Uint8Array, reading: Reading): readonly DistributionPoint[] {
  return sequenceOf(value, reading).map((point) => {
    const fields = readAll(expectTag(point, tags.sequence, reading).content, reading);
    const name = fields.find((field) => field.tag === 0xa0);
    return { name: name === undefined ? null : readPointName(name, reading) };
  });
}

/** DistributionPointName, wrapped in its field. */
export function readPointName(field: Element, reading: Reading): PointName {
  const choice = readOne(field.content, reading);
  if (choice.tag === 0xa1) return { full: [], relative: readRdnKey(choice.content, reading), uris: [] };
  const names = readGeneralNames(expectTag(choice, 0xa0, reading).content, reading);
  return {
    full: names.map(({ kind, name, value }) => `${kind} ${name?.key ?? value}`),
    relative: null,
    uris: names.flatMap((name) => (name.kind === 'uri' ? [name.value] : [])),
  };
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
