import type { Certificate } from './certificate';
import { checkAlone, checkIssuer, checkLeaf } from './check-certificate';
import { checkConformance } from './conformance';
import type { Crl } from './crl';
import type { Attempt } from './find-path';
import { everyName, narrow, outsideOf } from './name-constraints';
import type { OcspResponse } from './ocsp';
import { type PolicyInput, startPolicies, stepPolicies } from './policy';
import { nameOf, type Problem, problemOf } from './problem';
import type { Profile } from './profile';
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
  readonly ocsp: readonly OcspResponse[];
  readonly revocation: 'when-given' | 'require';
  /** Codes of problems that are told but refuse no path. */
  readonly setAside: ReadonlySet<string>;
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
  let limiter: Certificate | null = null;
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
      const naming = checks.profile !== 'private-pki' ? 'rfc5280' : isLeaf ? 'openssl-leaf' : 'openssl';
      const outside = selfIssued && !isLeaf ? null : outsideOf(space, certificate, checks.budget, naming);
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
            `is one intermediate more than the path length of ${limiter === null ? 'the policy' : nameOf(limiter)} allows`,
          ),
        );
      left -= 1;
    }
    const allowed = certificate.extensions.basicConstraints?.value.pathLength ?? Infinity;
    if (allowed < left) limiter = certificate;
    left = Math.min(left, allowed);
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
  const aside = problems.filter(({ code }) => checks.setAside.has(code));
  return { problems: problems.filter((problem) => !aside.includes(problem)), aside, revocation: answers };
}
