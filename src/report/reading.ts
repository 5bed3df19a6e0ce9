import type { Evidence, EvidenceOf, EvidenceType } from '../model/evidence';
import type { Finding } from '../model/finding';
import type { NotLookedAt, Report, RuleResult } from '../model/report';
import { severities, type Rule, type Severity } from '../model/rule';
import type { Waiver } from '../model/waiver';
import { areaOf, stateOf, states } from './words';

/** A rule as selected, how it ended and what it found, in reading order. */
export interface RuleReading {
  readonly rule: Rule;
  readonly result: RuleResult;
  readonly findings: readonly Finding[];
  /** Failures that no waiver covers. */
  readonly open: readonly (Finding & { readonly outcome: 'fail' })[];
  readonly severity: Severity;
  readonly weight: number;
}

export type DigestedEvidence = Evidence & { readonly digest: string };

/** Every selected rule, worst first: open failures by severity, weight and number; then the other states; then by id. */
export function readRules(report: Report): readonly RuleReading[] {
  const findings = groupBy(report.findings, ({ rule }) => rule);
  const results = new Map(report.results.map((result) => [result.rule, result]));
  const weights = new Map(report.score.inputs.map(({ rule, weight }) => [rule, weight]));
  return report.selection.rules
    .map((rule) => {
      const own = [...(findings.get(rule.id) ?? [])].sort(byState);
      const severity = own[0]?.severity ?? rule.severity;
      return {
        rule,
        severity,
        result: results.get(rule.id) ?? nothing(rule.id),
        findings: own,
        open: own.filter((finding) => isOpen(finding)),
        weight: weights.get(rule.id) ?? report.selection.profile.weights[severity],
      };
    })
    .sort(byUrgency);
}

/** A failure that no waiver covers. */
export function isOpen(finding: Finding): finding is Finding & { readonly outcome: 'fail' } {
  return finding.outcome === 'fail' && finding.waiver === null;
}

/** Observations of one type that carry data, in report order. */
export function observed<T extends EvidenceType>(
  report: Report,
  type: T,
): readonly (Extract<EvidenceOf<T>, { state: 'observed' }> & { readonly digest: string })[] {
  return report.evidence.filter((e) => e.type === type && e.state === 'observed') as never;
}

/** Digest → the observation with that digest. */
export function evidenceByDigest(report: Report): ReadonlyMap<string, DigestedEvidence> {
  return new Map(report.evidence.map((evidence) => [evidence.digest, evidence]));
}

/** Digest of evidence → findings that judged it. */
export function findingsByEvidence(report: Report): ReadonlyMap<string, readonly Finding[]> {
  return groupBy(report.findings, ({ evidence }) => evidence ?? '');
}

/** What nobody could look at or establish; without the controls that no rule covers, which `selection` lists with more. */
export function gaps(report: Report): readonly NotLookedAt[] {
  const uncovered = new Set(report.selection.uncovered.map(({ id }) => id));
  return report.notLookedAt.filter(
    ({ what, rules }) => rules.length > 0 || !uncovered.has(what.split(' ')[0] ?? ''),
  );
}

/** Active waivers that end within so many days of the end of the run. */
export function expiring(report: Report, days: number): readonly Waiver[] {
  return report.waivers.active.filter((waiver) => daysLeft(report, waiver) <= days);
}

/** Whole days from the end of the run to the last day of the waiver. */
export function daysLeft(report: Report, waiver: Waiver): number {
  const today = Date.parse(report.run.finishedAt.slice(0, 10));
  return Math.round((Date.parse(waiver.expires) - today) / 86_400_000);
}

/** Length of the run in whole seconds. */
export function seconds(report: Report): number {
  return Math.round((Date.parse(report.run.finishedAt) - Date.parse(report.run.startedAt)) / 1000);
}

/** Groups in order of first appearance. */
export function groupBy<V>(values: readonly V[], key: (value: V) => string): Map<string, V[]> {
  const groups = new Map<string, V[]>();
  for (const value of values) {
    const group = groups.get(key(value));
    if (group) group.push(value);
    else groups.set(key(value), [value]);
  }
  return groups;
}

function byUrgency(a: RuleReading, b: RuleReading): number {
  return (
    Number(b.open.length > 0) - Number(a.open.length > 0) ||
    worst(a) - worst(b) ||
    severities.indexOf(a.severity) - severities.indexOf(b.severity) ||
    b.weight - a.weight ||
    b.open.length - a.open.length ||
    areaOf(a.rule.id).order - areaOf(b.rule.id).order ||
    compare(a.rule.id, b.rule.id)
  );
}

/** Rank of the first state a rule has findings in; failures rank alike, so that severity decides among them. */
function worst({ findings }: RuleReading): number {
  return findings[0] === undefined ? states.length : states.indexOf(stateOf(findings[0]));
}

function byState(a: Finding, b: Finding): number {
  return states.indexOf(stateOf(a)) - states.indexOf(stateOf(b)) || compare(a.subject.id, b.subject.id);
}

/** Code-unit order: the same on every machine, whatever its locale. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function nothing(rule: string): RuleResult {
  const counts = { pass: 0, fail: 0, notApplicable: 0, unknown: 0, error: 0, manual: 0 };
  return { rule, outcome: 'notApplicable', counts, waived: 0 };
}
