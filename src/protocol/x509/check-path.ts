import type { Certificate } from './certificate';
import { checkConformance, type Role } from './conformance';
import type { Crl } from './crl';
import type { Attempt } from './find-path';
import { matchingWildcards, matchHost } from './host';
import { everyName, malformedConstraint, narrow, outsideOf } from './name-constraints';
import { type PolicyInput, startPolicies, stepPolicies } from './policy';
import { type Problem, problemOf } from './problem';
import { fatalFault, type Profile, unhandledCritical, weakness } from './profile';
import { isPublicSuffix } from './public-suffix';
import { checkRevocation, revocationProblem } from './revocation';
import { isSelfSigned, type SignatureCheck } from './signature';

/** Everything that judging one path needs; budgets and signatures are shared by all paths of a search. */
export interface Checks {
  /** Epoch milliseconds, whole seconds. */
  readonly at: number;
  readonly host: string | null;
  readonly purpose: 'serverAuth' | 'clientAuth';
  readonly profile: Profile;
  readonly maxIntermediates: number;
  readonly policies: PolicyInput | null;
  readonly crls: readonly Crl[];
  readonly revocation: 'when-given' | 'require';
  /** Anchors and intermediates: where a CRL signer with a rolled-over key is looked for. */
  readonly pool: readonly Certificate[];
  readonly budget: { signatures: number; edges: number; comparisons: number };
  readonly signatures: Map<string, SignatureCheck>;
}

/** Judges a path (leaf first, anchor last) whose signatures are good: RFC 5280 §6.1.3 to §6.1.5. */
export function checkPath(path: readonly Certificate[], checks: Checks): Omit<Attempt, 'path' | 'anchored'> {
  const problems: Problem[] = [];
  const policies = startPolicies(path.length - 1, checks.policies);
  let left = checks.maxIntermediates;
  let space = everyName;
  for (let i = path.length - 1; i >= 0; i -= 1) {
    const certificate = path[i];
    if (certificate === undefined) break;
    const isAnchor = i === path.length - 1;
    const isLeaf = i === 0;
    const selfIssued = certificate.subject.key === certificate.issuer.key;
    const issuer = path[i + 1] ?? (isSelfSigned(certificate) ? certificate : null);
    const role = isLeaf ? 'leaf' : isAnchor ? 'anchor' : 'intermediate';
    problems.push(...checkAlone(certificate, role, checks));
    for (const { code, says } of checkConformance(certificate, issuer, role, checks.profile)) {
      problems.push(problemOf(certificate, 'other', code, says));
    }
    if (!isAnchor) {
      // A self-issued CA certificate rolls a key over; it is no new name and no new level (RFC 5280 §6.1.3, §6.1.4 l).
      const outside = selfIssued && !isLeaf ? null : outsideOf(space, certificate, checks.budget);
      if (outside !== null)
        problems.push(problemOf(certificate, 'constraint', 'name-constraints', `has the name ${outside}`));
      const policy = stepPolicies(policies, certificate, isLeaf);
      if (policy !== null) problems.push(problemOf(certificate, 'constraint', 'policy', policy));
    }
    if (isLeaf) break;
    problems.push(...checkIssuer(certificate, checks));
    if (!isAnchor && !selfIssued) {
      if (left <= 0)
        problems.push(
          problemOf(
            certificate,
            'constraint',
            'path-length',
            'is one intermediate more than the path length of a CA above it allows',
          ),
        );
      left -= 1;
    }
    left = Math.min(left, certificate.extensions.basicConstraints?.value.pathLength ?? Infinity);
    space = narrow(space, certificate);
  }
  if (path[0] !== undefined) problems.push(...checkLeaf(path[0], checks));
  const answers = path.slice(0, -1).map((certificate) => {
    const answer = checkRevocation(certificate, { ...checks, path });
    const problem = revocationProblem(certificate, answer, checks.revocation === 'require');
    if (problem !== null)
      problems.push(
        problemOf(
          certificate,
          'other',
          answer.state === 'revoked' ? 'revoked' : 'revocation-unknown',
          problem,
        ),
      );
    return answer;
  });
  return { problems, revocation: answers };
}

/** What is wrong with a certificate wherever it stands. */
function checkAlone(certificate: Certificate, role: Role, { at, profile }: Checks): Problem[] {
  const { notBefore, notAfter, key, signature } = certificate;
  const problems: Problem[] = [];
  const add = (failure: Problem['failure'], code: string, says: string): void => {
    problems.push(problemOf(certificate, failure, code, says));
  };
  const fault = fatalFault(certificate, profile);
  if (fault !== null) add('malformed', fault.code, `is malformed in ${fault.where}: ${fault.detail}`);
  if (at < notBefore) add('not-yet-valid', 'not-yet-valid', `is not valid before ${iso(notBefore)}`);
  if (at > notAfter) add('expired', 'expired', `expired at ${iso(notAfter)}`);
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
  const constraint = malformedConstraint(certificate, profile === 'private-pki');
  if (constraint !== null) add('malformed', 'name-constraint-form', `has ${constraint}`);
  return problems;
}

function checkIssuer(certificate: Certificate, { profile, purpose }: Checks): Problem[] {
  const { basicConstraints, keyUsage } = certificate.extensions;
  const problems: Problem[] = [];
  // OpenSSL takes a trusted root of version 1, which has no extensions to say that it is a CA (RFC 5280 §6.1.4 k).
  const oldRoot =
    profile === 'private-pki' &&
    certificate.version === 1 &&
    certificate.subject.key === certificate.issuer.key;
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

function checkLeaf(certificate: Certificate, { profile, purpose, host }: Checks): Problem[] {
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

/** Some name other than a wildcard for a whole public suffix covers the host. */
function hasHonestName(certificate: Certificate, host: string): boolean {
  const wildcards = matchingWildcards(certificate, host);
  return wildcards === null || wildcards.some((name) => !isPublicSuffix(name.slice(2)));
}

const iso = (time: number): string => new Date(time).toISOString().replace('.000Z', 'Z');
