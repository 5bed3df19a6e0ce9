import type { Evidence, EvidenceBundle } from '../model/evidence';
import type { Finding } from '../model/finding';
import type { Gate, NotLookedAt, Report, RuleResult, Score, Selection, WaiverReview } from '../model/report';
import { severities, type Outcome, type Severity } from '../model/rule';
import { inKeyOrder } from './key-order';

/** What the stages before have made of one bundle. */
export interface Judgement {
  readonly bundle: EvidenceBundle;
  /** Digest of each evidence, in the bundle's order. */
  readonly digests: readonly string[];
  readonly selection: Selection;
  readonly findings: readonly Finding[];
  readonly waivers: WaiverReview;
  readonly score: Score;
  readonly gate: Gate;
}

/** Worst first: how a rule ended is how its worst subject ended. */
const outcomes = ['fail', 'error', 'unknown', 'manual', 'pass', 'notApplicable'] as const;

/**
 * Puts the report together: counts, results by rule and everything that was not looked at. Pure. In key order, so that
 * a format renders the same from it and from the report.json that was read back.
 */
export function assembleReport(judgement: Judgement): Report {
  const { bundle, selection, findings } = judgement;
  return inKeyOrder<Report>({
    $schema: 'urn:cfy-audit:report:1.0',
    schemaVersion: '1.0',
    tool: bundle.tool,
    target: bundle.target,
    run: bundle.run,
    bundleDigest: bundle.digest,
    selection,
    gate: judgement.gate,
    score: judgement.score,
    summary: summarise(findings),
    results: selection.rules.map((rule) => resultOf(rule.id, findings)),
    findings,
    waivers: judgement.waivers,
    notLookedAt: listGaps(judgement),
    traffic: bundle.traffic,
    evidence: bundle.evidence.map((e, i) => ({ ...e, digest: judgement.digests[i] ?? '' })),
  });
}

function zero(): Record<Outcome, number> {
  return { pass: 0, fail: 0, notApplicable: 0, unknown: 0, error: 0, manual: 0 };
}

function summarise(findings: readonly Finding[]): Report['summary'] {
  const entries = severities.map((s): [Severity, Record<Outcome, number>] => [s, zero()]);
  const summary = Object.fromEntries(entries) as Record<Severity, Record<Outcome, number>>;
  for (const { severity, outcome } of findings) summary[severity][outcome]++;
  return summary;
}

function resultOf(rule: string, findings: readonly Finding[]): RuleResult {
  const mine = findings.filter((f) => f.rule === rule);
  const counts = zero();
  for (const { outcome } of mine) counts[outcome]++;
  return {
    rule,
    outcome: outcomes.find((o) => counts[o] > 0) ?? 'unknown',
    counts,
    waived: mine.filter((f) => f.outcome === 'fail' && f.waiver !== null).length,
  };
}

/**
 * Undecided findings by their reason and evidence no rule speaks of, then controls that no rule decides. What the reader
 * can supply goes first: a closed port alone makes fifty gaps.
 */
function listGaps({ findings, bundle, selection }: Judgement): readonly NotLookedAt[] {
  const gaps = new Map<string, { gap: NotLookedAt; rules: Set<string> }>();
  for (const f of findings) {
    if (f.outcome !== 'unknown' && f.outcome !== 'error' && f.outcome !== 'manual') continue;
    const key = `${f.subject.id}\u0000${f.reason}`;
    const known = gaps.get(key);
    if (known) known.rules.add(f.rule);
    else {
      const gap = { what: f.subject.title, reason: f.reason, supply: f.supply ?? null, rules: [] };
      gaps.set(key, { gap, rules: new Set([f.rule]) });
    }
  }
  const silent = bundle.evidence.filter(unjudged(findings)).map((e) => ({
    what: e.subject.title,
    reason: e.state === 'failed' ? `a fault of cfy-audit: ${e.error.split('\n')[0] ?? ''}` : e.reason,
    supply: e.state === 'unavailable' ? (e.supply ?? null) : null,
    rules: [],
  }));
  const open = [...gaps.values()].map(({ gap, rules }) => ({ ...gap, rules: [...rules].sort() }));
  return [
    ...[...open, ...silent].sort((a, b) => Number(a.supply === null) - Number(b.supply === null)),
    ...selection.uncovered.map((control) => ({
      what: `${control.id} ${control.title}`,
      reason: 'no rule of the catalogue decides this control yet',
      supply: null,
      rules: [],
    })),
  ];
}

/** Evidence that could not be had and that no finding speaks of, e.g. because the profile deselects its rules. */
function unjudged(findings: readonly Finding[]) {
  const judged = new Set(findings.map((f) => f.subject.id));
  return (e: Evidence): e is Extract<Evidence, { state: 'unavailable' | 'failed' }> =>
    (e.state === 'unavailable' || e.state === 'failed') && !judged.has(e.subject.id);
}
