import { commonness } from './commonness';
import { fold, lowerByte } from './fold';
import { Halves } from './halves';

/** What must hold around a literal before anything looks closer; bytes only, so that both kernels can tell. */
export interface Demand {
  /** What stands before the literal is not a letter, digit, `_` or `-`, unless it belongs to an escape: `\n`, `%3D`. */
  readonly begins: boolean;
  /** The literal stands in this letter case. */
  readonly exact: boolean;
  /** So many bytes from the literal's first on could all belong to a key; 0: no demand. */
  readonly run: number;
  /** Those bytes are letters, digits, `_` and `-`. */
  readonly plain: boolean;
}

export interface Literal {
  /** ASCII or bytes, one character a byte; found in any letter case unless the demand is exact. */
  readonly text: string;
  readonly demand: Demand;
}

export const noDemand: Demand = { begins: false, exact: false, run: 0, plain: false };

/**
 * A set of literals, prepared to be found by looking at every second offset only. Each literal enters it with two
 * windows of four bytes, one at an odd and one at an even distance, so that one of them falls on an even offset wherever the literal stands. Two
 * looks decide that no window stands at an offset: one into `halves`, at two bytes and at the next two; then, for what
 * is left, one into a bitmap of hashes of all four, folded to lower case.
 */
export interface LiteralTable {
  readonly count: number;
  /**
   * Of each two bytes as they are read (the first is the lower): bits 0 to 15 tell in which of sixteen groups some
   * window begins with them, bits 16 to 31 in which some window ends with them.
   */
  readonly halves: Int32Array;
  /** One bit for each hash of a window; a window's hash is shifted right by `bitmapShift`. */
  readonly bitmap: Int32Array;
  readonly bitmapShift: number;
  /** Open addressing, pairs: a window, and its first index in `entries`; 0 is an empty slot. */
  readonly slotShift: number;
  readonly slots: Int32Array;
  /**
   * Chains. An entry holds which literal and how far before the window it begins; how far after the window's place the
   * literal's last four bytes begin; these, folded (few literals share them and the window); and the next entry, 0: none.
   */
  readonly entries: Int32Array;
  /** Where each literal begins in `folded` and `exact`; one more than there are literals. */
  readonly starts: Int32Array;
  readonly folded: Uint8Array;
  readonly exact: Uint8Array;
  /** Of each literal: bit 0 begins, bit 1 exact, bit 2 plain, from bit 8 the run. */
  readonly demands: Int32Array;
  /** Of each byte: bit 0 goes on a word, bit 1 can belong to a key. */
  readonly classes: Uint8Array;
  readonly maxOffset: number;
  /** Bytes of the longest literal. */
  readonly longest: number;
}

export const multiplier = 0x9e3779b1;
const classes = Uint8Array.from({ length: 256 }, (_, byte) => {
  const character = String.fromCharCode(byte);
  return byte > 127 ? 0 : (/[\w-]/.test(character) ? 1 : 0) | (/[\w.+/=~:@-]/.test(character) ? 2 : 0);
});

/** Builds the tables for literals of at least three bytes. */
export function tabulate(literals: readonly Literal[]): LiteralTable {
  const encoded = literals.map(({ text }) => Buffer.from(text, 'latin1'));
  const halves = new Halves();
  const rows: number[] = [];
  let maxOffset = 0;
  for (const [id, bytes] of encoded.entries()) {
    if (bytes.length < 3) throw new Error('a literal is shorter than three bytes');
    for (const offset of rarestWindows(bytes)) {
      maxOffset = Math.max(maxOffset, offset);
      const packed = id * 64 + (offset + 1);
      const windows = expand(bytes, offset, literals[id]?.demand ?? noDemand);
      halves.add(windows);
      const tailAt = bytes.length - 4;
      const tail = tailAt < 0 ? 0 : (bytes.readInt32LE(tailAt) | fold) >>> 0;
      // A short literal is all window.
      for (const window of windows)
        rows.push(window, packed, tailAt < 0 ? 0 : tailAt - offset, tailAt < 0 ? window : tail);
    }
  }
  const starts = [0];
  for (const bytes of encoded) starts.push((starts.at(-1) ?? 0) + bytes.length);
  const exact = Buffer.concat(encoded);
  const demands = literals.map(
    ({ demand }) =>
      (demand.begins ? 1 : 0) | (demand.exact ? 2 : 0) | (demand.plain ? 4 : 0) | (demand.run << 8),
  );
  return {
    count: literals.length,
    halves: halves.table(),
    ...hashWindows(rows),
    starts: Int32Array.from(starts),
    exact,
    folded: exact.map(lowerByte),
    demands: Int32Array.from(demands),
    classes,
    maxOffset,
    longest: Math.max(0, ...encoded.map(({ length }) => length)),
  };
}

