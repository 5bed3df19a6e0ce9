import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AllowedLeak } from '../../../src/model/target';
import { makeFolder, observed, removeFolders, searchTarget, targetWith } from './context';

afterAll(removeFolders);

const entry = (part: Partial<AllowedLeak>): AllowedLeak => ({
  detector: null,
  path: null,
  fingerprint: null,
  reason: 'changed on the day it was found',
  expires: '2999-12-31',
  ...part,
});

async function searchAllowing(
  allowedLeaks: readonly AllowedLeak[],
  more: Readonly<Record<string, string>> = {},
): Promise<{ counted: readonly string[]; allowed: readonly string[]; because: readonly string[] }> {
  const folder = makeFolder();
  const files = { 'a.log': 'password: Tr0ub4dor&3\nPGPASSWORD=kX82hdkq psql\n', ...more };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const within = allowedLeaks.map((each) => ({
    ...each,
    path: each.path?.replace('FOLDER', folder) ?? null,
  }));
  const target = { ...targetWith([{ node: 'manager-1', paths: [folder] }]), allowedLeaks: within };
  const data = observed(await searchTarget(target), 'a.log');
  return {
    counted: data.leaks.map(({ detector }) => detector),
    allowed: data.allowed.map(({ detector, reason, expires }) => `${detector} ${reason} ${expires}`),
    because: data.leaks.map(({ because }) => because),
  };
}

test('without allowances everything counts', async () => {
  const { counted, allowed } = await searchAllowing([]);
  expect(counted).toHaveLength(2);
  expect(allowed).toEqual([]);
});

test.each<[string, Partial<AllowedLeak>]>([
  ['detector', { detector: 'password-field' }],
  ['detector and path', { detector: 'password-field', path: 'FOLDER/*.log' }],
])('by %s: it is told apart, with reason and last day', async (_name, part) => {
  const { counted, allowed } = await searchAllowing([entry(part)]);
  expect(counted).toHaveLength(1);
  expect(counted).not.toContain('password-field');
  expect(allowed).toEqual(['password-field changed on the day it was found 2999-12-31']);
});

test('by path everything there is allowed, but not what stands elsewhere as well', async () => {
  expect((await searchAllowing([entry({ path: 'FOLDER/a.*' })])).counted).toEqual([]);
  const both = await searchAllowing([entry({ path: 'FOLDER/a.log' })], {
    'a.log.1': 'password: Tr0ub4dor&3\n',
  });
  expect(both.counted).toEqual(['password-field']);
  expect((await searchAllowing([entry({ path: 'FOLDER/b.*' })])).counted).toHaveLength(2);
});

test('what has run out counts again, and says so', async () => {
  const { counted, allowed, because } = await searchAllowing([
    entry({ detector: 'password-field', expires: '2020-02-29' }),
  ]);
  expect(counted).toHaveLength(2);
  expect(allowed).toEqual([]);
  expect(because.join()).toContain('it was allowed until 2020-02-29');
});

test('of two allowances the longer one holds', async () => {
  const { allowed } = await searchAllowing([
    entry({ detector: 'password-field', expires: '2020-02-29' }),
    entry({ detector: 'password-field', reason: 'longer' }),
  ]);
  expect(allowed).toEqual(['password-field longer 2999-12-31']);
});
