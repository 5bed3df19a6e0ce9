import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { InputError } from '../model/errors';
import type { Target } from '../model/target';
import { readDocument } from '../schema/document';
import { loadTarget, paceWarning, readCaFile, targetOfUrl } from '../plan/index';
import { visible } from '../model/visible';
import type { Shell } from './shell';

/** Options that every command which takes a target shares. */
export interface TargetOptions {
  readonly ca?: string;
  readonly vantage?: 'network' | 'same-host';
  /** Requests a second and address instead of what the target file says; Infinity: as many as are answered. */
  readonly rate?: number;
  /** File that remembers how far logs were searched. */
  readonly sinceLast?: string;
  /** Canaries may be planted. */
  readonly allowWrite?: boolean;
}

/** The target of a command line: a file, or a URL for what can be seen without one. Throws InputError. */
export async function loadPlace(shell: Shell, place: string, options: TargetOptions): Promise<Target> {
  const target = /^[a-z]+:\/\//i.test(place)
    ? await loadUrl(shell, place, options)
    : await loadFile(shell, place, options);
  const { vantage, rate, allowWrite = false } = options;
  if (allowWrite && target.users.length === 0) {
    throw new InputError(
      '--allow-write needs a target file with users: canaries are planted with their rights',
    );
  }
  return {
    ...target,
    ...(vantage === undefined ? {} : { vantage }),
    ...(rate === undefined ? {} : { limits: atRate(shell, rate, target) }),
    ...(allowWrite ? { writes: true } : {}),
    ...(options.sinceLast === undefined ? {} : { sinceLast: rememberedIn(shell, options.sinceLast, target) }),
  };
}

/** Side by side as many as a manager answers fastest (8 on Cloudify 7.1), where nothing else holds them back. */
function atRate(shell: Shell, rate: number, { limits }: Target): Target['limits'] {
  const warning = paceWarning(rate);
  if (warning !== null) shell.err(`cfy-audit: warning: --rate: ${warning}\n`);
  const concurrency = rate === Infinity ? Math.max(8, limits.concurrency) : limits.concurrency;
  return { ...limits, requestsPerSecond: rate, concurrency };
}

/** Loads a target file; what its author should know goes to standard error. */
export async function loadFile(shell: Shell, place: string, options: TargetOptions): Promise<Target> {
  if (options.ca !== undefined) {
    throw new InputError('--ca goes with https://HOST; a target file names its CAs under "ca"');
  }
  const { target, warnings } = await loadTarget(resolve(shell.workingDirectory, place), {
    environment: shell.environment,
    prompt: (question) => shell.prompt(question),
  });
  for (const warning of warnings) shell.err(`cfy-audit: warning: ${visible(warning)}\n`);
  return target;
}

async function loadUrl(shell: Shell, url: string, { ca }: TargetOptions): Promise<Target> {
  const target = await targetOfUrl(url);
  if (ca === undefined) return target;
  const anchors = readCaFile(resolve(shell.workingDirectory, ca));
  return { ...target, ca: { internal: anchors, external: null } };
}

/** The file of --since-last. Throws InputError: not ours, or findings of two runs could not be compared. */
function rememberedIn(shell: Shell, place: string, { fingerprintKey }: Target): string {
  const file = resolve(shell.workingDirectory, place);
  if (fingerprintKey === undefined) {
    throw new InputError(
      '--since-last needs leaks.fingerprintKey in the target file: findings of earlier runs are kept by fingerprint',
    );
  }
  if (!existsSync(file)) return file;
  const { value } = readDocument(file);
  if ((value as { version?: unknown } | null)?.version === 1) return file;
  throw new InputError('is not what --since-last wrote; name another file, or delete it to begin anew', {
    file,
  });
}
