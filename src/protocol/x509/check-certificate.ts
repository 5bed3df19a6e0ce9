import type { Certificate } from './certificate';
import type { Checks } from './check-path';
import type { Role } from './conformance';
import { matchingWildcards, matchHost } from './host';
import { malformedConstraint } from './name-constraints';
import { type Problem, problemOf } from './problem';
import { fatalFault, type Profile, unhandledCritical, weakness } from './profile';
import { isPublicSuffix } from './public-suffix';
import { isSelfSigned } from './signature';

/** What is wrong with a certificate wherever it stands. */
export function checkAlone(certificate: Certificate, role: Role, { at, profile }: Checks): Problem[] {
  const { notBefore, notAfter, key, signature } = certificate;
  const problems: Problem[] = [];
  const add = (failure: Problem['failure'], code: string, says: string): void => {
    problems.push(problemOf(certificate, failure, code, says));
  };
  const fault = fatalFault(certificate, profile);
  if (fault !== null) add('malformed', fault.code, `is malformed in ${fault.where}: ${fault.detail}`);
  // Negated, so that a time that is none is outside.
  if (!(at >= notBefore)) add('not-yet-valid', 'not-yet-valid', `is not valid before ${iso(notBefore)}`);
  if (!(at <= notAfter)) add('expired', 'expired', `expired at ${iso(notAfter)}`);
  const weak = weakness(key, profile);
  if (weak !== null) add('algorithm', 'weak-key', `has ${weak}`);
  // An anchor is trusted for its key; nobody relies on its own signature.
  if (role !== 'anchor' && (signature.hash === 'sha1' || signature.hash === 'md5')) {
    add(
      'algorithm',
      'weak-hash',
      `is signed with ${signature.name}: collisions make such signatures forgeable`,
    );
  }
  for (const oid of unhandledCritical(certificate, profile).slice(0, 3)) {
    add('constraint', 'unknown-critical-extension', `has a critical extension ${oid} that is not understood`);
  }
  if (
    profile === 'private-pki' &&
    certificate.extensions.all.some(({ oid }) => oid === '1.3.6.1.5.5.7.1.14')
  ) {
    add('constraint', 'proxy-certificate', 'is a proxy certificate (RFC 3820), which clients refuse');
  }
  const constraint = malformedConstraint(certificate, profile === 'private-pki');
  if (constraint !== null) add('malformed', 'name-constraint-form', `has ${constraint}`);
  return problems;
}

/** Whether a certificate may issue others for the purpose. */
export function checkIssuer(certificate: Certificate, { profile, purpose }: Checks): Problem[] {
  const { basicConstraints, keyUsage } = certificate.extensions;
  const problems: Problem[] = [];
  // OpenSSL takes a trusted root of version 1, which has no extensions to say that it is a CA (RFC 5280 §6.1.4 k). One that
  // has some all the same, or that another key signed, is no such root.
  const oldRoot =
    profile === 'private-pki' &&
    certificate.version === 1 &&
    certificate.extensions.all.length === 0 &&
    isSelfSigned(certificate);
  if (basicConstraints?.value.ca !== true && !oldRoot) {
    problems.push(
      problemOf(
        certificate,
        'not-a-ca',
        'not-a-ca',
        'has issued a certificate but is no CA: basicConstraints CA:TRUE is missing',
      ),
    );
  }
  if (keyUsage !== null && !keyUsage.value.includes('keyCertSign')) {
    problems.push(
      problemOf(
        certificate,
        'not-a-ca',
        'key-usage',
        'has issued a certificate but its keyUsage does not allow keyCertSign',
      ),
    );
  }
  if (!allowsPurpose(certificate, purpose, profile)) {
    problems.push(
      problemOf(
        certificate,
        'constraint',
        'ca-purpose',
        `is a CA whose extendedKeyUsage does not allow ${purpose}`,
      ),
    );
  }
  return problems;
}

/** Whether the leaf may serve the purpose and covers the host. */
export function checkLeaf(certificate: Certificate, { profile, purpose, host }: Checks): Problem[] {
  const problems: Problem[] = [];
  if (!allowsPurpose(certificate, purpose, profile)) {
    problems.push(
      problemOf(
        certificate,
        'constraint',
        'purpose',
        `has an extendedKeyUsage that does not allow ${purpose}`,
      ),
    );
  }
  if (profile === 'private-pki' && !allowsNetscape(certificate, purpose)) {
    problems.push(
      problemOf(certificate, 'constraint', 'purpose', `has an nsCertType that does not allow ${purpose}`),
    );
  }
  if (profile === 'private-pki' && !allowsTls(certificate, purpose)) {
    problems.push(
      problemOf(certificate, 'constraint', 'key-usage', 'has a keyUsage that allows no TLS handshake'),
    );
  }
  if (host === null) return problems;
  const match = matchHost(certificate, host);
  const covered =
    match === 'ip' || (match === 'dns' && (profile !== 'webpki' || hasHonestName(certificate, host)));
  if (!covered) {
    const also = match === 'none' || match === 'dns' ? '' : ` (only as ${match}, which clients ignore)`;
    problems.push(
      problemOf(certificate, 'other', 'host-mismatch', `does not name ${host} in its subjectAltName${also}`),
    );
  }
  return problems;
}

/** OpenSSL wants the purpose itself: anyExtendedKeyUsage makes neither a server nor its CA. */
function allowsPurpose({ extensions }: Certificate, purpose: string, profile: Profile): boolean {
  const purposes = extensions.extendedKeyUsage?.value ?? [purpose];
  return (
    purposes.includes(purpose) || (profile !== 'private-pki' && purposes.includes('anyExtendedKeyUsage'))
  );
}

/** The bits that OpenSSL looks for: any of them for a server, without keyEncipherment for a client. */
function allowsTls({ extensions }: Certificate, purpose: Checks['purpose']): boolean {
  const wanted = [
    'digitalSignature',
    'keyAgreement',
    ...(purpose === 'serverAuth' ? ['keyEncipherment'] : []),
  ];
  return extensions.keyUsage === null || wanted.some((usage) => extensions.keyUsage?.value.includes(usage));
}

/** Netscape's certificate type, which OpenSSL still heeds in a leaf: a BIT STRING, client first, server second. */
function allowsNetscape({ extensions }: Certificate, purpose: Checks['purpose']): boolean {
  const type = extensions.all.find(({ oid }) => oid === '2.16.840.1.113730.1.1');
  return type === undefined || ((type.value[3] ?? 0) & (purpose === 'serverAuth' ? 0x40 : 0x80)) !== 0;
}

/** Some name other than a wildcard for a whole public suffix covers the host. */
function hasHonestName(certificate: Certificate, host: string): boolean {
  const wildcards = matchingWildcards(certificate, host);
  return wildcards === null || wildcards.some((name) => !isPublicSuffix(name.slice(2)));
}

const iso = (time: number): string => new Date(time).toISOString().replace('.000Z', 'Z');
