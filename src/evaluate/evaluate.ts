import type { EvidenceBundle, Subject } from '../model/evidence';
import type { Finding } from '../model/finding';
import type { Selection, WaiverReview } from '../model/report';
import type { Rule } from '../model/rule';
import type { Waiver } from '../model/waiver';
import { digest } from '../schema/canonical';
import { compileRule } from './compile';
import { judgeEvidence, type Verdict } from './judge';
import { reviewWaivers } from './waive';

/** What the rules make of a bundle. */
export interface Evaluation {
  /** Sorted by rule id, then by subject id. */
  readonly findings: readonly Finding[];
  /** Digest of each evidence, in the bundle's order. */
  readonly digests: readonly string[];
  readonly review: WaiverReview;
}

/** Judges every evidence by every selected rule of its type. Pure: equal bundles give equal findings. */
export function evaluate(
  bundle: EvidenceBundle,
  selection: Selection,
  waivers: readonly Waiver[],
): Evaluation {
  const digests = bundle.evidence.map((evidence) => digest(evidence));
  const raw = selection.rules.flatMap((rule) => judgeAll(rule, bundle, digests)).sort(compareFindings);
  const { findings, review } = reviewWaivers(raw, waivers, bundle.run.startedAt);
  return { findings, digests, review };
}

function judgeAll(rule: Rule, bundle: EvidenceBundle, digests: readonly string[]): readonly Finding[] {
  const compiled = compileRule(rule);
  const findings = bundle.evidence.flatMap((evidence, i) =>
    evidence.type === rule.evidence
      ? [findingOf(rule, evidence.subject, digests[i] ?? null, judgeEvidence(compiled, evidence))]
      : [],
  );
  return findings.length > 0 ? findings : [silent(rule, bundle)];
}

/** No evidence at all is no pass: nobody looked, or nobody could. */
function silent(rule: Rule, { target, run }: EvidenceBundle): Finding {
  const why = run.interrupted ? ': the run was interrupted' : '';
  const reason = `there is no evidence of type ${rule.evidence} in the bundle${why}`;
  const subject: Subject = { id: 'target', kind: 'target', title: target.name };
  return findingOf(rule, subject, null, { outcome: 'unknown', reason });
}

function findingOf(rule: Rule, subject: Subject, evidence: Finding['evidence'], verdict: Verdict): Finding {
  const fingerprint = digest([rule.id, subject.id]).slice('sha256:'.length, 'sha256:'.length + 16);
  const base = { fingerprint, rule: rule.id, severity: rule.severity, subject, evidence };
  return verdict.outcome === 'fail' ? { ...base, ...verdict, waiver: null } : { ...base, ...verdict };
}

function compareFindings(a: Finding, b: Finding): number {
  return (
    compare(a.rule, b.rule) ||
    compare(a.subject.id, b.subject.id) ||
    compare(a.evidence ?? '', b.evidence ?? '')
  );
}

/** By code unit: no locale may change the order. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
