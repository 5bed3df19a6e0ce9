import { createHmac } from 'node:crypto';
import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import type { LogFile } from './discover';
import { printablePath } from './printable';
import type { PartSearch } from './parts';
import { logicalPath } from './rotation';
import type { FileSearch } from './search';
import { isPlainText } from './unpack';

/** What is remembered of a file between runs: where it was, hashes of its ends, and findings, which hold no secret. */
export interface Checkpoint {
  readonly path: string;
  readonly dev: number;
  readonly ino: number;
  readonly size: number;
  readonly mtimeMs: number;
  /** Hash of the first bytes. */
  readonly head: Digest;
  /** What begins before is done with; the next run begins here. A line's start, 0, or where an unfinished run stopped. */
  readonly offset: number;
  /** Hash of the last bytes before `offset`. */
  readonly tail: Digest;
  /** What came of the bytes before `offset`; null where there are none, or the file cannot be gone on with. */
  readonly before: PartSearch | null;
  /** What came of the whole file, for as long as it does not change. */
  readonly result: FileSearch;
}

export interface Digest {
  readonly length: number;
  readonly value: string;
}

/** A file as it is now. */
export interface Sight {
  readonly file: LogFile;
  readonly name: string;
  readonly dev: number;
  readonly ino: number;
  readonly size: number;
  readonly mtimeMs: number;
  /** Text that can be gone on with: neither packed, an archive nor a journal, and without NULs at its beginning. */
  readonly isPlain: boolean;
}

/** How much is hashed at each end. */
const endBytes = 4096;
/**
 * The next run begins so far before the end, at a line's start: a secret that the end cut through is judged again when
 * all of it is there. What begins before is counted in this run and what begins after in the next, so that nothing is
 * counted twice; these bytes alone are read twice.
 */
const overlap = 64 * 1024;

/** Looks at a file; null: it cannot be, and is searched as if nothing were known of it. */
export async function lookAt(file: LogFile): Promise<Sight | null> {
  return withFile(file.path, async (handle) => {
    const info = await handle.stat();
    if (!info.isFile()) return null;
    const start = await readAt(handle, 0, 512);
    const { dev, ino, size, mtimeMs } = info;
    return { file, name: printablePath(file.path), dev, ino, size, mtimeMs, isPlain: isPlainText(start) };
  });
}

/** Where the next run is to begin: the last line's start that lies `overlap` before the end, and not before `from`. */
export async function nextOffset(sight: Sight, from: number): Promise<number> {
  const limit = sight.size - overlap;
  if (limit <= from) return from;
  const found = await withFile(sight.file.path, async (handle) => {
    for (let end = limit; end > from; end -= overlap) {
      const start = Math.max(from, end - overlap);
      const newline = (await readAt(handle, start, end - start)).lastIndexOf(0x0a);
      if (newline !== -1) return start + newline + 1;
    }
    return from;
  });
  return found ?? from;
}

/** Hashes of both ends of [0, offset). */
export async function endsOf(
  path: Buffer,
  offset: number,
  size: number,
  key: Uint8Array,
): Promise<{ readonly head: Digest; readonly tail: Digest } | null> {
  return withFile(path, async (handle) => {
    const headLength = Math.min(endBytes, offset === 0 ? size : offset);
    const tailLength = Math.min(endBytes, offset);
    return {
      head: digestOf(await readAt(handle, 0, headLength), key),
      tail: digestOf(await readAt(handle, offset - tailLength, tailLength), key),
    };
  });
}

/**
 * The checkpoint that this file goes on from: it lies at the same place or was renamed, or is a copy of the log (logrotate's
 * copytruncate), and both ends of what was read are still the same. Each checkpoint belongs to one file.
 */
export async function recognise(
  sight: Sight,
  free: ReadonlySet<Checkpoint>,
  key: Uint8Array,
): Promise<Checkpoint | null> {
  const logical = logicalPath(sight.name);
  const rank = (one: Checkpoint): number => {
    const isSame = one.dev === sight.dev && one.ino === sight.ino;
    if (isSame) return one.path === sight.name ? 0 : 1;
    return one.path === sight.name ? 2 : logicalPath(one.path) === logical ? 3 : 4;
  };
  const candidates = [...free].filter((one) => rank(one) < 4).sort((a, b) => rank(a) - rank(b));
  for (const one of candidates) {
    if (isUnchanged(sight, one)) return one;
    if (!sight.isPlain || one.before === null || sight.size < one.offset) continue;
    const ends = await endsOf(sight.file.path, one.offset, one.offset, key);
    const begin = await headOf(sight, one.head.length, key);
    if (ends?.tail.value === one.tail.value && begin === one.head.value) return one;
  }
  return null;
}

/** Same file, same size, same time of change: nothing was written to it. */
export function isUnchanged(sight: Sight, one: Checkpoint): boolean {
  return (
    one.dev === sight.dev && one.ino === sight.ino && one.size === sight.size && one.mtimeMs === sight.mtimeMs
  );
}

async function headOf(sight: Sight, length: number, key: Uint8Array): Promise<string | null> {
  return withFile(sight.file.path, async (handle) => digestOf(await readAt(handle, 0, length), key).value);
}

/** Keyed, so that nobody can try what it may be the digest of. */
export function digestOf(bytes: Buffer, key: Uint8Array): Digest {
  const value = createHmac('sha256', key).update('log end\n').update(bytes).digest('hex');
  return { length: bytes.length, value };
}

async function withFile<T>(path: Buffer, use: (handle: FileHandle) => Promise<T>): Promise<T | null> {
  let handle: FileHandle | undefined;
  try {
    // Not to hang on a FIFO that took the file's place since it was listed.
    handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
    return await use(handle);
  } catch {
    return null;
  } finally {
    await handle?.close().catch(() => undefined);
  }
}

async function readAt(handle: FileHandle, at: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await handle.read(buffer, 0, length, at);
  return buffer.subarray(0, bytesRead);
}
