import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { severities } from '../model/rule';
import type { CleanupOptions } from './cleanup';
import type { CollectOptions } from './collect';
import type { DemoOptions } from './demo';
import type { EvaluateOptions } from './evaluate';
import type { InitOptions } from './init';
import type { TargetOptions } from './load';
import { visible } from '../model/visible';
import type { ReportOptions } from './report';
import type { RulesOptions } from './rules';
import type { ScanOptions } from './scan';
import { exitCodes, type Shell } from './shell';

/** The command line: every command's code is loaded only when the command runs. */
export function makeProgram(shell: Shell): { run(argv: readonly string[]): Promise<number> } {
  let code: number = exitCodes.passed;
  const program = new Command('cfy-audit')
    .description('Audits a Cloudify Manager deployment over the network and proves what it says')
    .version(shell.version)
    .exitOverride()
    .configureOutput({
      writeOut: shell.out.bind(shell),
      writeErr: shell.err.bind(shell),
      outputError: (text, write) => {
        write(`${visible(text.trimEnd())}\n`);
      },
    })
    .showHelpAfterError('(cfy-audit --help tells more)');

  const finish = async (result: number | Promise<number>): Promise<void> => {
    code = await result;
  };

  target(program.command('scan'))
    .description('audit a deployment: collect, evaluate, report')
    .addOption(outputFolder())
    .addOption(formats())
    .addOption(resume())
    .option('--quiet', 'no progress')
    .option('--since-last <file>', 'search logs from where the run before stopped; remembered in this file')
    .option(
      '--expired-waivers <refuse|list>',
      'what an expired waiver does to this run',
      oneOf('refuse', 'list'),
      'refuse',
    )
    .action(async (place: string, options: ScanOptions) =>
      finish((await import('./scan')).scanCommand(shell, place, options)),
    );
  judging(program.commands.at(-1) ?? program);

  target(program.command('collect'))
    .description('collect evidence and stop at the seam: writes an evidence bundle')
    .option('-o, --output <file>', 'the bundle to write', 'evidence.json')
    .addOption(resume())
    .option('--quiet', 'no progress')
    .option('--since-last <file>', 'search logs from where the run before stopped; remembered in this file')
    .action(async (place: string, options: CollectOptions) =>
      finish((await import('./collect')).collectCommand(shell, place, options)),
    );

  judging(program.command('evaluate').argument('<bundle>', 'evidence bundle (evidence.json)'))
    .description('judge an evidence bundle, offline: the same bundle gives the same bytes')
    .addOption(outputFolder())
    .addOption(formats())
    .action(async (bundle: string, options: EvaluateOptions) =>
      finish((await import('./evaluate')).evaluateCommand(shell, bundle, options)),
    );

  program
    .command('report')
    .description('render a report.json in another format')
    .argument('<report>', 'report.json')
    .requiredOption('-f, --format <format>', 'format to render')
    .option('-o, --output <file>', 'file to write; standard output without it')
    .action(async (file: string, options: ReportOptions) =>
      finish((await import('./report')).reportCommand(shell, file, options)),
    );

  for (const command of program.commands.slice(0, 2)) allowingWrites(command);

  allowingWrites(target(program.command('plan')))
    .description('print what a scan would send, as whom, and how long it takes; sends nothing')
    .option('--json', 'as JSON')
    .action(async (place: string, options: TargetOptions & { readonly json?: boolean }) =>
      finish((await import('./plan')).planCommand(shell, place, options)),
    );

  target(program.command('cleanup'))
    .description('remove what a run with --allow-write left behind after a crash, by its journal')
    .option(
      '--journal <file>',
      'journal of the run; left out, every open one of this target here and in reports/',
    )
    .action(async (place: string, options: CleanupOptions) =>
      finish((await import('./cleanup')).cleanupCommand(shell, place, options)),
    );

  program
    .command('rules')
    .description('list the rules of the catalogue')
    .option('--profile <id|file>', 'profile', 'base')
    .option('--json', 'as JSON')
    .action(async (options: RulesOptions) => finish((await import('./rules')).rulesCommand(shell, options)));

  program
    .command('explain')
    .description('explain one rule: why, what is required, how to mend it')
    .argument('<id>', 'rule id, e.g. CFY-CRT-02')
    .action(async (id: string) => finish((await import('./explain')).explainCommand(shell, id)));

  program
    .command('init')
    .description('ask a manager for its nodes and write a commented target.yaml to edit')
    .argument('[url]', 'https://HOST of a manager; a template is written without it')
    .option('-o, --output <file>', 'file to write', 'target.yaml')
    .option('-u, --user <name>', 'administrator to ask as', 'admin')
    .option('--password-env <NAME>', 'environment variable that holds the password (else it is asked for)')
    .option('--password-file <file>', 'file that holds the password')
    .option('--ca <file>', 'CA certificate of the manager (its certificate is verified against it)')
    .option('--insecure', 'send the password without verifying the certificate')
    .option('--force', 'overwrite the output file')
    .action(async (url: string | undefined, options: InitOptions) =>
      finish((await import('./init')).initCommand(shell, url, options)),
    );

  program
    .command('demo')
    .description('start a loopback deployment with weaknesses, audit it and write reports')
    .addOption(outputFolder('reports/demo'))
    .option('-w, --weakness <list>', 'comma-separated weaknesses to turn on')
    .option('--list-weaknesses', 'list them')
    .option('--sound', 'turn all weaknesses off')
    .option('--serve', 'keep the deployment up for other clients instead of auditing it')
    .option('--exit-code', 'exit as a scan would (the demo exits 0 otherwise)')
    .option('--quiet', 'no progress')
    .action(async (options: DemoOptions) => finish((await import('./demo')).demoCommand(shell, options)));

  return {
    async run(argv) {
      try {
        await program.parseAsync(argv, { from: 'user' });
        return code;
      } catch (error) {
        if (!(error instanceof CommanderError)) throw error;
        return error.exitCode === 0 ? exitCodes.passed : exitCodes.badInput;
      }
    },
  };
}

