import { dirname, resolve } from 'node:path';
import { collectWithProgress, journalIn, leftBehind, tellJournal } from './scan';
import { loadPlace, type TargetOptions } from './load';
import { prepareFolder, writePrivate } from './output';
import { earlierOf, type ResumeOptions } from './resume';
import { makeRunId } from './run-id';
import { exitCodes, type Shell } from './shell';

export interface CollectOptions extends TargetOptions, ResumeOptions {
  readonly output: string;
  readonly quiet?: boolean;
}

/** `cfy-audit collect`: stops at the seam. Exit code 0 once the bundle is written; judging it is `evaluate`'s. */
export async function collectCommand(shell: Shell, place: string, options: CollectOptions): Promise<number> {
  const target = await loadPlace(shell, place, options);
  const earlier = earlierOf(shell, target, options);
  const file = resolve(shell.workingDirectory, options.output);
  prepareFolder(dirname(file));
  const runId = makeRunId(shell.now());
  const journal = journalIn(dirname(file), runId, target);
  const bundle = await collectWithProgress(shell, target, {
    runId,
    quiet: options.quiet === true,
    journal,
    ...earlier,
  });
  writePrivate(file, `${JSON.stringify(bundle, undefined, 2)}\n`);
  const observed = bundle.evidence.filter((e) => e.state === 'observed').length;
  shell.out(
    `${String(observed)} of ${String(bundle.evidence.length)} evidences observed · ${bundle.digest}\nwritten: ${file}\n`,
  );
  if (journal !== null) tellJournal(shell, bundle, journal.file);
  if (leftBehind(bundle) > 0 && !shell.interrupted.aborted) return exitCodes.incomplete;
  return shell.interrupted.aborted ? exitCodes.interrupted : exitCodes.passed;
}
