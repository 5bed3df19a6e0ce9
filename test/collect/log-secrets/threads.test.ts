import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { packageRoot } from '../../../src/schema/package-root';
import { makeFolder, removeFolders, search } from './context';

afterAll(removeFolders);

const built = join(packageRoot(), 'dist', 'src', 'collect', 'log-secrets');
const source = join(packageRoot(), 'src', 'collect', 'log-secrets');
const isBuilt = (): boolean =>
  ['worker', 'crew', 'search', 'scan'].every(
    (name) =>
      existsSync(join(built, `${name}.js`)) &&
      statSync(join(built, `${name}.js`)).mtimeMs >= statSync(join(source, `${name}.ts`)).mtimeMs,
  );

/** Runs the compiled collector in a process of its own: threads start from compiled files only. */
const script = `
const { logSecrets } = require(process.argv[1]);
const stop = new AbortController();
const context = { now: () => new Date(0), signal: stop.signal, fingerprintKey: new Uint8Array(32), progress() { if (process.argv[3] === 'stop') stop.abort(); } };
const target = { users: [], logs: [{ node: 'manager-1', paths: [process.argv[2]] }] };
(async () => {
  const [task] = logSecrets.work(target).tasks;
  const evidence = await task.collect(context);
  process.stdout.write(JSON.stringify(evidence));
})();
`;

function collectBuilt(
  folder: string,
  ...more: string[]
): {
  state: string;
  subject: { id: string };
  data?: { leaks: object[]; files: object[]; notRead: object[] };
}[] {
  const output = execFileSync(process.execPath, ['-e', script, join(built, 'index.js'), folder, ...more], {
    maxBuffer: 1e8,
    encoding: 'utf8',
  });
  return JSON.parse(output) as ReturnType<typeof collectBuilt>;
}

function writeLogs(): string {
  const folder = makeFolder();
  mkdirSync(join(folder, 'a'));
  const noise = '2026-11-22 02:14:50 [INFO] nothing to see here, move on\n'.repeat(120_000);
  for (let n = 0; n < 4; n++) {
    writeFileSync(join(folder, 'a', `${String(n)}.log`), `${noise}password: Tr0ub4dor&${String(n)}\n`);
    writeFileSync(join(folder, 'a', `${String(n)}.log.1.gz`), gzipSync(`${noise}PGPASSWORD=Kd-81x0z\n`));
  }
  // Large enough to be cut into parts.
  const shipped = Buffer.from('m0n1torify').toString('base64');
  const parts = Array.from(
    { length: 5 },
    (_, n) => `${noise}password: Tr0ub4dor&${String(n % 3)}\nleft over ${shipped}\n`,
  );
  writeFileSync(join(folder, 'a', 'large.log'), parts.join(''));
  return folder;
}

test('threads find what one thread finds, in the same order', async () => {
  if (!isBuilt()) {
    if (process.env.CFY_AUDIT_REQUIRE_SERVERS === '1') throw new Error('dist/ is missing or older than src/');
    console.warn('skipped: dist/ is missing or older than src/');
    return;
  }
  const folder = writeLogs();
  const here = await search([folder]);
  const there = collectBuilt(folder);
  const facts = (evidence: readonly object[]): unknown =>
    JSON.parse(JSON.stringify(evidence).replace(/"(?:fingerprint|observedAt)":"[^"]*"/g, '"x":0'));
  expect(facts(there)).toEqual(facts(here));
  expect(there).toHaveLength(5);
  // Looked up by what the table, which threads are sent, says of it.
  expect(JSON.stringify(there)).toMatch(
    /known-value.{1,400}a password that Cloudify ships as default, in base64/,
  );
  const stopped = collectBuilt(folder, 'stop');
  expect(stopped.some(({ state, data }) => state === 'unavailable' || (data?.notRead.length ?? 0) > 0)).toBe(
    true,
  );
});
