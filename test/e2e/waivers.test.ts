import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Report } from '../../src/model/report';
import { makeFolder, run, type Ran } from './binary';
import { start, stopAll, type Running } from './deployment';

let weak: Running;
beforeAll(async () => {
  weak = await start(['no-hsts'], 'few');
});
afterAll(stopAll);

const waiver = (rule: string, expires: string): string =>
  `- { rule: ${rule}, subject: "*", reason: the proxy in front adds it, owner: ops, expires: ${expires} }\n`;

function scanWith(waivers: string, ...args: readonly string[]): { folder: string; ran: Promise<Ran> } {
  const folder = makeFolder();
  writeFileSync(join(folder, 'w.yaml'), waivers);
  const judgement = ['--fail-on', 'low', '--incomplete', 'ok', '--waivers', 'w.yaml'];
  const ran = run(['scan', weak.target, '-o', 'out', ...judgement, ...args], { cwd: folder });
  return { folder, ran };
}

const reportIn = (folder: string, out = 'out'): Report =>
  JSON.parse(readFileSync(join(folder, out, 'report.json'), 'utf8')) as Report;

test('a waived failure passes the gate and stays visible; a waiver that nothing needs is listed', async () => {
  const { folder, ran } = scanWith(waiver('CFY-TLS-14', '2999-12-31') + waiver('CFY-CRT-02', '2999-12-31'));
  const { code, out } = await ran;
  expect(code).toBe(0);
  const report = reportIn(folder);
  const failures = report.findings.filter((f) => f.outcome === 'fail');
  expect(new Set(failures.map((f) => f.rule))).toEqual(new Set(['CFY-TLS-14']));
  expect(report.waivers.active.map((w) => w.rule)).toEqual(['CFY-TLS-14']);
  expect(report.waivers.unused.map((w) => w.rule)).toEqual(['CFY-CRT-02']);
  expect(report.score.score).toBeLessThan(100);
  expect(report.score.scoreAfterWaivers).toBe(100);
  const html = readFileSync(join(folder, 'out', 'report.html'), 'utf8');
  for (const text of [out, html]) {
    expect(text).toContain('CFY-TLS-14');
    expect(text.replace(/\s+/g, ' ')).toContain('the proxy in front adds it');
    expect(text).toMatch(/unused/i);
    expect(text).toContain('CFY-CRT-02');
  }
});

test('an expired waiver stops a scan before it starts, or is listed when asked, and waives nothing', async () => {
  const expired = waiver('CFY-TLS-14', '2020-01-31');
  const refused = scanWith(expired);
  expect(await refused.ran).toMatchObject({
    code: 2,
    err: expect.stringMatching(/w\.yaml:1: .*CFY-TLS-14.*expired on 2020-01-31/) as string,
  });
  const listed = scanWith(expired, '--expired-waivers', 'list');
  const { code, out } = await listed.ran;
  expect(code).toBe(1);
  expect(out).toMatch(/expired/i);
  expect(reportIn(listed.folder).waivers.expired.map((w) => w.rule)).toEqual(['CFY-TLS-14']);

  const judged = await run(
    [
      ...['evaluate', 'out/evidence.json', '-o', 'again', '--fail-on', 'low'],
      ...['--incomplete', 'ok', '--waivers', 'w.yaml'],
    ],
    { cwd: listed.folder },
  );
  expect(judged).toMatchObject({ code: 1, out: expect.stringMatching(/expired/i) as string });
  expect(reportIn(listed.folder, 'again').waivers.expired.map((w) => w.rule)).toEqual(['CFY-TLS-14']);
});
