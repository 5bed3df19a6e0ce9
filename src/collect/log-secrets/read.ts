import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import { codeOf, explainCode } from './discover';

/** How reading a file ended. `reason` is null when it was read to its end. */
export interface ReadOutcome {
  readonly compressed: boolean;
  /** Uncompressed bytes that were handed on. */
  readonly bytes: number;
  readonly reason: string | null;
}

const pieceBytes = 1024 * 1024;
const gzipSlice = 32 * 1024;
const fineSlice = 16;
/** Deflate reaches 1032:1 on zeros; logs stay far below. Small files may do as they like. */
const maxRatio = 250;
const ratioFreeBytes = 64 * 1024 * 1024;

/**
 * Hands the content of a file, uncompressed, to `take` piece by piece; a piece is only valid during the call.
 * A file that grows is read up to the size it had when it was opened. Never rejects for what a file is or does.
 */
export async function readLog(
  path: Buffer,
  signal: AbortSignal,
  take: (piece: Uint8Array) => void,
): Promise<ReadOutcome> {
  let bytes = 0;
  let compressed = false;
  let handle: FileHandle | undefined;
  const count = (piece: Uint8Array): void => {
    bytes += piece.length;
    take(piece);
  };
  try {
    // Not to hang on a FIFO that took the file's place since it was listed.
    handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
    const info = await handle.stat();
    if (!info.isFile()) return { compressed, bytes, reason: 'is not a file any more' };
    const format = await readFormat(handle);
    compressed = format !== 'plain';
    if (format === 'gzip')
      return { compressed, ...(await readGzip(handle, info.size, signal, count)), bytes };
    if (format !== 'plain')
      return { compressed, bytes, reason: `is compressed as ${format}, which is not read yet` };
    const reason = await readPlain(handle, info.size, signal, count);
    return { compressed, bytes, reason };
  } catch (error) {
    return { compressed, bytes, reason: explainCode(codeOf(error)) };
  } finally {
    await handle?.close().catch(() => undefined);
  }
}

async function readFormat(handle: FileHandle): Promise<'plain' | 'gzip' | 'bzip2' | 'xz' | 'zstd' | 'zip'> {
  const head = Buffer.alloc(6);
  await handle.read(head, 0, 6, 0);
  const hex = head.toString('hex');
  if (hex.startsWith('1f8b08')) return 'gzip';
  if (hex.startsWith('425a68')) return 'bzip2';
  if (hex === 'fd377a585a00') return 'xz';
  if (hex.startsWith('28b52ffd')) return 'zstd';
  return hex.startsWith('504b0304') ? 'zip' : 'plain';
}

async function readPlain(
  handle: FileHandle,
  size: number,
  signal: AbortSignal,
  take: (piece: Uint8Array) => void,
): Promise<string | null> {
  const buffer = Buffer.alloc(Math.min(pieceBytes, Math.max(size, 4096)));
  let position = 0;
  // Files of size 0 that hold something exist (procfs); a regular log of size 0 costs one read.
  for (;;) {
    if (signal.aborted) return 'the run was interrupted while it was read';
    const want = size === 0 ? buffer.length : Math.min(buffer.length, size - position);
    if (want === 0) return null;
    const { bytesRead } = await handle.read(buffer, 0, want, position);
    if (bytesRead === 0) return position < size ? 'was truncated while it was read' : null;
    position += bytesRead;
    take(buffer.subarray(0, bytesRead));
    if (size === 0) return null;
  }
}

/**
 * zlib withholds what it made of a slice in which it meets an error, so the slice at fault is read a second time in
 * tiny pieces: everything before the first bad byte is searched.
 */
async function readGzip(
  handle: FileHandle,
  size: number,
  signal: AbortSignal,
  take: (piece: Uint8Array) => void,
): Promise<{ readonly reason: string | null }> {
  let delivered = 0;
  const first = await inflate(handle, size, signal, Infinity, (piece) => {
    delivered += piece.length;
    take(piece);
  });
  if (first.fault === null || first.at === null) return { reason: first.fault };
  let skip = delivered;
  await inflate(handle, size, signal, first.at, (piece) => {
    const fresh = piece.subarray(Math.min(skip, piece.length));
    skip -= piece.length - fresh.length;
    if (fresh.length > 0) take(fresh);
  });
  return { reason: first.fault };
}

interface Inflated {
  readonly fault: string | null;
  /** Where the slice at fault begins; null when the data itself was sound. */
  readonly at: number | null;
}

async function inflate(
  handle: FileHandle,
  size: number,
  signal: AbortSignal,
  fineFrom: number,
  take: (piece: Uint8Array) => void,
): Promise<Inflated> {
  const gunzip = createGunzip({ chunkSize: 64 * 1024 });
  let produced = 0;
  let consumed = 0;
  let broken = null as string | null;
  gunzip.on('data', (piece: Buffer) => {
    produced += piece.length;
    if (broken === null && produced > ratioFreeBytes && produced > maxRatio * (consumed + gzipSlice)) {
      broken = `expands to more than ${String(maxRatio)} times its size; reading stopped`;
    }
    if (broken === null) take(piece);
  });
  const failed = new Promise<Error>((resolve) => gunzip.once('error', resolve));
  const slice = Buffer.alloc(gzipSlice);
  const fineTo = fineFrom + gzipSlice;
  try {
    for (;;) {
      if (signal.aborted) return { fault: 'the run was interrupted while it was read', at: null };
      const inFine = consumed >= fineFrom && consumed < fineTo;
      const want = Math.min(inFine ? fineSlice : gzipSlice, size - consumed);
      const { bytesRead } = want === 0 ? { bytesRead: 0 } : await handle.read(slice, 0, want, consumed);
      const written =
        bytesRead === 0
          ? new Promise<null>(
              (resolve) =>
                void gunzip
                  .once('end', () => {
                    resolve(null);
                  })
                  .end(),
            )
          : new Promise<null>((resolve) =>
              gunzip.write(Buffer.from(slice.subarray(0, bytesRead)), () => {
                resolve(null);
              }),
            );
      const error = await Promise.race([written, failed]);
      if (broken !== null) return { fault: broken, at: null };
      if (error !== null) return { fault: explainGzip(error), at: consumed };
      if (bytesRead === 0) return { fault: null, at: null };
      consumed += bytesRead;
    }
  } finally {
    gunzip.destroy();
  }
}

function explainGzip(error: Error): string {
  return codeOf(error) === 'Z_BUF_ERROR'
    ? 'the compressed data ends too early'
    : `the compressed data is corrupt (${error.message})`;
}
