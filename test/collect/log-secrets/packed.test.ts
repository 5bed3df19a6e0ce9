import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { makeFolder, observed, removeFolders, search } from './context';

afterAll(removeFolders);

const leak = '2026-11-22 [DEBUG] password: Tr0ub4dor&3\n';
const noise = (lines: number): string =>
  Array.from(
    { length: lines },
    (_, n) => `2026-11-22 02:14:50 [INFO] ${String(n)} ${Math.sin(n).toString(36)}\n`,
  ).join('');

const missing = ['bzip2', 'xz', 'zstd', 'tar', 'zip', 'python3'].filter(
  (tool) => spawnSync(tool, ['--help']).error !== undefined,
);
const needs = (tool: string): boolean => {
  if (!missing.includes(tool)) return true;
  if (process.env.CFY_AUDIT_REQUIRE_SERVERS === '1') throw new Error(`${tool} is not installed`);
  console.warn(`skipped: ${tool} is not installed`);
  return false;
};

test.each([
  ['bzip2', 'bz2'],
  ['xz', 'xz'],
  ['zstd', 'zst'],
])('%s: the same lines, leaks and places as plain', async (tool, extension) => {
  if (!needs(tool)) return;
  const folder = makeFolder();
  const plain = `${noise(30_000)}${leak}${noise(3000)}${leak}`;
  writeFileSync(join(folder, 'x.log'), plain);
  const packed = execFileSync(tool, ['-c'], { input: plain, maxBuffer: 1e8 });
  // Concatenated streams are one file, as with cat a.gz b.gz.
  writeFileSync(join(folder, `x.log.1.${extension}`), Buffer.concat([packed, packed]));
  const data = observed(await search([folder]), 'x.log');
  expect(data.notRead).toEqual([]);
  expect(data.files.map(({ lines, bytes, complete }) => [lines, bytes, complete])).toEqual([
    [33_002, plain.length, true],
    [66_004, 2 * plain.length, true],
  ]);
  expect(data.leaks).toMatchObject([{ firstLine: 30_001, lastLine: 33_002, count: 6 }]);
});

test.each([
  ['bzip2', 'bz2'],
  ['xz', 'xz'],
  ['zstd', 'zst'],
])('%s: cut off or corrupt, what stands before is searched and the rest told', async (tool, extension) => {
  if (!needs(tool)) return;
  const packed = execFileSync(tool, ['-c'], { input: leak + noise(60_000), maxBuffer: 1e8 });
  for (const how of ['cut', 'corrupt', 'garbage']) {
    const folder = makeFolder();
    const at = Math.floor(packed.length * 0.9);
    const file = Buffer.from(how === 'cut' ? packed.subarray(0, at) : packed);
    if (how === 'corrupt') file.fill(0x5a, at, at + 40);
    if (how === 'garbage') file.fill(0x5a, 20);
    writeFileSync(join(folder, `x.log.${extension}`), file);
    const evidence = await search([folder]);
    const [entry] = evidence;
    if (entry?.state === 'observed') {
      expect(entry.data.notRead).toHaveLength(1);
      expect(entry.data.files).toMatchObject([{ complete: false }]);
      if (how !== 'garbage') expect(entry.data.leaks).toMatchObject([{ firstLine: 1 }]);
    } else {
      expect(entry?.state).toBe('unavailable');
    }
    if (how === 'cut') expect(entry?.state).toBe('observed');
  }
});

test('a tar.gz bundle is searched member by member, nested and long names included', async () => {
  if (!needs('tar')) return;
  const folder = makeFolder();
  const bundle = join(folder, 'bundle');
  const deep = join('var/log/cloudify', 'd'.repeat(90), 'e'.repeat(90));
  mkdirSync(join(folder, 'in', deep), { recursive: true });
  mkdirSync(join(folder, 'in/var/log/cloudify/rest'), { recursive: true });
  writeFileSync(join(folder, 'in/var/log/cloudify/rest/audit.log'), `${noise(100)}${leak}`);
  writeFileSync(join(folder, 'in/var/log/cloudify/rest/audit.log.1.gz'), gzipSync(leak));
  writeFileSync(join(folder, 'in', deep, 'long.log'), leak);
  writeFileSync(join(folder, 'in/empty.log'), '');
  for (const format of ['gnu', 'pax', 'ustar']) {
    mkdirSync(`${bundle}-${format}`);
    execFileSync('tar', [
      '-C',
      join(folder, 'in'),
      `--format=${format}`,
      '-czf',
      `${bundle}-${format}/b.tar.gz`,
      '.',
    ]);
    const evidence = await search([`${bundle}-${format}`]);
    const audit = observed(evidence, 'rest/audit.log');
    expect([audit.component, audit.kind, audit.files.length]).toEqual(['cloudify', 'access', 2]);
    expect(audit.leaks).toMatchObject([{ count: 2, firstLine: 101 }]);
    expect(audit.path).toBe(`${bundle}-${format}/b.tar.gz!./var/log/cloudify/rest/audit.log`);
    expect(observed(evidence, `${'e'.repeat(90)}/long.log`).leaks).toHaveLength(1);
    expect(observed(evidence, 'empty.log').files).toMatchObject([{ lines: 0, complete: true }]);
  }
  const whole = readFileSync(join(`${bundle}-gnu`, 'b.tar.gz'));
  mkdirSync(`${bundle}-cut`);
  writeFileSync(join(`${bundle}-cut`, 'b.tar.gz'), whole.subarray(0, whole.length - 400));
  const cut = await search([`${bundle}-cut`]);
  expect(cut.some((entry) => entry.state !== 'observed' || entry.data.notRead.length > 0)).toBe(true);
});

