import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { EvidenceBundle } from '../model/evidence';
import { InputError } from '../model/errors';
import type { Report } from '../model/report';
import type { Severity } from '../model/rule';
import { formatIds, isFormatId, loadFormat, type FormatId } from '../report/index';
import { judge, loadJudge, type Judge } from '../scan';
import { splitList } from './list';
import { writePrivate } from './output';
import { exitCodes, type Shell } from './shell';

/** Options of every command that judges. */
export interface JudgingOptions {
  readonly profile: string;
  readonly waivers?: string;
  readonly failOn?: Severity;
  readonly minCoverage?: number;
  readonly minScore?: number;
  readonly incomplete: 'fail' | 'ok';
}

/** Loads rules, profile and waivers as the options say. Throws InputError. */
export function judgeOf(shell: Shell, options: JudgingOptions): Judge {
  const { failOn, minCoverage, minScore } = options;
  const path = (file: string): string => resolve(shell.workingDirectory, file);
  return loadJudge({
    profile: /[./]/.test(options.profile) ? path(options.profile) : options.profile,
    ...(options.waivers === undefined ? {} : { waivers: path(options.waivers) }),
    gate: {
      ...(failOn === undefined ? {} : { failOn }),
      ...(minCoverage === undefined ? {} : { minCoverage }),
      ...(minScore === undefined ? {} : { minScore }),
    },
  });
}

/** The formats asked for. Throws InputError for one that does not exist. */
export function formatsOf(list: string): readonly FormatId[] {
  return splitList(list, '--format').map((id) => {
    if (isFormatId(id)) return id;
    throw new InputError(`--format ${id}: must be one of ${formatIds.join(', ')}`);
  });
}

/** Judges, writes every format into the folder and prints the summary. Returns the report. */
export function writeReports(
  shell: Shell,
  bundle: EvidenceBundle,
  by: Judge,
  folder: string,
  wanted: readonly FormatId[],
): Report {
  const report = judge(bundle, by);
  mkdirSync(folder, { recursive: true });
  const written: string[] = [];
  for (const id of wanted) {
    const format = loadFormat(id);
    const file = join(folder, format.fileName);
    writePrivate(file, format.render(report, { width: 100 }));
    written.push(file);
  }
  shell.out(loadFormat('terminal').render(report, { color: shell.colour, width: shell.columns }));
  shell.out(`\n${written.map((file) => `written: ${file}`).join('\n')}\n`);
  return report;
}

/** The exit code of a report: incomplete outranks failed, unless `--incomplete ok`. */
export function exitCodeOf(report: Report, incomplete: 'fail' | 'ok', interrupted: boolean): number {
  if (interrupted) return exitCodes.interrupted;
  const { gate } = report;
  if (gate.incomplete.length > 0 && incomplete === 'fail') return exitCodes.incomplete;
  return gate.reasons.length > 0 ? exitCodes.failed : exitCodes.passed;
}
