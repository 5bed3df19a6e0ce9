/* eslint-disable @typescript-eslint/non-nullable-type-assertion-style -- `!` is not allowed, and a loop over numbers need not ask for undefined */
import { commonness, sharesInLogs } from './commonness';
import { fold, lowerByte, multiplier } from './fold';
import { Halves } from './halves';
import type { KnownForms } from './known';

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

const noDemand: Demand = { begins: false, exact: false, run: 0, plain: false };

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
  /** Of each form of a known value, which stand behind all other literals: of which value. */
  readonly owners: Int32Array;
}

/** Windows of a literal among which the least common one is chosen, for even and for odd offsets; of a form, which looks random, few do. */
const candidates = 16;
const candidatesOfForm = 4;

const classes = Uint8Array.from({ length: 256 }, (_, byte) => {
  const character = String.fromCharCode(byte);
  return byte > 127 ? 0 : (/[\w-]/.test(character) ? 1 : 0) | (/[\w.+/=~:@-]/.test(character) ? 2 : 0);
});

/**
 * Builds the tables for literals of at least three bytes, behind them the forms of known values. `begun`: the tables of just
 * the literals, when somebody made them.
 */
export function tabulate(
  literals: readonly Literal[],
  forms: KnownForms = noForms,
  begun: LiteralTable = tabulateLiterals(literals),
): LiteralTable {
  const { bytes, owners } = forms;
  if (owners.length === 0) return begun;
  const first = begun.count;
  const before = begun.exact.length;
  const exact = joined(begun.exact, bytes, Uint8Array);
  const folded = joined(begun.folded, bytes, Uint8Array);
  lowerFrom(folded, before);
  const starts = joined(
    begun.starts,
    forms.starts.subarray(1).map((start) => start + before),
    Int32Array,
  );
  const demands = joined(
    begun.demands,
    forms.exact.map((one) => one * demandsExact),
    Int32Array,
  );
  const windows = new Windows(2 * owners.length, candidatesOfForm, begun);
  for (let id = first; id < first + owners.length; id++)
    windows.add(folded, starts[id] as number, starts[id + 1] as number, id, noDemand);
  return {
    count: first + owners.length,
    ...windows.tables(),
    starts,
    exact,
    folded,
    demands,
    classes,
    owners,
  };
}

const noForms: KnownForms = {
  bytes: new Uint8Array(0),
  starts: new Int32Array(1),
  exact: new Uint8Array(0),
  owners: new Int32Array(0),
};

