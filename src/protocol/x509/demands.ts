import type { Certificate } from './certificate';
import { isDnsName, isWildcard } from './host';
import { formatIp, parseIp } from './ip';
import { attributeValues } from './name';

/** BR 7.1.3.2: SHA-2; with ECDSA the one of the curve's size; SHA-1 only in RSA roots of old. */
export function hasForeignHash(certificate: Certificate, issuer: Certificate | null): boolean {
  const { scheme, hash } = certificate.signature;
  const sha2 = hash === 'sha256' || hash === 'sha384' || hash === 'sha512';
  if (scheme === 'ecdsa' && issuer !== null) {
    return hash !== { 'P-256': 'sha256', 'P-384': 'sha384', 'P-521': 'sha512' }[issuer.key.curve ?? ''];
  }
  const oldRoot = scheme === 'rsa-pkcs1' && hash === 'sha1' && (issuer === null || issuer === certificate);
  return !sha2 && !oldRoot;
}

/** An absent or empty list of subtrees where there must be one. */
export function hasEmptyConstraints({ extensions }: Certificate): boolean {
  const constraints = extensions.nameConstraints?.value;
  if (constraints === undefined) return false;
  const { permitted, excluded } = constraints;
  return (permitted === null && excluded === null) || permitted?.length === 0 || excluded?.length === 0;
}

/** policyConstraints that are not critical or say nothing. */
export function hasBadPolicyConstraints({ extensions }: Certificate): boolean {
  if (extensions.policyConstraints === null) return false;
  const { critical, value } = extensions.policyConstraints;
  return !critical || (value.requireExplicit === null && value.inhibitMapping === null);
}

/** An empty list, or one with an entry twice. */
export const isRepeated = (list: readonly string[] | null): boolean =>
  list !== null && (list.length === 0 || new Set(list).size !== list.length);

/** A subjectAltName that is empty or holds a name that its kind does not allow. */
export function hasBadAltNames(certificate: Certificate): boolean {
  if (certificate.extensions.subjectAltName === null) return false;
  const names = certificate.extensions.subjectAltName.value;
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

/** More than one common name, or one that is not among the alternative names. */
export function hasForeignCommonName(certificate: Certificate): boolean {
  const names = new Set((certificate.extensions.subjectAltName?.value ?? []).map(({ value }) => value));
  const commonNames = attributeValues(certificate.subject, '2.5.4.3');
  return commonNames.length > 1 || commonNames.some((name) => !names.has(name));
}
