import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** The built program (`npm test` builds first). */
export const binary = resolve(__dirname, '../../dist/src/main.js');

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly node?: readonly string[];
  readonly program?: string;
  /** What is piped in; left out: nothing. */
  readonly input?: string | Buffer;
  /** Called with the child once it runs, and with everything it says. */
  readonly watch?: (child: ChildProcess, said: string) => void;
}

/** Runs the binary as a user does, and waits for its end. */
export function run(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const child = spawn(process.execPath, [...(options.node ?? []), options.program ?? binary, ...args], {
    cwd: options.cwd ?? process.cwd(),
    env: { PATH: process.env.PATH, HOME: tmpdir(), ...options.env },
    stdio: [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  });
  child.stdin?.end(options.input);
  let out = '';
  let err = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    out += text;
    options.watch?.(child, out);
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (err += text));
  options.watch?.(child, '');
  return new Promise((done, fail) => {
    child.on('error', fail).on('close', (code) => {
      done({ code, out, err });
    });
  });
}

/** A folder of its own for one test. */
export function makeFolder(): string {
  return mkdtempSync(join(tmpdir(), 'cfy-audit-e2e-'));
}