function joined<T extends Int32Array | Uint8Array>(
  first: T,
  second: Int32Array | Uint8Array,
  kind: new (length: number) => T,
): T {
  const all = new kind(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  return all;
}

function lowerFrom(bytes: Uint8Array, from: number): void {
  for (let at = from; at < bytes.length; at++) bytes[at] = lowerByte(bytes[at] as number);
}

const demandsExact = 2;

function tabulateLiterals(literals: readonly Literal[]): LiteralTable {
  const exact = Uint8Array.from(Buffer.from(literals.map(({ text }) => text).join(''), 'latin1'));
  const folded = exact.slice();
  lowerFrom(folded, 0);
  const starts = new Int32Array(literals.length + 1);
  const demands = new Int32Array(literals.length);
  const windows = new Windows(16 * 1024, candidates);
  for (const [id, { text, demand }] of literals.entries()) {
    const start = starts[id] as number;
    const end = (starts[id + 1] = start + text.length);
    windows.add(folded, start, end, id, demand);
    const { begins, plain, run } = demand;
    demands[id] = (begins ? 1 : 0) | (demand.exact ? demandsExact : 0) | (plain ? 4 : 0) | (run << 8);
  }
  const { owners } = noForms;
  return { count: literals.length, ...windows.tables(), starts, exact, folded, demands, classes, owners };
}

/** The same table in memory that threads share: it is sent to each of them without a copy. */
export function inSharedMemory(table: LiteralTable): LiteralTable {
  const share = <T extends Int32Array | Uint8Array>(from: T, make: (buffer: SharedArrayBuffer) => T): T => {
    const to = make(new SharedArrayBuffer(from.byteLength));
    to.set(from);
    return to;
  };
  const words = (from: Int32Array): Int32Array => share(from, (buffer) => new Int32Array(buffer));
  const bytes = (from: Uint8Array): Uint8Array => share(from, (buffer) => new Uint8Array(buffer));
  const { halves, bitmap, slots, entries, starts, demands, folded, exact, classes, owners } = table;
  return {
    ...table,
    halves: words(halves),
    bitmap: words(bitmap),
    slots: words(slots),
    entries: words(entries),
    starts: words(starts),
    demands: words(demands),
    folded: bytes(folded),
    exact: bytes(exact),
    classes: bytes(classes),
    owners: words(owners),
  };
}

/** Windows and the entries they lead to. */
class Windows {
  private readonly shares = sharesInLogs();
  private readonly halves: Halves;
  private maxOffset: number;
  private longest: number;
  private count = 0;
  /** Of each row four numbers: the window, and what an entry holds but the next one. */
  private rows: Int32Array;

  /** `expected`: so many rows, beside those of the tables that are begun. */
  constructor(
    expected: number,
    private readonly candidates: number,
    begun?: LiteralTable,
  ) {
    this.rows = new Int32Array(4 * expected + (begun?.entries.length ?? 0));
    this.halves = new Halves(begun?.halves);
    this.maxOffset = begun?.maxOffset ?? 0;
    this.longest = begun?.longest ?? 0;
    if (begun === undefined) return;
    const { slots, entries } = begun;
    for (let slot = 0; slot < slots.length; slot += 2)
      for (let entry = slots[slot + 1] as number; entry !== 0; entry = entries[entry + 3] as number) {
        const packed = entries[entry] as number;
        const offset = (packed & 63) - 1;
        this.addRow(
          slots[slot] as number,
          packed >>> 6,
          offset,
          entries[entry + 1] as number,
          entries[entry + 2] as number,
        );
      }
  }

  /** The literal is what stands in [start, end) of the folded bytes. */
  add(folded: Uint8Array, start: number, end: number, id: number, demand: Demand): void {
    const length = end - start;
    if (length < 3) throw new Error('a literal is shorter than three bytes');
    if (length > this.longest) this.longest = length;
    if (length > 4) {
      this.addWithin(folded, start, end, id, this.rarest(folded, start, end, 0));
      this.addWithin(folded, start, end, id, length === 5 ? 1 : this.rarest(folded, start, end, 1));
      return;
    }
    if (length === 4) this.addWithin(folded, start, end, id, 0);
    this.addAround(folded.subarray(start, end), id, length === 4 ? 1 : 0, demand);
    if (length === 3) this.addAround(folded.subarray(start, end), id, -1, demand);
  }

  /** Of the windows at every second offset the least common one. */
  private rarest(folded: Uint8Array, start: number, end: number, from: number): number {
    // A late one is as good as an early one: of a long literal some will do.
    const most = Math.min(end - start - 4, from + 2 * this.candidates);
    let best = from;
    let lowest = Infinity;
    for (let offset = from; offset <= most; offset += 2) {
      const cost = commonness(this.shares, wordAt(folded, start + offset) | fold);
      if (cost < lowest) {
        best = offset;
        lowest = cost;
      }
    }
    return best;
  }

  /** Adds the window at an offset, all of it within the literal. */
  private addWithin(folded: Uint8Array, start: number, end: number, id: number, offset: number): void {
    const window = wordAt(folded, start + offset) | fold;
    this.halves.addOne(window & 0xffff, window >>> 16);
    this.addRow(window, id, offset, end - start - 4 - offset, wordAt(folded, end - 4) | fold);
  }

  /** Adds all windows that may stand at an offset where something stands around the literal. */
  private addAround(literal: Uint8Array, id: number, offset: number, demand: Demand): void {
    const firsts = pairsAt(literal, offset, demand);
    const seconds = pairsAt(literal, offset + 2, demand);
    this.halves.add(firsts, seconds);
    for (const first of firsts)
      for (const second of seconds) {
        const window = first | (second << 16);
        // A short literal is all window.
        if (literal.length === 3) this.addRow(window, id, offset, 0, window);
        else this.addRow(window, id, offset, -offset, wordAt(literal, 0) | fold);
      }
  }

  private addRow(window: number, id: number, offset: number, tailAt: number, tail: number): void {
    if (4 * this.count === this.rows.length) {
      const more = new Int32Array(2 * this.rows.length);
      more.set(this.rows);
      this.rows = more;
    }
    const { rows } = this;
    const at = 4 * this.count++;
    rows[at] = window;
    rows[at + 1] = id * 64 + (offset + 1);
    rows[at + 2] = tailAt;
    rows[at + 3] = tail;
    if (offset > this.maxOffset) this.maxOffset = offset;
  }

  tables(): Omit<LiteralTable, 'count' | 'starts' | 'exact' | 'folded' | 'demands' | 'classes' | 'owners'> {
    const { maxOffset, longest } = this;
    return { halves: this.halves.table(), ...this.hash(), maxOffset, longest };
  }

  private hash(): Pick<LiteralTable, 'bitmap' | 'bitmapShift' | 'slotShift' | 'slots' | 'entries'> {
    const { rows, count } = this;
    // One bit in fifty set at most, in a bitmap that fits into the processor's cache.
    const bitmapBits = Math.min(22, Math.max(17, Math.ceil(Math.log2(count * 50 + 1))));
    const slotBits = Math.max(4, Math.ceil(Math.log2(count * 1.5 + 1)));
    const bitmap = new Int32Array(1 << (bitmapBits - 5));
    const slots = new Int32Array(2 << slotBits);
    const entries = new Int32Array(4 * (count + 1));
    for (let row = 0; row < 4 * count; row += 4) {
      const window = rows[row] as number;
      const hash = Math.imul(window, multiplier);
      const bit = hash >>> (32 - bitmapBits);
      (bitmap[bit >>> 5] as number) |= 1 << (bit & 31);
      let slot = hash >>> (32 - slotBits);
      while (slots[2 * slot + 1] !== 0 && slots[2 * slot] !== window)
        slot = (slot + 1) & ((1 << slotBits) - 1);
      const entry = row + 4;
      entries[entry] = rows[row + 1] as number;
      entries[entry + 1] = rows[row + 2] as number;
      entries[entry + 2] = rows[row + 3] as number;
      entries[entry + 3] = slots[2 * slot + 1] as number;
      slots[2 * slot] = window;
      slots[2 * slot + 1] = entry;
    }
    return { bitmap, bitmapShift: 32 - bitmapBits, slotShift: 32 - slotBits, slots, entries };
  }
}

function wordAt(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] as number) |
    ((bytes[at + 1] as number) << 8) |
    ((bytes[at + 2] as number) << 16) |
    ((bytes[at + 3] as number) << 24)
  );
}

