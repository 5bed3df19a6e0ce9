import type { Evidence } from '../model/evidence';
import type { Violation } from '../model/finding';
import type { Grade } from '../model/rule';
import type { Misfit } from '../schema/ajv';
import type { CompiledRule, Condition } from './compile';
import type { Judged } from './places';
import { about, expectation, observation } from './words';

/** How one rule ends on one evidence, before waivers. */
export type Verdict =
  | { readonly outcome: 'pass' }
  | { readonly outcome: 'fail'; readonly violations: readonly Violation[]; readonly gradeCap: Grade | null }
  | {
      readonly outcome: 'notApplicable' | 'unknown' | 'error';
      readonly reason: string;
      readonly supply?: string;
    };

/** A page of violations is as telling as a book of them; the last entry says how many more there are. */
const maxViolations = 100;

/** Judges in the order absent, unavailable, failed, then applies → assert → passRequires. Pure. */
export function judgeEvidence(compiled: CompiledRule, evidence: Evidence): Verdict {
  switch (evidence.state) {
    case 'absent':
      return { outcome: 'notApplicable', reason: evidence.reason };
    case 'unavailable':
      return {
        outcome: 'unknown',
        reason: evidence.reason,
        ...(evidence.supply === undefined ? {} : { supply: evidence.supply }),
      };
    case 'failed':
      return { outcome: 'error', reason: evidence.error };
    case 'observed':
      return judgeObserved(compiled, evidence);
  }
}

function judgeObserved(
  { rule, applies, assert, passRequires, capWhen }: CompiledRule,
  evidence: Judged,
): Verdict {
  const [stranger] = applies ? violationsOf(applies, evidence) : [];
  if (stranger) return { outcome: 'notApplicable', reason: `the rule is not about this: ${tell(stranger)}` };
  const violations = violationsOf(assert, evidence);
  if (violations.length > 0) {
    const capped = !capWhen || capWhen.validate(evidence.data).length === 0;
    return {
      outcome: 'fail',
      violations: bounded(violations),
      gradeCap: capped ? (rule.gradeCap?.grade ?? null) : null,
    };
  }
  const [doubt] = passRequires ? violationsOf(passRequires, evidence) : [];
  if (doubt)
    return {
      outcome: 'unknown',
      reason: `nothing speaks against it, but a pass needs proof: ${tell(doubt)}`,
    };
  return { outcome: 'pass' };
}

/** Misfits of a condition as violations, sorted by pointer. */
function violationsOf(condition: Condition, evidence: Judged): readonly Violation[] {
  const told = new Map<string, Violation>();
  for (const misfit of telling(condition.validate(evidence.data))) {
    const expected = expectation(misfit, condition.schema);
    const place = about(evidence, misfit.pointer);
    told.set(`${misfit.pointer}\u0000${expected}`, {
      pointer: misfit.pointer,
      ...(place === null ? {} : { about: place }),
      expected,
      observed: observation(evidence, misfit.pointer),
    });
  }
  return [...told.values()].sort((a, b) => comparePointers(a.pointer, b.pointer));
}

/** Leaves out `if` (its branch says more) and what lies inside a union or `contains` (no branch of it is required). */
function telling(misfits: readonly Misfit[]): readonly Misfit[] {
  const unions = misfits.filter((m) => m.keyword === 'anyOf' || m.keyword === 'contains');
  return misfits.filter(
    (m) => m.keyword !== 'if' && !unions.some((union) => m.schemaPath.startsWith(`${union.schemaPath}/`)),
  );
}

function bounded(violations: readonly Violation[]): readonly Violation[] {
  const rest = violations.length - maxViolations;
  if (rest <= 0) return violations;
  const shown = violations.slice(0, maxViolations);
  return [
    ...shown,
    { pointer: '', expected: 'no violation', observed: `${rest} more violations, not listed` },
  ];
}

function tell({ pointer, about: place, expected, observed }: Violation): string {
  // A union over the whole evidence: to print all of it would bury what is missing.
  if (pointer === '') return `expected ${expected}`;
  return `${place === undefined ? '' : `${place}: `}${pointer} is ${observed}, expected ${expected}`;
}

/** By token, numbers as numbers, so that entry 10 comes after entry 9. */
function comparePointers(a: string, b: string): number {
  const left = a.split('/');
  const right = b.split('/');
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const l = left[i];
    const r = right[i];
    if (l === r) continue;
    if (l === undefined) return -1;
    if (r === undefined) return 1;
    if (/^\d+$/.test(l) && /^\d+$/.test(r)) return Number(l) - Number(r);
    return l < r ? -1 : 1;
  }
  return 0;
}
