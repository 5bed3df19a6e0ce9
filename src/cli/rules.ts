import { loadJudge } from '../evaluate/index';
import { exitCodes, type Shell } from './shell';

export interface RulesOptions {
  readonly profile: string;
  readonly json?: boolean;
}

/** `cfy-audit rules`: the selected rules, one line each, then the controls that no rule decides. */
export function rulesCommand(shell: Shell, options: RulesOptions): number {
  const { selection } = loadJudge({ profile: options.profile });
  if (options.json === true) {
    shell.out(`${JSON.stringify(selection, undefined, 2)}\n`);
    return exitCodes.passed;
  }
  const width = Math.max(...selection.rules.map((rule) => rule.id.length));
  for (const rule of selection.rules) {
    shell.out(`${rule.id.padEnd(width)}  ${rule.severity.padEnd(8)}  ${rule.title}\n`);
  }
  shell.out(
    `\n${selection.rules.length} rules of catalogue ${selection.catalogue.version} (${selection.catalogue.digest}), profile ${selection.profile.id}` +
      `\n${selection.uncovered.length} controls are not decided by any rule yet; the report lists them as not looked at\n`,
  );
  return exitCodes.passed;
}
