import { closeSync, fsyncSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { Journal } from '../collect/index';
import { InputError } from '../model/errors';

/**
 * Opens a new journal, readable by its owner alone. Every line is on the disk before `write` returns. Throws InputError
 * when the file cannot be written, or is there already: it may be the only trace of what another run left.
 */
export function createJournal(file: string): Journal {
  const descriptor = open(file, 'wx');
  // The name itself, too, must outlive a power failure.
  syncFolder(dirname(file));
  return journalOf(file, descriptor);
}

/** Goes on in a journal of an earlier run. A last line that a crash has cut is taken away. */
export function resumeJournal(file: string): Journal {
  const descriptor = open(file, 'r+');
  const bytes = readFileSync(descriptor);
  const whole = bytes.lastIndexOf(0x0a) + 1;
  if (whole < bytes.length) ftruncateSync(descriptor, whole);
  return journalOf(file, descriptor, whole);
}

function journalOf(file: string, descriptor: number, start = 0): Journal {
  let position = start;
  return {
    name: basename(file),
    write: (line) => {
      const bytes = Buffer.from(`${JSON.stringify(line)}\n`, 'utf8');
      let written = 0;
      while (written < bytes.length) {
        written += writeSync(descriptor, bytes, written, bytes.length - written, position + written);
      }
      position += bytes.length;
      fsyncSync(descriptor);
    },
  };
}

function open(file: string, flags: 'wx' | 'r+'): number {
  try {
    return openSync(file, flags, 0o600);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new InputError(`the journal of canaries cannot be opened: ${reason}`, { file });
  }
}

function syncFolder(folder: string): void {
  const descriptor = openSync(folder, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
