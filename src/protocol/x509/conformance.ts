import type { Certificate } from './certificate';
import { isDnsName, isWildcard } from './host';
import { formatIp, parseIp } from './ip';
import { attributeValues } from './name';
import { extensionOids as oids } from './oids';
import type { Profile } from './profile';
import { isSelfSigned } from './signature';

/** The place of a certificate in a path. */
export type Role = 'anchor' | 'intermediate' | 'leaf';

/** One demand on certificates that a conforming CA issues. */
interface Demand {
  readonly code: string;
  /** Follows the certificate's name in a sentence. */
  readonly says: string;
  readonly roles: readonly Role[];
  /** `issuer`: whose key signed it; null for an anchor that another CA signed. */
  readonly broken: (certificate: Certificate, issuer: Certificate | null) => boolean;
}

const all: readonly Role[] = ['anchor', 'intermediate', 'leaf'];
const issued: readonly Role[] = ['intermediate', 'leaf'];
const cas: readonly Role[] = ['anchor', 'intermediate'];
const leafs: readonly Role[] = ['leaf'];

const hasUsage = ({ extensions }: Certificate, usage: string): boolean =>
  extensions.keyUsage?.value.includes(usage) ?? false;
const isCa = ({ extensions }: Certificate): boolean => extensions.basicConstraints?.value.ca ?? false;
const isCritical = (certificate: Certificate, oid: string): boolean =>
  certificate.extensions.all.some((extension) => extension.oid === oid && extension.critical);
const altNames = ({ extensions }: Certificate): NonNullable<typeof extensions.subjectAltName>['value'] =>
  extensions.subjectAltName?.value ?? [];

const demands5280: readonly Demand[] = [
  {
    code: 'serial',
    says: 'has a serial number that is not positive or longer than 20 octets (RFC 5280 §4.1.2.2)',
    roles: issued,
    broken: (c) =>
      c.serialLength > 20 || c.serialLength === 0 || c.serial.startsWith('-') || /^0+$/.test(c.serial),
  },
  {
    code: 'issuer-empty',
    says: 'has an empty issuer (RFC 5280 §4.1.2.4)',
    roles: all,
    broken: (c) => c.issuer.keys.length === 0,
  },
  {
    code: 'ca-subject-empty',
    says: 'is a CA with an empty subject (RFC 5280 §4.1.2.6)',
    roles: all,
    broken: (c) => isCa(c) && c.subject.keys.length === 0,
  },
  {
    code: 'subject-empty',
    says: 'has an empty subject and no critical subjectAltName (RFC 5280 §4.2.1.6)',
    roles: leafs,
    broken: (c) => c.subject.keys.length === 0 && c.extensions.subjectAltName?.critical !== true,
  },
  {
    code: 'aki-critical',
    says: 'has a critical authorityKeyIdentifier (RFC 5280 §4.2.1.1)',
    roles: all,
    broken: (c) => isCritical(c, oids.authorityKeyId),
  },
  {
    code: 'aki-missing',
    says: 'has no key identifier in authorityKeyIdentifier (RFC 5280 §4.2.1.1)',
    roles: all,
    broken: (c) => (c.extensions.authorityKeyId?.value.keyId ?? null) === null && !isSelfSigned(c),
  },
  {
    code: 'ski-critical',
    says: 'has a critical subjectKeyIdentifier (RFC 5280 §4.2.1.2)',
    roles: all,
    broken: (c) => isCritical(c, oids.subjectKeyId),
  },
  {
    code: 'ski-missing',
    says: 'is a CA without subjectKeyIdentifier (RFC 5280 §4.2.1.2)',
    roles: all,
    broken: (c) => isCa(c) && c.extensions.subjectKeyId === null,
  },
  {
    code: 'info-access-critical',
    says: 'has a critical information access extension (RFC 5280 §4.2.2)',
    roles: all,
    broken: (c) => isCritical(c, oids.authorityInfoAccess) || isCritical(c, oids.subjectInfoAccess),
  },
  {
    code: 'basic-constraints-critical',
    says: 'is a CA whose basicConstraints is not critical (RFC 5280 §4.2.1.9)',
    roles: cas,
    broken: (c) => isCa(c) && c.extensions.basicConstraints?.critical !== true,
  },
  {
    code: 'path-length-misplaced',
    says: 'has a path length but is no CA that may sign certificates (RFC 5280 §4.2.1.9)',
    roles: all,
    broken: (c) =>
      (c.extensions.basicConstraints?.value.pathLength ?? null) !== null &&
      !(isCa(c) && hasUsage(c, 'keyCertSign')),
  },
  {
    code: 'key-usage-missing',
    says: 'is a CA without keyUsage (RFC 5280 §4.2.1.3)',
    roles: cas,
    broken: (c) => c.extensions.keyUsage === null,
  },
  {
    code: 'key-usage-empty',
    says: 'has a keyUsage without a single bit (RFC 5280 §4.2.1.3)',
    roles: all,
    broken: (c) => c.extensions.keyUsage?.value.length === 0,
  },
  {
    code: 'key-usage-cert-sign',
    says: 'may sign certificates by its keyUsage but is no CA (RFC 5280 §4.2.1.3)',
    roles: all,
    broken: (c) => hasUsage(c, 'keyCertSign') && !isCa(c),
  },
  {
    code: 'name-constraints-misplaced',
    says: 'has name constraints but is no CA (RFC 5280 §4.2.1.10)',
    roles: all,
    broken: (c) => c.extensions.nameConstraints !== null && !isCa(c),
  },
  {
    code: 'name-constraints-empty',
    says: 'has empty name constraints (RFC 5280 §4.2.1.10)',
    roles: all,
    broken: hasEmptyConstraints,
  },
  {
    code: 'policy-constraints',
    says: 'has policyConstraints that are empty or not critical (RFC 5280 §4.2.1.11)',
    roles: all,
    broken: hasBadPolicyConstraints,
  },
  {
    code: 'inhibit-any-policy',
    says: 'has an inhibitAnyPolicy that is not critical (RFC 5280 §4.2.1.14)',
    roles: all,
    broken: (c) => c.extensions.inhibitAnyPolicy?.critical === false,
  },
  {
    code: 'policies-repeated',
    says: 'lists no policy or one twice (RFC 5280 §4.2.1.4)',
    roles: all,
    broken: (c) => isRepeated(c.extensions.policies?.value ?? null),
  },
  {
    code: 'alt-name',
    says: 'has a subjectAltName that is empty or holds a malformed name (RFC 5280 §4.2.1.6)',
    roles: all,
    broken: hasBadAltNames,
  },
];

