import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import type { Report } from '../../src/model/report';
import { makeFolder, run, type Ran } from './binary';
import { hasten, start, stopAll, type Running } from './deployment';

let sound: Running;
let weak: Running;

beforeAll(async () => {
  [sound, weak] = await Promise.all([start(), start(['no-hsts', 'open-endpoint'])]);
});
afterAll(stopAll);

const scan = (target: string, folder: string, ...args: readonly string[]): Promise<Ran> =>
  run(['scan', target, '--output', 'out', ...args], { cwd: folder });

const reportIn = (folder: string): Report =>
  JSON.parse(readFileSync(join(folder, 'out', 'report.json'), 'utf8')) as Report;

test('0: a sound deployment that is fully described', async () => {
  const folder = makeFolder();
  const ran = await scan(sound.target, folder);
  expect(ran).toMatchObject({ code: 0, out: expect.stringContaining('GATE PASSED') as string });
  expect(reportIn(folder).gate.outcome).toBe('passed');
  expect(readdirSync(join(folder, 'out')).sort()).toEqual(['evidence.json', 'report.html', 'report.json']);
});

test('1: a weakness, and everything established; thresholds move the gate', async () => {
  const folder = makeFolder();
  const ran = await scan(weak.target, folder);
  expect(ran).toMatchObject({ code: 1, out: expect.stringContaining('GATE FAILED') as string });
  const { gate, score } = reportIn(folder);
  expect(gate).toMatchObject({ outcome: 'failed', incomplete: [] });
  // Of writing into other tenants a read-only run decides nothing.
  expect(score.coverage).toBeGreaterThanOrEqual(97);
  expect(gate.reserved).toHaveLength(1);

  const evaluate = (...args: readonly string[]): Promise<Ran> =>
    run(['evaluate', 'out/evidence.json', '--output', 'again', ...args], { cwd: folder });
  const waivers = join(folder, 'waivers.yaml');
  const failing = reportIn(folder).findings.filter(
    (f) => f.outcome === 'fail' && (f.severity === 'critical' || f.severity === 'high'),
  );
  writeFileSync(
    waivers,
    failing
      .map(
        (f) =>
          `- { rule: ${f.rule}, subject: ${JSON.stringify(f.subject.id)}, reason: known, owner: ops, expires: 2999-12-31 }\n`,
      )
      .join(''),
  );
  const codes = await Promise.all([
    evaluate('--waivers', waivers, '--fail-on', 'high'),
    // Whether requests are limited in rate is looked at only where the target asks for it.
    evaluate('--waivers', waivers, '--fail-on', 'low', '--incomplete', 'ok'),
    evaluate('--waivers', waivers, '--fail-on', 'high', '--min-score', '100'),
    evaluate('--fail-on', 'info', '--min-coverage', '97', '--incomplete', 'ok'),
  ]);
  const lesser = reportIn(folder).findings.some((f) => f.outcome === 'fail' && !failing.includes(f));
  expect(codes.map((each) => each.code)).toEqual([0, lesser ? 1 : 0, lesser ? 1 : 0, 1]);
});

test('3: what cannot be established is incomplete; --incomplete ok judges what is there', async () => {
  const { target } = await start(['unreachable-broker']);
  const folder = makeFolder();
  expect(await scan(target, folder)).toMatchObject({ code: 3 });
  const { gate, findings } = reportIn(folder);
  expect(gate).toMatchObject({ outcome: 'incomplete', reasons: [] });
  expect(findings.filter((f) => f.outcome === 'fail' || f.outcome === 'error')).toEqual([]);
  const again = await run(['evaluate', 'out/evidence.json', '-o', 'again', '--incomplete', 'ok'], {
    cwd: folder,
  });
  expect(again).toMatchObject({ code: 0, out: expect.stringContaining('INCOMPLETE') as string });
  const all = await run(
    ['evaluate', 'out/evidence.json', '-o', 'b', '--incomplete', 'ok', '--min-coverage', '0'],
    { cwd: folder },
  );
  expect(all.code).toBe(0);
});

test('3: a port that accepts and stays silent does not hold up the rest', async () => {
  const { target } = await start(['stalled-53333'], 'few');
  const folder = makeFolder();
  expect(await scan(target, folder)).toMatchObject({ code: 3 });
  const { findings } = reportIn(folder);
  expect(findings.filter((f) => f.outcome === 'fail' || f.outcome === 'error')).toEqual([]);
  expect(findings.filter((f) => f.outcome === 'pass').length).toBeGreaterThan(100);
});

