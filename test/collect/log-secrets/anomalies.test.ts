import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  mkdirSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  chmodSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { readLog } from '../../../src/collect/log-secrets/read';
import { makeFolder, observed, removeFolders, search } from './context';

afterAll(removeFolders);

const leak = '2026-11-22 [DEBUG] password: Tr0ub4dor&3\n';
const noise = (lines: number): string =>
  Array.from(
    { length: lines },
    (_, n) => `2026-11-22 02:14:50 [INFO] ${String(n)} ${Math.sin(n).toString(36)}\n`,
  ).join('');

test('rotations of one log are one subject, plain and compressed', async () => {
  const folder = makeFolder();
  writeFileSync(join(folder, 'x.log'), leak);
  writeFileSync(join(folder, 'x.log.1'), `\n${leak}${leak}`);
  writeFileSync(join(folder, 'x.log-20261122-1732.gz'), gzipSync(leak));
  writeFileSync(join(folder, 'x.log.2.gz'), gzipSync('nothing\n'));
  const evidence = await search([folder]);
  expect(evidence).toHaveLength(1);
  const data = observed(evidence, 'x.log');
  expect(data.files.map(({ compressed, lines, complete }) => [compressed, lines, complete])).toEqual([
    [false, 1, true],
    [true, 1, true],
    [false, 3, true],
    [true, 1, true],
  ]);
  expect(data.leaks).toMatchObject([{ count: 4, firstLine: 1, lastLine: 1 }]);
  expect(data.leaks[0]?.alsoIn).toHaveLength(2);
});

test('FIFOs, sockets, devices and loops are named or passed over, never opened', async () => {
  const folder = makeFolder();
  mkdirSync(join(folder, 'sub'));
  writeFileSync(join(folder, 'sub', 'a.log'), leak);
  execFileSync('mkfifo', [join(folder, 'pipe.log')]);
  symlinkSync('/dev/zero', join(folder, 'zero.log'));
  symlinkSync('/dev', join(folder, 'devices'));
  symlinkSync('..', join(folder, 'sub', 'up'));
  symlinkSync('self.log', join(folder, 'self.log'));
  symlinkSync('gone', join(folder, 'dangling.log'));
  const server = createServer().listen(join(folder, 'sock.log'));
  const evidence = await search([folder]);
  server.close();
  const states = Object.fromEntries(
    evidence.map((entry) => [
      entry.subject.id.split('/').at(-1) ?? '',
      entry.state === 'unavailable' ? entry.reason.replace(/^\S+ /, '') : entry.state,
    ]),
  );
  expect(states).toEqual({
    'a.log': 'observed',
    'pipe.log': 'is a FIFO, not a file',
    'sock.log': 'is a socket, not a file',
    'zero.log': 'is a symbolic link into /dev, /proc or /sys',
    devices: 'is a symbolic link into /dev, /proc or /sys',
    'self.log': 'is a symbolic link that leads to itself',
    'dangling.log': 'is a symbolic link to nothing',
  });
});

test('a path that does not exist is unavailable, an empty directory and a glob without match are absent', async () => {
  const folder = makeFolder();
  const evidence = await search([join(folder, 'no'), folder, join(folder, '*.log')]);
  expect(evidence.map(({ state }) => state)).toEqual(['unavailable', 'absent', 'absent']);
  expect(evidence[0]).toMatchObject({ reason: expect.stringContaining('does not exist') as string });
});

test('a symbolic link to a directory is followed, as /var/log/cloudify/postgresql_server/log is one', async () => {
  const folder = makeFolder();
  const elsewhere = makeFolder();
  writeFileSync(join(elsewhere, 'postgresql-Sun.log'), leak);
  writeFileSync(join(elsewhere, 'postgresql-Mon.log'), leak);
  symlinkSync(elsewhere, join(folder, 'log'));
  const data = observed(await search([folder]), 'postgresql-%a.log');
  expect([data.component, data.files.length, data.leaks[0]?.count]).toEqual(['postgresql', 2, 2]);
});

test.each(['bit flips', 'cut off', 'bad checksum'])(
  'gzip %s: what stands before is searched',
  async (how) => {
    for (const lines of [40, 40_000]) {
      const folder = makeFolder();
      const file = gzipSync(leak + noise(lines));
      const at = Math.floor(file.length * 0.6);
      if (how === 'bit flips') file.fill(0xff, at, at + 30);
      if (how === 'bad checksum') file.writeUInt32LE(0, file.length - 8);
      writeFileSync(join(folder, 'x.log.1.gz'), how === 'cut off' ? file.subarray(0, at) : file);
      const data = observed(await search([folder]), 'x.log');
      expect(data.leaks).toMatchObject([{ firstLine: 1, count: 1 }]);
      expect(data.files).toMatchObject([{ complete: false, compressed: true }]);
      expect(data.notRead).toHaveLength(1);
      // At least half of what the sound part holds.
      expect(data.files[0]?.lines).toBeGreaterThan(lines * 0.4);
    }
  },
);

