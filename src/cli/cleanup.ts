import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { readJournal, type WrittenJournal } from '../collect/index';
import { InputError } from '../model/errors';
import type { Target } from '../model/target';
import { visible } from '../model/visible';
import { cleanUp } from '../scan';
import { resumeJournal } from './journal-file';
import { loadPlace, type TargetOptions } from './load';
import { makeRunId } from './run-id';
import { exitCodes, type Shell } from './shell';

export interface CleanupOptions extends TargetOptions {
  readonly journal?: string;
}

/** `cfy-audit cleanup`: removes what a run with `--allow-write` may have left, by its journal. May be repeated. */
export async function cleanupCommand(shell: Shell, place: string, options: CleanupOptions): Promise<number> {
  const target = await loadPlace(shell, place, options);
  const files =
    options.journal === undefined
      ? findJournals(shell.workingDirectory, target)
      : [resolve(shell.workingDirectory, options.journal)];
  if (files.length === 0) {
    shell.out('no journal of this target has anything open in this folder or in reports/\n');
    return exitCodes.passed;
  }
  let left = 0;
  for (const file of files) {
    const written = readIn(file);
    if ('fault' in written) throw new InputError(written.fault, { file, line: written.line });
    refuseOther(written, target, file);
    const ledger = await cleanUp(target, written, resumeJournal(file), {
      version: shell.version,
      runId: makeRunId(shell.now()),
      now: () => shell.now(),
    });
    if (ledger.state !== 'observed')
      throw new InputError(ledger.state === 'failed' ? ledger.error : ledger.reason);
    const { entries } = ledger.data;
    const count = (end: string): string => String(entries.filter((entry) => entry.end === end).length);
    shell.out(
      `${relative(shell.workingDirectory, file)}: run ${visible(written.begin.run)}: ` +
        `${count('removed')} removed, ${count('absent')} not there, ${count('left')} left\n`,
    );
    for (const { end, kind, id, tenant, reason } of entries) {
      if (end !== 'left') continue;
      left++;
      shell.out(
        `  left: ${visible(`${kind} ${id}${tenant === null ? '' : ` in ${tenant}`}: ${reason ?? ''}`)}\n`,
      );
    }
  }
  return left > 0 ? exitCodes.incomplete : exitCodes.passed;
}

/** Journals of this target that do not end with nothing left: here, in reports/, and in the folders in it. */
function findJournals(folder: string, target: Target): readonly string[] {
  const list = (place: string): readonly string[] => {
    try {
      return readdirSync(place, { withFileTypes: true })
        .filter((entry) => entry.isFile() && /^canaries-.*\.jsonl$/.test(entry.name))
        .map(({ name }) => join(place, name));
    } catch {
      return [];
    }
  };
  const reports = join(folder, 'reports');
  return [folder, reports, ...foldersIn(reports)].flatMap(list).filter((file) => {
    const written = readIn(file);
    if ('fault' in written || !isOf(written, target)) return false;
    const ends = written.notes.filter((note) => note.event === 'end');
    return ends.at(-1)?.left !== 0;
  });
}

function foldersIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => join(folder, name));
  } catch {
    return [];
  }
}

function readIn(file: string): ReturnType<typeof readJournal> {
  try {
    return readJournal(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new InputError(`cannot be read: ${error instanceof Error ? error.message : String(error)}`, {
      file,
    });
  }
}

/** To remove by one deployment's journal from another would find nothing, and say that all is well. */
function refuseOther(written: WrittenJournal, target: Target, file: string): void {
  if (isOf(written, target)) return;
  const { node, address } = written.begin;
  throw new InputError(
    `the journal is of another deployment: the target file has no manager ${node} with the address ${address}`,
    { file },
  );
}

function isOf({ begin }: WrittenJournal, { name, managers }: Target): boolean {
  return (
    begin.target === name &&
    managers.some((manager) => manager.name === begin.node && manager.address === begin.address)
  );
}
