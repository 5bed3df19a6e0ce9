import type { Sink } from './sink';

/** Opens a sink for one regular file of an archive. */
export type OpenMember = (name: Buffer) => Sink;

const block = 512;
const maxName = 64 * 1024;

/** True when these bytes begin a tar archive (POSIX ustar or GNU): magic and header checksum. */
export function isTar(head: Uint8Array): boolean {
  if (head.length < block) return false;
  const header = Buffer.from(head.buffer, head.byteOffset, block);
  return header.toString('latin1', 257, 262) === 'ustar' && checksumHolds(header);
}

/** A sink for a tar archive in front of one for each of its regular files. Names may be pax or GNU long names. */
export function untar(open: OpenMember, refuse: (name: Buffer, reason: string) => void): Sink {
  const header = Buffer.alloc(block);
  let filled = 0;
  /** Of the member being read: content bytes and padding that are still to come. */
  let content = 0;
  let padding = 0;
  let member: Sink | null = null;
  let special: Buffer[] | null = null;
  let specialType = '';
  let longName: Buffer | null = null;
  let longSize: number | null = null;
  /** The next block holds more of a sparse file's places. */
  let maps = false;
  let done = false;
  let broken: string | null = null;

  const closeMember = async (): Promise<void> => {
    await member?.end(null);
    member = null;
    if (special !== null) {
      const data = Buffer.concat(special);
      longName = readName(data, specialType) ?? longName;
      longSize = specialType === 'x' ? (readPaxSize(data) ?? longSize) : longSize;
    }
    special = null;
  };
  const startMember = async (): Promise<void> => {
    if (header.every((byte) => byte === 0)) {
      done = true;
      return;
    }
    if (!checksumHolds(header)) {
      broken = 'a header of the archive is corrupt';
      return;
    }
    const type = header.toString('latin1', 156, 157);
    content = readSize(header);
    padding = (block - (content % block)) % block;
    if (type === 'L' || type === 'x') {
      [special, specialType] = [[], type];
    } else {
      const name = longName ?? shortName(header);
      longName = null;
      content = longSize ?? content;
      padding = (block - (content % block)) % block;
      longSize = null;
      // Whatever has content is read: types that have none, or that nobody knows, could hide some.
      if (['0', '\0', '7', 'S'].includes(type) || (content > 0 && !'gK'.includes(type))) member = open(name);
      // Old GNU sparse files: the blocks that are there, one after the other, behind more headers with their places.
      maps = type === 'S' && header[482] !== 0;
    }
    if (content === 0 && !maps) await closeMember();
  };
  return {
    async write(piece) {
      for (let at = 0; at < piece.length && !done && broken === null;) {
        if (content > 0 && !maps) {
          const part = piece.subarray(at, at + Math.min(content, piece.length - at));
          at += part.length;
          content -= part.length;
          if (member !== null) await member.write(part);
          else if (special !== null && special.length < maxName / block) special.push(Buffer.from(part));
          if (content === 0) await closeMember();
        } else if (padding > 0 && !maps) {
          const skip = Math.min(padding, piece.length - at);
          at += skip;
          padding -= skip;
        } else {
          const part = piece.subarray(at, at + Math.min(block - filled, piece.length - at));
          header.set(part, filled);
          filled += part.length;
          at += part.length;
          if (filled === block) {
            filled = 0;
            if (!maps) await startMember();
            else {
              maps = header[504] !== 0;
              if (content === 0 && !maps) await closeMember();
            }
          }
        }
      }
    },
    async end(fault) {
      const early = content > 0 || filled > 0 ? 'the archive ends too early' : null;
      const reason = fault ?? broken ?? early;
      await member?.end(reason ?? 'the archive ends too early');
      if (reason !== null) refuse(Buffer.alloc(0), reason);
    },
  };
}

function checksumHolds(header: Buffer): boolean {
  const wanted = parseInt(header.toString('latin1', 148, 156).replace(/\0/g, ' ').trim(), 8);
  let sum = 0;
  for (const [index, byte] of header.entries()) sum += index >= 148 && index < 156 ? 0x20 : byte;
  return sum === wanted;
}

/** Octal digits, or for large files a binary number with the top bit set (GNU). */
function readSize(header: Buffer): number {
  const field = header.subarray(124, 136);
  if (((field[0] ?? 0) & 0x80) !== 0) return Number(field.readBigUInt64BE(4) & 0x1fffffffffffffn);
  const size = parseInt(field.toString('latin1').replace(/\0.*$/, '').trim() || '0', 8);
  return Number.isFinite(size) && size > 0 ? size : 0;
}

function shortName(header: Buffer): Buffer {
  const text = (from: number, to: number): Buffer => {
    const field = header.subarray(from, to);
    const end = field.indexOf(0);
    return Buffer.from(end === -1 ? field : field.subarray(0, end));
  };
  const prefix = header.toString('latin1', 257, 263) === 'ustar\0' ? text(345, 500) : Buffer.alloc(0);
  return prefix.length > 0 ? Buffer.concat([prefix, Buffer.from('/'), text(0, 100)]) : text(0, 100);
}

/** Sizes that eleven octal digits do not hold. */
function readPaxSize(data: Buffer): number | null {
  const size = /(?:^|\n)\d{1,7} size=(\d{1,15})\n/.exec(data.toString('latin1'))?.[1];
  return size === undefined ? null : Number(size);
}

/** GNU: the name itself. pax: records `<length> path=<name>\n`. */
function readName(data: Buffer, type: string): Buffer | null {
  if (type === 'L') return data.subarray(0, data.indexOf(0) === -1 ? data.length : data.indexOf(0));
  const record = /(?:^|\n)\d{1,7} path=([^\n]{1,4096})\n/.exec(data.toString('latin1'));
  return record?.[1] === undefined ? null : Buffer.from(record[1], 'latin1');
}
