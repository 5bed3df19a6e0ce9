import type { Certificate } from './certificate';
import type { Checks } from './check-path';
import { verificationCost } from './key';
import { isSameToOpenSsl } from './name';
import { nameOf, type Problem, problemOf, shorten } from './problem';
import { checkSignature, fits, type SignatureCheck } from './signature';

/** Why `issuer` cannot have issued `child`; null when its key verifies the signature. */
export function checkEdge(checks: Checks, child: Certificate, issuer: Certificate): Problem | null {
  const { budget, profile } = checks;
  budget.edges -= 1;
  if (budget.edges < 0)
    return problemOf(child, 'other', 'budget', 'has more possible issuers than are worth trying');
  if (profile === 'private-pki' && !isSameToOpenSsl(child.issuer, issuer.subject)) {
    return problemOf(
      child,
      'unknown-root',
      'name-form',
      `names its issuer in a form that OpenSSL does not take for the name of ${nameOf(issuer)}: it folds the case of ASCII letters alone`,
    );
  }
  const other = profile === 'private-pki' ? otherKey(child, issuer) : null;
  if (other !== null) {
    return problemOf(
      child,
      'unknown-root',
      'key-identifier',
      `was issued by ${other}: ${nameOf(issuer)} has the same name but is not its issuer`,
    );
  }
  const check = rememberSignature(checks, child, issuer);
  if (check === 'good') return null;
  if (check === 'budget')
    return problemOf(
      child,
      'other',
      'budget',
      'is reached only after more signature checks than are worth doing',
    );
  if (check === 'unusable') {
    return problemOf(
      child,
      'algorithm',
      'signature-unusable',
      `is signed with ${child.signature.name}, which cannot be verified with the ${issuer.key.algorithm} key of ${nameOf(issuer)}${issuer.key.curve === 'explicit' ? ', whose curve parameters are written out (CVE-2020-0601)' : ''}`,
    );
  }
  if (signsItself(checks, child)) {
    return problemOf(
      child,
      'unknown-root',
      'unknown-root',
      'is a self-signed certificate that is not among the trusted ones: a trusted one has the same name and another key',
    );
  }
  return problemOf(
    child,
    'bad-signature',
    'bad-signature',
    `is not signed by the key of ${nameOf(issuer)}, which it names as issuer: the certificate was altered, or another CA has the same name`,
  );
}

/** RFC 5280 uses authorityKeyIdentifier only to find issuers; OpenSSL refuses an issuer that it does not fit. */
function otherKey(child: Certificate, issuer: Certificate): string | null {
  const id = child.extensions.authorityKeyId?.value;
  const offered = issuer.extensions.subjectKeyId?.value ?? null;
  if (id === undefined) return null;
  if (id.keyId !== null && offered !== null && id.keyId !== offered) return `the key ${shorten(id.keyId)}`;
  if (id.serial !== null && id.serial !== issuer.serial)
    return `the certificate with serial ${shorten(id.serial)}`;
  const name = id.issuer?.find(({ kind }) => kind === 'directory')?.name;
  return name && name.key !== issuer.issuer.key ? `a certificate of "${shorten(name.text)}"` : null;
}

/** Verifies a child's signature once for each key that is tried, within the budget. */
function rememberSignature(
  checks: Checks,
  child: Certificate,
  issuer: Certificate,
): SignatureCheck | 'budget' {
  const id = `${child.sha256}/${issuer.key.spkiSha256}`;
  const known = checks.signatures.get(id);
  if (known !== undefined) return known;
  if (checks.budget.signatures <= 0) return 'budget';
  checks.budget.signatures -= verificationCost(issuer.key);
  const check = checkSignature(child, issuer.key);
  checks.signatures.set(id, check);
  return check;
}

/** As isSelfSigned, within the budget: where that is spent, nothing is known of it. */
const signsItself = (checks: Checks, certificate: Certificate): boolean =>
  certificate.subject.key === certificate.issuer.key &&
  rememberSignature(checks, certificate, certificate) === 'good';

/** Why a path ends here without an issuer; `circle`: those that were sent stand in the path already. */
export function deadEnd(checks: Checks, top: Certificate, circle = false): Problem {
  if (signsItself(checks, top)) {
    return problemOf(
      top,
      'unknown-root',
      'unknown-root',
      'is a self-signed certificate that is not among the trusted ones',
    );
  }
  if (circle) {
    return problemOf(
      top,
      'incomplete',
      'circle',
      `was issued by "${shorten(top.issuer.text)}", which was sent, but the certificates that were sent only sign each other: send the one that a trusted CA has signed`,
    );
  }
  return problemOf(
    top,
    'incomplete',
    'issuer-missing',
    `was issued by "${shorten(top.issuer.text)}", which is neither sent nor trusted: send that intermediate, or trust its CA`,
  );
}

/** Two certificates of one subject and key are one CA: a path needs only one of them. */
export const identityOf = (certificate: Certificate): string =>
  `${certificate.key.spkiSha256}/${certificate.subject.key}`;

/**
 * The possible issuers in the order in which they are tried. OpenSSL tries one alone, whether or not its key made the signature:
 * the first of those that fit by names, identifiers, keyUsage and kind of key that is valid now, else the one that ended last.
 */
export function worthTrying(
  issuers: readonly Certificate[],
  child: Certificate,
  checks: Checks,
): readonly Certificate[] {
  if (checks.profile !== 'private-pki' || issuers.length < 2) return byPromise(issuers, child, checks);
  const fitting = issuers.filter(
    (issuer) =>
      isSameToOpenSsl(child.issuer, issuer.subject) &&
      otherKey(child, issuer) === null &&
      fits(child.signature, issuer.key) &&
      issuer.extensions.keyUsage?.value.includes('keyCertSign') !== false,
  );
  const first =
    fitting.find(({ notBefore, notAfter }) => checks.at >= notBefore && checks.at <= notAfter) ??
    [...fitting].sort((a, b) => b.notAfter - a.notAfter)[0];
  // Where none fits, each tells why.
  return first === undefined ? byPromise(issuers, child, checks) : [first];
}

/** Likely issuers first: the key identifier fits, it is valid now, it says that it is a CA. */
function byPromise(
  issuers: readonly Certificate[],
  child: Certificate,
  { at }: Checks,
): readonly Certificate[] {
  if (issuers.length < 2) return issuers;
  const wanted = child.extensions.authorityKeyId?.value.keyId;
  const score = (issuer: Certificate): number =>
    (wanted !== undefined && issuer.extensions.subjectKeyId?.value === wanted ? 4 : 0) +
    (at >= issuer.notBefore && at <= issuer.notAfter ? 2 : 0) +
    (issuer.extensions.basicConstraints?.value.ca === true ? 1 : 0);
  return issuers
    .map((issuer) => ({ issuer, score: score(issuer) }))
    .sort((a, b) => b.score - a.score)
    .map(({ issuer }) => issuer);
}
