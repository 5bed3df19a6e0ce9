import fc from 'fast-check';
import {
  bitOf,
  forgetNames,
  isNearby,
  nearbyKinds,
  whichNearby,
} from '../../../src/collect/log-secrets/nearby';

const unit = fc.constantFrom(
  ...Array.from('aavpcN01_-.%\\"\'`(){}[]<>=:,?/ \t\n@$*#;&'),
  'login ',
  ': |\n',
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
      forgetNames();
      const alone = nearbyKinds.filter((kind) => isNearby(kind, bytes, at, bytes.length));
      const together = whichNearby(all, bytes, at, bytes.length);
      expect(nearbyKinds.filter((kind) => (together & bitOf(kind)) !== 0)).toEqual(alone);
      alone.forEach((kind) => held.add(kind));
    }),
    { numRuns: 8000 },
  );
  expect([...held].sort()).toEqual([...nearbyKinds].sort());
});
