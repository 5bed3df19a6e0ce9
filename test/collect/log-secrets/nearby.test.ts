import fc from 'fast-check';
import {
  bitOf,
  forgetNearby,
  isNearby,
  nearbyKinds,
  whichNearby,
} from '../../../src/collect/log-secrets/nearby';

const unit = fc.constantFrom(
  ...Array.from('aavpcN01_-.%\\"\'`(){}[]<>=:,?/ \t\n@$*#;&'),
  'login ',
  ': |\n',
  ':\n',
  'None',
  ' create ',
  'Kd81Lq0z',
  '='.repeat(3),
  'n'.repeat(90),
);
const text = fc.array(unit, { maxLength: 24 }).map((parts) => parts.join(''));

test('what ends a name rules out no kind that holds', () => {
  const all = nearbyKinds.reduce((set, kind) => set | bitOf(kind), 0);
  const held = new Set<string>();
  fc.assert(
    fc.property(text, fc.constantFrom('token', 'pass', '://', ' pw='), text, (before, literal, after) => {
      const bytes = Buffer.from(`${before}${literal}${after}`);
      const at = before.length;
      forgetNearby();
      const alone = nearbyKinds.filter((kind) => isNearby(kind, bytes, at, bytes.length));
      const together = whichNearby(all, bytes, at, bytes.length);
      expect(nearbyKinds.filter((kind) => (together & bitOf(kind)) !== 0)).toEqual(alone);
      alone.forEach((kind) => held.add(kind));
    }),
    { numRuns: 8000 },
  );
  expect([...held].sort()).toEqual([...nearbyKinds].sort());
});

test('what was seen at one place changes nothing about the next', () => {
  const all = nearbyKinds.reduce((set, kind) => set | bitOf(kind), 0);
  const places = fc.array(fc.nat(600), { maxLength: 40 });
  const long = fc.array(text, { maxLength: 12 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(long, places, fc.boolean(), (line, asked, sorted) => {
      const bytes = Buffer.from(line);
      const order = asked.map((at) => at % (bytes.length + 1)).sort((a, b) => (sorted ? a - b : 0));
      forgetNearby();
      const remembering = order.map((at) => whichNearby(all, bytes, at, bytes.length));
      const fresh = order.map((at) => {
        forgetNearby();
        return whichNearby(all, bytes, at, bytes.length);
      });
      expect(remembering).toEqual(fresh);
    }),
    { numRuns: 3000 },
  );
});
