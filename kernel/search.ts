/*
 * The kernel of the log search in AssemblyScript: what src/collect/log-secrets/kernel-script.ts does, on memory that the
 * caller lays out (see kernel.ts there, which also says what stands at which address). Built by `npm run build`.
 */

// Addresses of the header's fields.
const BITMAP: usize = 0;
const BITMAP_SHIFT: usize = 4;
const SLOTS: usize = 8;
const SLOT_SHIFT: usize = 12;
const ENTRIES: usize = 16;
const STARTS: usize = 20;
const FOLDED: usize = 24;
const EXACT: usize = 28;
const DEMANDS: usize = 32;
const CLASSES: usize = 36;
const BYTES: usize = 40;
const HITS: usize = 44;
const MOST_HITS: usize = 48;
const MAX_OFFSET: usize = 52;
const HALVES: usize = 56;

const MULTIPLIER: u32 = 0x9e3779b1;
const FOLD: u32 = 0x20202020;

/** Literals that begin in [from, to) of the bytes; -1 when there are more than the list of hits can hold. */
export function search(from: i32, to: i32): i32 {
  const bytes = <usize>load<u32>(BYTES);
  const halves = <usize>load<u32>(HALVES);
  const maxOffset = <i32>load<u32>(MAX_OFFSET);
  let at: usize = bytes + ((<usize>max(0, from - 2)) & ~1);
  const end: usize = bytes + ((<usize>(to + maxOffset + 2)) & ~1);
  let count: i32 = 0;
  // Eight bytes a turn: that a window may stand in them is rare, so one branch serves all.
  let before = half(halves, load<u16>(at));
  for (; at + 6 < end; at += 8) {
    const next = load<u64>(at, 2);
    const a = half(halves, (<u32>next) & 0xffff);
    const b = half(halves, (<u32>next) >> 16);
    const c = half(halves, (<u32>(next >> 32)) & 0xffff);
    const d = half(halves, <u32>(next >> 48));
    const inA = before & (a >> 16);
    const inB = a & (b >> 16);
    const inC = b & (c >> 16);
    const inD = c & (d >> 16);
    before = d;
    if (!(inA | inB | inC | inD)) continue;
    if (inA) count = check(at, from, to, count);
    if (inB) count = check(at + 2, from, to, count);
    if (inC) count = check(at + 4, from, to, count);
    if (inD) count = check(at + 6, from, to, count);
  }
  for (; at < end; at += 2) count = check(at, from, to, count);
  return count > <i32>load<u32>(MOST_HITS) ? -1 : count;
}

/** Newlines in [from, to) of the bytes. */
export function countNewlines(from: i32, to: i32): i32 {
  const bytes = <usize>load<u32>(BYTES);
  let at = bytes + from;
  const end = bytes + to;
  let count: i32 = 0;
  const newline = i8x16.splat(10);
  for (; at + 16 <= end; at += 16) {
    count += popcnt(i8x16.bitmask(i8x16.eq(v128.load(at), newline)));
  }
  for (; at < end; at++) count += i32(load<u8>(at) == 10);
  return count;
}

function half(halves: usize, pair: u32): u32 {
  return load<u32>(halves + ((<usize>pair) << 2));
}

function check(window: usize, from: i32, to: i32, count: i32): i32 {
  const hash = (load<u32>(window) | FOLD) * MULTIPLIER;
  const bit = hash >> load<u32>(BITMAP_SHIFT);
  const word = load<u32>(<usize>load<u32>(BITMAP) + ((bit >> 5) << 2));
  return (word >> (bit & 31)) & 1 ? confirm(window, hash, from, to, count) : count;
}

function confirm(window: usize, hash: u32, from: i32, to: i32, count: i32): i32 {
  const value = load<u32>(window) | FOLD;
  const slots = <usize>load<u32>(SLOTS);
  const slotShift = load<u32>(SLOT_SHIFT);
  const mask: u32 = (1 << (32 - slotShift)) - 1;
  for (let slot: u32 = hash >> slotShift; ; slot = (slot + 1) & mask) {
    const pair = slots + (slot << 3);
    const first = load<u32>(pair, 4);
    if (first == 0) return count;
    if (load<u32>(pair) != value) continue;
    const bytes = <usize>load<u32>(BYTES);
    const entries = <usize>load<u32>(ENTRIES);
    for (let next = first; next != 0;) {
      const entry = entries + (next << 2);
      next = load<u32>(entry, 12);
      if ((load<u32>(window + load<i32>(entry, 4)) | FOLD) != load<u32>(entry, 8)) continue;
      const packed = load<i32>(entry);
      const at = <i32>(window - bytes) - ((packed & 63) - 1);
      if (at < from || at >= to || !stands(bytes + at, packed >> 6, at)) continue;
      if (count < <i32>load<u32>(MOST_HITS)) {
        const hit = <usize>load<u32>(HITS) + ((<usize>count) << 3);
        store<i32>(hit, at);
        store<i32>(hit, packed >> 6, 4);
      }
      count++;
    }
    return count;
  }
}

/** Whether the literal stands at `place`, and around it what it demands. */
function stands(place: usize, literal: i32, at: i32): bool {
  const starts = <usize>load<u32>(STARTS) + ((<usize>literal) << 2);
  const start = load<u32>(starts);
  const length = load<u32>(starts, 4) - start;
  const folded = <usize>load<u32>(FOLDED) + start;
  for (let index: usize = 0; index < length; index++) {
    const byte = load<u8>(place + index);
    const lower = byte - 0x41 < 26 ? byte | 0x20 : byte;
    if (lower != load<u8>(folded + index)) return false;
  }
  const demand = load<u32>(<usize>load<u32>(DEMANDS) + ((<usize>literal) << 2));
  if (demand == 0) return true;
  const classes = <usize>load<u32>(CLASSES);
  if (demand & 1 && goesOn(place, at)) return false;
  if (demand & 2) {
    const exact = <usize>load<u32>(EXACT) + start;
    for (let index: usize = 0; index < length; index++) {
      if (load<u8>(place + index) != load<u8>(exact + index)) return false;
    }
  }
  const run = <usize>(demand >> 8);
  const kind: u8 = demand & 4 ? 1 : 2;
  for (let index: usize = length; index < run; index++) {
    if (!(load<u8>(classes + load<u8>(place + index)) & kind)) return false;
  }
  return true;
}

/** Whether a word goes on at `place`: what stands before belongs to one, and not to an escape (`\n`, `%3D`). */
function goesOn(place: usize, at: i32): bool {
  if (at == 0 || !(load<u8>(<usize>load<u32>(CLASSES) + load<u8>(place - 1)) & 1)) return false;
  return (at < 2 || load<u8>(place - 2) != 0x5c) && (at < 3 || load<u8>(place - 3) != 0x25);
}