/** Rows of four: a window and the entry it leads to. */
function hashWindows(
  rows: readonly number[],
): Pick<LiteralTable, 'bitmap' | 'bitmapShift' | 'slotShift' | 'slots' | 'entries'> {
  const count = rows.length / 4;
  // One bit in fifty set at most, in a bitmap that fits into the processor's cache.
  const bitmapBits = Math.min(22, Math.max(17, Math.ceil(Math.log2(count * 50 + 1))));
  const slotBits = Math.max(4, Math.ceil(Math.log2(count * 2 + 1)));
  const bitmap = new Int32Array(1 << (bitmapBits - 5));
  const slots = new Int32Array(2 << slotBits);
  const entries = new Int32Array(4 * (count + 1));
  for (let row = 0; row < count; row++) {
    const window = (rows[4 * row] ?? 0) | 0;
    const hash = Math.imul(window, multiplier);
    const bit = hash >>> (32 - bitmapBits);
    bitmap[bit >>> 5] = (bitmap[bit >>> 5] ?? 0) | (1 << (bit & 31));
    let slot = hash >>> (32 - slotBits);
    while (slots[2 * slot + 1] !== 0 && slots[2 * slot] !== window) slot = (slot + 1) & ((1 << slotBits) - 1);
    const entry = 4 * (row + 1);
    for (let index = 1; index < 4; index++) entries[entry + index - 1] = rows[4 * row + index] ?? 0;
    entries[entry + 3] = slots[2 * slot + 1] ?? 0;
    slots[2 * slot] = window;
    slots[2 * slot + 1] = entry;
  }
  return { bitmap, bitmapShift: 32 - bitmapBits, slotShift: 32 - slotBits, slots, entries };
}

/** All values a folded window at `offset` of the literal can take; what stands outside it is what the demand allows. */
function expand(literal: Uint8Array, offset: number, demand: Demand): readonly number[] {
  let values = [0];
  for (let index = 0; index < 4; index++) {
    const byte = literal[offset + index];
    const shift = 8 * index;
    if (byte !== undefined) values = values.map((value) => value | ((byte | 0x20) << shift));
    else {
      const choices = foldedBytes.filter(
        (other) =>
          isAllowed(other, offset + index, demand) || isAllowed(other & ~0x20, offset + index, demand),
      );
      values = values.flatMap((value) => choices.map((choice) => value | (choice << shift)));
    }
  }
  return values;
}

const foldedBytes = Array.from({ length: 256 }, (_, byte) => byte).filter((byte) => (byte & 0x20) !== 0);

/** Whether a byte can stand so far from the literal's first. */
function isAllowed(byte: number, place: number, { run, plain }: Demand): boolean {
  const kind = classes[byte] ?? 0;
  // What ends an escape may be any letter or digit, so `begins` rules out nothing.
  if (place < 0) return true;
  return place >= run || (kind & (plain ? 1 : 2)) !== 0;
}

/** Where the two windows lie, one at an even and one at an odd offset: at the least common letters. */
function rarestWindows(literal: Uint8Array): readonly [number, number] {
  if (literal.length === 3) return [0, -1];
  const most = Math.min(literal.length - 4, 59);
  return [rarestWindow(literal, 0, most), literal.length === 4 ? 1 : rarestWindow(literal, 1, most)];
}

function rarestWindow(literal: Uint8Array, from: number, most: number): number {
  let best = from;
  let lowest = Infinity;
  for (let offset = from; offset <= most; offset += 2) {
    const cost = commonness(literal, offset);
    if (cost < lowest) [best, lowest] = [offset, cost];
  }
  return best;
}
