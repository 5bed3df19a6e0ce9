import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadTarget } from '../../src/plan/index';
import { makeContexts } from '../../src/collect/context';

const folder = mkdtempSync(join(tmpdir(), 'cfy-audit-leaks-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const base = 'name: x\nmanagers:\n  - { name: m, address: 127.0.0.1 }\n';

async function load(leaks: string): ReturnType<typeof loadTarget> {
  const file = join(folder, 'target.yaml');
  writeFileSync(file, base + leaks, { mode: 0o600 });
  return loadTarget(file, {
    environment: { KEY: 'a key for fingerprints', SHORT: 'short' },
    prompt: () => Promise.reject(new Error('not asked')),
  });
}

test.each([
  ['everything', 'leaks: { allow: [{ reason: why, expires: "2999-01-01" }] }', 'would allow everything'],
  ['no day', 'leaks: { allow: [{ detector: x, reason: why, expires: "2999-02-30" }] }', 'is no day'],
  ['no reason', 'leaks: { allow: [{ detector: x, expires: "2999-01-01" }] }', 'reason'],
  [
    'a fingerprint that never fits',
    `leaks: { allow: [{ fingerprint: ${'0a'.repeat(16)}, reason: why, expires: "2999-01-01" }] }`,
    'fingerprintKey',
  ],
  ['a key in clear', 'leaks: { fingerprintKey: in clear for all to see }', 'fingerprintKey'],
  ['a key that can be guessed', "leaks: { fingerprintKey: '${SHORT}' }", 'fewer than 16 characters'],
])('%s is refused', async (_name, leaks, message) => {
  const refused: unknown = await load(leaks).catch((error: unknown) => error);
  expect((refused as Error).message).toContain(message);
  expect(JSON.stringify(refused)).not.toMatch(/in clear for all|"short"/);
});

test('an allowance that ran out is warned of', async () => {
  const { target, warnings } = await load(
    'leaks: { allow: [{ detector: x, reason: why, expires: "2020-01-01" }, { path: "*", reason: y, expires: "2999-01-01" }] }',
  );
  expect(warnings.filter((text) => text.includes('ran out on 2020-01-01'))).toHaveLength(1);
  expect(target.allowedLeaks).toHaveLength(2);
});

test('with a key fingerprints are the same in every run, without one they are not', async () => {
  const facts = { version: '0', runId: 'r', now: () => new Date() };
  const keyOf = (target: Parameters<typeof makeContexts>[0]): string => {
    const deadline = { signal: new AbortController().signal } as never;
    const parts = { deadline, counts: { connections: 0, requests: 0 }, progress: () => undefined };
    return Buffer.from(makeContexts(target, facts)(parts).fingerprintKey).toString('hex');
  };
  const { target } = await load("leaks: { fingerprintKey: '${KEY}' }");
  expect(keyOf(target)).toBe(keyOf(target));
  expect(Buffer.from(keyOf(target), 'hex').toString('latin1')).not.toContain('a key for');
  const { target: without } = await load('');
  expect(keyOf(without)).not.toBe(keyOf(without));
});
