import type { Certificate } from './certificate';
import {
  hasBadAltNames,
  hasBadPolicyConstraints,
  hasEmptyConstraints,
  hasForeignCommonName,
  hasForeignHash,
  isRepeated,
} from './demands';
import { extensionOids as oids } from './oids';
import type { Profile } from './profile';
import { isSelfSigned } from './signature';

/** The place of a certificate in a path. */
export type Role = 'anchor' | 'intermediate' | 'leaf';

/** One demand on what a conforming CA issues: where it holds, when it is broken, and a sentence after the subject. */
type Demand = readonly [
  code: string,
  roles: readonly Role[],
  /** `issuer`: whose key signed it; null for an anchor that another CA signed. */
  broken: (certificate: Certificate, issuer: Certificate | null) => boolean,
  says: string,
];

const all: readonly Role[] = ['anchor', 'intermediate', 'leaf'];
const issued: readonly Role[] = ['intermediate', 'leaf'];
const cas: readonly Role[] = ['anchor', 'intermediate'];
const leaf: readonly Role[] = ['leaf'];
const root: readonly Role[] = ['anchor'];
/** An anchor is trusted for what it is declared for, whether or not its certificate says so (RFC 5280 §6.1.1 d). */
const intermediate: readonly Role[] = ['intermediate'];

const isCa = ({ extensions: e }: Certificate): boolean => e.basicConstraints?.value.ca ?? false;
const may = ({ extensions: e }: Certificate, usage: string): boolean =>
  e.keyUsage?.value.includes(usage) ?? false;
const isCritical = ({ extensions: e }: Certificate, ...types: readonly string[]): boolean =>
  e.all.some(({ oid, critical }) => critical && types.includes(oid));

// prettier-ignore
const demands5280: readonly Demand[] = [
  ['serial', issued, (c) => c.serialLength > 20 || !/[1-9a-f]/.test(c.serial) || c.serial.startsWith('-'), 'has a serial number that is not positive or longer than 20 octets (RFC 5280 §4.1.2.2)'],
  ['issuer-empty', all, (c) => c.issuer.keys.length === 0, 'has an empty issuer (RFC 5280 §4.1.2.4)'],
  ['ca-subject-empty', all, (c) => isCa(c) && c.subject.keys.length === 0, 'is a CA with an empty subject (RFC 5280 §4.1.2.6)'],
  ['subject-empty', leaf, (c) => c.subject.keys.length === 0 && !isCritical(c, oids.subjectAltName), 'has an empty subject and no critical subjectAltName (RFC 5280 §4.2.1.6)'],
  ['aki-critical', all, (c) => isCritical(c, oids.authorityKeyId), 'has a critical authorityKeyIdentifier (RFC 5280 §4.2.1.1)'],
  ['aki-missing', all, (c) => (c.extensions.authorityKeyId?.value.keyId ?? null) === null && !isSelfSigned(c), 'has no key identifier in authorityKeyIdentifier (RFC 5280 §4.2.1.1)'],
  ['ski-critical', all, (c) => isCritical(c, oids.subjectKeyId), 'has a critical subjectKeyIdentifier (RFC 5280 §4.2.1.2)'],
  ['ski-missing', all, (c) => isCa(c) && c.extensions.subjectKeyId === null, 'is a CA without subjectKeyIdentifier (RFC 5280 §4.2.1.2)'],
  ['info-access-critical', all, (c) => isCritical(c, oids.authorityInfoAccess, oids.subjectInfoAccess), 'has a critical information access extension (RFC 5280 §4.2.2)'],
  ['basic-constraints-critical', cas, (c) => isCa(c) && !isCritical(c, oids.basicConstraints), 'is a CA whose basicConstraints is not critical (RFC 5280 §4.2.1.9)'],
  ['path-length-misplaced', all, (c) => typeof c.extensions.basicConstraints?.value.pathLength === 'number' && !(isCa(c) && may(c, 'keyCertSign')), 'has a path length but is no CA that may sign certificates (RFC 5280 §4.2.1.9)'],
  ['key-usage-missing', intermediate, (c) => c.extensions.keyUsage === null, 'is a CA without keyUsage (RFC 5280 §4.2.1.3)'],
  ['key-usage-empty', all, (c) => c.extensions.keyUsage?.value.length === 0, 'has a keyUsage without a single bit (RFC 5280 §4.2.1.3)'],
  ['key-usage-cert-sign', all, (c) => may(c, 'keyCertSign') && !isCa(c), 'may sign certificates by its keyUsage but is no CA (RFC 5280 §4.2.1.3)'],
  ['name-constraints-misplaced', all, (c) => c.extensions.nameConstraints !== null && !isCa(c), 'has name constraints but is no CA (RFC 5280 §4.2.1.10)'],
  ['name-constraints-empty', all, hasEmptyConstraints, 'has empty name constraints (RFC 5280 §4.2.1.10)'],
  ['policy-constraints', all, hasBadPolicyConstraints, 'has policyConstraints that are empty or not critical (RFC 5280 §4.2.1.11)'],
  ['inhibit-any-policy', all, (c) => c.extensions.inhibitAnyPolicy?.critical === false, 'has an inhibitAnyPolicy that is not critical (RFC 5280 §4.2.1.14)'],
  ['policies-repeated', all, (c) => isRepeated(c.extensions.policies?.value ?? null), 'lists no policy or one twice (RFC 5280 §4.2.1.4)'],
  ['alt-name', all, hasBadAltNames, 'has a subjectAltName that is empty or holds a malformed name (RFC 5280 §4.2.1.6)'],
];

