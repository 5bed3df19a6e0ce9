import { resolve } from 'node:path';
import type { Report } from '../model/report';
import { loadFormat } from '../report/index';
import { compileSchema } from '../schema/ajv';
import { checkDocument, readDocument } from '../schema/document';
import { reportSchema } from '../schema/report';
import { formatsOf } from './judge';
import { writePrivate } from './output';
import { exitCodes, type Shell } from './shell';

export interface ReportOptions {
  readonly format: string;
  readonly output?: string;
}

/** `cfy-audit report`: renders a report.json in another format, to a file or standard output. */
export function reportCommand(shell: Shell, file: string, options: ReportOptions): number {
  const [format = 'terminal'] = formatsOf(options.format);
  const document = readDocument(resolve(shell.workingDirectory, file));
  checkDocument(document, compileSchema(reportSchema()));
  const toTerminal = options.output === undefined;
  const text = loadFormat(format).render(document.value as Report, {
    color: toTerminal && shell.colour,
    width: toTerminal ? shell.columns : 100,
  });
  if (options.output === undefined) shell.out(text);
  else {
    const path = resolve(shell.workingDirectory, options.output);
    writePrivate(path, text);
    shell.out(`written: ${path}\n`);
  }
  return exitCodes.passed;
}
