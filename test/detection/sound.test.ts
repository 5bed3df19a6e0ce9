import { audit } from './audit';

test('a sound deployment passes: no failure, nothing undecided, full coverage', async () => {
  const { report, failed, undecided } = await audit([]);
  expect(failed).toEqual([]);
  expect(undecided).toEqual([]);
  expect(report.gate).toEqual({ outcome: 'passed', reasons: [], incomplete: [] });
  expect(report.score).toMatchObject({ score: 100, floor: 100, coverage: 100, grade: 'A' });
});

test('every rule that applies passes somewhere: none is vacuous on the sound deployment', async () => {
  const { report } = await audit([]);
  expect(report.results.filter((r) => r.counts.pass === 0).map((r) => r.rule)).toEqual([]);
});
