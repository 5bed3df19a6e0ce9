import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { binary, makeFolder, run } from './binary';
import { start, stopAll, type Running } from './deployment';

const script = '/usr/bin/script';
// util-linux's script gives a program a pseudo-terminal.
const onTerminal = existsSync(script) ? test : test.skip;

let sound: Running;
beforeAll(async () => {
  if (!existsSync(script))
    process.stderr.write('no /usr/bin/script: tests on a pseudo-terminal are skipped\n');
  sound = await start([], 'few');
});
afterAll(stopAll);

/** Runs a shell command on a pseudo-terminal; returns everything the terminal got. */
function show(
  command: string,
  cwd: string,
  env: Readonly<Record<string, string>> = {},
  type?: { readonly at: RegExp; readonly text: string },
): Promise<{ code: number | null; shown: string }> {
  const child = spawn(script, ['-qefc', command, '/dev/null'], {
    cwd,
    env: {
      PATH: process.env.PATH,
      HOME: tmpdir(),
      TERM: 'xterm',
      MAIN: binary,
      NODE: process.execPath,
      ...env,
    },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  let shown = '';
  let typed = false;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    shown += text;
    if (type === undefined || typed || !type.at.test(shown)) return;
    typed = true;
    child.stdin.write(type.text);
  });
  return new Promise((done, fail) => {
    child.on('error', fail).on('close', (code) => {
      done({ code, shown });
    });
  });
}

// eslint-disable-next-line no-control-regex
const colour = /\u001b\[[0-9;]*m/;

onTerminal('progress on a terminal is one redrawn line on standard error, cleared at the end', async () => {
  const folder = makeFolder();
  const command = `"$NODE" "$MAIN" collect ${sound.target} -o e.json >out.txt`;
  const { code, shown } = await show(command, folder);
  expect(code).toBe(0);
  const redraws = shown.split('\r\u001b[2K');
  expect(redraws.length).toBeGreaterThan(10);
  // The first piece is the warning about the hasty pace; no redraw breaks the line.
  expect(redraws.slice(1).filter((text) => text.includes('\n'))).toEqual([]);
  expect(redraws.at(-1)).toBe('');
  expect(shown).toMatch(/100 % · \d+\/\d+ · /);
  expect(readFileSync(join(folder, 'out.txt'), 'utf8')).not.toContain('\u001b');

  const quiet = await show(`${command} --quiet`, folder);
  expect(quiet.shown).not.toContain('\u001b[2K');
  const dumb = await show(command, folder, { TERM: 'dumb' });
  expect(dumb.shown).not.toContain('\u001b');
});

test('progress without a terminal is silent for a short run', async () => {
  const folder = makeFolder();
  const ran = await run(['collect', sound.target, '-o', 'e.json'], { cwd: folder });
  expect(ran.code).toBe(0);
  expect(ran.err.replace(/^cfy-audit: warning: .*\n/, '')).toBe('');
});

onTerminal('colour: on a terminal or when forced, never when NO_COLOR asks for none', async () => {
  const folder = makeFolder();
  await run(['collect', sound.target, '-o', 'e.json'], { cwd: folder });
  const judge = ['evaluate', 'e.json', '-o', 'out'];
  const said = async (env: Readonly<Record<string, string>>): Promise<string> =>
    (await run(judge, { cwd: folder, env })).out;
  expect(await said({})).not.toMatch(colour);
  expect(await said({ FORCE_COLOR: '1' })).toMatch(colour);
  expect(await said({ FORCE_COLOR: '0' })).not.toMatch(colour);
  expect(await said({ FORCE_COLOR: '1', NO_COLOR: '1' })).not.toMatch(colour);
  const command = `"$NODE" "$MAIN" ${judge.join(' ')}`;
  expect((await show(command, folder)).shown).toMatch(colour);
  expect((await show(command, folder, { NO_COLOR: '1' })).shown).not.toMatch(colour);
  expect((await show(command, folder, { NO_COLOR: '' })).shown).toMatch(colour);
  expect((await show(command, folder, { FORCE_COLOR: '0' })).shown).not.toMatch(colour);
});

onTerminal('init asks for the password without showing it', async () => {
  const folder = makeFolder();
  const { deployment } = sound;
  const admin = deployment.accounts.find((a) => a.systemRole === 'sys_admin');
  const url = `https://127.0.0.1:${deployment.ports.https}`;
  const { shown } = await show(
    `"$NODE" "$MAIN" init ${url} --insecure -u ${admin?.username ?? ''} -o t.yaml`,
    folder,
    {},
    { at: /password of /, text: `${admin?.password ?? ''}\r` },
  );
  expect(shown).toContain('written: ');
  expect(shown).not.toContain(admin?.password);
  expect(existsSync(join(folder, 't.yaml'))).toBe(true);
});
