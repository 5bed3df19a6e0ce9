import type { Certificate } from './certificate';
import type { Crl } from './crl';
import type { Attempt } from './find-path';
import { matchHost } from './host';
import type { PolicyInput } from './policy';
import { type Problem, problemOf } from './problem';
import { fatalFault, type Profile, weakness } from './profile';
import type { SignatureCheck } from './signature';

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
  let left = checks.maxIntermediates;
  path
    .map((certificate, i) => ({ certificate, isLeaf: i === 0, isAnchor: i === path.length - 1 }))
    .reverse()
    .forEach(({ certificate, isLeaf, isAnchor }) => {
      problems.push(...checkAlone(certificate, checks, isAnchor));
      if (isLeaf) {
        problems.push(...checkLeaf(certificate, checks));
        return;
      }
      problems.push(...checkIssuer(certificate, checks));
      const selfIssued = certificate.subject.key === certificate.issuer.key;
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
    });
  return { problems, revocation: [] };
}

function checkAlone(certificate: Certificate, checks: Checks, isAnchor: boolean): Problem[] {
  const problems: Problem[] = [];
  const { notBefore, notAfter, key, signature, extensions } = certificate;
  const fault = fatalFault(certificate, checks.profile);
  if (fault !== null) {
    problems.push(
      problemOf(certificate, 'malformed', fault.code, `is malformed in ${fault.where}: ${fault.detail}`),
    );
  }
  if (checks.at < notBefore) {
    problems.push(
      problemOf(certificate, 'not-yet-valid', 'not-yet-valid', `is not valid before ${iso(notBefore)}`),
    );
  }
  if (checks.at > notAfter)
    problems.push(problemOf(certificate, 'expired', 'expired', `expired at ${iso(notAfter)}`));
  const weak = weakness(key, checks.profile);
  if (weak !== null) problems.push(problemOf(certificate, 'algorithm', 'weak-key', `has ${weak}`));
  // An anchor is trusted for its key; nobody relies on its own signature.
  if (!isAnchor && (signature.hash === 'sha1' || signature.hash === 'md5')) {
    problems.push(
      problemOf(
        certificate,
        'algorithm',
        'weak-hash',
        `is signed with ${signature.name}; collisions make such signatures forgeable`,
      ),
    );
  }
  for (const oid of extensions.unknownCritical) {
    problems.push(
      problemOf(
        certificate,
        'constraint',
        'unknown-critical-extension',
        `has a critical extension ${oid} that is not understood`,
      ),
    );
  }
  return problems;
}

function checkIssuer(certificate: Certificate, checks: Checks): Problem[] {
  const { basicConstraints, keyUsage, extendedKeyUsage } = certificate.extensions;
  const problems: Problem[] = [];
  // RFC 5280 §6.1.4 (k): a version 1 certificate may be a CA when something else says so; OpenSSL takes trusted roots.
  const oldRoot = checks.profile === 'private-pki' && certificate.version === 1;
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
  if (
    extendedKeyUsage !== null &&
    ![checks.purpose, 'anyExtendedKeyUsage'].some((p) => extendedKeyUsage.value.includes(p))
  ) {
    problems.push(
      problemOf(
        certificate,
        'constraint',
        'ca-purpose',
        `is a CA whose extendedKeyUsage does not allow ${checks.purpose}`,
      ),
    );
  }
  return problems;
}

function checkLeaf(certificate: Certificate, checks: Checks): Problem[] {
  const problems: Problem[] = [];
  const { extendedKeyUsage } = certificate.extensions;
  if (
    extendedKeyUsage !== null &&
    ![checks.purpose, 'anyExtendedKeyUsage'].some((p) => extendedKeyUsage.value.includes(p))
  ) {
    problems.push(
      problemOf(
        certificate,
        'constraint',
        'purpose',
        `has an extendedKeyUsage that does not allow ${checks.purpose}`,
      ),
    );
  }
  if (checks.host !== null) {
    const match = matchHost(certificate, checks.host);
    if (match !== 'dns' && match !== 'ip') {
      problems.push(
        problemOf(
          certificate,
          'other',
          'host-mismatch',
          `does not name ${checks.host} in its subjectAltName`,
        ),
      );
    }
  }
  return problems;
}

const iso = (time: number): string => new Date(time).toISOString().replace('.000Z', 'Z');