test('3: a URL alone is audited from outside, and the report says what to supply', async () => {
  const folder = makeFolder();
  const url = `https://127.0.0.1:${sound.deployment.ports.https}`;
  const ran = await run(['scan', url, '--output', 'out', '--vantage', 'network', '--rate', 'unlimited'], {
    cwd: folder,
  });
  expect(ran.code).toBe(3);
  const report = reportIn(folder);
  expect(report.gate.outcome).toBe('incomplete');
  const supplies = report.notLookedAt.map((gap) => gap.supply ?? '').join('\n');
  for (const key of ['brokers', 'databases', 'logs']) {
    expect(supplies).toContain(key);
    // Not buried under the requests to ports that are closed.
    expect(ran.out).toContain(key);
  }
  expect(report.notLookedAt.map((gap) => gap.reason).join('\n')).toContain('a declared CA');
  expect(report.findings.some((f) => f.outcome === 'pass')).toBe(true);
  expect(report.findings.filter((f) => f.outcome === 'error')).toEqual([]);
});

test('4: a fault of our own shows its stack and its cause, and no secret', async () => {
  const root = makeFolder();
  const home = resolve(__dirname, '../..');
  cpSync(join(home, 'dist'), join(root, 'dist'), { recursive: true });
  for (const name of ['package.json', 'rules', 'src', 'node_modules'])
    symlinkSync(join(home, name), join(root, name));
  writeFileSync(
    join(root, 'dist/src/score/index.js'),
    `exports.computeScore = () => { throw new Error('score broke', { cause: new Error('deeper') }); };\n`,
  );
  const folder = makeFolder();
  const named = (text: string): string => text.replace(/password: \{ file: [^}]*\}/, "password: '${CANARY}'");
  const file = hasten(sound.deployment.targetFile, join(sound.folder, 'secret.yaml'), named, 'few');
  const ran = await run(['scan', file, '--output', 'out'], {
    cwd: folder,
    program: join(root, 'dist/src/main.js'),
    env: { CANARY: 'Zq7-canary-of-the-environment' },
  });
  expect(ran.code).toBe(4);
  expect(ran.err).toMatch(/Error: score broke\n\s+at /);
  expect(ran.err).toMatch(/caused by Error: deeper\n\s+at /);
  expect(ran.out + ran.err).not.toContain('Zq7-canary');
  // What was collected is not lost with the fault.
  expect(existsSync(join(folder, 'out', 'evidence.json'))).toBe(true);
});

describe('interrupted', () => {
  let stalled: Server;
  let onContact: () => void;
  beforeAll(async () => {
    stalled = createServer((socket) => {
      socket.on('error', () => undefined).resume();
      onContact();
    });
    await new Promise<void>((done) => stalled.listen(0, '127.0.0.1', done));
  });
  afterAll(() => stalled.close());

  const writeTarget = (folder: string): void => {
    const { port } = stalled.address() as AddressInfo;
    mkdirSync(folder, { recursive: true });
    writeFileSync(
      join(folder, 't.yaml'),
      `name: stalled\nmanagers:\n  - { name: m, address: 127.0.0.1, ports: { https: ${port}, internal: ${port} } }\n`,
    );
  };

  test('130: Ctrl-C ends a stalled scan with a report that says so', async () => {
    const folder = makeFolder();
    writeTarget(folder);
    const ran = await run(['scan', 't.yaml', '--output', 'out'], {
      cwd: folder,
      watch: (child) => {
        onContact = () => child.kill('SIGINT');
      },
    });
    expect(ran.code).toBe(130);
    expect(reportIn(folder)).toMatchObject({ run: { interrupted: true }, gate: { outcome: 'incomplete' } });
    expect(reportIn(folder).gate.incomplete).toContain('the run was interrupted');
    expect(ran.out).toContain('interrupted');
    const again = await run(['evaluate', 'out/evidence.json', '-o', 'again'], { cwd: folder });
    expect(again.code).toBe(130);
  });

  test('130: a second Ctrl-C ends the process at once', async () => {
    const folder = makeFolder();
    writeTarget(folder);
    // Something holds the process after the run: the second signal must not wait for it.
    const holder = join(folder, 'hold.cjs');
    writeFileSync(holder, 'setInterval(() => {}, 1000);\n');
    const ran = await run(['scan', 't.yaml', '--output', 'out'], {
      cwd: folder,
      node: ['--require', holder],
      watch: (child, said) => {
        if (said === '') onContact = () => child.kill('SIGINT');
        if (said.includes('evidence.json')) child.kill('SIGINT');
      },
    });
    expect(ran.code).toBe(130);
    expect(ran.err).not.toMatch(/\n\s+at /);
    expect(readdirSync(join(folder, 'out')).filter((name) => name.endsWith('.part'))).toEqual([]);
  });
});

test('a reader that leaves early is no fault', async () => {
  const { execFileSync } = await import('node:child_process');
  const main = resolve(__dirname, '../../dist/src/main.js');
  const said = execFileSync(
    'bash',
    [
      '-c',
      `set -o pipefail; "$0" "$1" rules --json | head -c 100 >/dev/null; echo "\${PIPESTATUS[*]}"`,
      process.execPath,
      main,
    ],
    { encoding: 'utf8' },
  );
  expect(said.trim()).toBe('0 0');
});
