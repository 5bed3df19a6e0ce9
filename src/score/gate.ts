import type { EvidenceBundle } from '../model/evidence';
import type { Finding } from '../model/finding';
import type { Gate, Score, Selection } from '../model/report';
import { severities, type Severity } from '../model/rule';

/**
 * Whether the deployment passes, by the profile's gate. `incomplete` outranks `failed` as the outcome, because a gate
 * that has not seen everything knows neither how bad nor how good it is; the reasons of both are listed. Pure.
 */
export function decideGate(
  findings: readonly Finding[],
  score: Score,
  selection: Selection,
  bundle: EvidenceBundle,
): Gate {
  const reasons = failuresOf(findings, score, selection);
  const reserved = reservedOf(findings, selection, bundle);
  const incomplete = gapsOf(
    findings.filter((finding) => !reserved.includes(finding)),
    score,
    selection,
    bundle,
  );
  return {
    outcome: incomplete.length > 0 ? 'incomplete' : reasons.length > 0 ? 'failed' : 'passed',
    reasons,
    incomplete,
    ...(reserved.length === 0
      ? {}
      : { reserved: byRule(reserved, () => 'is decided only with --allow-write') }),
  };
}

/** Undecided findings that a read-only run cannot decide. To have made one is a choice, which the gate accepts or not. */
function reservedOf(
  findings: readonly Finding[],
  { rules, profile }: Selection,
  { run }: EvidenceBundle,
): readonly Finding[] {
  if (run.writes === true || profile.gate.readOnly === 'incomplete') return [];
  const needing = new Set(rules.filter(({ needs }) => needs === 'write').map(({ id }) => id));
  return findings.filter(({ outcome, rule }) => outcome === 'unknown' && needing.has(rule));
}

function failuresOf(findings: readonly Finding[], score: Score, { profile }: Selection): readonly string[] {
  const { failOn, minScore } = profile.gate;
  const open = findings.filter(
    (f) => f.outcome === 'fail' && f.waiver === null && counts(f.severity, failOn),
  );
  const after = score.scoreAfterWaivers;
  const low =
    minScore !== null && after !== null && after < minScore
      ? [`the score after waivers, ${after}, is below ${minScore}`]
      : [];
  return [...byRule(open, (n) => `fails on ${subjects(n)}`), ...low];
}

function gapsOf(
  findings: readonly Finding[],
  score: Score,
  { profile }: Selection,
  bundle: EvidenceBundle,
): readonly string[] {
  const { failOn, minCoverage } = profile.gate;
  const open = findings.filter(
    ({ outcome, severity }) =>
      (outcome === 'unknown' || outcome === 'error' || outcome === 'manual') && counts(severity, failOn),
  );
  return [
    ...(bundle.run.interrupted ? ['the run was interrupted'] : []),
    ...(score.coverage === null ? ['nothing was decided'] : []),
    ...(score.coverage !== null && score.coverage < minCoverage
      ? [`coverage ${score.coverage} % is below ${minCoverage} %`]
      : []),
    ...byRule(open, (n) => `is not decided on ${subjects(n)}`),
    ...leftBehind(bundle),
  ];
}

/** A deployment on which something of ours is left is not as it was: nobody may overlook that. */
function leftBehind({ evidence }: EvidenceBundle): readonly string[] {
  return evidence.flatMap((each) => {
    if (each.type !== 'canary.ledger' || each.state !== 'observed' || each.data.left === 0) return [];
    const { left, journal } = each.data;
    const which = left === 1 ? '1 canary is' : `${left} canaries are`;
    return [`${which} left on the deployment: cfy-audit cleanup, with the journal ${journal}`];
  });
}

/** Of this severity or worse. */
function counts(severity: Severity, failOn: Severity): boolean {
  return severities.indexOf(severity) <= severities.indexOf(failOn);
}

function byRule(findings: readonly Finding[], words: (n: number) => string): readonly string[] {
  const numbers = new Map<string, { severity: Severity; n: number }>();
  for (const { rule, severity } of findings) {
    numbers.set(rule, { severity, n: (numbers.get(rule)?.n ?? 0) + 1 });
  }
  return [...numbers]
    .sort(([, a], [, b]) => severities.indexOf(a.severity) - severities.indexOf(b.severity))
    .map(([rule, { severity, n }]) => `${rule} (${severity}) ${words(n)}`);
}

function subjects(n: number): string {
  return n === 1 ? '1 subject' : `${n} subjects`;
}
