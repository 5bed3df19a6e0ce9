import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { shippedDetectors } from '../../../src/collect/log-secrets/detector';
import { compileScanner, type Sighting } from '../../../src/collect/log-secrets/scan';
import { packageRoot } from '../../../src/schema/package-root';

const scanner = compileScanner(shippedDetectors(), { blockBytes: 64 * 1024 });
const linesOf = (name: string): string[] =>
  readFileSync(join(packageRoot(), 'fixtures', 'files', 'logs', name), 'utf8')
    .trimEnd()
    .split('\n');

/** What is told at high or medium confidence. */
function told(text: string): Sighting[] {
  const found: Sighting[] = [];
  const scan = scanner.start((sighting) => found.push(sighting));
  scan.push(Buffer.from(text));
  scan.end();
  return found.filter(({ confidence }) => confidence !== 'low');
}

test('every form of a leak is found, alone and among the others', () => {
  const lines = linesOf('leaky-lines.log');
  expect(lines.length).toBeGreaterThan(150);
  expect(lines.filter((line) => told(line).length === 0)).toEqual([]);
  const together = new Set(told(lines.join('\n')).map(({ line }) => line));
  expect(lines.filter((_line, index) => !together.has(index + 1))).toEqual([]);
});

test('lines that only look like leaks are left alone', () => {
  const lines = linesOf('honest-lines.log');
  expect(lines.length).toBeGreaterThan(200);
  const alarms = told(lines.join('\n')).map(
    ({ line, detector }) => `${detector.id}: ${lines[line - 1] ?? ''}`,
  );
  expect(alarms).toEqual([]);
});

/** Rules whose strings are no credentials of their own: names, addresses, hashes, comparisons in code, fragments. */
const elsewhere =
  /^np\.(?:age\.1|arn|s3|gcs|google\.1|shopify\.1|linkedin|twitter\.1|pwhash|krb5|aws\.3|generic\.(?:8|15|16)|reactapp|gradle|truenas|thingsboard|salesforce|postmark|jenkins\.2)|client-id|public-key|pkcs12|kubernetes-secret|hashicorp-tf-password|sidekiq|nuget-config/;

test('the examples of public rule sets, where they are at hand', () => {
  const path = join(packageRoot(), '..', 'shared', 'data', 'leak-examples.json.gz');
  if (!existsSync(path)) {
    console.warn('skipped: ../shared/data/leak-examples.json.gz is not here');
    return;
  }
  const sets = JSON.parse(gunzipSync(readFileSync(path)).toString()) as Record<
    string,
    { mustMatch: [string, string][]; mustNotMatch: [string, string][] }
  >;
  const strings = Object.entries(sets).flatMap(([name, set]) => (name === 'about' ? [] : set.mustMatch));
  // Rules built from templates leave fragments; a credential with what names it is longer.
  const inScope = strings.filter(([rule, text]) => !elsewhere.test(rule) && text.trim().length >= 30);
  const found = inScope.filter(([, text]) => told(text).length > 0);
  expect(inScope.length).toBeGreaterThan(400);
  expect(found.length / inScope.length).toBeGreaterThan(0.9);
  // What is left are strings that stand under the rule of another service and hold a credential all the same.
  const others = Object.entries(sets).flatMap(([name, set]) => (name === 'about' ? [] : set.mustNotMatch));
  const alarms = others.filter(([, text]) => told(text).length > 0);
  expect(alarms.length / others.length).toBeLessThan(0.1);
});
