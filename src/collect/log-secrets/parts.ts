import { constants, readSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { isMainThread } from 'node:worker_threads';
import type { LogLeak } from '../../model/log-secrets';
import { codeOf, explainCode } from './discover';
import { mergeLeaks, openLedger } from './ledger';
import { printablePath } from './printable';
import { ahead, behind, type Scanner } from './scan';
import type { FileSearch } from './search';
import { isPlainText } from './unpack';

/** A stretch of a plain file. What begins in it is its own; what stands around it is read to judge by. */
export interface Part {
  readonly from: number;
  readonly to: number;
  /** Of the file, when it was cut. */
  readonly size: number;
}

/** What came of a part. Lines are counted from where it begins. */
export interface PartSearch {
  readonly leaks: readonly LogLeak[];
  readonly privateKeys: readonly LogLeak[];
  readonly truncated: boolean;
  readonly bytes: number;
  readonly newlines: number;
  readonly endsInNewline: boolean;
  readonly fault: string | null;
  /** It holds NULs: in such a file offsets shift, so that it must be searched whole. */
  readonly hasNul: boolean;
}

export const partBytes = 16 * 1024 * 1024;
const pieceBytes = 256 * 1024;
/** Read before a part, so that whatever reaches into it is known there, and after it. */
export const lead = 2 * behind;
const tail = 3 * ahead;
const maxLeaks = 1000;

/** Cuts a large plain file into parts; null when it is to be searched whole: small, packed, an archive, unreadable. */
export async function cutFile(path: Buffer, most = partBytes): Promise<readonly Part[] | null> {
  let handle: FileHandle | undefined;
  try {
    handle = await openFile(path);
    const { size } = await handle.stat();
    if (size < 2 * most) return null;
    const head = Buffer.alloc(512);
    await handle.read(head, 0, head.length, 0);
    if (!isPlainText(head)) return null;
    const count = Math.ceil(size / most);
    const cut = (n: number): number => (n === count ? size : n * most);
    return Array.from({ length: count }, (_, n) => ({ from: cut(n), to: cut(n + 1), size }));
  } catch {
    return null;
  } finally {
    await handle?.close().catch(() => undefined);
  }
}

/** Reads and searches one part. Never rejects for what the file is or does. */
export async function searchPart(
  path: Buffer,
  part: Part,
  scanner: Scanner,
  fingerprintKey: Uint8Array,
  signal: AbortSignal,
): Promise<PartSearch> {
  const start = Math.max(0, part.from - lead);
  const stop = Math.min(part.size, part.to + tail);
  const name = printablePath(path);
  const ledger = openLedger(fingerprintKey);
  let linesBefore = 0;
  let linesAfter = 0;
  let at = start;
  let lastPushed = 0x0a;
  let lastOwn = 0x0a;
  const scan = scanner.start((sighting) => {
    if (sighting.at >= part.from && sighting.at < part.to)
      ledger.note({ ...sighting, line: sighting.line - linesBefore }, name);
  }, start);
  let hasNul = false;
  let fault: string | null = null;
  let handle: FileHandle | undefined;
  try {
    handle = await openFile(path);
    const buffer = Buffer.alloc(pieceBytes);
    while (at < stop && fault === null && !hasNul) {
      if (signal.aborted) fault = 'the run was interrupted while it was read';
      const want = Math.min(buffer.length, stop - at);
      // A thread that searches has nothing else to do: to wait for another one's read would only cost time.
      const bytesRead = isMainThread
        ? (await handle.read(buffer, 0, want, at)).bytesRead
        : readSync(handle.fd, buffer, 0, want, at);
      if (bytesRead === 0) fault = 'was truncated while it was read';
      const piece = buffer.subarray(0, bytesRead);
      hasNul ||= piece.includes(0);
      // Before the first line of its own is searched, it must be known how many are not.
      linesBefore += countNewlines(piece.subarray(0, Math.max(0, part.from - at)));
      linesAfter += countNewlines(piece.subarray(Math.max(0, part.to - at)));
      lastOwn = piece.subarray(0, Math.max(0, part.to - at)).at(-1) ?? lastOwn;
      lastPushed = piece.at(-1) ?? lastPushed;
      at += bytesRead;
      scan.push(piece);
    }
  } catch (error) {
    fault = explainCode(codeOf(error));
  } finally {
    await handle?.close().catch(() => undefined);
  }
  scan.end();
  const newlines = scan.lines() - (lastPushed === 0x0a ? 0 : 1) - linesBefore - linesAfter;
  return {
    leaks: ledger.leaks(),
    privateKeys: ledger.privateKeys(),
    truncated: ledger.truncated() || scan.skipped(),
    bytes: Math.max(0, Math.min(part.to, at) - part.from),
    newlines,
    endsInNewline: lastOwn === 0x0a,
    fault,
    hasNul,
  };
}

/** Puts the parts of a file together, in their order. */
export function joinParts(path: Buffer, parts: readonly PartSearch[]): FileSearch {
  const name = printablePath(path);
  let line = 0;
  const moved = parts.map((part) => {
    const before = line;
    line += part.newlines;
    const move = (leak: LogLeak): LogLeak => ({
      ...leak,
      firstLine: leak.firstLine + before,
      lastLine: leak.lastLine + before,
    });
    return { leaks: part.leaks.map(move), privateKeys: part.privateKeys.map(move) };
  });
  const reason = parts.find(({ fault }) => fault !== null)?.fault ?? null;
  const bytes = parts.reduce((sum, part) => sum + part.bytes, 0);
  if (reason !== null && bytes === 0) return { searched: [], notRead: [{ path: name, reason }] };
  const leaks = mergeLeaks(moved.flatMap((part) => part.leaks));
  const privateKeys = mergeLeaks(moved.flatMap((part) => part.privateKeys));
  const lines = line + (parts.at(-1)?.endsInNewline === false ? 1 : 0);
  const truncated =
    parts.some((part) => part.truncated) || leaks.length > maxLeaks || privateKeys.length > maxLeaks;
  const searched = {
    path: name,
    facts: { path: name, compressed: false, bytes, lines, complete: reason === null },
    reason,
    leaks: leaks.slice(0, maxLeaks),
    privateKeys: privateKeys.slice(0, maxLeaks),
    truncated,
  };
  return { searched: [searched], notRead: [] };
}

/** Not to hang on a FIFO that took the file's place since it was listed. */
function openFile(path: Buffer): Promise<FileHandle> {
  return open(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
}

function countNewlines(bytes: Buffer): number {
  let found = 0;
  for (let at = bytes.indexOf(0x0a); at !== -1; at = bytes.indexOf(0x0a, at + 1)) found++;
  return found;
}
