import { randomBytes } from 'node:crypto';
import { accessSync, chmodSync, constants, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { InputError } from '../model/errors';

/** Writes a file readable by its owner alone, whole or not at all. Throws InputError when the place cannot be written. */
export function writePrivate(file: string, content: string): void {
  // Of its own, so that two runs that write to one folder do not take each other's draft.
  const draft = `${file}.${randomBytes(4).toString('hex')}.part`;
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(draft, content, { mode: 0o600 });
    chmodSync(draft, 0o600);
    renameSync(draft, file);
  } catch (error) {
    throw new InputError(`cannot be written: ${reasonOf(error)}`, { file });
  }
}

/** Proves before the first packet that the results will have a place. */
export function prepareFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
  } catch (error) {
    throw new InputError(`cannot be written: ${reasonOf(error)}`, { file: folder });
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
