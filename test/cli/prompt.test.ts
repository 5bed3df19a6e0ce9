import { spawn, spawnSync, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ts from 'typescript';
import { askSecret } from '../../src/cli/prompt';

/** script(1) of Debian's essential bsdutils gives the child a real terminal. */
const missing = spawnSync('script', ['--version']).error !== undefined;
const required = process.env.CFY_AUDIT_REQUIRE_SERVERS === '1';
if (missing && !required)
  console.warn('skipped: script(1) is not installed, so there is no terminal to ask at');
const onTerminal = missing && !required ? test.skip : test;

const folder = mkdtempSync(join(tmpdir(), 'cfy-audit-prompt-'));
beforeAll(() => {
  for (const name of ['model/errors', 'cli/prompt']) {
    const source = readFileSync(join(__dirname, '../../src', `${name}.ts`), 'utf8');
    const options = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 };
    mkdirSync(join(folder, name, '..'), { recursive: true });
    const { outputText } = ts.transpileModule(source, { compilerOptions: options });
    writeFileSync(join(folder, `${name}.js`), outputText);
  }
  writeFileSync(
    join(folder, 'ask.js'),
    `const { spawnSync } = require('node:child_process');
     const { askSecret } = require('./cli/prompt');
     const stop = new AbortController();
     process.on('SIGTERM', () => stop.abort());
     const terminal = { input: process.stdin, output: process.stderr, interrupted: stop.signal };
     const hex = (answer) => Buffer.from(answer).toString('hex');
     (async () => {
       for (let i = 0; i < Number(process.argv[2]); i++) {
         console.log('<' + hex(await askSecret('Password: ', terminal)) + '>');
       }
     })()
       .catch((error) => console.log('<' + error.name + ': ' + error.message + '>'))
       // Now, because Node itself resets the terminal when it ends.
       .then(() => process.stdin.isTTY && spawnSync('stty', ['-a'], { stdio: 'inherit' }));`,
  );
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Types keys once the question stands there, and returns all that the terminal showed, with its settings after. */
async function typeInto(keys: string | Buffer, questions = 1, then?: string): Promise<string> {
  const command = `'${process.execPath}' '${join(folder, 'ask.js')}' ${questions} ${then ?? ''}`;
  const child: ChildProcessWithoutNullStreams = spawn('script', ['-qec', command, '/dev/null']);
  let shown = '';
  child.stdout.on('data', (chunk: Buffer) => {
    const before = shown;
    shown += chunk.toString();
    if (!before.includes('Password: ') && shown.includes('Password: ')) child.stdin.write(keys);
  });
  const stuck = setTimeout(() => child.kill('SIGKILL'), 10_000);
  await new Promise((resolve) => child.on('close', resolve));
  clearTimeout(stuck);
  return shown;
}

const answers = (shown: string): readonly string[] =>
  [...shown.matchAll(/<([0-9a-f]*)>/g)].map(([, hex]) => Buffer.from(hex ?? '', 'hex').toString());

const isRestored = (shown: string): boolean => / echo( |;|\r|\n)/.test(shown) && shown.includes(' icanon');

describe('at a terminal', () => {
  onTerminal.each([
    ['plain', 'hunter2\r', 'hunter2'],
    ['corrected', 'hunt3\u007f\u007fter2\r', 'hunter2'],
    ['begun again', 'wrong\u0015hunter2\r', 'hunter2'],
    ['with arrow keys', 'hun\u001b[A\u001b[1;5Cter2\u001bOP\r', 'hunter2'],
    ['pasted between marks', '\u001b[200~hunter2\u001b[201~\r', 'hunter2'],
    ['beyond ASCII', 'hünter😀2\u007f\u007f2\r', 'hünter2'],
    ['nothing', '\r', ''],
    ['ended by Ctrl-D', 'hunter2\u0004', 'hunter2'],
  ])('an answer %s is returned and never shown', async (_name, keys, answer) => {
    const shown = await typeInto(keys);
    expect(answers(shown)).toEqual([answer]);
    expect(shown).not.toMatch(/hunt|h.nter/);
    expect(isRestored(shown)).toBe(true);
  });

  onTerminal('what is typed ahead answers the next question', async () => {
    expect(answers(await typeInto('first\rsecond\r', 2))).toEqual(['first', 'second']);
  });

  onTerminal('Ctrl-C ends the question and gives the terminal back', async () => {
    const shown = await typeInto('hunt\u0003er2\r');
    expect(shown).toContain('<PromptInterrupted: interrupted>');
    expect(shown).not.toContain('hunt');
    expect(isRestored(shown)).toBe(true);
  });

  onTerminal('a signal ends the question and gives the terminal back', async () => {
    const shown = await typeInto('hunt', 1, '< /dev/tty & pid=$!; sleep 1; kill $pid; wait $pid');
    expect(shown).toContain('<PromptInterrupted: interrupted>');
    expect(shown).not.toContain('hunt');
    expect(isRestored(shown)).toBe(true);
  });

  onTerminal('an answer without end is refused', async () => {
    const shown = await typeInto('x'.repeat(5000));
    expect(shown).toContain('<InputError: the answer is longer than 4096 characters>');
    expect(isRestored(shown)).toBe(true);
  });
});

test('without a terminal nothing is asked', async () => {
  const { stdout, stderr } = spawnSync(process.execPath, [join(folder, 'ask.js'), '1'], {
    input: 'hunter2\n',
  });
  expect(stdout.toString()).toBe(
    '<InputError: there is no terminal to ask at; give the credential by an environment variable or a file>\n',
  );
  expect(stderr.toString()).toBe('');
  const asked = askSecret('Password: ', {
    input: process.stdin,
    output: process.stderr,
    interrupted: AbortSignal.abort(),
  });
  await expect(asked).rejects.toThrow();
});
