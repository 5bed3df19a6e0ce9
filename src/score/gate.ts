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
  const incomplete = gapsOf(findings, score, selection, bundle);
  return {
    outcome: incomplete.length > 0 ? 'incomplete' : reasons.length > 0 ? 'failed' : 'passed',
    reasons,
    incomplete,
  };
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
  ];
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
