import type { Finding } from '../model/finding';
import type { Score, Selection } from '../model/report';
import type { Grade, Rule } from '../model/rule';

/** Below this coverage a grade would say more than is known. */
const gradeCoverage = 90;

const formula =
  'n = passed + failed + undecided subjects of a rule. A critical rule counts as a whole: 0 with any failure, 1 when ' +
  'all n pass, else undecided. Any other rule counts by its subjects: passed÷n, of which (passed+failed)÷n is ' +
  'decided. score = 100·Σ(weight·passed share) ÷ Σ(weight·decided share); coverage = 100·Σ(weight·decided share) ÷ ' +
  'Σ(weight); floor = 100·Σ(weight·passed share) ÷ Σ(weight), that is with everything undecided at 0. Rules without an ' +
  'applicable subject are left out. scoreAfterWaivers leaves waived failures out. All rounded down to 0.1.';

type Input = Score['inputs'][number];

/** Score, floor, coverage and grade over the findings of the selected rules. Pure. */
export function computeScore(findings: readonly Finding[], selection: Selection): Score {
  const { profile, rules } = selection;
  const byRule = new Map<string, Finding[]>(rules.map((rule) => [rule.id, []]));
  for (const finding of findings) byRule.get(finding.rule)?.push(finding);
  const parts = rules.map((rule) => partOf(rule, byRule.get(rule.id) ?? [], profile.weights[rule.severity]));
  const afterWaivers = rules.map((rule) =>
    partOf(rule, (byRule.get(rule.id) ?? []).filter(isUnwaived), profile.weights[rule.severity]),
  );
  const sums = { score: ratio(parts, 'decided'), coverage: coverageOf(parts), floor: ratio(parts, 'weight') };
  return {
    ...sums,
    scoreAfterWaivers: ratio(afterWaivers, 'decided'),
    ...gradeOf(sums.score, sums.coverage, findings, selection),
    formula,
    inputs: parts.map((part) => part.input),
  };
}

/** What one rule brings: how much of its weight is decided, and how much of that passed. */
interface Part {
  readonly weight: number;
  readonly decided: number;
  readonly passed: number;
  readonly failures: number;
  readonly input: Input;
}

function partOf(rule: Rule, findings: readonly Finding[], weight: number): Part {
  const count = (outcomes: readonly string[]): number =>
    findings.filter((finding) => outcomes.includes(finding.outcome)).length;
  const passed = count(['pass']);
  const failed = count(['fail']);
  const undecided = count(['unknown', 'error', 'manual']);
  const n = passed + failed + undecided;
  const critical = rule.severity === 'critical';
  const open = n === 0 || (critical ? failed === 0 && undecided > 0 : passed + failed === 0);
  const value = open ? null : critical ? (failed > 0 ? 0 : 1) : passed / (passed + failed);
  const share = critical || n === 0 ? 1 : 1 / n;
  return {
    weight: n === 0 ? 0 : weight,
    decided: open ? 0 : critical ? weight : weight * (passed + failed) * share,
    passed: open ? 0 : critical ? weight * (value ?? 0) : weight * passed * share,
    failures: weight > 0 ? failed : 0,
    input: { rule: rule.id, weight, passed, failed, undecided, value },
  };
}

/** 100 · passed ÷ decided or weight. null where nothing is. Never 100 beside a failure, however small its weight. */
function ratio(parts: readonly Part[], over: 'decided' | 'weight'): number | null {
  const whole = sum(parts, over);
  if (whole <= 0 || sum(parts, 'decided') <= 0) return null;
  const spoilt = parts.some((p) => p.failures > 0 || (over === 'weight' && p.decided < p.weight));
  return roundDown((100 * sum(parts, 'passed')) / whole, spoilt);
}

function coverageOf(parts: readonly Part[]): number | null {
  const whole = sum(parts, 'weight');
  const spoilt = parts.some((part) => part.decided < part.weight);
  return whole <= 0 ? null : roundDown((100 * sum(parts, 'decided')) / whole, spoilt);
}

function sum(parts: readonly Part[], key: 'weight' | 'decided' | 'passed'): number {
  return parts.reduce((total, part) => total + part[key], 0);
}

/** Down to one decimal. A billionth is given back first, so that the noise of binary fractions takes no tenth away. */
function roundDown(percent: number, spoilt: boolean): number {
  const tenths = Math.floor(percent * 10 + 1e-9);
  return Math.min(tenths, spoilt ? 999 : 1000) / 10;
}

const ladder: readonly Grade[] = ['A', 'B', 'C', 'D', 'F'];

function gradeOf(
  score: number | null,
  coverage: number | null,
  findings: readonly Finding[],
  { profile }: Selection,
): Pick<Score, 'grade' | 'gradeReason'> {
  if (score === null || coverage === null)
    return { grade: null, gradeReason: 'no grade: nothing was decided' };
  if (coverage < gradeCoverage) {
    return { grade: null, gradeReason: `no grade: coverage ${coverage} % is below ${gradeCoverage} %` };
  }
  const letters = (['A', 'B', 'C', 'D'] as const).filter((letter) => score >= profile.grades[letter]);
  const earned: Grade = letters[0] ?? 'F';
  const caps = findings.flatMap((finding) => {
    if (finding.outcome !== 'fail' || finding.waiver !== null) return [];
    const cap = worse(finding.severity === 'critical' ? 'D' : 'A', finding.gradeCap ?? 'A');
    return [{ cap, rule: finding.rule, subject: finding.subject.id }];
  });
  const [lowest] = [...caps].sort((a, b) => ladder.indexOf(b.cap) - ladder.indexOf(a.cap));
  if (!lowest || worse(earned, lowest.cap) === earned) {
    return { grade: earned, gradeReason: `${earned} by score ${score}` };
  }
  const why = `${lowest.rule} fails on ${lowest.subject}`;
  return { grade: lowest.cap, gradeReason: `${earned} by score ${score}, capped at ${lowest.cap}: ${why}` };
}

function worse(a: Grade, b: Grade): Grade {
  return ladder.indexOf(a) >= ladder.indexOf(b) ? a : b;
}

function isUnwaived(finding: Finding): boolean {
  return finding.outcome !== 'fail' || finding.waiver === null;
}
