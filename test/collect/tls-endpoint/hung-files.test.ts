import { execFileSync } from 'node:child_process';
import type { lstat, open } from 'node:fs/promises';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { issueCa } from '../../protocol/x509/chain';
import { readSource } from '../../../src/collect/tls-endpoint/files/read';

// No test can make a mount hang: an open that never ends stands for it.
interface Files {
  open: typeof open;
  lstat: typeof lstat;
}
jest.mock('node:fs/promises', () => ({ ...jest.requireActual<Files>('node:fs/promises') }));
const real = jest.requireActual<Files>('node:fs/promises');
const files = jest.requireMock<Files>('node:fs/promises');

const folder = mkdtempSync(join(tmpdir(), 'cfy-audit-hung-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});
afterEach(() => {
  Object.assign(files, real);
});
const ca = issueCa('root');
const never = new AbortController().signal;
const source = (...paths: string[]): Parameters<typeof readSource>[0] => ({
  node: 'm1',
  holder: 'node',
  paths,
  password: null,
});

test('FIFOs, devices, sockets and links to them are named, and never opened', async () => {
  const top = join(folder, 'odd');
  mkdirSync(top);
  execFileSync('mkfifo', [join(top, 'pipe.pem')]);
  symlinkSync('/dev/zero', join(top, 'zero.pem'));
  symlinkSync(join(top, 'pipe.pem'), join(top, 'to-pipe.pem'));
  writeFileSync(join(top, 'ca.pem'), ca.pem);
  const read = await readSource(source(top, join(top, 'pipe.pem'), '/dev/full'), never);
  expect(read.files.map(({ path }) => path)).toEqual([join(top, 'ca.pem')]);
  expect(
    Object.fromEntries(read.notRead.map(({ path, reason }) => [path.replace(top, ''), reason])),
  ).toMatchObject({
    '/pipe.pem': 'is a FIFO, not a file',
    '/zero.pem': 'is a symbolic link into /dev, /proc or /sys',
    '/dev/full': 'is a device, not a file',
  });
});

test('a file that does not answer costs one wait, and what was read before it stays', async () => {
  const top = join(folder, 'hung');
  mkdirSync(top);
  for (const name of ['a.pem', 'b.pem', 'c.pem']) writeFileSync(join(top, name), ca.pem);
  files.open = (path, ...rest) =>
    String(path).endsWith('b.pem') ? new Promise(() => undefined) : real.open(path, ...rest);
  const read = await readSource(source(top, folder), never, { listMs: 5000, fileMs: 50 });
  expect(read.files.map(({ path }) => path)).toEqual([join(top, 'a.pem')]);
  expect(read.notRead).toEqual([
    { path: join(top, 'b.pem'), reason: 'did not answer within 0.05 seconds' },
    { path: join(top, 'c.pem'), reason: `was not read, because ${join(top, 'b.pem')} did not answer` },
    { path: folder, reason: `was not read, because ${join(top, 'b.pem')} did not answer` },
  ]);
});

test('nor does a folder that does not answer hold anything up', async () => {
  files.lstat = () => new Promise<never>(() => undefined);
  const read = await readSource(source(folder), never, { listMs: 50, fileMs: 50 });
  expect(read).toMatchObject({
    files: [],
    notRead: [{ path: folder, reason: 'did not answer within 0.05 seconds' }],
  });
});
