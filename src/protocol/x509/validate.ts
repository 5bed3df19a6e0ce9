import type { Certificate } from './certificate';
import { checkPath, type Checks } from './check-path';
import type { Crl } from './crl';
import { findPath, type Attempt } from './find-path';
import type { OcspResponse } from './ocsp';
import type { PolicyInput } from './policy';
import type { PathFailure, Problem } from './problem';
import type { Profile } from './profile';
import type { RevocationAnswer } from './revocation';

/** What is to be validated, and against what. */
export interface PathInput {
  readonly leaf: Certificate;
  /** Unordered; strangers and duplicates do no harm. */
  readonly intermediates: readonly Certificate[];
  readonly anchors: readonly Certificate[];
  readonly at: Date;
  /** DNS name or IP address that the leaf must cover. */
  readonly host?: string;
  readonly purpose: 'serverAuth' | 'clientAuth';
  readonly profile: Profile;
  readonly crls?: readonly Crl[];
  /** OCSP responses, e.g. the one that was stapled. */
  readonly ocsp?: readonly OcspResponse[];
  /** `require`: a certificate without a usable CRL is refused. Default: only what is on a given CRL counts. */
  readonly revocation?: 'when-given' | 'require';
  /**
   * What to tell of without refusing a path for it: `dates` that are past or to come, signature `digests` that are broken
   * (the signature itself still has to verify), `revocation` that could not be established. Left out: nothing.
   */
  readonly setAside?: readonly ('dates' | 'digests' | 'revocation')[];
  /** Most intermediate certificates that are not self-issued. */
  readonly maxIntermediates?: number;
  readonly policies?: PolicyInput;
}

/** One certificate of the path and how it was judged, from the leaf to the anchor. */
export interface PathStep {
  readonly certificate: Certificate;
  /** Who signed it; null for the anchor, and where the path ends without one. */
  readonly issuer: Certificate | null;
  readonly problems: readonly Problem[];
  /** Problems that were set aside: told, but no reason to refuse the path. */
  readonly aside: readonly Problem[];
}

/** What came of it. */
export interface PathResult {
  readonly anchored: boolean;
  /** Null when anchored. */
  readonly failure: PathFailure | null;
  readonly code: string | null;
  /** A sentence that names the edge that failed. */
  readonly detail: string | null;
  /** From leaf to anchor when anchored; else the path that came furthest. */
  readonly path: readonly Certificate[];
  readonly anchor: Certificate | null;
  readonly steps: readonly PathStep[];
  /** What other paths failed of, at most 20. */
  readonly alternatives: readonly Problem[];
  readonly revocation: readonly RevocationAnswer[];
}

/** Looks for a path from the leaf to an anchor that RFC 5280 §6 and the profile accept. Never throws, always ends. */
export function validatePath(input: PathInput): PathResult {
  const checks: Checks = {
    at: Math.floor(input.at.getTime() / 1000) * 1000,
    host: input.host ?? null,
    purpose: input.purpose,
    profile: input.profile,
    maxIntermediates: input.maxIntermediates ?? Infinity,
    policies: input.policies ?? null,
    crls: input.crls ?? [],
    ocsp: input.ocsp ?? [],
    revocation: input.revocation ?? 'when-given',
    setAside: new Set((input.setAside ?? []).flatMap((what) => codesOf[what])),
    pool: [...input.anchors, ...input.intermediates],
    budget: { signatures: 200, edges: 2000, comparisons: 250_000 },
    signatures: new Map(),
  };
  const { best, others } = findPath(input.leaf, input.intermediates, input.anchors, checks, checkPath);
  return resultOf(best, others);
}

const codesOf = {
  dates: ['expired', 'not-yet-valid'],
  digests: ['weak-hash'],
  revocation: ['revocation-unknown'],
} as const;

function resultOf(best: Attempt, others: readonly Problem[]): PathResult {
  const [first] = best.problems;
  const { path } = best;
  return {
    anchored: first === undefined,
    failure: first?.failure ?? null,
    code: first?.code ?? null,
    detail: first?.detail ?? null,
    path,
    anchor: best.anchored ? (path.at(-1) ?? null) : null,
    steps: path.map((certificate, i) => ({
      certificate,
      issuer: path[i + 1] ?? null,
      problems: best.problems.filter((problem) => problem.certificate === certificate.sha256),
      aside: best.aside.filter((problem) => problem.certificate === certificate.sha256),
    })),
    alternatives: others,
    revocation: best.revocation,
  };
}
