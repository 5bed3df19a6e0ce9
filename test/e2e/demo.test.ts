import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { weaknesses } from '../../fixtures/deployment';
import type { Report } from '../../src/model/report';
import { makeFolder, run } from './binary';

// The demo keeps the pace of a real audit: half a minute each.

const reportIn = (folder: string): Report =>
  JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8')) as Report;

test('the demo writes its reports, ends with the summary and exits 0; --exit-code exits as a scan', async () => {
  const [plain, strict] = [makeFolder(), makeFolder()];
  const temporary = makeFolder();
  const [ran, chosen] = await Promise.all([
    run(['demo'], { cwd: plain, env: { TMPDIR: temporary } }),
    run(['demo', '--weakness', 'no-hsts,open-endpoint', '--exit-code', '--output', 'mine'], { cwd: strict }),
  ]);
  expect(ran.code).toBe(0);
  const folder = join(plain, 'reports', 'demo');
  expect(readdirSync(folder).sort()).toEqual(['evidence.json', 'report.html', 'report.json']);
  for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
  // The certificate of the foreign CA on the broker is nowhere to be seen; its signature tells that no server has its key.
  expect(ran.out).toContain('GATE FAILED');
  expect(ran.out).not.toContain('CFY-CRT-12');
  expect(ran.out.trimEnd()).toMatch(/a scan would end with exit code 1$/);
  const failed = reportIn(folder).results.filter((r) => r.counts.fail > 0);
  expect(failed.length).toBeGreaterThanOrEqual(5);
  // The deployment's folder, with its passwords and logs, is gone.
  expect(readdirSync(temporary)).toEqual([]);

  expect(chosen.code).toBe(1);
  const ids = reportIn(join(strict, 'mine'))
    .results.filter((r) => r.counts.fail > 0)
    .map((r) => r.rule);
  const expected = weaknesses
    .filter((w) => ['no-hsts', 'open-endpoint'].includes(w.id))
    .flatMap((w) => w.fails);
  expect(ids).toEqual([...new Set(expected)].sort());
});

test('--list-weaknesses lists every dial; unknown and contradicting ones are refused', async () => {
  const listed = await run(['demo', '--list-weaknesses']);
  expect(listed.code).toBe(0);
  const ids = listed.out
    .trimEnd()
    .split('\n')
    .map((line) => line.split(' ')[0]);
  expect(ids).toEqual(weaknesses.map((w) => w.id));
  for (const args of [
    ['--weakness', 'no-such'],
    ['--sound', '--weakness', 'no-hsts'],
    ['--weakness', ''],
  ])
    expect((await run(['demo', ...args])).code).toBe(2);
});

test('--serve keeps a deployment up that another process audits by the printed target file', async () => {
  const folder = makeFolder();
  let file = '';
  let scanned: ReturnType<typeof run> | undefined;
  const served = await run(['demo', '--sound', '--serve'], {
    watch: (child, said) => {
      const found = /target file: (.*)\n/.exec(said)?.[1];
      if (found === undefined || scanned !== undefined) return;
      file = found;
      const hasty = join(found, '..', 'hasty.yaml');
      const limits = 'limits: { requestsPerSecond: 1000, apiRequests: smoke }\n';
      writeFileSync(hasty, `${readFileSync(file, 'utf8')}${limits}`, { mode: 0o600 });
      scanned = run(['scan', hasty, '-o', 'out'], { cwd: folder });
      void scanned.then(() => child.kill('SIGINT'));
    },
  });
  // nginx's limit is on, and the scan was told to be a hundred times too fast: what is not established is said, nothing guessed.
  const hasty = await scanned;
  expect([0, 3]).toContain(hasty?.code);
  const report = reportIn(join(folder, 'out'));
  expect(report.findings.filter((f) => f.outcome === 'fail' || f.outcome === 'error')).toEqual([]);
  expect(served.code).toBe(0);
  expect(existsSync(file)).toBe(false);
});

test('the sound demo has nothing to find', async () => {
  const folder = makeFolder();
  const ran = await run(['demo', '--sound', '--exit-code', '--quiet'], { cwd: folder });
  expect(ran).toMatchObject({ code: 0, out: expect.stringContaining('GATE PASSED') as string });
});
