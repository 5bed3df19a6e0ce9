import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Profile } from '../../../src/protocol/x509';
import { issueCa, issueLeaf, keyOf, validate } from './chain';
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

test('every demand has a certificate that breaks it', () => {
  const source = readFileSync(join(__dirname, '../../../src/protocol/x509/conformance.ts'), 'utf8');
  const codes = [...source.matchAll(/^ {2}\['([a-z0-9-]+)',/gm)].map(([, code]) => code);
  const shown = new Set(rows.flatMap(([, , , ...expected]) => expected));
  expect(codes.length).toBeGreaterThan(25);
  const nameless = issueCa('CA', issueCa('root'), { subject: '' });
  const { steps } = validate([issueLeaf(nameless), nameless, issueCa('root')], 'rfc5280');
  for (const { code } of steps.flatMap(({ problems }) => problems)) shown.add(code);
  expect(codes.filter((code) => code !== undefined && !shown.has(code))).toEqual([]);
  expect(shown).toContain('issuer-empty');
});