/** What Python makes, where it is at hand: zip64 records from the first byte or file on. */
const zip64Script = `
import sys, zipfile
zipfile.ZIP64_LIMIT = int(sys.argv[2])
zipfile.ZIP_FILECOUNT_LIMIT = int(sys.argv[3])
with zipfile.ZipFile(sys.argv[1], 'w', int(sys.argv[4]), allowZip64=True) as archive:
    for name in ('a.log', 'b.log'):
        with archive.open(name, 'w', force_zip64=True) as member:
            member.write(sys.stdin.buffer.read() if name == 'a.log' else b'password: Tr0ub4dor&3\\n')
`;

test.each([
  ['sizes before each file', 2 ** 31, 65_535],
  ['sizes and places in the directory too', 10, 65_535],
  ['the number of files', 2 ** 31, 1],
  ['all of them', 1, 1],
])('a zip64 archive, stored and deflated: %s', async (_what, limit, most) => {
  if (!needs('python3')) return;
  for (const method of [0, 8]) {
    const folder = makeFolder();
    const path = join(folder, 'support.zip');
    const numbers = [limit, most, method].map(String);
    execFileSync('python3', ['-c', zip64Script, path, ...numbers], { input: leak });
    const bytes = readFileSync(path);
    const record = bytes.lastIndexOf(Buffer.from('PK\x06\x06', 'latin1'));
    if (record !== -1) {
      // As an archive of 4 GiB has it; Python leaves small numbers in the record of old.
      const end = bytes.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
      bytes.fill(0xff, end + 8, end + 20);
      writeFileSync(path, bytes);
    }
    const evidence = await search([folder]);
    for (const member of ['a.log', 'b.log']) {
      const { leaks, notRead } = observed(evidence, `support.zip!${member}`);
      expect(leaks).toHaveLength(1);
      expect(notRead).toEqual([]);
    }
    if (record === -1) continue;
    bytes.writeUInt32LE(0xffffff, record + 52);
    writeFileSync(path, bytes);
    const reason = expect.stringMatching(/corrupt/) as string;
    expect(await search([folder])).toMatchObject([{ state: 'unavailable', reason }]);
  }
});

test('a zip archive is searched member by member', async () => {
  if (!needs('zip')) return;
  const folder = makeFolder();
  mkdirSync(join(folder, 'in/nginx'), { recursive: true });
  writeFileSync(join(folder, 'in/nginx/access.log'), `${noise(5000)}${leak}`);
  writeFileSync(join(folder, 'in/stored.log'), leak);
  execFileSync('zip', ['-q', '-r', '-n', 'stored.log', join(folder, 'b.zip'), '.'], {
    cwd: join(folder, 'in'),
  });
  mkdirSync(join(folder, 'z'));
  writeFileSync(join(folder, 'z/b.zip'), readFileSync(join(folder, 'b.zip')));
  const evidence = await search([join(folder, 'z')]);
  expect(observed(evidence, 'nginx/access.log')).toMatchObject({
    component: 'nginx',
    kind: 'access',
    leaks: [{ firstLine: 5001 }],
  });
  expect(observed(evidence, 'stored.log').leaks).toHaveLength(1);
  const zip = readFileSync(join(folder, 'b.zip'));
  for (let at = 1; at < zip.length; at += 997) {
    writeFileSync(join(folder, 'z/b.zip'), zip.subarray(0, at));
    const cut = await search([join(folder, 'z')]);
    expect(cut.length).toBeGreaterThan(0);
    expect(cut.every((entry) => entry.state !== 'observed' || entry.data.notRead.length > 0 || at < 30)).toBe(
      true,
    );
  }
});

test('a journal in export format, binary fields included, is searched', async () => {
  const folder = makeFolder();
  const message = Buffer.from('line one\npassword: Tr0ub4dor&3\nline three');
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(message.length));
  const entry = Buffer.concat([
    Buffer.from('__CURSOR=s=1\n_PID=1\nMESSAGE\n'),
    size,
    message,
    Buffer.from('\n\n'),
  ]);
  writeFileSync(
    join(folder, 'journal.export'),
    Buffer.concat([entry, Buffer.from('MESSAGE=PGPASSWORD=Kd-81x0z\n\n')]),
  );
  const data = observed(await search([folder]), 'journal.export');
  expect(data.leaks.map(({ detector }) => detector)).toEqual(['password-field', 'pgpassword']);
});
