import { execFileSync, spawnSync } from 'node:child_process';
import { closeSync, openSync, readFileSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { makeFolder, observed, removeFolders, search } from './context';

afterAll(removeFolders);

const leak = '2026-11-22 [DEBUG] password: Tr0ub4dor&3\n';
const padding = Buffer.alloc(40);
const garbage = Buffer.alloc(40, 0x5a);

const has = (tool: string): boolean => {
  if (spawnSync(tool, ['--help']).error === undefined) return true;
  if (process.env.CFY_AUDIT_REQUIRE_SERVERS === '1') throw new Error(`${tool} is not installed`);
  console.warn(`skipped: ${tool} is not installed`);
  return false;
};

/** What came of one file in a folder of its own: places read with their leaks, and what was not read. */
async function resultOf(
  name: string,
  bytes: Uint8Array,
): Promise<{ readonly leaks: Record<string, number>; readonly notRead: readonly string[] }> {
  const folder = makeFolder();
  writeFileSync(join(folder, name), bytes);
  writeFileSync(join(folder, 'zz-after.log'), leak);
  const evidence = await search([folder]);
  expect(observed(evidence, 'zz-after.log').leaks).toHaveLength(1);
  const leaks: Record<string, number> = {};
  const notRead: string[] = [];
  for (const entry of evidence) {
    const id = entry.subject.id.split('/').at(-1) ?? '';
    if (id === 'zz-after.log') continue;
    if (entry.state === 'observed') {
      leaks[id] = entry.data.leaks.reduce((sum, { count }) => sum + count, 0);
      notRead.push(...entry.data.notRead.map(({ reason }) => reason));
    } else if (entry.state === 'unavailable') notRead.push(entry.reason.replace(/^\S+ /, ''));
  }
  return { leaks, notRead };
}

const packed = (tool: string): Buffer => execFileSync(tool, ['-c'], { input: leak });

test.each([
  ['gzip', 'x.log.gz'],
  ['bzip2', 'x.log.bz2'],
  ['xz', 'x.log.xz'],
  ['zstd', 'x.log.zst'],
])('%s: what is behind the compressed data is named, what stands before is searched', async (tool, name) => {
  if (!has(tool)) return;
  const once = packed(tool);
  expect(await resultOf(name, Buffer.concat([once, once, once]))).toEqual({
    leaks: { 'x.log': 3 },
    notRead: [],
  });
  for (const rest of [garbage, Buffer.from(leak), Buffer.concat([padding, once.subarray(0, 4), garbage])]) {
    const result = await resultOf(name, Buffer.concat([once, rest]));
    expect(result.leaks).toEqual({ 'x.log': 1 });
    expect(result.notRead).toEqual([expect.stringMatching(/^the compressed data is corrupt/)]);
  }
  const padded = await resultOf(name, Buffer.concat([once, padding]));
  expect(padded.leaks).toEqual({ 'x.log': 1 });
  // zstd itself takes no zeros either.
  if (tool !== 'zstd') expect(padded.notRead).toEqual([]);
});

/** a.log holds three leaks, b.log one. */
function makeZip(): Buffer {
  const folder = makeFolder();
  writeFileSync(join(folder, 'a.log'), leak.repeat(3) + 'nothing to see\n'.repeat(2000));
  writeFileSync(join(folder, 'b.log'), leak);
  execFileSync('zip', ['-q', 'o.zip', 'a.log', 'b.log'], { cwd: folder });
  return readFileSync(join(folder, 'o.zip'));
}

const firstEntry = (zip: Buffer): number => zip.indexOf(Buffer.from('PK\x01\x02', 'latin1'));
const endRecord = (zip: Buffer): number => zip.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));

test.each<[string, (zip: Buffer) => unknown, number, number, string]>([
  ['nothing packed', (zip) => zip.writeUInt32LE(0, firstEntry(zip) + 20), 0, 1, 'ends too early'],
  ['too little packed', (zip) => zip.writeUInt32LE(3, firstEntry(zip) + 20), 0, 1, 'ends too early'],
  ['too much packed', (zip) => zip.writeUInt32LE(0xffffff00, firstEntry(zip) + 20), 3, 1, 'other data'],
  ['too much plain', (zip) => zip.writeUInt32LE(0xffffff00, firstEntry(zip) + 24), 3, 1, 'holds less'],
  ['sizes that differ', (zip) => zip.writeUInt32LE(99, 18), 3, 1, 'contradict'],
  ['a directory cut off', (zip) => zip.writeUInt32LE(50, endRecord(zip) + 12), 3, 0, '1 of 2 files'],
  ['a broken entry', (zip) => zip.fill(0, firstEntry(zip), firstEntry(zip) + 4), 0, 0, '0 of 2 files'],
  ['a directory elsewhere', (zip) => zip.writeUInt32LE(7, endRecord(zip) + 16), 0, 0, '0 of 2 files'],
])('zip with %s: named, the rest is searched', async (_what, spoil, inFirst, inSecond, reason) => {
  if (!has('zip')) return;
  const zip = makeZip();
  spoil(zip);
  const { leaks, notRead } = await resultOf('x.zip', zip);
  // A directory cut off may cut a name short.
  const found = Object.entries(leaks).map(([id, count]) => [id.replace(/a\.lo$/, 'a.log'), count]);
  expect(Object.fromEntries(found)).toEqual({
    ...(inFirst > 0 ? { 'x.zip!a.log': inFirst } : {}),
    ...(inSecond > 0 ? { 'x.zip!b.log': inSecond } : {}),
  });
  expect(notRead).toEqual([expect.stringContaining(reason)]);
});