const demandsStrictNames: readonly Demand[] = [
  {
    code: 'name-constraints-critical',
    says: 'has name constraints that are not critical (RFC 5280 §4.2.1.10)',
    roles: all,
    broken: (c) => c.extensions.nameConstraints?.critical === false,
  },
];

const foreign = ['codeSigning', 'emailProtection', 'timeStamping', 'OCSPSigning', 'anyExtendedKeyUsage'];

const demandsWebpki: readonly Demand[] = [
  {
    code: 'version',
    says: 'is not a version 3 certificate (BR 7.1.1)',
    roles: all,
    broken: (c) => c.version !== 3,
  },
  {
    code: 'hash',
    says: 'is signed with a hash that is not allowed with this key (BR 7.1.3.2)',
    roles: all,
    broken: hasForeignHash,
  },
  {
    code: 'aki-form',
    says: 'names an issuer or a serial number in authorityKeyIdentifier (BR 7.1.2.11.1)',
    roles: all,
    broken: (c) =>
      (c.extensions.authorityKeyId?.value.issuer ?? c.extensions.authorityKeyId?.value.serial ?? null) !==
      null,
  },
  {
    code: 'root-aki',
    says: 'has an authorityKeyIdentifier that is not its own key identifier (BR 7.1.2.1.3)',
    roles: ['anchor'],
    broken: (c) =>
      isSelfSigned(c) &&
      c.extensions.authorityKeyId !== null &&
      c.extensions.authorityKeyId.value.keyId !== c.extensions.subjectKeyId?.value,
  },
  {
    code: 'root-eku',
    says: 'is a root with extendedKeyUsage (BR 7.1.2.1.2)',
    roles: ['anchor'],
    broken: (c) => isSelfSigned(c) && c.extensions.extendedKeyUsage !== null,
  },
  {
    code: 'leaf-is-ca',
    says: 'is a CA or may sign certificates or CRLs (BR 7.1.2.7.8)',
    roles: leafs,
    broken: (c) => isCa(c) || hasUsage(c, 'keyCertSign') || hasUsage(c, 'cRLSign'),
  },
  {
    code: 'eku',
    says: 'has no extendedKeyUsage, a critical one, or one for other purposes (BR 7.1.2.7.10)',
    roles: leafs,
    broken: (c) =>
      c.extensions.extendedKeyUsage?.critical !== false ||
      foreign.some((purpose) => c.extensions.extendedKeyUsage?.value.includes(purpose)),
  },
  {
    code: 'san-missing',
    says: 'has no subjectAltName (BR 7.1.2.7.12)',
    roles: leafs,
    broken: (c) => altNames(c).length === 0,
  },
  {
    code: 'san-critical',
    says: 'has a critical subjectAltName beside a subject (BR 7.1.2.7.12)',
    roles: leafs,
    broken: (c) => c.extensions.subjectAltName?.critical === true && c.subject.keys.length > 0,
  },
  {
    code: 'san-kind',
    says: 'has a subjectAltName that is neither dNSName nor iPAddress (BR 7.1.2.7.12)',
    roles: leafs,
    broken: (c) => altNames(c).some(({ kind }) => kind !== 'dns' && kind !== 'ip'),
  },
  {
    code: 'common-name',
    says: 'has a common name that is not exactly one of its alternative names (BR 7.1.4.3)',
    roles: leafs,
    broken: hasForeignCommonName,
  },
];

