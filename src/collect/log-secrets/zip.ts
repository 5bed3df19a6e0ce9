import { decompress } from './decompress';
import { printablePath } from './printable';
import { bombFault, type Sink } from './sink';

const endRecord = 22;
/** Of zip64: what says where its end record lies, and that record. */
const locator = 20;
const endRecord64 = 56;
/** Stands where a number has no room and is told in zip64's way. */
const told64 = 0xffffffff;
const maxEntries = 100_000;
const slice = 64 * 1024;

interface Entry {
  readonly name: Buffer;
  readonly method: number;
  readonly encrypted: boolean;
  /** As packed, and as it was before. */
  readonly size: number;
  readonly plainSize: number;
  readonly offset: number;
}

/** Where an archive is read from: an open file, or memory. */
export interface Source {
  read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
  ): Promise<{ readonly bytesRead: number }>;
}

/** Opens the content of a file in the archive; `name` is printable. */
export type OpenEntry = (name: string) => Sink;
export type RefuseEntry = (name: string, reason: string) => void;

/** Reads every file of a zip archive by its central directory. Returns why not, or null. */
export async function readZip(
  handle: Source,
  size: number,
  aborted: () => boolean,
  open: OpenEntry,
  refuse: RefuseEntry,
): Promise<string | null> {
  const end = await readEnd(handle, size);
  if (typeof end === 'string') return end;
  const { listed, length, offset } = end;
  if (offset + length > size || length > 64 * 1024 * 1024)
    return 'the directory of the zip archive is corrupt';
  const entries = readEntries(await readAt(handle, offset, length));
  let produced = 0;
  for (const entry of entries.slice(0, maxEntries)) {
    if (aborted()) return 'the run was interrupted while it was read';
    // Entries may lie on top of each other: each sound, all of them a bomb.
    const bomb = bombFault(produced, size);
    if (bomb !== null) return bomb;
    if (entry.name.at(-1) !== 0x2f) produced += await readEntry(handle, size, entry, aborted, open, refuse);
  }
  // One that lists less than it should hides files.
  if (entries.length !== listed)
    return `the directory of the zip archive is corrupt: it lists ${String(entries.length)} of ${String(listed)} files`;
  return entries.length > maxEntries ? `holds more than ${String(maxEntries)} files` : null;
}

/** How many files the directory lists, how long it is and where it lies; or why that cannot be told. */
async function readEnd(
  handle: Source,
  size: number,
): Promise<{ readonly listed: number; readonly length: number; readonly offset: number } | string> {
  const most = locator + endRecord + 0xffff;
  const tail = await readAt(handle, Math.max(0, size - most), Math.min(size, most));
  const end = tail.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  if (end === -1 || end + endRecord > tail.length)
    return 'the zip archive has no directory (it may be cut off)';
  const listed = tail.readUInt16LE(end + 10);
  const length = tail.readUInt32LE(end + 12);
  const offset = tail.readUInt32LE(end + 16);
  if (listed !== 0xffff && length !== told64 && offset !== told64) return { listed, length, offset };
  // Without a locator 65,535 files are just as many.
  if (end < locator || tail.readUInt32LE(end - locator) !== 0x07064b50) return { listed, length, offset };
  const at = readNumber(tail, end - locator + 8);
  const record = at + endRecord64 > size ? noBytes : await readAt(handle, at, endRecord64);
  if (record.length < endRecord64 || record.readUInt32LE(0) !== 0x06064b50)
    return 'the directory of the zip archive is corrupt';
  return { listed: readNumber(record, 32), length: readNumber(record, 40), offset: readNumber(record, 48) };
}

const noBytes = Buffer.alloc(0);

/** Beyond 2^53 it is not exact, but no file is as long. */
function readNumber(bytes: Buffer, at: number): number {
  return Number(bytes.readBigUInt64LE(at));
}

