import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder, run } from './binary';
import { start, stopAll } from './deployment';

afterAll(stopAll);

/** A clock of another year for the whole process: nothing after the seam may look at it. */
const otherClock = `const Real = Date;
const shift = 400 * 24 * 3600 * 1000;
globalThis.Date = class extends Real {
  constructor(...args) { args.length === 0 ? super(Real.now() + shift) : super(...args); }
  static now() { return Real.now() + shift; }
};\n`;

test('the same bundle gives the same bytes, wherever, whenever and in whatever locale it is judged', async () => {
  const { target } = await start(['missing-san', 'leaked-token', 'unreachable-broker'], 'few');
  const home = makeFolder();
  const collected = await run(['collect', target, '-o', 'evidence.json'], { cwd: home });
  expect(collected.code).toBe(0);
  writeFileSync(
    join(home, 'waivers.yaml'),
    '- { rule: CFY-CRT-02, subject: "*", reason: known, owner: ops, expires: 2999-12-31 }\n',
  );
  const clock = join(makeFolder(), 'clock.cjs');
  writeFileSync(clock, otherClock);

  const elsewhere = join(makeFolder(), 'deeper', 'place');
  mkdirSync(elsewhere, { recursive: true });
  for (const name of ['evidence.json', 'waivers.yaml']) copyFileSync(join(home, name), join(elsewhere, name));
  const judge = ['evaluate', 'evidence.json', '--waivers', 'waivers.yaml', '--output', 'out'];
  const first = await run(judge, { cwd: home, env: { TZ: 'UTC', LANG: 'C' } });
  const second = await run(judge, {
    cwd: elsewhere,
    env: {
      TZ: 'Asia/Kathmandu',
      LANG: 'tr_TR.UTF-8',
      LC_ALL: 'tr_TR.UTF-8',
      FORCE_COLOR: '1',
      COLUMNS: '40',
    },
    node: ['--require', clock],
  });
  expect([first.code, second.code]).toEqual([3, 3]);
  for (const name of ['report.html', 'report.json']) {
    const [a, b] = [home, elsewhere].map((folder) => readFileSync(join(folder, 'out', name)));
    expect(a?.length).toBeGreaterThan(10_000);
    expect(b?.equals(a ?? Buffer.of())).toBe(true);
  }

  // What is rendered later from report.json is what was rendered then.
  const again = await run(['report', 'out/report.json', '--format', 'html', '--output', 'again.html'], {
    cwd: elsewhere,
    env: { TZ: 'America/St_Johns' },
  });
  expect(again.code).toBe(0);
  expect(
    readFileSync(join(elsewhere, 'again.html')).equals(readFileSync(join(home, 'out', 'report.html'))),
  ).toBe(true);
  const json = await run(['report', 'out/report.json', '--format', 'json'], { cwd: home });
  expect(json.out).toBe(readFileSync(join(home, 'out', 'report.json'), 'utf8'));
});
