import { dirname, resolve } from 'node:path';
import { readBundle } from '../schema/evidence';
import { exitCodeOf, formatsOf, judgeOf, writeReports, type JudgingOptions } from './judge';
import type { Shell } from './shell';

export interface EvaluateOptions extends JudgingOptions {
  readonly output?: string;
  readonly format: string;
}

/** `cfy-audit evaluate`: judges a bundle offline. Reports go beside the bundle unless told otherwise. */
export function evaluateCommand(shell: Shell, file: string, options: EvaluateOptions): number {
  const by = judgeOf(shell, options);
  const wanted = formatsOf(options.format);
  const path = resolve(shell.workingDirectory, file);
  const bundle = readBundle(path);
  const folder = resolve(shell.workingDirectory, options.output ?? dirname(path));
  const report = writeReports(shell, bundle, by, folder, wanted);
  return exitCodeOf(report, options.incomplete, bundle.run.interrupted);
}
