import { weaknesses } from '../../fixtures/deployment';
import { audit } from './audit';
import { pending } from './pending';

const kindOf = (weakness: (typeof weaknesses)[number]): string => weakness.kind ?? 'mistake';

/** Declares a test for every dial of the deployment; of two test files each takes every other one, to use two cores. */
export function testEveryOther(first: 0 | 1): void {
  const mine = weaknesses.filter(({ id }) => !pending.has(id)).filter((_, index) => index % 2 === first);
  const faults = mine.filter((w) => kindOf(w) === 'fault');
  const proper = mine.filter((w) => kindOf(w) !== 'fault');

  test.concurrent.each(proper.map((w) => [w.id, w] as const))(
    '%s fails exactly its rules',
    async (id, weakness) => {
      expect(weakness.fails).not.toEqual([]);
      const { failed, report } = await audit([id], weakness.profile ?? 'base');
      expect(failed).toEqual([...weakness.fails].sort());
      expect(report.findings.filter((f) => f.outcome === 'error')).toEqual([]);
    },
  );

  const strict = proper.filter((w) => w.profile !== undefined);
  test.concurrent.each([...strict.map((w) => w.id), 'sound'])(
    '%s: the base profile has nothing against it',
    async (id) => {
      const { failed } = await audit(id === 'sound' ? [] : [id]);
      expect(failed).toEqual([]);
    },
  );

  test.concurrent.each(faults.map((w) => [w.id, w] as const))(
    '%s: nothing fails, and what it hides is unknown',
    async (id, weakness) => {
      expect(weakness.fails).toEqual([]);
      const { failed, undecided, report } = await audit([id]);
      expect(failed).toEqual([]);
      expect(undecided).not.toEqual([]);
      expect(report.findings.filter((f) => f.outcome === 'error')).toEqual([]);
      expect(report.gate.outcome).toBe('incomplete');
      expect(report.score.coverage).toBeLessThan(100);
    },
  );
}
