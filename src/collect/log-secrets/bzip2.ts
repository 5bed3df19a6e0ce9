import bitIterator from 'unbzip2-stream/lib/bit_iterator';
import bzip2 from 'unbzip2-stream/lib/bzip2';
import { afterEnd, isPadding } from './padding';

/** Decodes bzip2 block by block, so that memory stays bounded whatever a block expands to. */
export interface Blocks {
  feed(piece: Uint8Array, last: boolean): void;
  /** Decodes a block when all of it is here. `more` when another call may find another. */
  next(): { readonly made: readonly Uint8Array[]; readonly more: boolean; readonly error: Error | null };
}

/** A block of 900 kB holds runs of up to 259 bytes in five, so at most 46 MB: kept, then handed on. */
const pieceBytes = 256 * 1024;

export function openBlocks(): Blocks {
  const queue: Uint8Array[] = [];
  let here = 0;
  let finished = false;
  let level = 0;
  let crc: number | null = null;
  let sawStream = false;
  /** The piece the bits come from, and how much had come before it. */
  let current: Uint8Array = new Uint8Array();
  let before = 0;
  /** After a whole stream zeros may follow, and nothing else. */
  let padded = false;
  let other = false;
  // It asks for the first piece as soon as it is made.
  let bits: ReturnType<typeof bitIterator> | undefined;
  const unread = (): number => here - (bits?.bytesRead ?? 0);
  return {
    feed(piece, last) {
      if (padded) {
        other ||= !isPadding(piece);
        return;
      }
      if (piece.length > 0) queue.push(piece);
      here += piece.length;
      finished = last;
    },
    next() {
      if (padded) return { made: [], more: false, error: other ? new Error(afterEnd) : null };
      // A block compressed is rarely longer than plain, but never by more than a quarter.
      const enough = finished ? 1 : 25_000 + 125_000 * (level === 0 ? 0 : level);
      if (unread() < enough) {
        const early = finished && level !== 0 ? new Error('unexpected end of data') : null;
        return { made: [], more: false, error: early };
      }
      const made: Uint8Array[] = [];
      let output = new Uint8Array(pieceBytes);
      let length = 0;
      let error: Error | null = null;
      let at = 0;
      try {
        bits ??= bitIterator(() => {
          before += current.length;
          return (current = queue.shift() ?? fail('unexpected end of data'));
        });
        at = bits.bytesRead;
        if (level === 0) {
          level = bzip2.header(bits);
          crc = 0;
          sawStream = true;
        } else {
          const size = 100_000 * level;
          const add = (byte: number): void => {
            if (length === output.length) {
              made.push(output);
              output = new Uint8Array(pieceBytes);
              length = 0;
            }
            output[length++] = byte;
          };
          crc = bzip2.decompress(bits, add, new Int32Array(size), size, crc ?? 0);
          if (crc === null) level = 0;
        }
      } catch (thrown) {
        if (level !== 0 || !sawStream) error = thrown instanceof Error ? thrown : new Error(String(thrown));
        else {
          padded = true;
          other = ![current.subarray(Math.max(0, at - before)), ...queue.splice(0)].every(isPadding);
          return { made, more: false, error: other ? new Error(afterEnd) : null };
        }
      }
      if (length > 0) made.push(output.subarray(0, length));
      return { made, more: error === null, error };
    },
  };
}

function fail(message: string): never {
  throw new Error(message);
}
