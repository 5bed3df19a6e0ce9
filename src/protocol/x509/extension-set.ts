import { addFault, DerError, type Element, expectTag, readAll, type Reading, readOne, tags } from './der';
import * as read from './extensions';
import * as points from './distribution-points';
import type { GeneralName } from './general-name';
import { extensionOids as oids } from './oids';
import * as policy from './policy-extensions';
import { readBoolean, readOid } from './values';

/** A value and whether its extension is critical. */
export interface Extension<T> {
  readonly critical: boolean;
  readonly value: T;
}

/** The extensions of a certificate: null is absent (or unreadable, which stands in `unreadable`). */
export interface Extensions {
  readonly basicConstraints: Extension<read.BasicConstraints> | null;
  readonly keyUsage: Extension<readonly string[]> | null;
  readonly extendedKeyUsage: Extension<readonly string[]> | null;
  readonly subjectAltName: Extension<readonly GeneralName[]> | null;
  readonly issuerAltName: Extension<readonly GeneralName[]> | null;
  readonly nameConstraints: Extension<read.NameConstraints> | null;
  readonly subjectKeyId: Extension<string> | null;
  readonly authorityKeyId: Extension<read.AuthorityKeyId> | null;
  readonly policies: Extension<readonly string[]> | null;
  readonly policyMappings: Extension<readonly (readonly [string, string])[]> | null;
  readonly policyConstraints: Extension<policy.PolicyConstraints> | null;
  readonly inhibitAnyPolicy: Extension<number> | null;
  readonly authorityInfoAccess: Extension<read.AuthorityInfoAccess> | null;
  readonly crlDistributionPoints: Extension<readonly points.DistributionPoint[]> | null;
  /** All extensions in their order. */
  readonly all: readonly { readonly oid: string; readonly critical: boolean; readonly value: Uint8Array }[];
  /** Critical extensions that nothing here processes: RFC 5280 §4.2 demands that the certificate be refused. */
  readonly unknownCritical: readonly string[];
  /** Known extensions whose value cannot be read. */
  readonly unreadable: readonly string[];
}

type Known = Omit<Extensions, 'all' | 'unknownCritical' | 'unreadable'>;

const none: Known = {
  basicConstraints: null,
  keyUsage: null,
  extendedKeyUsage: null,
  subjectAltName: null,
  issuerAltName: null,
  nameConstraints: null,
  subjectKeyId: null,
  authorityKeyId: null,
  policies: null,
  policyMappings: null,
  policyConstraints: null,
  inhibitAnyPolicy: null,
  authorityInfoAccess: null,
  crlDistributionPoints: null,
};

type Reader = (value: Uint8Array, critical: boolean, reading: Reading) => Partial<Known>;

function reader(name: keyof Known, readValue: (value: Uint8Array, reading: Reading) => unknown): Reader {
  return (value, critical, reading) => ({ [name]: { critical, value: readValue(value, reading) } });
}

const readers = new Map<string, Reader>([
  [oids.basicConstraints, reader('basicConstraints', read.readBasicConstraints)],
  [oids.keyUsage, reader('keyUsage', read.readKeyUsage)],
  [oids.extendedKeyUsage, reader('extendedKeyUsage', read.readExtendedKeyUsage)],
  [oids.subjectAltName, reader('subjectAltName', read.readSubjectAltName)],
  [oids.issuerAltName, reader('issuerAltName', read.readSubjectAltName)],
  [oids.nameConstraints, reader('nameConstraints', read.readNameConstraints)],
  [oids.subjectKeyId, reader('subjectKeyId', read.readSubjectKeyId)],
  [oids.authorityKeyId, reader('authorityKeyId', read.readAuthorityKeyId)],
  [oids.certificatePolicies, reader('policies', policy.readPolicies)],
  [oids.policyMappings, reader('policyMappings', policy.readPolicyMappings)],
  [oids.policyConstraints, reader('policyConstraints', policy.readPolicyConstraints)],
  [oids.inhibitAnyPolicy, reader('inhibitAnyPolicy', policy.readInhibitAnyPolicy)],
  [oids.authorityInfoAccess, reader('authorityInfoAccess', read.readAuthorityInfoAccess)],
  [oids.crlDistributionPoints, reader('crlDistributionPoints', points.readDistributionPoints)],
]);

/** Reads `[3] Extensions`. The first of two extensions of one type counts; the second is a fault. */
export function readExtensions(element: Element | undefined, reading: Reading): Extensions {
  const all: { oid: string; critical: boolean; value: Uint8Array }[] = [];
  const unknownCritical: string[] = [];
  const unreadable: string[] = [];
  const seen = new Set<string>();
  let known = none;
  for (const extension of listExtensions(element?.content, reading)) {
    const { oid, critical, value } = extension;
    reading.where = `extension ${oid}`;
    all.push(extension);
    if (seen.has(oid)) continue;
    seen.add(oid);
    const readValue = readers.get(oid);
    if (readValue === undefined) {
      if (critical) unknownCritical.push(oid);
      continue;
    }
    try {
      known = { ...known, ...readValue(value, critical, reading) };
    } catch (error) {
      if (!(error instanceof DerError)) throw error;
      unreadable.push(oid);
      addFault(reading, 'extension', error.message);
    }
  }
  return { ...known, all, unknownCritical, unreadable };
}

/** The extensions of a certificate, a CRL or a CRL entry, undecoded; `list` is the encoded sequence. */
export function listExtensions(
  list: Uint8Array | undefined,
  reading: Reading,
): { oid: string; critical: boolean; value: Uint8Array }[] {
  if (list === undefined) return [];
  const sequence = expectTag(readOne(list, reading), tags.sequence, reading);
  const extensions = readAll(sequence.content, reading).map((extension) => readExtension(extension, reading));
  if (extensions.length === 0) addFault(reading, 'extension', 'empty list of extensions');
  const seen = new Set<string>();
  for (const { oid } of extensions) {
    if (seen.has(oid)) addFault(reading, 'duplicate-extension', `extension ${oid} occurs twice`);
    seen.add(oid);
  }
  return extensions;
}

function readExtension(
  extension: Element,
  reading: Reading,
): { oid: string; critical: boolean; value: Uint8Array } {
  const [type, ...rest] = readAll(expectTag(extension, tags.sequence, reading).content, reading);
  const oid = readOid(expectTag(type, tags.oid, reading), reading);
  let critical = false;
  if (rest[0]?.tag === tags.boolean) {
    critical = readBoolean(rest[0], reading);
    if (!critical) addFault(reading, 'default-encoded', `critical FALSE is written out in ${oid}`);
    rest.shift();
  }
  const value = expectTag(rest[0], tags.octetString, reading).content;
  if (rest.length > 1) addFault(reading, 'unexpected-field', `${oid} has further fields`);
  return { oid, critical, value };
}
