import { join, resolve } from 'node:path';
import type { Journal } from '../collect/index';
import type { EvidenceBundle } from '../model/evidence';
import { InputError } from '../model/errors';
import type { Target } from '../model/target';
import type { Waiver } from '../model/waiver';
import { readDocument } from '../schema/document';
import { collectAll } from '../scan';
import { exitCodeOf, formatsOf, judgeOf, writeReports, type JudgingOptions } from './judge';
import { loadPlace, type TargetOptions } from './load';
import { createJournal } from './journal-file';
import { prepareFolder, writePrivate } from './output';
import { reportProgress } from './progress';
import { earlierOf, type ResumeOptions } from './resume';
import { makeRunId } from './run-id';
import type { Shell } from './shell';

export interface ScanOptions extends TargetOptions, JudgingOptions, ResumeOptions {
  readonly output?: string;
  readonly format: string;
  readonly quiet?: boolean;
  readonly expiredWaivers: 'refuse' | 'list';
}

/** `cfy-audit scan`: everything that can be refused is refused before the first packet; then collect, judge, report. */
export async function scanCommand(shell: Shell, place: string, options: ScanOptions): Promise<number> {
  const by = judgeOf(shell, options);
  const wanted = formatsOf(options.format);
  if (options.waivers !== undefined && options.expiredWaivers === 'refuse') {
    refuseExpired(resolve(shell.workingDirectory, options.waivers), by.waivers, shell.now());
  }
  const target = await loadPlace(shell, place, options);
  const earlier = earlierOf(shell, target, options);
  const runId = makeRunId(shell.now());
  const folder = resolve(shell.workingDirectory, options.output ?? join('reports', runId));
  prepareFolder(folder);
  const journal = journalIn(folder, runId, target);
  const bundle = await collectWithProgress(shell, target, {
    runId,
    quiet: options.quiet === true,
    journal,
    ...earlier,
  });
  const evidence = join(folder, 'evidence.json');
  writePrivate(evidence, `${JSON.stringify(bundle, undefined, 2)}\n`);
  const report = writeReports(shell, bundle, by, folder, wanted);
  shell.out(`written: ${evidence}\n`);
  if (journal !== null) tellJournal(shell, bundle, journal.file);
  return exitCodeOf(report, options.incomplete, shell.interrupted.aborted);
}

/** A gate that a forgotten waiver turned red should say so in its first line, not in its last. */
function refuseExpired(file: string, waivers: readonly Waiver[], now: Date): void {
  const today = now.toISOString().slice(0, 10);
  const index = waivers.findIndex(({ expires }) => expires < today);
  const waiver = waivers[index];
  if (waiver === undefined) return;
  const pointer = `/${index}/expires`;
  const line = readDocument(file).lineOf(pointer);
  throw new InputError(
    `the waiver of ${waiver.rule} for ${waiver.subject} expired on ${waiver.expires}: renew it, remove it, or go on with --expired-waivers list`,
    { file, pointer, ...(line === undefined ? {} : { line }) },
  );
}

/** The journal of a run that may write, opened before the first packet: without it nothing is written. */
export function journalIn(folder: string, runId: string, target: Target): OpenJournal | null {
  if (target.writes !== true) return null;
  const file = join(folder, `canaries-${runId}.jsonl`);
  return { file, journal: createJournal(file) };
}

interface OpenJournal {
  readonly file: string;
  readonly journal: Journal;
}

/** What was written is gone, or somebody has to see to it. */
export function tellJournal(shell: Shell, bundle: EvidenceBundle, file: string): void {
  shell.out(`written: ${file}\n`);
  const left = leftBehind(bundle);
  if (left === 0) return;
  shell.err(
    `cfy-audit: ${left} of the canaries ${left === 1 ? 'is' : 'are'} LEFT on the deployment; remove them: cfy-audit cleanup TARGET --journal ${file}\n`,
  );
}

/** How many canaries are left on the deployment. */
export function leftBehind({ evidence }: EvidenceBundle): number {
  return evidence.reduce(
    (sum, e) => (e.type === 'canary.ledger' && e.state === 'observed' ? sum + e.data.left : sum),
    0,
  );
}

/** Collects, showing progress on standard error. */
export async function collectWithProgress(
  shell: Shell,
  target: Target,
  {
    runId,
    quiet,
    journal = null,
    earlier,
  }: {
    readonly runId: string;
    readonly quiet: boolean;
    readonly journal?: OpenJournal | null;
    readonly earlier?: EvidenceBundle;
  },
): Promise<EvidenceBundle> {
  const progress = reportProgress(shell, quiet);
  const onInterrupt = (): void => {
    if (journal === null) return;
    shell.err(
      `\ncfy-audit: interrupted; removing what was written. A second Ctrl-C leaves it: then cfy-audit cleanup TARGET --journal ${journal.file}\n`,
    );
  };
  shell.interrupted.addEventListener('abort', onInterrupt, { once: true });
  try {
    return await collectAll(target, {
      version: shell.version,
      runId,
      now: () => shell.now(),
      signal: shell.interrupted,
      onProgress: (p) => {
        progress.show(p);
      },
      ...(journal === null ? {} : { journal: journal.journal }),
      ...(earlier === undefined ? {} : { earlier }),
    });
  } finally {
    shell.interrupted.removeEventListener('abort', onInterrupt);
    progress.end();
  }
}
