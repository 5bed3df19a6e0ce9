import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { startDeployment, type Deployment } from '../../fixtures/deployment/index';
import { weaknesses } from '../../fixtures/deployment/weaknesses';
import { InputError } from '../model/errors';
import { loadFile } from './load';
import { exitCodeOf, judgeOf, writeReports } from './judge';
import { splitList } from './list';
import { prepareFolder, writePrivate } from './output';
import { makeRunId } from './run-id';
import { collectWithProgress } from './scan';
import { exitCodes, type Shell } from './shell';

export interface DemoOptions {
  readonly output: string;
  readonly weakness?: string;
  readonly listWeaknesses?: boolean;
  readonly sound?: boolean;
  readonly serve?: boolean;
  readonly exitCode?: boolean;
  readonly quiet?: boolean;
}

/** What the demo shows when nothing is asked for: a handful, one of each kind of evidence. */
const handful = ['expiring-soon', 'other-ca-on-broker', 'api-8101-open', 'open-endpoint', 'leaked-token'];

/** `cfy-audit demo`: a loopback deployment, audited like any other. */
export async function demoCommand(shell: Shell, options: DemoOptions): Promise<number> {
  if (options.listWeaknesses === true) {
    const width = Math.max(...weaknesses.map((w) => w.id.length));
    for (const w of weaknesses)
      shell.out(`${w.id.padEnd(width)}  ${w.title}  [${w.fails.join(', ') || 'no rule'}]\n`);
    return exitCodes.passed;
  }
  const chosen = chooseWeaknesses(options);
  const folder = mkdtempSync(join(tmpdir(), 'cfy-audit-demo-'));
  let deployment: Deployment | undefined;
  try {
    deployment = await startDeployment({
      weaknesses: chosen,
      folder,
      rateLimit: options.serve === true,
    });
    shell.out(
      `demo deployment up on 127.0.0.1, ${chosen.length === 0 ? 'sound' : `weak: ${chosen.join(', ')}`}\n`,
    );
    return options.serve === true ? await serve(shell, deployment) : await audit(shell, deployment, options);
  } finally {
    await deployment?.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function chooseWeaknesses(options: DemoOptions): readonly string[] {
  if (options.sound === true && options.weakness !== undefined) {
    throw new InputError('--sound and --weakness exclude each other');
  }
  if (options.sound === true) return [];
  if (options.weakness === undefined) return handful;
  return splitList(options.weakness, '--weakness').map((id) => {
    if (weaknesses.some((w) => w.id === id)) return id;
    throw new InputError(`there is no weakness "${id}": \`cfy-audit demo --list-weaknesses\` lists them`);
  });
}

async function serve(shell: Shell, deployment: Deployment): Promise<number> {
  shell.out(`target file: ${deployment.targetFile}\nscan it from another terminal; Ctrl-C ends it\n`);
  await new Promise<void>((done) => {
    if (shell.interrupted.aborted) done();
    shell.interrupted.addEventListener('abort', () => {
      done();
    });
  });
  return exitCodes.passed;
}

async function audit(shell: Shell, deployment: Deployment, options: DemoOptions): Promise<number> {
  const folder = resolve(shell.workingDirectory, options.output);
  prepareFolder(folder);
  const by = judgeOf(shell, { profile: 'base', incomplete: 'fail' });
  const loaded = await loadFile(shell, deployment.targetFile, {});
  // The pace spares a manager that serves others; this one serves nobody, and its own limiter is off for the same reason.
  const target = { ...loaded, limits: { ...loaded.limits, requestsPerSecond: 1000 } };
  const runId = makeRunId(shell.now());
  const bundle = await collectWithProgress(shell, target, { runId, quiet: options.quiet === true });
  const evidence = join(folder, 'evidence.json');
  writePrivate(evidence, `${JSON.stringify(bundle, undefined, 2)}\n`);
  const report = writeReports(shell, bundle, by, folder, ['html', 'json']);
  shell.out(`written: ${evidence}\n`);
  const code = exitCodeOf(report, 'fail', shell.interrupted.aborted);
  if (options.exitCode === true || code === exitCodes.interrupted) return code;
  shell.out(`a scan would end with exit code ${String(code)}\n`);
  return exitCodes.passed;
}
