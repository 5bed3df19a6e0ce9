import type { Certificate } from './certificate';
import type { Checks } from './check-path';
import { verificationCost } from './key';
import { nameOf, type Problem, problemOf } from './problem';
import type { RevocationAnswer } from './revocation';
import { checkSignature, isSelfSigned, type SignatureCheck } from './signature';

/** One path that was tried: from the leaf on, what is wrong with it, and whether it ends at an anchor. */
export interface Attempt {
  readonly path: readonly Certificate[];
  readonly problems: readonly Problem[];
  readonly anchored: boolean;
  readonly revocation: readonly RevocationAnswer[];
}

/** Judges a complete path, leaf first, anchor last. */
export type Judge = (path: readonly Certificate[], checks: Checks) => Omit<Attempt, 'path' | 'anchored'>;

interface Search {
  readonly checks: Checks;
  readonly judge: Judge;
  readonly anchors: ReadonlyMap<string, readonly Certificate[]>;
  readonly pool: ReadonlyMap<string, readonly Certificate[]>;
  readonly failed: { readonly attempt: Attempt; readonly rank: number }[];
}

/** No real hierarchy is this deep; OpenSSL stops at 100. */
const DEEPEST = 32;
const MOST_FAILURES = 20;

/**
 * Depth-first over every possible issuer of every certificate (RFC 4158), anchors first, until a path is accepted.
 * A path never holds two certificates of one subject and key, which ends all cycles; budgets end the rest.
 */
export function findPath(
  leaf: Certificate,
  intermediates: readonly Certificate[],
  anchors: readonly Certificate[],
  checks: Checks,
  judge: Judge,
): { best: Attempt; others: readonly Problem[] } {
  const search = { checks, judge, anchors: bySubject(anchors), pool: bySubject(intermediates), failed: [] };
  const own = anchors.some((anchor) => anchor.sha256 === leaf.sha256);
  // OpenSSL takes a self-signed certificate that is itself trusted, whatever its extensions say.
  const found =
    own && checks.profile === 'private-pki' && isSelfSigned(leaf)
      ? tryPath(search, [leaf])
      : extend(search, [leaf], new Set([identityOf(leaf)]));
  return found === null ? chooseFailure(search, leaf) : { best: found, others: [] };
}

function extend(search: Search, path: readonly Certificate[], seen: ReadonlySet<string>): Attempt | null {
  const top = path[path.length - 1];
  if (top === undefined) return null;
  const anchors = search.anchors.get(top.issuer.key) ?? [];
  const others = (search.pool.get(top.issuer.key) ?? []).filter((issuer) => !seen.has(identityOf(issuer)));
  for (const issuer of byPromise(anchors, top, search.checks)) {
    const problem = checkEdge(search, top, issuer);
    const found = problem === null ? tryPath(search, [...path, issuer]) : fail(search, path, problem, 2);
    if (found !== null) return found;
  }
  for (const issuer of byPromise(others, top, search.checks)) {
    if (path.length >= DEEPEST) {
      return fail(
        search,
        path,
        problemOf(
          top,
          'other',
          'too-deep',
          `ends a path of ${String(DEEPEST)} certificates without an anchor`,
        ),
        2,
      );
    }
    const problem = checkEdge(search, top, issuer);
    const found =
      problem === null
        ? extend(search, [...path, issuer], new Set([...seen, identityOf(issuer)]))
        : fail(search, path, problem, 2);
    if (found !== null) return found;
    if (search.checks.budget.edges <= 0) return null;
  }
  return anchors.length + others.length === 0 ? fail(search, path, deadEnd(top), 1) : null;
}

function tryPath(search: Search, path: readonly Certificate[]): Attempt | null {
  const attempt = { path, anchored: true, ...search.judge(path, search.checks) };
  if (attempt.problems.length === 0) return attempt;
  search.failed.push({ attempt, rank: 3 });
  return null;
}

function checkEdge(search: Search, child: Certificate, issuer: Certificate): Problem | null {
  const { budget, profile } = search.checks;
  budget.edges -= 1;
  if (budget.edges < 0)
    return problemOf(child, 'other', 'budget', 'has more possible issuers than are worth trying');
  const expected = child.extensions.authorityKeyId?.value.keyId ?? null;
  const offered = issuer.extensions.subjectKeyId?.value ?? null;
  // RFC 5280 uses key identifiers only to find issuers; OpenSSL refuses an issuer whose identifier differs.
  if (profile === 'private-pki' && expected !== null && offered !== null && expected !== offered) {
    return problemOf(
      child,
      'unknown-root',
      'key-identifier',
      `was issued by a key ${expected}; ${nameOf(issuer)} has the same name but key ${offered}`,
    );
  }
  const check = rememberSignature(search.checks, child, issuer);
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
      `is signed with ${child.signature.name}, which cannot be verified with the ${issuer.key.algorithm} key of ${nameOf(issuer)}`,
    );
  }
  return problemOf(
    child,
    'bad-signature',
    'bad-signature',
    `is not signed by the key of ${nameOf(issuer)}, which it names as issuer: the certificate was altered, or another CA has the same name`,
  );
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

function deadEnd(top: Certificate): Problem {
  if (isSelfSigned(top)) {
    return problemOf(
      top,
      'unknown-root',
      'unknown-root',
      'is a self-signed certificate that is not among the trusted ones',
    );
  }
  return problemOf(
    top,
    'incomplete',
    'issuer-missing',
    `was issued by "${top.issuer.text}", which is neither sent nor trusted: send that intermediate, or trust its CA`,
  );
}

function fail(search: Search, path: readonly Certificate[], problem: Problem, rank: number): null {
  if (search.failed.length < 500) {
    search.failed.push({ attempt: { path, problems: [problem], anchored: false, revocation: [] }, rank });
  }
  return null;
}

/** The failed path that came furthest: to an anchor, then to a refused edge, then to a dead end; the first of equals. */
function chooseFailure(search: Search, leaf: Certificate): { best: Attempt; others: readonly Problem[] } {
  let best: Search['failed'][number] | undefined;
  for (const failed of search.failed) if (best === undefined || failed.rank > best.rank) best = failed;
  if (best === undefined) {
    return { best: { path: [leaf], problems: [deadEnd(leaf)], anchored: false, revocation: [] }, others: [] };
  }
  const others = search.failed.filter((failed) => failed !== best).flatMap(({ attempt }) => attempt.problems);
  const said = new Set(best.attempt.problems.map((problem) => problem.detail));
  const distinct = others.filter((problem) => !said.has(problem.detail) && said.add(problem.detail));
  return { best: best.attempt, others: distinct.slice(0, MOST_FAILURES) };
}

function bySubject(certificates: readonly Certificate[]): Map<string, Certificate[]> {
  const map = new Map<string, Certificate[]>();
  const seen = new Set<string>();
  for (const certificate of certificates) {
    if (seen.has(certificate.sha256)) continue;
    seen.add(certificate.sha256);
    const list = map.get(certificate.subject.key);
    if (list === undefined) map.set(certificate.subject.key, [certificate]);
    else list.push(certificate);
  }
  return map;
}

const identityOf = (certificate: Certificate): string =>
  `${certificate.key.spkiSha256}/${certificate.subject.key}`;

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
