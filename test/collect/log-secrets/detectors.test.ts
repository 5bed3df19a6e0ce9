import { shippedDetectors } from '../../../src/collect/log-secrets/detector';
import { compileScanner, type Sighting } from '../../../src/collect/log-secrets/scan';

const all = shippedDetectors();

function sightings(text: string, detectors = all): Sighting[] {
  const found: Sighting[] = [];
  const scan = compileScanner(detectors, 64 * 1024).start((sighting) => found.push(sighting));
  scan.push(Buffer.from(text));
  scan.end();
  return found;
}

describe.each(all.map((detector) => [detector.id, detector] as const))('detector %s', (_id, detector) => {
  test.each(detector.examples.map((example) => [example.text, example] as const))(
    'finds %j',
    (text, example) => {
      const [own] = sightings(text, [detector]);
      expect(own?.secret).toBe(example.secret);
      expect(own?.confidence).toBe(example.confidence ?? 'high');
      const together = sightings(text);
      expect(together.map(({ secret }) => secret)).toContain(example.secret);
    },
  );

  test.each(detector.counterExamples)('leaves %j alone', (text) => {
    const own = sightings(text, [detector]).filter(({ confidence }) => confidence !== 'low');
    expect(own.map(({ secret }) => secret)).toEqual([]);
    const together = sightings(text).filter(({ confidence }) => confidence !== 'low');
    expect(together.map((sighting) => `${sighting.detector.id}: ${sighting.secret}`)).toEqual([]);
  });
});
