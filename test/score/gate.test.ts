import fc from 'fast-check';
import type { Gate } from '../../src/model/report';
import { severities, type Profile } from '../../src/model/rule';
import { computeScore, decideGate } from '../../src/score/index';
import { bundleOf } from '../evaluate/sample';
import { sketch, type End, type Sketch } from './sample';

function gateOf(rules: readonly Sketch[], gate: Partial<Profile['gate']> = {}, interrupted = false): Gate {
  const whole = { failOn: 'high', minCoverage: 90, minScore: null, ...gate } as const;
  const { findings, selection } = sketch(rules, { gate: whole });
  const score = computeScore(findings, selection);
  return decideGate(findings, score, selection, bundleOf([], { interrupted }));
}

const good: Sketch = { severity: 'critical', ends: ['pass', 'pass'] };

test('all passed', () => {
  expect(gateOf([good])).toEqual({ outcome: 'passed', reasons: [], incomplete: [] });
});

test('a failure of the demanded severity fails the gate, a lighter one does not', () => {
  expect(gateOf([good, { severity: 'high', ends: ['fail', 'fail', 'pass'] }])).toEqual({
    outcome: 'failed',
    reasons: ['CFY-TLS-01 (high) fails on 2 subjects'],
    incomplete: [],
  });
  expect(gateOf([good, { severity: 'medium', ends: ['fail'] }]).outcome).toBe('passed');
  expect(gateOf([good, { severity: 'medium', ends: ['fail'] }], { failOn: 'medium' }).outcome).toBe('failed');
});

test('a waived failure does not fail the gate', () => {
  expect(gateOf([good, { severity: 'critical', ends: ['F'] }]).outcome).toBe('passed');
});

test('the score after waivers is held against the minimum', () => {
  const rules: Sketch[] = [good, { severity: 'medium', ends: ['fail'] }];
  expect(gateOf(rules, { minScore: 70 })).toMatchObject({
    outcome: 'failed',
    reasons: ['the score after waivers, 66.6, is below 70'],
  });
  expect(gateOf([good, { severity: 'medium', ends: ['F'] }], { minScore: 100 }).outcome).toBe('passed');
});

test('incomplete outranks failed, and the reasons of both are listed', () => {
  expect(
    gateOf([
      { severity: 'high', ends: ['fail'] },
      { severity: 'critical', ends: ['pass', 'unknown'] },
    ]),
  ).toEqual({
    outcome: 'incomplete',
    reasons: ['CFY-TLS-00 (high) fails on 1 subject'],
    incomplete: ['coverage 42.8 % is below 90 %', 'CFY-TLS-01 (critical) is not decided on 1 subject'],
  });
});

test('one open subject of a rule that the gate rests on is enough, however high the coverage', () => {
  const many = { severity: 'high' as const, ends: Array<End>(99).fill('pass') };
  expect(gateOf([many]).outcome).toBe('passed');
  expect(gateOf([{ ...many, ends: [...many.ends, 'error'] }])).toEqual({
    outcome: 'incomplete',
    reasons: [],
    incomplete: ['CFY-TLS-00 (high) is not decided on 1 subject'],
  });
  const low: Sketch = { severity: 'low', ends: [...many.ends, 'unknown'] };
  expect(gateOf([many, low]).outcome).toBe('passed');
});

test('an interrupted run and an empty one are incomplete', () => {
  expect(gateOf([good], {}, true).incomplete).toEqual(['the run was interrupted']);
  expect(gateOf([])).toMatchObject({ outcome: 'incomplete', incomplete: ['nothing was decided'] });
  expect(gateOf([{ severity: 'low', ends: ['notApplicable'] }]).outcome).toBe('incomplete');
});

test('passed is only said when nothing at or above the severity failed or is open', () => {
  const ends: readonly End[] = ['pass', 'fail', 'F', 'unknown', 'error', 'manual', 'notApplicable'];
  const rule = fc.record({
    severity: fc.constantFrom(...severities),
    ends: fc.array(fc.constantFrom(...ends), { maxLength: 4 }),
  });
  fc.assert(
    fc.property(fc.array(rule), fc.constantFrom(...severities), (rules, failOn) => {
      if (gateOf(rules, { failOn }).outcome !== 'passed') return;
      const weighty = rules
        .filter((r) => severities.indexOf(r.severity) <= severities.indexOf(failOn))
        .flatMap((r) => r.ends);
      expect(weighty.filter((end) => !['pass', 'F', 'notApplicable'].includes(end))).toEqual([]);
    }),
    { numRuns: 500 },
  );
});
