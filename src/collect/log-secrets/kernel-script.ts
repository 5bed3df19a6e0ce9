/* eslint-disable @typescript-eslint/non-nullable-type-assertion-style -- `!` is not allowed, and `?? 0` halves the speed of the inner loop */
import { mostHits, type Kernel, type KernelMaker } from './kernel';
import { fold, lowerByte, multiplier } from './fold';
import type { LiteralTable } from './literals';

/** The search for literals in TypeScript: the reference, and what runs where WebAssembly does not. */
export const makeScriptKernel: KernelMaker = (table, bytes) => {
  const memory = new ArrayBuffer((bytes + 3) & ~3);
  const buffer = Buffer.from(memory, 0, bytes);
  const pairs = new Uint16Array(memory);
  const words = new Int32Array(memory);
  const { halves, bitmap, bitmapShift, maxOffset } = table;
  const most = mostHits(table);
  const hits = new Int32Array(2 * most);
  const confirm = confirmIn(table, buffer, hits, most);

  const search: Kernel['search'] = (from, to) => {
    // A window may begin up to one byte before its literal or up to its whole length after it.
    const start = Math.max(0, from - 2) >>> 1;
    const end = Math.min(pairs.length - 1, (to + maxOffset + 2) >>> 1);
    let count = 0;
    let before = halves[pairs[start] as number] as number;
    for (let index = start; index < end; index++) {
      const next = halves[pairs[index + 1] as number] as number;
      const group = before & (next >>> 16);
      before = next;
      if (group === 0) continue;
      const window = (pairs[index] as number) | ((pairs[index + 1] as number) << 16) | fold;
      const bit = Math.imul(window, multiplier) >>> bitmapShift;
      if (((bitmap[bit >>> 5] as number) & (1 << (bit & 31))) === 0) continue;
      count = confirm(index * 2, window, from, to, count);
    }
    return count > most ? -1 : count;
  };
  return { buffer, hits, search, countNewlines: (from, to) => countNewlines(buffer, words, from, to) };
};

function confirmIn(
  table: LiteralTable,
  buffer: Buffer,
  hits: Int32Array,
  most: number,
): (place: number, window: number, from: number, to: number, count: number) => number {
  const { slots, entries, slotShift, starts, folded, exact, demands, classes } = table;
  const mask = (slots.length >>> 1) - 1;
  const stands = (at: number, literal: number): boolean => {
    const start = starts[literal] as number;
    const length = (starts[literal + 1] as number) - start;
    for (let index = 0; index < length; index++) {
      if (lowerByte(buffer[at + index] ?? 0) !== folded[start + index]) return false;
    }
    const demand = demands[literal] as number;
    if (demand === 0) return true;
    if ((demand & 1) !== 0 && goesOn(at)) return false;
    if ((demand & 2) !== 0) {
      for (let index = 0; index < length; index++)
        if (buffer[at + index] !== exact[start + index]) return false;
    }
    const run = demand >>> 8;
    const kind = (demand & 4) === 0 ? 2 : 1;
    for (let index = length; index < run; index++)
      if (((classes[buffer[at + index] ?? 0] as number) & kind) === 0) return false;
    return true;
  };
  /** Whether a word goes on at `at`: what stands before belongs to one, and not to an escape. */
  const goesOn = (at: number): boolean =>
    at > 0 &&
    ((classes[buffer[at - 1] as number] as number) & 1) !== 0 &&
    (at < 2 || buffer[at - 2] !== 0x5c) &&
    (at < 3 || buffer[at - 3] !== 0x25);
  const foldedAt = (at: number): number =>
    (buffer[at] as number) |
    ((buffer[at + 1] as number) << 8) |
    ((buffer[at + 2] as number) << 16) |
    ((buffer[at + 3] as number) << 24) |
    fold;
  return (place, window, from, to, count) => {
    for (let slot = Math.imul(window, multiplier) >>> slotShift; ; slot = (slot + 1) & mask) {
      const first = slots[2 * slot + 1] as number;
      if (first === 0) return count;
      if (slots[2 * slot] !== window) continue;
      for (let entry = first; entry !== 0; entry = entries[entry + 3] as number) {
        if (foldedAt(place + (entries[entry + 1] as number)) !== entries[entry + 2]) continue;
        const packed = entries[entry] as number;
        const at = place - ((packed & 63) - 1);
        if (at < from || at >= to || !stands(at, packed >>> 6)) continue;
        if (count < most) {
          hits[2 * count] = at;
          hits[2 * count + 1] = packed >>> 6;
        }
        count++;
      }
      return count;
    }
  };
}

/** Four bytes at a time: a byte that equals a newline becomes 0. */
function countNewlines(bytes: Buffer, words: Int32Array, from: number, to: number): number {
  let count = 0;
  let at = from;
  for (; at < to && (at & 3) !== 0; at++) if (bytes[at] === 0x0a) count++;
  let index = at >>> 2;
  const end = to >>> 2;
  for (; index + 4 <= end; index += 4) {
    const a = (words[index] as number) ^ newlines;
    const b = (words[index + 1] as number) ^ newlines;
    const c = (words[index + 2] as number) ^ newlines;
    const d = (words[index + 3] as number) ^ newlines;
    const some = ((a - ones) & ~a) | ((b - ones) & ~b) | ((c - ones) & ~c) | ((d - ones) & ~d);
    if ((some & tops) !== 0) count += zeroBytes(a) + zeroBytes(b) + zeroBytes(c) + zeroBytes(d);
  }
  for (; index < end; index++) count += zeroBytes((words[index] as number) ^ newlines);
  for (at = Math.max(at, end << 2); at < to; at++) if (bytes[at] === 0x0a) count++;
  return count;
}

const newlines = 0x0a0a0a0a;
const ones = 0x01010101;
const tops = 0x80808080 | 0;

/** Only a byte that is 0 leaves its highest bit unset in the sum. */
function zeroBytes(word: number): number {
  const found = ~(((word & ~tops) + ~tops) | word | ~tops);
  return ((found >>> 7) & 1) + ((found >>> 15) & 1) + ((found >>> 23) & 1) + (found >>> 31);
}