/** What a certificate at this place of a path breaks; the profiles `private-pki` and `path` demand nothing. */
export function checkConformance(
  certificate: Certificate,
  issuer: Certificate | null,
  role: Role,
  profile: Profile,
): readonly { code: string; says: string }[] {
  if (profile === 'private-pki' || profile === 'path') return [];
  const demands = [...demands5280, ...(profile === 'webpki' ? demandsWebpki : demandsStrictNames)];
  return demands.filter(({ roles, broken }) => roles.includes(role) && broken(certificate, issuer));
}

/** BR 7.1.3.2: SHA-2; with ECDSA the one of the curve's size; SHA-1 only in RSA roots of old. */
function hasForeignHash(certificate: Certificate, issuer: Certificate | null): boolean {
  const { scheme, hash } = certificate.signature;
  const sha2 = hash === 'sha256' || hash === 'sha384' || hash === 'sha512';
  if (scheme === 'ecdsa' && issuer !== null) {
    return hash !== { 'P-256': 'sha256', 'P-384': 'sha384', 'P-521': 'sha512' }[issuer.key.curve ?? ''];
  }
  const oldRoot = scheme === 'rsa-pkcs1' && hash === 'sha1' && (issuer === null || issuer === certificate);
  return !sha2 && !oldRoot;
}

function hasEmptyConstraints({ extensions }: Certificate): boolean {
  const constraints = extensions.nameConstraints?.value;
  if (constraints === undefined) return false;
  const { permitted, excluded } = constraints;
  return (permitted === null && excluded === null) || permitted?.length === 0 || excluded?.length === 0;
}

function hasBadPolicyConstraints({ extensions }: Certificate): boolean {
  if (extensions.policyConstraints === null) return false;
  const { critical, value } = extensions.policyConstraints;
  return !critical || (value.requireExplicit === null && value.inhibitMapping === null);
}

const isRepeated = (list: readonly string[] | null): boolean =>
  list !== null && (list.length === 0 || new Set(list).size !== list.length);

function hasBadAltNames(certificate: Certificate): boolean {
  if (certificate.extensions.subjectAltName === null) return false;
  const names = altNames(certificate);
  return (
    names.length === 0 ||
    names.some(({ kind, value, bytes }) => {
      if (kind === 'dns') return !isPreferredSyntax(value);
      if (kind === 'ip') return formatIp(bytes) === null;
      if (kind === 'email') return !/^[^@\s]+@[^@\s]+$/.test(value);
      return kind === 'uri' && !/^[a-z][a-z0-9+.-]*:./i.test(value);
    })
  );
}

/** RFC 1034 §3.5 as modified by RFC 1123 §2.1, with a wildcard before it; an address is not a name. */
function isPreferredSyntax(name: string): boolean {
  if (parseIp(name) !== null || name.includes('_')) return false;
  return isDnsName(name) || isWildcard(name);
}

function hasForeignCommonName(certificate: Certificate): boolean {
  const names = new Set(altNames(certificate).map(({ value }) => value));
  const commonNames = attributeValues(certificate.subject, '2.5.4.3');
  return commonNames.length > 1 || commonNames.some((name) => !names.has(name));
}
