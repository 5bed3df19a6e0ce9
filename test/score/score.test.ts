import fc from 'fast-check';
import { severities } from '../../src/model/rule';
import { computeScore } from '../../src/score/index';
import { sketch, type End, type Sketch } from './sample';

const ends: readonly End[] = ['pass', 'fail', 'F', 'unknown', 'error', 'manual', 'notApplicable'];

function scoreOf(rules: readonly Sketch[], profile = {}): ReturnType<typeof computeScore> {
  const { findings, selection } = sketch(rules, profile);
  return computeScore(findings, selection);
}

test('the published example: weights, shares of subjects, critical as a whole', () => {
  const score = scoreOf([
    { severity: 'critical', ends: ['pass', 'pass'] },
    { severity: 'critical', ends: ['pass', 'fail'] },
    { severity: 'high', ends: ['pass', 'pass', 'pass', 'fail'] },
    { severity: 'medium', ends: ['pass', 'unknown'] },
    { severity: 'low', ends: ['notApplicable'] },
    { severity: 'info', ends: ['fail'] },
  ]);
  // decided: 10 + 10 + 7.5 + 2.5 = 30; passed: 10 + 0 + 5.625 + 2.5 = 18.125; weight: 32.5
  expect(score).toMatchObject({ score: 60.4, floor: 55.7, coverage: 92.3, grade: 'D' });
  expect(score.inputs.map((i) => i.value)).toEqual([1, 0, 0.75, 1, null, 0]);
  expect(score.inputs[3]).toEqual({
    rule: 'CFY-TLS-03',
    weight: 5,
    passed: 1,
    failed: 0,
    undecided: 1,
    value: 1,
  });
});

test('nothing decided is null, neither 0 nor 100', () => {
  for (const rules of [
    [],
    [{ severity: 'high', ends: ['unknown'] }],
    [{ severity: 'info', ends: ['pass'] }],
  ]) {
    const score = scoreOf(rules as Sketch[]);
    expect(score).toMatchObject({ score: null, scoreAfterWaivers: null, floor: null, grade: null });
    expect(score.gradeReason).toBe('no grade: nothing was decided');
  }
  expect(scoreOf([{ severity: 'high', ends: ['unknown'] }]).coverage).toBe(0);
  expect(scoreOf([{ severity: 'high', ends: ['notApplicable'] }]).coverage).toBeNull();
});

test('a critical rule with one undecided subject is undecided, with one failure it is decided', () => {
  expect(scoreOf([{ severity: 'critical', ends: ['pass', 'unknown'] }])).toMatchObject({
    score: null,
    coverage: 0,
  });
  expect(scoreOf([{ severity: 'critical', ends: ['fail', 'unknown'] }])).toMatchObject({
    score: 0,
    coverage: 100,
  });
});

test.each([
  ['all is well', [{ severity: 'high', ends: ['pass'] }], 'A', 'A by score 100'],
  [
    'a critical failure caps at D',
    [
      { severity: 'critical', ends: ['fail'] },
      { severity: 'high', ends: Array<End>(3).fill('pass') },
      ...Array<Sketch>(30).fill({ severity: 'critical', ends: ['pass'] }),
    ],
    'D',
    'A by score 96.8, capped at D: CFY-TLS-00 fails on s0',
  ],
  [
    'a waived one does not',
    [
      { severity: 'critical', ends: ['F'] },
      ...Array<Sketch>(30).fill({ severity: 'critical', ends: ['pass'] }),
    ],
    'A',
    'A by score 96.7',
  ],
  [
    'an F of the rule itself goes deeper',
    [
      { severity: 'low', ends: ['fail'], gradeCap: 'F' },
      ...Array<Sketch>(30).fill({ severity: 'critical', ends: ['pass'] }),
    ],
    'F',
    'A by score 99.1, capped at F: CFY-TLS-00 fails on s0',
  ],
  [
    'a cap above what was earned changes nothing',
    [{ severity: 'critical', ends: ['fail'] }],
    'F',
    'F by score 0',
  ],
  [
    'below 90 % coverage there is none',
    [
      { severity: 'high', ends: ['pass'] },
      { severity: 'low', ends: ['unknown'] },
    ],
    null,
    'no grade: coverage 75 % is below 90 %',
  ],
] as const)('grade: %s', (_name, rules, grade, gradeReason) => {
  expect(scoreOf(rules as readonly Sketch[])).toMatchObject({ grade, gradeReason });
});

