import type { Finding } from '../../src/model/finding';
import type { Selection } from '../../src/model/report';
import type { Grade, Outcome, Profile, Rule, Severity } from '../../src/model/rule';
import type { Waiver } from '../../src/model/waiver';

/** One subject's end in short: `F` a failure that is waived. */
export type End = 'pass' | 'fail' | 'F' | 'unknown' | 'error' | 'manual' | 'notApplicable';

/** A rule in short: its severity and how its subjects ended. */
export interface Sketch {
  readonly severity: Severity;
  readonly ends: readonly End[];
  readonly gradeCap?: Grade;
}

const weights = { critical: 10, high: 7.5, medium: 5, low: 2.5, info: 0 };

/** Findings and selection of the sketched rules. */
export function sketch(
  rules: readonly Sketch[],
  profile: Partial<Profile> = {},
): { readonly findings: readonly Finding[]; readonly selection: Selection } {
  const idOf = (i: number): string => `CFY-TLS-${String(i).padStart(2, '0')}`;
  return {
    findings: rules.flatMap((rule, i) => rule.ends.map((end, j) => findingOf(idOf(i), rule, end, j))),
    selection: {
      catalogue: { version: '0', digest: '', rules: rules.length },
      profile: {
        id: 'p',
        title: 'p',
        weights,
        grades: { A: 90, B: 80, C: 65, D: 50 },
        gate: { failOn: 'high', minCoverage: 90, minScore: null },
        digest: '',
        ...profile,
      },
      rules: rules.map((rule, i) => ({ id: idOf(i), severity: rule.severity }) as Rule),
      deselected: [],
      uncovered: [],
    },
  };
}

function findingOf(rule: string, { severity, gradeCap }: Sketch, end: End, j: number): Finding {
  const subject = { id: `s${j}`, kind: 'listener' as const, title: `s${j}` };
  const base = { fingerprint: `${rule}${j}`, rule, severity, subject, evidence: null };
  if (end === 'pass') return { ...base, outcome: 'pass' };
  if (end === 'fail' || end === 'F') {
    const waiver: Waiver = { rule, subject: subject.id, reason: 'r', owner: 'o', expires: '2099-01-01' };
    const cap = gradeCap ?? null;
    return { ...base, outcome: 'fail', violations: [], gradeCap: cap, waiver: end === 'F' ? waiver : null };
  }
  return { ...base, outcome: end satisfies Outcome, reason: 'why' };
}
