#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { visible } from './model/visible';
import { makeProgram } from './cli/program';
import { exitCodes, type Shell } from './cli/shell';
import { InputError } from './model/errors';
import { packageRoot } from './schema/package-root';

const interrupt = new AbortController();

function onSignal(): void {
  // The first one ends the run in order, with a report; the second one ends the process.
  if (interrupt.signal.aborted) process.exit(exitCodes.interrupted);
  interrupt.abort();
}

function makeShell(): Shell {
  const { env, stdout, stderr } = process;
  const forced = env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== '0';
  const refused = (env.NO_COLOR !== undefined && env.NO_COLOR !== '') || env.FORCE_COLOR === '0';
  return {
    environment: env,
    workingDirectory: process.cwd(),
    version: readVersion(),
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    outIsTerminal: stdout.isTTY,
    errIsTerminal: stderr.isTTY && env.TERM !== 'dumb',
    // A pseudo-terminal that nobody has sized says 0.
    columns: (stdout.isTTY && stdout.columns) || 80,
    colour: !refused && (forced || stdout.isTTY),
    now: () => new Date(),
    interrupted: interrupt.signal,
    prompt: async (question) => {
      const { askSecret } = await import('./cli/prompt');
      return askSecret(question, { input: process.stdin, output: stderr, interrupted: interrupt.signal });
    },
  };
}

function readVersion(): string {
  const manifest = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as {
    version: string;
  };
  return manifest.version;
}

async function main(): Promise<number> {
  const shell = makeShell();
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  // `cfy-audit rules | head` closes the pipe early: that is no fault of anybody.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    process.exit(error.code === 'EPIPE' ? exitCodes.passed : exitCodes.ownError);
  });
  try {
    return await makeProgram(shell).run(process.argv.slice(2));
  } catch (error) {
    if (error instanceof InputError) {
      shell.err(`cfy-audit: ${visible(error.describe())}\n`);
      return exitCodes.badInput;
    }
    if (error instanceof Error && error.name === 'PromptInterrupted') return exitCodes.interrupted;
    shell.err(
      `cfy-audit: a fault of its own, please report it\n${describe(error).split('\n').map(visible).join('\n')}\n`,
    );
    return exitCodes.ownError;
  }
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? '' : `\ncaused by ${describe(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
}

void main().then((code) => {
  process.exitCode = code;
});
