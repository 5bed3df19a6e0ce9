import { decompress } from './decompress';
import { printablePath } from './printable';
import { bombFault, type Sink } from './sink';

const endRecord = 22;
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

/** Reads every file of a zip archive by its central directory. Returns why not, or null. Zip64 is not read. */
export async function readZip(
  handle: Source,
  size: number,
  aborted: () => boolean,
  open: OpenEntry,
  refuse: RefuseEntry,
): Promise<string | null> {
  const tail = await readAt(
    handle,
    Math.max(0, size - endRecord - 0xffff),
    Math.min(size, endRecord + 0xffff),
  );
  const end = tail.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  if (end === -1 || end + endRecord > tail.length)
    return 'the zip archive has no directory (it may be cut off)';
  const length = tail.readUInt32LE(end + 12);
  const offset = tail.readUInt32LE(end + 16);
  if (offset === 0xffffffff || tail.readUInt16LE(end + 10) === 0xffff)
    return 'is a zip64 archive, which is not read';
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
  const listed = tail.readUInt16LE(end + 10);
  if (entries.length !== listed)
    return `the directory of the zip archive is corrupt: it lists ${String(entries.length)} of ${String(listed)} files`;
  return entries.length > maxEntries ? `holds more than ${String(maxEntries)} files` : null;
}

function readEntries(directory: Buffer): readonly Entry[] {
  const entries: Entry[] = [];
  for (let at = 0; at + 46 <= directory.length && directory.readUInt32LE(at) === 0x02014b50;) {
    const nameLength = directory.readUInt16LE(at + 28);
    entries.push({
      name: Buffer.from(directory.subarray(at + 46, at + 46 + nameLength)),
      encrypted: (directory.readUInt16LE(at + 8) & 1) !== 0,
      method: directory.readUInt16LE(at + 10),
      size: directory.readUInt32LE(at + 20),
      plainSize: directory.readUInt32LE(at + 24),
      offset: directory.readUInt32LE(at + 42),
    });
    at += 46 + nameLength + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
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
  // A size that only the local header knows would be passed over. With bit 3 it follows the data, in zip64 style it stands in
  // an extra field.
  const localSize = local.readUInt32LE(18);
  const elsewhere = (local.readUInt16LE(6) & 8) !== 0 || localSize === 0xffffffff;
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
  const from = entry.offset + 30 + local.readUInt16LE(26) + local.readUInt16LE(28);
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
