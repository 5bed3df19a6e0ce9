import type { Profile } from '../../../src/protocol/x509';
import { keyOf, validate } from './chain';
import { build, rows, rsa } from './changes';

const profiles: readonly Profile[] = ['private-pki', 'path', 'rfc5280', 'webpki'];

describe.each(rows)('%s (%s)', (_, place, change, ...codes) => {
  test.each(profiles.map((profile, i) => [profile, codes[i] ?? '?'] as const))(
    '%s says "%s"',
    (profile, code) => {
      const result = validate(build(place, change), profile);
      const found = result.steps.flatMap(({ problems }) => problems.map((problem) => problem.code));
      if (code === '') expect([result.anchored, result.detail]).toEqual([true, null]);
      else
        expect([result.anchored, found.includes(code) ? code : [result.code, ...found]]).toEqual([
          false,
          code,
        ]);
    },
  );
});

test('the keys of the fixtures are what the rows say', () => {
  expect(keyOf('leaf').publicKey.asymmetricKeyDetails?.namedCurve).toBe('prime256v1');
  expect(rsa.publicKey.asymmetricKeyDetails?.modulusLength).toBe(1024);
});