test('zip entries on top of each other are stopped as a bomb', async () => {
  if (!has('zip')) return;
  const folder = makeFolder();
  writeFileSync(join(folder, 'a.log'), Buffer.alloc(16 * 1024 * 1024));
  execFileSync('zip', ['-q', 'o.zip', 'a.log'], { cwd: folder });
  const zip = readFileSync(join(folder, 'o.zip'));
  const entry = zip.subarray(firstEntry(zip), endRecord(zip));
  const end = Buffer.from(zip.subarray(endRecord(zip)));
  end.writeUInt16LE(500, 10);
  end.writeUInt32LE(500 * entry.length, 12);
  const bomb = Buffer.concat([zip.subarray(0, firstEntry(zip)), ...Array<Buffer>(500).fill(entry), end]);
  const { notRead } = await resultOf('x.zip', bomb);
  expect(notRead).toEqual([expect.stringContaining('250 times')]);
});

function makeTar(...options: string[]): Buffer {
  const folder = makeFolder();
  for (const name of ['a.log', 'b.log', 'c.log']) writeFileSync(join(folder, name), leak);
  return execFileSync('tar', ['-C', folder, ...options, '-cf', '-', 'a.log', 'b.log', 'c.log']);
}

test('a tar archive with bad checksums and sizes', async () => {
  if (!has('tar')) return;
  const spoilt = (at: number): Buffer => {
    const tar = makeTar();
    tar.write('7', at + 148, 'latin1');
    return tar;
  };
  // With the first header broken it is no tar archive, but its bytes are searched all the same.
  expect(await resultOf('x.tar', spoilt(0))).toEqual({ leaks: { 'x.tar': 3 }, notRead: [] });
  expect(await resultOf('x.tar', spoilt(1024))).toEqual({
    leaks: { 'x.tar!a.log': 1 },
    notRead: ['a header of the archive is corrupt'],
  });
  const huge = makeTar();
  const header = huge.subarray(1024, 1536);
  header.write('77777777777', 124, 'latin1');
  header.fill(0x20, 148, 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  const { leaks, notRead } = await resultOf('x.tar', huge);
  expect(leaks).toEqual({ 'x.tar!a.log': 1, 'x.tar!b.log': 2 });
  expect(notRead).toContain('the archive ends too early');
});

test('archives within archives are searched, down to a depth', async () => {
  if (!has('zip') || !has('tar')) return;
  const pack = (tool: string, name: string, bytes: Uint8Array): Buffer => {
    const folder = makeFolder();
    writeFileSync(join(folder, name), bytes);
    if (tool === 'tar') return execFileSync('tar', ['-C', folder, '-czf', '-', name]);
    execFileSync('zip', ['-q', 'o.zip', name], { cwd: folder });
    return readFileSync(join(folder, 'o.zip'));
  };
  const zip = makeZip();
  const both = (before: string): Record<string, number> => ({
    [`${before}!a.log`]: 3,
    [`${before}!b.log`]: 1,
  });
  const found = async (name: string, bytes: Uint8Array): Promise<unknown> => {
    const { leaks, notRead } = await resultOf(name, bytes);
    expect(notRead).toEqual([]);
    return leaks;
  };
  expect(await found('o.zip', pack('zip', 'i.zip', zip))).toEqual(both('o.zip!i.zip'));
  expect(await found('o.tgz', pack('tar', 'i.zip', zip))).toEqual(both('o.tgz!i.zip'));
  expect(await found('o.zip.gz', gzipSync(zip))).toEqual(both('o.zip.gz'));
  const inner = pack('tar', 'q.log', Buffer.from(leak));
  expect(await found('o.zip', pack('zip', 'i.tgz', inner))).toEqual({ 'o.zip!i.tgz!q.log': 1 });
  let deep = zip;
  for (let level = 0; level < 5; level++) deep = pack('zip', 'i.zip', deep);
  expect((await resultOf('o.zip', deep)).notRead).toEqual(['is packed more than 4 times']);
  expect((await resultOf('o.tgz', pack('tar', 'i.zip', zip.subarray(0, -30)))).notRead).toEqual([
    expect.stringContaining('no directory'),
  ]);
});

test('a leak behind a hole of 1 GiB is found', async () => {
  const folder = makeFolder();
  const path = join(folder, 'x.log');
  writeFileSync(path, leak);
  truncateSync(path, 1024 ** 3);
  const file = openSync(path, 'a');
  writeSync(file, `\n${leak}`);
  closeSync(file);
  const data = observed(await search([folder]), 'x.log');
  expect(data.leaks).toMatchObject([{ count: 2, firstLine: 1, lastLine: 3 }]);
});

test('a folder of 10,000 files is searched, each file of it', async () => {
  const folder = makeFolder();
  for (let n = 0; n < 10_000; n++)
    writeFileSync(join(folder, `n${String(n)}x.log`), n % 5000 === 7 ? leak : '-\n');
  const evidence = await search([folder]);
  expect(evidence).toHaveLength(10_000);
  const leaky = evidence.filter((entry) => entry.state === 'observed' && entry.data.leaks.length > 0);
  expect(leaky.map(({ subject }) => subject.id.split('/').at(-1))).toEqual(['n5007x.log', 'n7x.log']);
});
