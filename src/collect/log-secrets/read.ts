import { constants, createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { codeOf, explainCode, standardInput } from './discover';
import { decompress } from './decompress';
import { compressionOf, unpack, unzip, type Unpacked } from './unpack';
import type { Sink } from './sink';

const pieceBytes = 512 * 1024;
/** Decoders keep what they make of a piece in memory until it is searched, so they get small ones. */
const packedPiece = 16 * 1024;
const finePiece = 1;
const interrupted = 'the run was interrupted while it was read';

/**
 * Reads a file, whatever it is packed in, into leaves. Returns why it could not be read, or null; leaves have their
 * own reasons. A file that grows is read up to the size it had when it was opened. Never rejects for what a file is
 * or does.
 */
export async function readLog(path: Buffer, signal: AbortSignal, to: Unpacked): Promise<string | null> {
  const aborted = (): boolean => signal.aborted;
  let handle: FileHandle | undefined;
  try {
    if (path.toString() === standardInput) return await readInput(aborted, to);
    // Not to hang on a FIFO that took the file's place since it was listed.
    handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
    const info = await handle.stat();
    if (!info.isFile()) return 'is not a file any more';
    const head = Buffer.alloc(6);
    await handle.read(head, 0, 6, 0);
    if (head.toString('latin1', 0, 4) === 'PK\x03\x04') return await unzip(handle, info.size, aborted, to);
    const compression = compressionOf(head);
    if (compression === 'gzip' || compression === 'xz')
      await readTwice(handle, info.size, compression, aborted, to);
    else
      await readPieces(
        handle,
        info.size,
        aborted,
        unpack(to),
        compression === null ? pieceBytes : packedPiece,
      );
    return null;
  } catch (error) {
    return explainCode(codeOf(error));
  } finally {
    await handle?.close().catch(() => undefined);
  }
}

async function readPieces(
  handle: FileHandle,
  size: number,
  aborted: () => boolean,
  sink: Sink,
  piece: number | ((position: number) => number),
): Promise<void> {
  // While one piece is searched the next is read; where its size is to be decided first, it cannot be.
  const ahead = typeof piece === 'number';
  const most = ahead ? piece : packedPiece;
  const buffers = Array.from({ length: ahead ? 2 : 1 }, () =>
    Buffer.alloc(Math.min(most, Math.max(size, 4096))),
  );
  const readFrom = (position: number): Promise<ReadResult> | null => {
    const [buffer = noBytes] = buffers;
    buffers.reverse();
    // Some files of size 0 hold something (procfs): one read tells.
    const room = ahead ? buffer.length : Math.min(buffer.length, piece(position));
    const want = size === 0 && position === 0 ? room : Math.min(room, size - position);
    return want <= 0 ? null : readOrFault(handle, buffer, want, position);
  };
  let position = 0;
  let next = readFrom(position);
  for (;;) {
    if (aborted()) return sink.end(interrupted);
    if (next === null) return sink.end(null);
    const { bytes, fault } = await next;
    if (fault !== null) return sink.end(fault);
    if (bytes.length === 0) return sink.end(position < size ? 'was truncated while it was read' : null);
    position += bytes.length;
    if (ahead) next = readFrom(position);
    await sink.write(bytes);
    if (!ahead) next = readFrom(position);
  }
}

interface ReadResult {
  readonly bytes: Buffer;
  readonly fault: string | null;
}

const noBytes = Buffer.alloc(0);

/** An error in the middle of a file must not lose what was read before. */
async function readOrFault(
  handle: FileHandle,
  buffer: Buffer,
  want: number,
  position: number,
): Promise<ReadResult> {
  try {
    const { bytesRead } = await handle.read(buffer, 0, want, position);
    return { bytes: buffer.subarray(0, bytesRead), fault: null };
  } catch (error) {
    return { bytes: noBytes, fault: explainCode(codeOf(error)) };
  }
}

/**
 * zlib and the xz decoder withhold what they made of a piece in which they meet an error. Such a file is read a second time, with the
 * piece at fault in tiny pieces, and what had been handed on is skipped: everything before the first bad byte is
 * searched, once.
 */
async function readTwice(
  handle: FileHandle,
  size: number,
  compression: 'gzip' | 'xz',
  aborted: () => boolean,
  to: Unpacked,
): Promise<void> {
  const content = unpack(to, null, 1);
  let at = 0;
  let handedOn = 0;
  let faultyFrom: number | null = null;
  const first: Sink = {
    write(piece) {
      handedOn += piece.length;
      return content.write(piece);
    },
    end(fault) {
      if (fault?.startsWith('the compressed data') !== true) return content.end(fault);
      faultyFrom = at;
    },
  };
  await readPieces(handle, size, aborted, decompress(compression, first), (position) => {
    at = position;
    return packedPiece;
  });
  const from = faultyFrom as number | null;
  if (from === null) return;
  let skip = handedOn;
  const second: Sink = {
    write(piece) {
      const fresh = piece.subarray(Math.min(skip, piece.length));
      skip -= piece.length - fresh.length;
      if (fresh.length > 0) return content.write(fresh);
    },
    end: (fault) => content.end(fault),
  };
  await readPieces(handle, size, aborted, decompress(compression, second), (position) =>
    position >= from && position < from + packedPiece ? finePiece : packedPiece,
  );
}

async function readInput(aborted: () => boolean, to: Unpacked): Promise<string | null> {
  const sink = unpack(to);
  let fault: string | null = null;
  try {
    for await (const piece of createReadStream('', {
      fd: 0,
      autoClose: false,
      highWaterMark: packedPiece * 4,
    })) {
      if (aborted()) break;
      await sink.write(piece as Buffer);
    }
  } catch (error) {
    fault = explainCode(codeOf(error));
  }
  await sink.end(aborted() ? interrupted : fault);
  return null;
}
