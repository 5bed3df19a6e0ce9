/* eslint-disable @typescript-eslint/non-nullable-type-assertion-style -- `!` is not allowed, and `?? 0` halves the speed of the inner loop */
import { mostHits, type Kernel, type KernelMaker } from './kernel';
import { fold, lowerByte, multiplier, type LiteralTable } from './literals';

/** The search for literals in TypeScript: the reference, and what runs where WebAssembly does not. */
export const makeScriptKernel: KernelMaker = (table, bytes) => {
  const memory = new ArrayBuffer((bytes + 3) & ~3);
  const buffer = Buffer.from(memory, 0, bytes);
  const pairs = new Uint16Array(memory);
  const { bitmap, bitmapShift, maxOffset } = table;
  const most = mostHits(table);
  const hits = new Int32Array(2 * most);
  const confirm = confirmIn(table, buffer, hits, most);

  const search: Kernel['search'] = (from, to) => {
    // A window may begin up to one byte before its literal or up to its whole length after it.
    const start = Math.max(0, from - 2) >>> 1;
    const end = Math.min(pairs.length - 1, (to + maxOffset + 2) >>> 1);
    let count = 0;
    let low = pairs[start] as number;
    for (let index = start; index < end; index++) {
      const high = pairs[index + 1] as number;
      const hash = Math.imul(low | (high << 16) | fold, multiplier);
      low = high;
      const bit = hash >>> bitmapShift;
      if (((bitmap[bit >>> 5] as number) & (1 << (bit & 31))) === 0) continue;
      count = confirm(index * 2, (pairs[index] as number) | (high << 16) | fold, from, to, count);
    }
    return count > most ? -1 : count;
  };
  return { buffer, hits, search, countNewlines: (from, to) => countNewlines(buffer, from, to) };
};

function confirmIn(
  table: LiteralTable,
  buffer: Buffer,
  hits: Int32Array,
  most: number,
): (place: number, window: number, from: number, to: number, count: number) => number {
  const { windows, firsts, entries, slotShift, starts, folded, exact, demands, classes } = table;
  const mask = windows.length - 1;
  const stands = (at: number, literal: number): boolean => {
    const start = starts[literal] as number;
    const length = (starts[literal + 1] as number) - start;
    for (let index = 0; index < length; index++) {
      if (lowerByte(buffer[at + index] ?? 0) !== folded[start + index]) return false;
    }
    const demand = demands[literal] as number;
    if (demand === 0) return true;
    if ((demand & 1) !== 0 && at > 0 && ((classes[buffer[at - 1] as number] as number) & 1) !== 0) return false;
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
  return (place, window, from, to, count) => {
    for (let slot = Math.imul(window, multiplier) >>> slotShift; ; slot = (slot + 1) & mask) {
      const first = firsts[slot] as number;
      if (first === 0) return count;
      if (windows[slot] !== window) continue;
      for (let entry = first; entries[entry] !== -1; entry++) {
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

function countNewlines(bytes: Buffer, from: number, to: number): number {
  const part = bytes.subarray(from, to);
  let count = 0;
  for (let at = part.indexOf(0x0a); at !== -1; at = part.indexOf(0x0a, at + 1)) count++;
  return count;
}
