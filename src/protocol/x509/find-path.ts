import type { Certificate } from './certificate';
import type { Checks } from './check-path';
import { checkEdge, deadEnd, identityOf, worthTrying } from './edge';
import { type Problem, problemOf } from './problem';
import type { RevocationAnswer } from './revocation';
import { isSelfSigned } from './signature';

/** One path that was tried: from the leaf on, what is wrong with it, and whether it ends at an anchor. */
export interface Attempt {
  readonly path: readonly Certificate[];
  readonly problems: readonly Problem[];
  /** Problems that were set aside. */
  readonly aside: readonly Problem[];
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
 * A path never holds two certificates of one subject and key (`private-pki`: none twice), which ends all cycles; budgets end the rest.
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
      : extend(search, [leaf], new Set([placeOf(leaf, checks)]));
  return found === null ? chooseFailure(search, leaf) : { best: found, others: [] };
}

function extend(search: Search, path: readonly Certificate[], seen: ReadonlySet<string>): Attempt | null {
  const top = path[path.length - 1];
  if (top === undefined) return null;
  const anchors = search.anchors.get(top.issuer.key) ?? [];
  const sent = search.pool.get(top.issuer.key) ?? [];
  const others = sent.filter((issuer) => !seen.has(placeOf(issuer, search.checks)));
  let reached = false;
  for (const issuer of worthTrying(anchors, top, search.checks)) {
    const problem = checkEdge(search.checks, top, issuer);
    const found =
      problem === null ? tryPath(search, climb(search, [...path, issuer])) : fail(search, path, problem, 2);
    if (found !== null) return found;
    reached ||= problem === null;
  }
  // OpenSSL does not turn back from a trusted issuer: behind an ended root it does not see what that root was renewed with.
  if (reached && search.checks.profile === 'private-pki') return null;
  for (const issuer of worthTrying(others, top, search.checks)) {
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
    const problem = checkEdge(search.checks, top, issuer);
    const found =
      problem === null
        ? extend(search, [...path, issuer], new Set([...seen, placeOf(issuer, search.checks)]))
        : fail(search, path, problem, 2);
    if (found !== null) return found;
    if (search.checks.budget.edges <= 0) return null;
  }
  return anchors.length + others.length === 0
    ? fail(search, path, deadEnd(search.checks, top, sent.length > 0), 1)
    : null;
}

/** What a path holds once: a CA by subject and key; to OpenSSL, which tries one issuer alone, a certificate. */
const placeOf = (certificate: Certificate, { profile }: Checks): string =>
  profile === 'private-pki' ? certificate.sha256 : identityOf(certificate);

/**
 * A client on OpenSSL that was not told to take partial chains (Python before 3.13) goes on from a trusted intermediate to the
 * trusted CA above it, and relies on that one's signature and dates too.
 */
function climb(search: Search, path: readonly Certificate[]): readonly Certificate[] {
  const top = path.at(-1);
  if (top === undefined || search.checks.profile !== 'private-pki' || isSelfSigned(top)) return path;
  const seen = new Set(path.map(identityOf));
  const above = (search.anchors.get(top.issuer.key) ?? []).filter((anchor) => !seen.has(identityOf(anchor)));
  const next = worthTrying(above, top, search.checks).find(
    (anchor) => checkEdge(search.checks, top, anchor) === null,
  );
  return next === undefined || path.length >= DEEPEST ? path : climb(search, [...path, next]);
}

function tryPath(search: Search, path: readonly Certificate[]): Attempt | null {
  const attempt = { path, anchored: true, ...search.judge(path, search.checks) };
  if (attempt.problems.length === 0) return attempt;
  search.failed.push({ attempt, rank: 3 });
  return null;
}

function fail(search: Search, path: readonly Certificate[], problem: Problem, rank: number): null {
  if (search.failed.length < 500) {
    search.failed.push({
      attempt: { path, problems: [problem], aside: [], anchored: false, revocation: [] },
      rank,
    });
  }
  return null;
}

/** The failed path that came furthest: to an anchor, then to a refused edge, then to a dead end; the first of equals. */
function chooseFailure(search: Search, leaf: Certificate): { best: Attempt; others: readonly Problem[] } {
  let best: Search['failed'][number] | undefined;
  // A certificate of which a signature is good was not altered: that another CA of the same name has not signed it says less.
  const signed = new Set(
    [...search.checks.signatures].flatMap(([id, check]) => (check === 'good' ? [id.slice(0, 64)] : [])),
  );
  for (const { attempt, rank } of search.failed) {
    const [problem] = attempt.problems;
    const beside = problem?.code === 'bad-signature' && signed.has(problem.certificate);
    const own = { attempt, rank: beside ? 0 : rank };
    if (best === undefined || own.rank > best.rank) best = own;
  }
  if (best === undefined) {
    return {
      best: {
        path: [leaf],
        problems: [deadEnd(search.checks, leaf)],
        aside: [],
        anchored: false,
        revocation: [],
      },
      others: [],
    };
  }
  const others = search.failed
    .filter(({ attempt }) => attempt !== best.attempt)
    .flatMap(({ attempt }) => attempt.problems);
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
