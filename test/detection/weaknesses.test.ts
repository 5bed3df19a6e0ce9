import { weaknesses } from '../../fixtures/deployment';
import { audit } from './audit';

/** Faults, as opposed to weaknesses: nothing is broken, but something cannot be established. */
const faults = weaknesses.filter((w) => w.fails.length === 0);
const proper = weaknesses.filter((w) => w.fails.length > 0);

test.each(proper.map((w) => [w.id, w] as const))('%s fails exactly its rules', async (id, weakness) => {
  const { failed } = await audit([id], weakness.profile ?? 'base');
  expect(failed).toEqual([...weakness.fails].sort());
});

test.each(faults.map((w) => w.id))('%s: nothing fails, and what is unknown is said', async (id) => {
  const { failed, undecided, report } = await audit([id]);
  expect(failed).toEqual([]);
  expect(undecided).not.toEqual([]);
  expect(report.gate.outcome).toBe('incomplete');
});
