import { shippedDetectors } from '../../../src/collect/log-secrets/detector';
import { compileScanner, type Sighting } from '../../../src/collect/log-secrets/scan';
import { otherLines } from './other-systems';

const scanner = compileScanner(shippedDetectors(), { blockBytes: 64 * 1024 });
const seeds = [1, 2, 3];

/** What is told at high or medium confidence, the text among others. */
function told(text: string): readonly Sighting[] {
  const found: Sighting[] = [];
  const scan = scanner.start((sighting) => found.push(sighting));
  scan.push(Buffer.from(`first line\n${text}\nlast line\n`));
  scan.end();
  return found.filter(({ confidence }) => confidence !== 'low');
}

test('credentials in lines of other systems are found, and the right part of the line is told', () => {
  const lines = seeds.flatMap((seed) => otherLines('leaks', seed));
  const missed = lines.filter(
    ({ text, secrets }) =>
      !told(text).some(({ secret }) =>
        secrets.some((one) => secret.includes(one) || (secret.length > 5 && one.includes(secret))),
      ),
  );
  expect(lines.length / seeds.length).toBeGreaterThan(380);
  expect(missed.length / lines.length).toBeLessThan(0.02);
});

test('lines of other systems that hold no credential are left alone', () => {
  const lines = seeds.flatMap((seed) => otherLines('honest', seed));
  const alarms = lines.flatMap(({ text, template }) =>
    told(text).map(({ detector }) => `${detector.id}: ${template}`),
  );
  expect(lines.length / seeds.length).toBeGreaterThan(750);
  expect(alarms).toEqual([]);
});
