import type { Compression } from './decoders';
import { decompress } from './decompress';
import { isJournalFile, unreadFormat } from './formats';
import { journalKind, readJournal } from './journal';
import { visible } from '../../model/visible';
import { printablePath } from './printable';
import { isTar, untar } from './tar';
import type { Sink } from './sink';
import { readZip, type Source } from './zip';

/** Where the content of one log goes. */
export interface Leaf {
  write(piece: Uint8Array): void;
  /** An entry of a journal has ended with this line; it is of a systemd unit, or of none that is told. */
  entry?(unit: string | null, line: number): void;
  end(reason: string | null): void;
}

/** What an unpacked file is told to. `member` is the printable path within an archive; null outside of one. */
export interface Unpacked {
  open(member: string | null, compressed: boolean, isJournal: boolean): Leaf;
  refuse(member: string | null, reason: string): void;
}

const maxDepth = 4;
const sniffBytes = 512;
const maxHeldZip = 32 * 1024 * 1024;

/** A sink that recognises compression and archives by their first bytes, however nested, and opens a leaf for each log. */
export function unpack(to: Unpacked, member: string | null = null, depth = 0): Sink {
  const head = Buffer.alloc(sniffBytes);
  let filled = 0;
  let next: Sink | null = null;
  const decide = async (): Promise<Sink> => {
    next = choose(head.subarray(0, filled), to, member, depth);
    if (filled > 0) await next.write(head.subarray(0, filled));
    return next;
  };
  return {
    async write(piece) {
      if (next !== null) return next.write(piece);
      const part = piece.subarray(0, sniffBytes - filled);
      head.set(part, filled);
      filled += part.length;
      if (filled < sniffBytes) return;
      const chosen = await decide();
      if (part.length < piece.length) await chosen.write(piece.subarray(part.length));
    },
    async end(fault) {
      await (next ?? (await decide())).end(fault);
    },
  };
}

function choose(head: Buffer, to: Unpacked, member: string | null, depth: number): Sink {
  const unread = unreadFormat(head);
  if (unread !== null) return refused(to, member, `is ${unread}, which is not read`);
  if (depth >= maxDepth) return refused(to, member, `is packed more than ${String(maxDepth)} times`);
  const compression = compressionOf(head);
  if (compression !== null) return decompress(compression, unpack(to, member, depth + 1));
  if (isTar(head)) {
    const within = (name: Buffer): string | null => {
      const path = name.length === 0 ? null : printablePath(name);
      return member === null ? path : path === null ? member : `${member}!${path}`;
    };
    return untar(
      (name) => unpack(to, within(name), depth + 1),
      (name, reason) => {
        to.refuse(within(name), reason);
      },
    );
  }
  if (head.toString('latin1', 0, 4) === 'PK\x03\x04') return heldZip(to, member, depth);
  const journal = journalKind(head);
  const opened = to.open(member === null ? null : visible(member), depth > 0, journal !== null);
  const leaf = journal === null ? opened : readJournal(journal, opened);
  const doubt = isJournalFile(head) ? binaryJournal : null;
  return {
    write: (piece) => {
      leaf.write(piece);
    },
    end: (fault) => {
      leaf.end(fault ?? doubt);
    },
  };
}

const binaryJournal =
  'is a file of journald, in which text may be compressed: search what journalctl -o export writes of it';

/** Text that can be read from anywhere within it. By its first 512 bytes. */
export function isPlainText(head: Buffer): boolean {
  const isArchive = isTar(head) || head.toString('latin1', 0, 4) === 'PK\x03\x04';
  const isPacked = compressionOf(head) !== null || unreadFormat(head) !== null;
  return !isArchive && !isPacked && !head.includes(0) && journalKind(head) === null;
}

/** Compression by magic number: names lie. */
export function compressionOf(head: Buffer): Compression | null {
  const hex = head.toString('hex', 0, 6);
  if (hex.startsWith('1f8b08')) return 'gzip';
  if (/^425a683[1-9]/.test(hex)) return 'bzip2';
  if (hex === 'fd377a585a00') return 'xz';
  return hex.startsWith('28b52ffd') ? 'zstd' : null;
}

/** A zip archive that comes as a stream: its directory stands at its end, so that all of it is kept until then. */
function heldZip(to: Unpacked, member: string | null, depth: number): Sink {
  let pieces: Buffer[] = [];
  let length = 0;
  return {
    write(piece) {
      length += piece.length;
      if (length <= maxHeldZip) pieces.push(Buffer.from(piece));
      else pieces = [];
    },
    async end(fault) {
      if (length > maxHeldZip) {
        const most = String(maxHeldZip / 1024 / 1024);
        to.refuse(
          member,
          `is a zip archive of more than ${most} MiB that comes as a stream, which is not read`,
        );
        return;
      }
      const reason = await unzip(readFrom(Buffer.concat(pieces)), length, () => false, to, member, depth);
      if ((fault ?? reason) !== null) to.refuse(member, fault ?? reason ?? '');
    },
  };
}

function readFrom(held: Buffer): Source {
  return {
    read: (buffer, offset, length, position) =>
      Promise.resolve({ bytesRead: held.copy(buffer, offset, position, position + length) }),
  };
}

/** Unpacks each file of a zip archive. Returns why not, or null. */
export function unzip(
  source: Source,
  size: number,
  aborted: () => boolean,
  to: Unpacked,
  member: string | null = null,
  depth = 0,
): Promise<string | null> {
  const within = (name: string): string => (member === null ? name : `${member}!${name}`);
  return readZip(
    source,
    size,
    aborted,
    (name) => unpack(to, within(name), depth + 1),
    (name, reason) => {
      to.refuse(within(name), reason);
    },
  );
}

function refused(to: Unpacked, member: string | null, reason: string): Sink {
  return {
    write: () => undefined,
    end: () => {
      to.refuse(member, reason);
    },
  };
}