// The Baseline Requirements leave this one to the CA (BR 7.1.2.10.8).
// prettier-ignore
const demandsCriticalConstraints: readonly Demand[] = [
  ['name-constraints-critical', all, (c) => c.extensions.nameConstraints?.critical === false, 'has name constraints that are not critical (RFC 5280 §4.2.1.10)'],
];

const foreign = ['codeSigning', 'emailProtection', 'timeStamping', 'OCSPSigning', 'anyExtendedKeyUsage'];

// prettier-ignore
const demandsWebpki: readonly Demand[] = [
  ['version', all, (c) => c.version !== 3, 'is not a version 3 certificate (BR 7.1.1)'],
  ['hash', all, hasForeignHash, 'is signed with a hash that is not allowed with this key (BR 7.1.3.2)'],
  ['aki-form', all, ({ extensions: e }) => (e.authorityKeyId?.value.issuer ?? e.authorityKeyId?.value.serial ?? null) !== null, 'names an issuer or a serial number in authorityKeyIdentifier (BR 7.1.2.11.1)'],
  ['root-aki', root, (c) => isSelfSigned(c) && c.extensions.authorityKeyId !== null && c.extensions.authorityKeyId.value.keyId !== c.extensions.subjectKeyId?.value, 'has an authorityKeyIdentifier that is not its own key identifier (BR 7.1.2.1.3)'],
  ['root-eku', root, (c) => isSelfSigned(c) && c.extensions.extendedKeyUsage !== null, 'is a root with extendedKeyUsage (BR 7.1.2.1.2)'],
  ['leaf-is-ca', leaf, (c) => isCa(c) || may(c, 'keyCertSign') || may(c, 'cRLSign'), 'is a CA or may sign certificates or CRLs (BR 7.1.2.7.8)'],
  ['eku', leaf, ({ extensions: e }) => e.extendedKeyUsage?.critical !== false || foreign.some((purpose) => e.extendedKeyUsage?.value.includes(purpose)), 'has no extendedKeyUsage, a critical one, or one for other purposes (BR 7.1.2.7.10)'],
  ['san-missing', leaf, (c) => (c.extensions.subjectAltName?.value ?? []).length === 0, 'has no subjectAltName (BR 7.1.2.7.12)'],
  ['san-critical', leaf, (c) => isCritical(c, oids.subjectAltName) && c.subject.keys.length > 0, 'has a critical subjectAltName beside a subject (BR 7.1.2.7.12)'],
  ['san-kind', leaf, (c) => c.extensions.subjectAltName?.value.some(({ kind }) => kind !== 'dns' && kind !== 'ip') ?? false, 'has a subjectAltName that is neither dNSName nor iPAddress (BR 7.1.2.7.12)'],
  ['common-name', leaf, hasForeignCommonName, 'has a common name that is not exactly one of its alternative names (BR 7.1.4.3)'],
];

const demands: Readonly<Record<Profile, readonly Demand[]>> = {
  'private-pki': [],
  path: [],
  rfc5280: [...demands5280, ...demandsCriticalConstraints],
  webpki: [...demands5280, ...demandsWebpki],
};

/** What a certificate at this place of a path breaks; the profiles `private-pki` and `path` demand nothing. */
export function checkConformance(
  certificate: Certificate,
  issuer: Certificate | null,
  role: Role,
  profile: Profile,
): readonly { readonly code: string; readonly says: string }[] {
  return demands[profile].flatMap(([code, roles, broken, says]) =>
    roles.includes(role) && broken(certificate, issuer) ? [{ code, says }] : [],
  );
}
