import { patienceFor } from '../../../src/collect/api/cost';
import { targetOfUrl } from '../../../src/plan';

test('a manager has its time for answers, however fast it may be asked', async () => {
  const { limits, ...target } = await targetOfUrl('https://192.0.2.7');
  const at = (requestsPerSecond: number): number =>
    patienceFor(3000, { ...target, limits: { ...limits, subjectTimeoutMs: 60_000, requestsPerSecond } });
  expect(at(Infinity)).toBe(3_060_000);
  expect(at(2)).toBe(6_060_000);
});
