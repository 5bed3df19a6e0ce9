import { weaknesses } from '../../fixtures/deployment';
import { audit } from './audit';
import { pending } from './pending';

type Weakness = (typeof weaknesses)[number];

const kindOf = (weakness: Weakness): string => weakness.kind ?? 'mistake';

const named = (some: readonly Weakness[]): [string, Weakness][] => some.map((w) => [w.id, w]);

/** Declares a test for every dial of the deployment; of two test files each takes every other one, to use two cores. */
export function testEveryOther(first: 0 | 1): void {
  const mine = weaknesses.filter(({ id }) => !pending.has(id)).filter((_, index) => index % 2 === first);
  const faults = mine.filter((w) => kindOf(w) === 'fault');
  const proper = mine.filter((w) => kindOf(w) !== 'fault');

  const isHurried = ({ fails }: Weakness): boolean => fails.includes('CFY-AUT-13');
  // Whether hundreds of endpoints are guarded is asked only where guards, roles or tenants are what the dial is about.
  const isAboutApi = ({ fails }: Weakness): boolean =>
    fails.some((rule) => /^CFY-(AUT|RBC|TEN|HDR)/.test(rule));
  const plan = (weakness: Weakness): 'smoke' | 'standard' =>
    isAboutApi(weakness) || process.env.EVERY_DIAL === '1' ? 'standard' : 'smoke';
  const failsExactly = async (id: string, weakness: Weakness): Promise<void> => {
    expect(weakness.fails).not.toEqual([]);
    const { failed, report } = await audit([id], weakness.profile ?? 'base', plan(weakness));
    expect(failed).toEqual([...weakness.fails].sort());
    expect(report.findings.filter((f) => f.outcome === 'error')).toEqual([]);
  };
  test.concurrent.each(named(proper.filter((w) => !isHurried(w))))(
    '%s fails exactly its rules',
    failsExactly,
  );

  const strict = proper.filter((w) => w.profile !== undefined);
  test.concurrent.each([...strict.map((w) => w.id), 'sound'])(
    '%s: the base profile has nothing against it',
    async (id) => {
      const { failed } = await audit(id === 'sound' ? [] : [id]);
      expect(failed).toEqual([]);
    },
  );

  test.concurrent.each(named(faults))(
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

  // A burst of requests proves something only if it is fast: nothing else runs beside it, and those above have ended.
  test.each(named(proper.filter(isHurried)))('%s fails exactly its rules', failsExactly);
}
