import { audit, type Audited } from './audit';

/** What only a run with --allow-write decides; the canaries have tests of their own. */
const needsWrite = 'CFY-TEN-04';
const reserved = [`${needsWrite} (critical) is decided only with --allow-write`];

let sound: Audited;

beforeAll(async () => {
  sound = await audit([]);
});

test('a sound deployment passes: no failure, nothing undecided, full coverage', () => {
  const { report, failed, undecided } = sound;
  expect(failed).toEqual([]);
  expect(undecided.filter((each) => !each.startsWith(needsWrite))).toEqual([]);
  expect(report.gate).toEqual({ outcome: 'passed', reasons: [], incomplete: [], reserved });
  expect(report.score).toMatchObject({ score: 100, grade: 'A' });
  expect(report.score.coverage).toBeGreaterThan(97);
});

test('every rule that applies passes somewhere: none is vacuous on the sound deployment', () => {
  expect(sound.report.results.filter((r) => r.counts.pass === 0).map((r) => r.rule)).toEqual([needsWrite]);
});
