import { makePacer } from '../../src/collect/pace';

const never = new AbortController().signal;

/** How long so many places took to be given out, as the pacer spaces them. */
async function spacing(pacer: ReturnType<typeof makePacer>, places: number): Promise<number> {
  const begun = performance.now();
  for (let i = 0; i < places; i++) await pacer.pace('10.0.0.1', never);
  return performance.now() - begun;
}

test('places are spaced evenly, each address by itself', async () => {
  const pacer = makePacer(100);
  await Promise.all([pacer.pace('10.0.0.1', never), pacer.pace('10.0.0.2', never)]);
  expect(await spacing(pacer, 10)).toBeGreaterThanOrEqual(95);
});

test('a refusal halves the rate, once for all that were under way, and it comes back', async () => {
  const pacer = makePacer(40);
  expect(pacer.rateOf('10.0.0.1')).toBe(40);
  for (let i = 0; i < 5; i++) pacer.slowDown('10.0.0.1');
  const slowed = pacer.rateOf('10.0.0.1');
  expect(slowed).toBeGreaterThanOrEqual(20);
  expect(slowed).toBeLessThan(24);
  expect(pacer.rateOf('10.0.0.2')).toBe(40);
  expect(await spacing(pacer, 4)).toBeGreaterThan(4 * 30);
  expect(pacer.rateOf('10.0.0.1')).toBeGreaterThan(slowed);
});

test('however often a server refuses, a place comes, and never more than the limit', () => {
  const pacer = makePacer(0.2);
  pacer.slowDown('10.0.0.1');
  expect(pacer.rateOf('10.0.0.1')).toBe(0.2);
});

test('without a limit nobody waits, until the server says that it is too much', async () => {
  const pacer = makePacer(Infinity);
  expect(await spacing(pacer, 200)).toBeLessThan(10_000);
  pacer.slowDown('10.0.0.1');
  const slowed = pacer.rateOf('10.0.0.1');
  expect(slowed).toBeLessThan(110);
  expect(slowed).toBeGreaterThan(50);
});

test('who waits is let go when the run ends', async () => {
  const pacer = makePacer(0.1);
  const stop = new AbortController();
  await pacer.pace('10.0.0.1', stop.signal);
  const waiting = pacer.pace('10.0.0.1', stop.signal);
  stop.abort();
  await expect(waiting).rejects.toThrow();
});
