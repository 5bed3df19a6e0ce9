import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { askInventory, renderTarget, type InventoryQuestion } from '../collect/manager-inventory/index';
import { InputError } from '../model/errors';
import { secret, type Secret } from '../model/target';
import { readCaFile, targetOfUrl, targetTemplate } from '../plan/index';
import { writePrivate } from './output';
import { makeRunId } from './run-id';
import { exitCodes, type Shell } from './shell';

export interface InitOptions {
  readonly output: string;
  readonly user: string;
  readonly passwordEnv?: string;
  readonly passwordFile?: string;
  readonly ca?: string;
  readonly insecure?: boolean;
  readonly force?: boolean;
}

/** `cfy-audit init`: writes a target file from what a manager tells an administrator, or a template to fill in. */
export async function initCommand(
  shell: Shell,
  url: string | undefined,
  options: InitOptions,
): Promise<number> {
  const file = resolve(shell.workingDirectory, options.output);
  const caFile = `${basename(file).replace(/\.ya?ml$/, '')}-ca.pem`;
  for (const path of url === undefined ? [file] : [file, join(dirname(file), caFile)]) {
    if (existsSync(path) && options.force !== true) {
      throw new InputError('exists already: choose another --output, or --force', { file: path });
    }
  }
  if (url === undefined) {
    writePrivate(file, targetTemplate());
    shell.out(`written: ${file} (a template: no manager was asked)\n`);
    return exitCodes.passed;
  }
  const { managers } = await targetOfUrl(url);
  const [manager] = managers;
  const [address] = manager?.resolved ?? [];
  if (manager === undefined || address === undefined) throw new InputError('the URL names no address');
  const trust = trustOf(shell, options);
  const inventory = await askInventory({
    host: manager.address,
    address,
    port: manager.ports.https,
    credentials: { kind: 'password', username: options.user, password: await passwordOf(shell, options) },
    trust,
    userAgent: `cfy-audit/${shell.version} (init ${makeRunId(shell.now())})`,
    signal: shell.interrupted,
  });
  const parts = [inventory.managers, inventory.brokers, inventory.databases, inventory.tenants];
  const gaps = parts.flatMap((part) => (part.state === 'unknown' ? [part.reason] : []));
  if (gaps.length === parts.length) {
    throw new InputError(`${manager.address} told nothing of its deployment: ${gaps[0] ?? ''}`);
  }
  const written = [file];
  if (inventory.caCertificates.length > 0) {
    written.push(join(dirname(file), caFile));
    writePrivate(join(dirname(file), caFile), `${inventory.caCertificates.join('\n')}\n`);
  }
  writePrivate(file, renderTarget(inventory, { caFile }));
  shell.out(
    `${written.map((path) => `written: ${path}\n`).join('')}check every line, set the variables it names, then: cfy-audit plan ${options.output}\n`,
  );
  for (const gap of new Set(gaps)) shell.err(`cfy-audit: not established: ${gap}\n`);
  return gaps.length > 0 ? exitCodes.incomplete : exitCodes.passed;
}

/** A password goes over a verified connection, or over none unless its owner insists. */
function trustOf(shell: Shell, { ca, insecure }: InitOptions): InventoryQuestion['trust'] {
  if (ca !== undefined && insecure === true) throw new InputError('--ca and --insecure exclude each other');
  if (insecure === true) return 'insecure';
  return ca === undefined ? 'system' : readCaFile(resolve(shell.workingDirectory, ca));
}

async function passwordOf(shell: Shell, options: InitOptions): Promise<Secret> {
  const { passwordEnv, passwordFile, user } = options;
  if (passwordEnv !== undefined && passwordFile !== undefined) {
    throw new InputError('--password-env and --password-file exclude each other');
  }
  if (passwordEnv !== undefined) {
    const value = shell.environment[passwordEnv];
    if (value === undefined || value === '')
      throw new InputError(`the environment variable ${passwordEnv} is not set`);
    return secret(value);
  }
  if (passwordFile !== undefined) return secret(readPassword(resolve(shell.workingDirectory, passwordFile)));
  return secret(await shell.prompt(`password of ${user}: `));
}

function readPassword(file: string): string {
  try {
    const value = readFileSync(file, 'utf8').replace(/\r?\n$/, '');
    if (value === '') throw new InputError('is empty; expected a password', { file });
    return value;
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError('the password file cannot be read', { file });
  }
}