function target(command: Command): Command {
  return command
    .argument('<target>', 'target.yaml, or https://HOST[:PORT] for what can be seen without a file')
    .option('--ca <file>', 'with https://HOST: the internal CA certificate to judge chains against')
    .option(
      '--vantage <network|same-host>',
      'where we stand, when sockets cannot tell',
      oneOf('network', 'same-host'),
    )
    .option(
      '--rate <number|unlimited>',
      'requests a second and address, instead of the target file; unlimited: for a port without rate limit',
      rate,
    );
}

function allowingWrites(command: Command): Command {
  return command.option(
    '--allow-write',
    'plant canaries through the API, try to write to them as those who must not, and remove them; a journal is kept',
  );
}

function judging(command: Command): Command {
  return command
    .option('--profile <id|file>', 'rule selection, parameters, weights and gate', 'base')
    .option('--waivers <file>', 'accepted failures, with owner, reason and end date')
    .option('--fail-on <severity>', 'severity from which a failure fails the gate', oneOf(...severities))
    .option('--min-coverage <percent>', 'coverage below which the audit is incomplete', percentage)
    .option('--min-score <number>', 'score below which the gate fails', percentage)
    .option(
      '--incomplete <fail|ok>',
      'exit 3 when incomplete, or judge by the gate alone',
      oneOf('fail', 'ok'),
      'fail',
    );
}

function resume(): Option {
  return new Option(
    '--resume <bundle>',
    'evidence.json of an interrupted run: keep what it observed, collect the rest',
  );
}

function outputFolder(standard?: string): Option {
  const option = new Option('-o, --output <folder>', 'folder for the reports');
  return standard === undefined ? option : option.default(standard);
}

function formats(): Option {
  return new Option('-f, --format <list>', 'comma-separated formats to write').default('html,json');
}

function oneOf(...values: readonly string[]): (value: string) => string {
  return (value) => {
    if (!values.includes(value)) throw new InvalidArgumentError(`Must be one of ${values.join(', ')}.`);
    return value;
  };
}

function rate(value: string): number {
  if (value === 'unlimited') return Infinity;
  const number = Number(value);
  if (value.trim() === '' || !(number >= 0.1 && number <= 10_000)) {
    throw new InvalidArgumentError('Must be 0.1 to 10000 a second, or unlimited.');
  }
  return number;
}

function percentage(value: string): number {
  const number = Number(value);
  if (value.trim() === '' || !(number >= 0 && number <= 100))
    throw new InvalidArgumentError('Must be 0 to 100.');
  return number;
}