test('299 of 300 is not 100, and neither is a failure that weighs next to nothing', () => {
  const many = Array<End>(29999).fill('pass');
  expect(scoreOf([{ severity: 'high', ends: [...many, 'fail'] }]).score).toBe(99.9);
  const weights = { critical: 1000, high: 1e-13, medium: 0, low: 0, info: 0 };
  const rules: Sketch[] = [
    { severity: 'critical', ends: ['pass'] },
    { severity: 'high', ends: ['fail'] },
  ];
  expect(scoreOf(rules, { weights })).toMatchObject({ score: 99.9, floor: 99.9, coverage: 100 });
  const open: Sketch[] = [
    { severity: 'critical', ends: ['pass'] },
    { severity: 'high', ends: ['unknown'] },
  ];
  expect(scoreOf(open, { weights })).toMatchObject({ score: 100, floor: 99.9, coverage: 99.9 });
});

const rule = fc.record({
  severity: fc.constantFrom(...severities),
  ends: fc.array(fc.constantFrom(...ends), { maxLength: 5 }),
});
const rules = fc.array(rule, { maxLength: 6 });
const orMinus = (n: number | null): number => n ?? -1;

test('every number is null or 0 to 100 in tenths, and floor ≤ score ≤ score after waivers', () => {
  fc.assert(
    fc.property(rules, (sketches) => {
      const s = scoreOf(sketches);
      for (const n of [s.score, s.scoreAfterWaivers, s.floor, s.coverage]) {
        if (n === null) continue;
        expect(n).toBeGreaterThanOrEqual(0);
        expect(n).toBeLessThanOrEqual(100);
        expect(Math.abs(n * 10 - Math.round(n * 10))).toBeLessThan(1e-9);
      }
      if (s.score === null) return;
      expect(s.floor).toBeLessThanOrEqual(s.score);
      if (s.scoreAfterWaivers !== null) expect(s.scoreAfterWaivers).toBeGreaterThanOrEqual(s.score);
      expect(s.score === 0 || s.score > 0).toBe(true);
    }),
    { numRuns: 500 },
  );
});

test('100 means that nothing with a weight failed; full coverage that nothing is open', () => {
  fc.assert(
    fc.property(rules, (sketches) => {
      const s = scoreOf(sketches);
      const heavy = sketches.filter((r) => r.severity !== 'info').flatMap((r) => r.ends);
      if (s.score === 100) expect(heavy).not.toContain('fail');
      if (s.score === 100) expect(heavy).not.toContain('F');
      const critical = sketches.some((r) => r.severity === 'critical');
      const open = heavy.some((end) => end === 'unknown' || end === 'error' || end === 'manual');
      if (s.coverage === 100 && !critical) expect(open).toBe(false);
    }),
    { numRuns: 500 },
  );
});

/** Turns the chosen end into another one. */
function turn(sketches: readonly Sketch[], pick: number, from: readonly End[], to: End): Sketch[] | null {
  const places = sketches.flatMap((r, i) =>
    r.ends.flatMap((end, j) => (from.includes(end) ? [[i, j] as const] : [])),
  );
  const place = places[pick % Math.max(1, places.length)];
  if (!place) return null;
  return sketches.map((r, i) => ({
    ...r,
    ends: r.ends.map((end, j) => (i === place[0] && j === place[1] ? to : end)),
  }));
}

test.each([
  ['a failure mended', ['fail', 'F'], 'pass'],
  ['an open question answered well', ['unknown', 'error', 'manual'], 'pass'],
  ['a failure forgotten', ['fail'], 'unknown'],
] as const)('monotone: %s never lowers the score', (_name, from, to) => {
  fc.assert(
    fc.property(rules, fc.nat(), (sketches, pick) => {
      const better = turn(sketches, pick, from, to);
      if (!better) return;
      const [a, b] = [scoreOf(sketches), scoreOf(better)];
      if (b.score !== null) expect(b.score).toBeGreaterThanOrEqual(orMinus(a.score));
      if (to === 'pass' && b.floor !== null) expect(b.floor).toBeGreaterThanOrEqual(orMinus(a.floor));
    }),
    { numRuns: 1000 },
  );
});

test('monotone: answering an open question never lowers coverage, whatever the answer', () => {
  fc.assert(
    fc.property(rules, fc.nat(), fc.constantFrom<End>('pass', 'fail'), (sketches, pick, to) => {
      const answered = turn(sketches, pick, ['unknown', 'error', 'manual'], to);
      if (!answered) return;
      expect(orMinus(scoreOf(answered).coverage)).toBeGreaterThanOrEqual(orMinus(scoreOf(sketches).coverage));
    }),
    { numRuns: 1000 },
  );
});
