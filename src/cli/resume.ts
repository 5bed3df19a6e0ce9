import { resolve } from 'node:path';
import { InputError } from '../model/errors';
import type { EvidenceBundle } from '../model/evidence';
import type { Target } from '../model/target';
import { checkResumable } from '../collect/index';
import { readBundle } from '../schema/evidence';
import type { Shell } from './shell';

export interface ResumeOptions {
  /** Evidence bundle of an interrupted run. */
  readonly resume?: string;
}

const dayMs = 24 * 60 * 60 * 1000;

/** The bundle of the run that is to be resumed, checked against the target; nothing where none is named. */
export function earlierOf(
  shell: Shell,
  target: Target,
  { resume }: ResumeOptions,
): { readonly earlier?: EvidenceBundle } {
  if (resume === undefined) return {};
  const file = resolve(shell.workingDirectory, resume);
  const earlier = readBundle(file);
  try {
    checkResumable(earlier, target, shell.version);
  } catch (error) {
    throw error instanceof InputError
      ? new InputError(`cannot be resumed: ${error.message}`, { file })
      : error;
  }
  const age = shell.now().getTime() - new Date(earlier.run.finishedAt).getTime();
  if (age > dayMs) {
    const days = Math.floor(age / dayMs);
    shell.err(
      `cfy-audit: warning: --resume: that run ended ${days} ${days === 1 ? 'day' : 'days'} ago; what it observed may have changed since\n`,
    );
  }
  return { earlier };
}
