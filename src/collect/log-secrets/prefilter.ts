/* eslint-disable @typescript-eslint/non-nullable-type-assertion-style -- `!` is not allowed, and `?? 0` halves the speed of the inner loop */
/**
 * Finds a set of literals in bytes, in any letter case, by looking at every second offset only: four bytes are
 * folded to lower case, hashed and looked up in a bitmap. Each literal enters the bitmap with two neighbouring
 * windows of four bytes, so that one of them falls on an even offset wherever the literal stands.
 */
export interface Prefilter {
  readonly literals: readonly string[];
  /**
   * Calls `found` for every literal that begins in bytes[from, to), in no particular order among equal places.
   * `bytes` starts at an even offset of its memory and has at least eight bytes of room after `to`.
   */
  search(bytes: Uint8Array, from: number, to: number, found: (at: number, literal: number) => void): void;
}

const bits = 20;
const multiplier = 0x9e3779b1;
/** Folding sets this bit in every byte: letters become lower case, and the few other bytes that merge do no harm. */
const fold = 0x20;

/** Builds the tables for literals of at least three ASCII bytes. */
export function compilePrefilter(texts: readonly string[]): Prefilter {
  const literals = [...new Set(texts.map(lowerAscii))];
  const encoded = literals.map((text) => Uint8Array.from(Buffer.from(text, 'latin1')));
  const { bitmap, slotBits, windows, firsts, entries, maxOffset } = buildTables(encoded);

  const search: Prefilter['search'] = (bytes, from, to, found) => {
    if (to <= from) return;
    const pairs = new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.byteLength >>> 1);
    // A window may begin up to one byte before its literal or up to its whole length after it.
    const start = Math.max(0, from - 2) >>> 1;
    const end = Math.min(pairs.length - 1, (to + maxOffset + 2) >>> 1);
    let low = pairs[start] as number;
    for (let index = start; index < end; index++) {
      const high = pairs[index + 1] as number;
      const window = low | (high << 16) | 0x20202020;
      low = high;
      const hash = Math.imul(window, multiplier);
      const bit = hash >>> (32 - bits);
      if (((bitmap[bit >>> 5] as number) & (1 << (bit & 31))) === 0) continue;
      for (let slot = hash >>> (32 - slotBits); ; slot = (slot + 1) & ((1 << slotBits) - 1)) {
        const first = firsts[slot] as number;
        if (first === 0) break;
        if (windows[slot] !== window) continue;
        for (let entry = first; entries[entry] !== -1; entry++) {
          const packed = entries[entry] as number;
          const at = index * 2 - ((packed & 63) - 1);
          const literal = packed >>> 6;
          if (at >= from && at < to && standsAt(bytes, at, encoded[literal] as Uint8Array))
            found(at, literal);
        }
        break;
      }
    }
  };
  return { literals, search };
}

interface Tables {
  /** One bit for each hash of a window. */
  readonly bitmap: Int32Array;
  /** Open addressing: window → first index in `entries`; 0 is an empty slot. */
  readonly slotBits: number;
  readonly windows: Int32Array;
  readonly firsts: Int32Array;
  /** Lists that end in -1. An entry holds which literal, and how far before the window it begins. */
  readonly entries: Int32Array;
  readonly maxOffset: number;
}

function buildTables(encoded: readonly Uint8Array[]): Tables {
  const byWindow = new Map<number, number[]>();
  let maxOffset = 0;
  for (const [id, literal] of encoded.entries()) {
    if (literal.length < 3) throw new Error('a literal is shorter than three bytes');
    const first = rarestWindow(literal);
    maxOffset = Math.max(maxOffset, first + 1);
    for (const offset of [first, first + 1]) {
      for (const window of expand(literal, offset)) {
        const entry = byWindow.get(window);
        if (entry === undefined) byWindow.set(window, [id * 64 + (offset + 1)]);
        else entry.push(id * 64 + (offset + 1));
      }
    }
  }
  const slotBits = Math.max(4, Math.ceil(Math.log2(byWindow.size * 2 + 1)));
  const bitmap = new Int32Array(1 << (bits - 5));
  const windows = new Int32Array(1 << slotBits);
  const firsts = new Int32Array(1 << slotBits);
  const entries = [-1];
  for (const [window, list] of byWindow) {
    const hash = Math.imul(window, multiplier);
    const bit = hash >>> (32 - bits);
    bitmap[bit >>> 5] = (bitmap[bit >>> 5] as number) | (1 << (bit & 31));
    let slot = hash >>> (32 - slotBits);
    while (firsts[slot] !== 0) slot = (slot + 1) & ((1 << slotBits) - 1);
    windows[slot] = window;
    firsts[slot] = entries.length;
    entries.push(...list, -1);
  }
  return { bitmap, slotBits, windows, firsts, entries: Int32Array.from(entries), maxOffset };
}

/** Lower case of ASCII letters only: other bytes are compared as they are. */
export function lowerAscii(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

function standsAt(bytes: Uint8Array, at: number, literal: Uint8Array): boolean {
  for (let index = 0; index < literal.length; index++) {
    const byte = bytes[at + index] ?? 0;
    const lower = byte >= 0x41 && byte <= 0x5a ? byte | fold : byte;
    if (lower !== literal[index]) return false;
  }
  return true;
}

/** All values a window at `offset` of the literal can take; places outside the literal can hold any byte. */
function expand(literal: Uint8Array, offset: number): readonly number[] {
  let values = [0];
  for (let index = 0; index < 4; index++) {
    const byte = literal[offset + index];
    const choices =
      byte === undefined
        ? Array.from({ length: 128 }, (_, n) => (n & 31) | fold | ((n & 96) << 1))
        : [byte | fold];
    values = values.flatMap((value) => choices.map((choice) => value | (choice << (8 * index))));
  }
  return values;
}

/** Where the two windows lie: inside the literal where it is long enough, at its least common letters. */
function rarestWindow(literal: Uint8Array): number {
  if (literal.length < 5) return literal.length === 3 ? -1 : 0;
  let best = 0;
  let lowest = Infinity;
  for (let offset = 0; offset + 5 <= literal.length && offset < 60; offset++) {
    const cost =
      commonness(literal.subarray(offset, offset + 4)) + commonness(literal.subarray(offset + 1, offset + 5));
    if (cost < lowest) [best, lowest] = [offset, cost];
  }
  return best;
}

/** A rough product of letter frequencies in logs. */
function commonness(window: Uint8Array): number {
  const order = ' etaonirsl0-1cdmpu2.:h/f3g45by"6798=w_v,\'k[]()xjqz';
  let product = 1;
  for (const byte of window) {
    const place = order.indexOf(String.fromCharCode(byte).toLowerCase());
    product *= 1 / (2 + (place === -1 ? 60 : place));
  }
  return product;
}