test('a zip bomb is stopped and named', async () => {
  const folder = makeFolder();
  writeFileSync(
    join(folder, 'bomb.log.gz'),
    gzipSync(Buffer.concat([Buffer.from(leak), Buffer.alloc(400 * 1024 * 1024)])),
  );
  const data = observed(await search([folder]), 'bomb.log');
  expect(data.notRead).toMatchObject([{ reason: expect.stringContaining('250 times') as string }]);
  expect(data.files[0]?.bytes).toBeLessThan(120 * 1024 * 1024);
  expect(data.leaks).toHaveLength(1);
});

test('files that vanish, shrink and grow while they are read', async () => {
  const folder = makeFolder();
  const path = join(folder, 'a.log');
  const megabyte = 1024 * 1024;
  const read = async (
    onPiece: (count: number) => void,
  ): Promise<{ bytes: number; reason: string | null }> => {
    let bytes = 0;
    let count = 0;
    let reason: string | null = null;
    const early = await readLog(Buffer.from(path), new AbortController().signal, {
      open: () => ({
        write(piece) {
          bytes += piece.length;
          onPiece(count++);
        },
        end(fault) {
          reason = fault;
        },
      }),
      refuse: (_member, fault) => {
        reason = fault;
      },
    });
    return { bytes, reason: early ?? reason };
  };
  expect(await read(() => undefined)).toEqual({ bytes: 0, reason: 'vanished before it was read' });
  writeFileSync(path, 'x'.repeat(3 * megabyte));
  const shrunk = await read((count) => {
    if (count === 1) truncateSync(path, 100);
  });
  // While a piece is searched the next is read: whether it was read before the file shrank is chance.
  expect(shrunk.reason).toBe('was truncated while it was read');
  expect(shrunk.bytes).toBeGreaterThanOrEqual(megabyte / 2);
  expect(shrunk.bytes).toBeLessThan(3 * megabyte);
  writeFileSync(path, 'x'.repeat(3 * megabyte));
  const grown = await read(() => {
    appendFileSync(path, 'y'.repeat(megabyte));
  });
  expect(grown).toEqual({ bytes: 3 * megabyte, reason: null });
  const removed = await read(() => {
    rmSync(path, { force: true });
  });
  expect(removed.reason).toBeNull();
});

test('an unreadable file and directory are unavailable', async () => {
  if (process.getuid?.() === 0) {
    console.warn('skipped: root reads everything');
    return;
  }
  const folder = makeFolder();
  writeFileSync(join(folder, 'a.log'), leak);
  chmodSync(join(folder, 'a.log'), 0);
  mkdirSync(join(folder, 'd'));
  chmodSync(join(folder, 'd'), 0);
  const evidence = await search([folder]);
  expect(
    evidence.map((entry) =>
      entry.state === 'unavailable' ? entry.reason.split(' ').slice(1).join(' ') : entry.state,
    ),
  ).toEqual(['permission denied', 'permission denied']);
});

test('names with newlines, escapes and bytes that are not UTF-8 are read and printed safely', async () => {
  const folder = makeFolder();
  writeFileSync(join(folder, 'a\n\u001b[31mb\u202e.log'), leak);
  writeFileSync(
    Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0x66, 0xff, 0xfe, 0x2e, 0x6c, 0x6f, 0x67])]),
    leak,
  );
  const evidence = await search([folder]);
  expect(
    evidence.map((entry) => (entry.state === 'observed' ? entry.data.leaks.length : entry.state)),
  ).toEqual([1, 1]);
  const text = evidence.map((entry) => JSON.stringify(entry)).join();
  expect(text).toContain('a\\\\n\\\\x1b[31mb\\\\u{202e}.log');
  expect(text).toContain('f\\\\xff\\\\xfe.log');
  expect(evidence.every(({ subject }) => /^[\x20-\x7e·]+$/.test(subject.id + subject.title))).toBe(true);
});

test('binary noise and a line of 16 MiB are searched', async () => {
  const folder = makeFolder();
  const junk = Buffer.alloc(3 * 1024 * 1024, Buffer.from('00ff1bc3280a9d80', 'hex'));
  writeFileSync(join(folder, 'bin.log'), Buffer.concat([junk, Buffer.from(`\n${leak}`), junk]));
  const long = Buffer.alloc(16 * 1024 * 1024, 'password token secret :// ');
  long.write(' password="Tr0ub4dor&3" ', 10_000_001, 'latin1');
  writeFileSync(join(folder, 'long.log'), long);
  const evidence = await search([folder]);
  expect(observed(evidence, 'bin.log').leaks).toHaveLength(1);
  expect(observed(evidence, 'long.log').leaks).toMatchObject([{ firstLine: 1, detector: 'password-field' }]);
});

test('an interrupted run says what it did not read', async () => {
  const folder = makeFolder();
  writeFileSync(join(folder, 'a.log'), leak);
  const stop = new AbortController();
  stop.abort();
  const evidence = await search([folder], stop.signal);
  expect(evidence.every(({ state }) => state === 'unavailable')).toBe(true);
  expect(evidence.length).toBeGreaterThan(0);
});
