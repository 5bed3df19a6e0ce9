import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Evidence, EvidenceType } from '../../src/model/evidence';
import type { Rule, RuleCase } from '../../src/model/rule';
import { compileRule, type CompiledRule } from '../../src/evaluate/compile';
import { judgeEvidence, type Verdict } from '../../src/evaluate/judge';
import { dataShape, propertyOf, type Shape } from '../../src/evaluate/shape';
import { packageRoot } from '../../src/schema/package-root';

/** The compliant evidence data that every rule of the type that applies passes. */
export function baselineOf(type: EvidenceType): unknown {
  return JSON.parse(readFileSync(join(packageRoot(), `fixtures/evidence/${type}.json`), 'utf8'));
}

/**
 * RFC 7386, but `null` removes only what the evidence can lack (a header); elsewhere it is the value null, which many
 * facts have and a strict merge patch could not say.
 */
export function mergePatch(base: unknown, patch: unknown, shape: Shape): unknown {
  if (!isObject(patch)) return patch;
  const result = new Map<string, unknown>(isObject(base) ? Object.entries(base) : []);
  for (const [name, value] of Object.entries(patch)) {
    const required = shape.some(({ required: names }) => (names as string[] | undefined)?.includes(name));
    if (value === null && !required) result.delete(name);
    else result.set(name, mergePatch(result.get(name), value, propertyOf(shape, name)));
  }
  return Object.fromEntries(result);
}

/** The evidence that a case of a rule is about. */
export function evidenceOf(rule: Rule, ruleCase: RuleCase): Evidence {
  const base = {
    type: rule.evidence,
    subject: { id: 'case', kind: 'target', title: ruleCase.name },
    observedAt: '2026-07-01T00:00:00.000Z',
  };
  if (ruleCase.state === undefined) {
    const data = mergePatch(baselineOf(rule.evidence), ruleCase.with ?? {}, dataShape(rule.evidence));
    return { ...base, state: 'observed', data } as Evidence;
  }
  const why = ruleCase.state === 'failed' ? { error: 'Error: our own' } : { reason: 'as the case says' };
  return { ...base, state: ruleCase.state, ...why } as Evidence;
}

/** The rule with the parameters of the case put in. */
export function compiledFor(rule: Rule, ruleCase: RuleCase): CompiledRule {
  return compileRule({ ...rule, parameters: { ...rule.parameters, ...ruleCase.parameters } });
}

/** Outcome and places of the violations, in one comparable line. */
export function signature(verdict: Verdict): string {
  return verdict.outcome === 'fail'
    ? `fail ${verdict.violations.map((v) => v.pointer).join(' ')}`
    : verdict.outcome;
}

/** How a rule ends on a case. */
export function judgeCase(rule: Rule, ruleCase: RuleCase): Verdict {
  return judgeEvidence(compiledFor(rule, ruleCase), evidenceOf(rule, ruleCase));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
