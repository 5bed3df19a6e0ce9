import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { shippedDetectors } from '../../../src/collect/log-secrets/detector';
import { cutFile, joinParts, searchPart } from '../../../src/collect/log-secrets/parts';
import { compileScanner } from '../../../src/collect/log-secrets/scan';
import { searchFile, type FileSearch } from '../../../src/collect/log-secrets/search';
import { makeFolder, removeFolders } from './context';

afterAll(removeFolders);

const scanner = compileScanner(shippedDetectors(), { blockBytes: 16 * 1024 });
const key = new Uint8Array(32);
const { signal } = new AbortController();

async function searchInParts(path: Buffer, size: number): Promise<FileSearch | null> {
  const parts = await cutFile(path, size);
  if (parts === null) return null;
  const found = [];
  for (const part of parts) found.push(await searchPart(path, part, scanner, key, signal));
  expect(found.some(({ hasNul }) => hasNul)).toBe(false);
  return joinParts(path, found);
}

const pieces = [
  ...shippedDetectors().flatMap(({ examples }) => examples.map(({ text }) => text)),
  '2026-11-22 02:14:50 [INFO] nothing to see here\n',
  'y'.repeat(3000),
  '\n',
];

test('a file searched in parts gives what it gives in one go, wherever it is cut', async () => {
  const folder = makeFolder();
  let number = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom(...pieces), { minLength: 40, maxLength: 160 }),
      fc.integer({ min: 700, max: 9000 }),
      async (chosen, size) => {
        const path = Buffer.from(join(folder, `${number++}.log`));
        writeFileSync(path, chosen.join('\n'));
        const parts = await searchInParts(path, size);
        if (parts === null) return;
        expect(parts).toEqual(await searchFile(path, scanner, key, signal));
      },
    ),
    { numRuns: 40 },
  );
});

test('what cannot be cut is searched whole', async () => {
  const folder = makeFolder();
  const write = (name: string, bytes: Buffer): Buffer => {
    writeFileSync(join(folder, name), bytes);
    return Buffer.from(join(folder, name));
  };
  const text = Buffer.alloc(100_000, 'a line\n');
  expect(await cutFile(write('plain', text), 30_000)).toHaveLength(4);
  expect(await cutFile(write('small', text), 90_000)).toBeNull();
  expect(
    await cutFile(write('packed', Buffer.concat([Buffer.from('1f8b0800', 'hex'), text])), 30_000),
  ).toBeNull();
  expect(await cutFile(write('wide', Buffer.from(text.toString(), 'utf16le')), 30_000)).toBeNull();
  expect(await cutFile(Buffer.from(join(folder, 'none')), 30_000)).toBeNull();
});

test('a NUL later in the file, and a file that is cut off meanwhile, are told', async () => {
  const folder = makeFolder();
  const path = Buffer.from(join(folder, 'a.log'));
  writeFileSync(path, `${'a line\n'.repeat(20_000)}\0`);
  const parts = (await cutFile(path, 60_000)) ?? [];
  expect(parts).toHaveLength(3);
  const [first, , last] = parts;
  if (first === undefined || last === undefined) throw new Error('no parts');
  expect((await searchPart(path, last, scanner, key, signal)).hasNul).toBe(true);
  writeFileSync(path, 'a line\n'.repeat(1000));
  const cut = await searchPart(path, first, scanner, key, signal);
  expect(cut).toMatchObject({ fault: 'was truncated while it was read', bytes: 7000 });
  const gone = await searchPart(Buffer.from(join(folder, 'none')), first, scanner, key, signal);
  expect(joinParts(path, [gone])).toMatchObject({
    searched: [],
    notRead: [{ reason: expect.any(String) as string }],
  });
});
