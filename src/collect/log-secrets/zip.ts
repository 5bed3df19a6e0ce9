import type { FileHandle } from 'node:fs/promises';
import { decompress } from './decompress';
import { printablePath } from './printable';
import { unpack, type Unpacked } from './unpack';

const endRecord = 22;
const maxEntries = 100_000;
const slice = 64 * 1024;

interface Entry {
  readonly name: Buffer;
  readonly method: number;
  readonly encrypted: boolean;
  readonly size: number;
  readonly offset: number;
}

/** Reads every file of a zip archive by its central directory. Returns why not, or null. Zip64 is not read. */
export async function readZip(
  handle: FileHandle,
  size: number,
  aborted: () => boolean,
  to: Unpacked,
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
  for (const entry of entries.slice(0, maxEntries)) {
    if (aborted()) return 'the run was interrupted while it was read';
    if (entry.name.at(-1) !== 0x2f) await readEntry(handle, size, entry, aborted, to);
  }
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
      offset: directory.readUInt32LE(at + 42),
    });
    at += 46 + nameLength + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  }
  return entries;
}

async function readEntry(
  handle: FileHandle,
  fileSize: number,
  entry: Entry,
  aborted: () => boolean,
  to: Unpacked,
): Promise<void> {
  const member = printablePath(entry.name);
  if (entry.encrypted) {
    to.refuse(member, 'is encrypted');
    return;
  }
  if (entry.method !== 0 && entry.method !== 8) {
    to.refuse(member, `is compressed by zip method ${String(entry.method)}, which is not read`);
    return;
  }
  const local = await readAt(handle, entry.offset, 30);
  if (local.length < 30 || local.readUInt32LE(0) !== 0x04034b50) {
    to.refuse(member, 'its place in the zip archive is corrupt');
    return;
  }
  const inner = unpack(to, member, 1);
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
}

async function readAt(handle: FileHandle, at: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await handle.read(buffer, 0, length, at);
  return buffer.subarray(0, bytesRead);
}