/** All values that two folded bytes at `offset` of the literal can take. */
function pairsAt(literal: Uint8Array, offset: number, demand: Demand): readonly number[] {
  if (offset >= 0 && offset + 1 < literal.length)
    return [((literal[offset] as number) | ((literal[offset + 1] as number) << 8) | fold) & 0xffff];
  const low = bytesAt(literal, offset, demand);
  const high = bytesAt(literal, offset + 1, demand);
  return low.flatMap((byte) => high.map((next) => byte | (next << 8)));
}

/** Outside the literal stands what its demand allows. */
function bytesAt(literal: Uint8Array, place: number, demand: Demand): readonly number[] {
  const byte = literal[place];
  return byte === undefined ? allowedAt(place, demand) : [byte | 0x20];
}

const foldedBytes = Array.from({ length: 256 }, (_, byte) => byte).filter((byte) => (byte & 0x20) !== 0);

const keyBytes = foldedBytesOf(2);
const plainBytes = foldedBytesOf(1);

/** What can stand so far from the literal's first byte, folded. */
function allowedAt(place: number, { run, plain }: Demand): readonly number[] {
  // What ends an escape may be any letter or digit, so `begins` rules out nothing.
  if (place < 0 || place >= run) return foldedBytes;
  return plain ? plainBytes : keyBytes;
}

function foldedBytesOf(kind: number): readonly number[] {
  return foldedBytes.filter((byte) => (((classes[byte] ?? 0) | (classes[byte & ~0x20] ?? 0)) & kind) !== 0);
}
