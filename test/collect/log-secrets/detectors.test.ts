import { shippedDetectors } from '../../../src/collect/log-secrets/detector';
import { compileScanner, type Scanner, type Sighting } from '../../../src/collect/log-secrets/scan';

const all = shippedDetectors();

const together = compileScanner(all, { blockBytes: 64 * 1024 });

function sightings(text: string, scanner: Scanner): Sighting[] {
  const found: Sighting[] = [];
  const scan = scanner.start((sighting) => found.push(sighting));
  scan.push(Buffer.from(text));
  scan.end();
  return found;
}

describe.each(all.map((detector) => [detector.id, detector] as const))('detector %s', (_id, detector) => {
  const alone = compileScanner([detector], { blockBytes: 64 * 1024 });

  test.each(detector.examples.map((example) => [example.text, example] as const))(
    'finds %j',
    (text, example) => {
      const [own] = sightings(text, alone);
      expect(own?.secret).toBe(example.secret);
      expect(own?.confidence).toBe(example.confidence ?? 'high');
      const all = sightings(text, together);
      expect(all.map(({ secret }) => secret)).toContain(example.secret);
    },
  );

  test.each(detector.counterExamples)('leaves %j alone', (text) => {
    const own = sightings(text, alone).filter(({ confidence }) => confidence !== 'low');
    expect(own.map(({ secret }) => secret)).toEqual([]);
    const all = sightings(text, together).filter(({ confidence }) => confidence !== 'low');
    expect(all.map((sighting) => `${sighting.detector.id}: ${sighting.secret}`)).toEqual([]);
  });
});

test('every literal of every detector stands in one of its examples', () => {
  const unproven = all.flatMap(({ id, literals, examples }) =>
    literals
      .filter(
        ({ text }) => !examples.some((example) => example.text.toLowerCase().includes(text.toLowerCase())),
      )
      .map(({ text }) => `${id}: ${text}`),
  );
  expect(unproven).toEqual([]);
});