/** Those numbers that had no room, in their order, out of zip64's extra field (APPNOTE 4.5.3); the others as they are. */
function widen(numbers: readonly number[], extra: Buffer): readonly number[] {
  let next = 0;
  let stop = 0;
  for (let at = 0; at + 4 <= extra.length && stop === 0; at += 4 + extra.readUInt16LE(at + 2))
    if (extra.readUInt16LE(at) === 1) {
      next = at + 4;
      stop = Math.min(extra.length, next + extra.readUInt16LE(at + 2));
    }
  return numbers.map((number) => {
    if (number !== told64 || next + 8 > stop) return number;
    next += 8;
    return readNumber(extra, next - 8);
  });
}

function readEntries(directory: Buffer): readonly Entry[] {
  const entries: Entry[] = [];
  for (let at = 0; at + 46 <= directory.length && directory.readUInt32LE(at) === 0x02014b50;) {
    const extraAt = at + 46 + directory.readUInt16LE(at + 28);
    const extraTo = extraAt + directory.readUInt16LE(at + 30);
    const [plainSize = 0, size = 0, offset = 0] = widen(
      [24, 20, 42].map((field) => directory.readUInt32LE(at + field)),
      directory.subarray(extraAt, extraTo),
    );
    entries.push({
      name: Buffer.from(directory.subarray(at + 46, extraAt)),
      encrypted: (directory.readUInt16LE(at + 8) & 1) !== 0,
      method: directory.readUInt16LE(at + 10),
      size,
      plainSize,
      offset,
    });
    at = extraTo + directory.readUInt16LE(at + 32);
  }
  return entries;
}

async function readEntry(
  handle: Source,
  fileSize: number,
  entry: Entry,
  aborted: () => boolean,
  open: OpenEntry,
  refuse: RefuseEntry,
): Promise<number> {
  const member = printablePath(entry.name);
  if (entry.encrypted) {
    refuse(member, 'is encrypted');
    return 0;
  }
  if (entry.method !== 0 && entry.method !== 8) {
    refuse(member, `is compressed by zip method ${String(entry.method)}, which is not read`);
    return 0;
  }
  const local = await readAt(handle, entry.offset, 30);
  if (local.length < 30 || local.readUInt32LE(0) !== 0x04034b50) {
    refuse(member, 'its place in the zip archive is corrupt');
    return 0;
  }
  // A size that only the local header knows would be passed over. With bit 3 it follows the data.
  const nameEnd = entry.offset + 30 + local.readUInt16LE(26);
  const from = nameEnd + local.readUInt16LE(28);
  const sizes = [22, 18].map((field) => local.readUInt32LE(field));
  const [, localSize] = sizes.includes(told64)
    ? widen(sizes, await readAt(handle, nameEnd, local.readUInt16LE(28)))
    : sizes;
  const elsewhere = (local.readUInt16LE(6) & 8) !== 0;
  const odd =
    elsewhere || localSize === entry.size ? null : 'its sizes in the zip archive contradict each other';
  let made = 0;
  const content = open(member);
  const inner: Sink = {
    write(piece) {
      made += piece.length;
      return content.write(piece);
    },
    end: (fault) => content.end(fault ?? (made < entry.plainSize ? 'holds less than its size says' : odd)),
  };
  const sink = entry.method === 8 ? decompress('deflate', inner) : inner;
  const until = Math.min(fileSize, from + entry.size);
  for (let at = from; at < until;) {
    const piece = await readAt(handle, at, Math.min(slice, until - at));
    if (piece.length === 0 || aborted()) break;
    await sink.write(piece);
    at += piece.length;
  }
  const cut = aborted() ? 'the run was interrupted while it was read' : null;
  await sink.end(from + entry.size > fileSize ? 'the archive ends too early' : cut);
  return made;
}

async function readAt(handle: Source, at: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await handle.read(buffer, 0, length, at);
  return buffer.subarray(0, bytesRead);
}
