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
const LISTS: usize = 60;

const MULTIPLIER: u32 = 0x9e3779b1;
const FOLD: u32 = 0x20202020;

/**
 * Bytes that are looked at in one go. What may hold a window is listed first, then looked at: a list grows without a
 * branch, and to guess a branch wrong costs the processor as much as several looks.
 */
const STRETCH: usize = 4096;
/** Room for the list of turns, each of eight bytes, with one to spare; the list of windows stands behind it. */
const TURNS: usize = STRETCH / 2 + 16;

/** Literals that begin in [from, to) of the bytes; -1 when there are more than the list of hits can hold. */
export function search(from: i32, to: i32): i32 {
  const bytes = <usize>load<u32>(BYTES);
  const maxOffset = <i32>load<u32>(MAX_OFFSET);
  const windows = <usize>load<u32>(LISTS) + TURNS;
  const end: usize = bytes + <usize>(to + maxOffset + 2);
  let count: i32 = 0;
  for (let at: usize = bytes + ((<usize>max(0, from - 2)) & ~1); at < end; at += STRETCH) {
    const last = listWindows(listTurns(at, min(end, at + STRETCH)));
    for (let window = windows; window < last; window += 4)
      count = confirm(load<u32>(window), from, to, count);
  }
  return count > <i32>load<u32>(MOST_HITS) ? -1 : count;
}

/** Lists where, in turns of eight bytes from `at` on, a window may begin. Returns where the list ends. */
function listTurns(at: usize, end: usize): usize {
  const halves = <usize>load<u32>(HALVES);
  let last = <usize>load<u32>(LISTS);
  let before = half(halves, load<u16>(at));
  for (; at < end; at += 8) {
    const next = load<u64>(at, 2);
    const a = half(halves, (<u32>next) & 0xffff);
    const b = half(halves, (<u32>next) >> 16);
    const c = half(halves, (<u32>(next >> 32)) & 0xffff);
    const d = half(halves, <u32>(next >> 48));
    const some = (before & (a >> 16)) | (a & (b >> 16)) | (b & (c >> 16)) | (c & (d >> 16));
    before = d;
    store<u32>(last, <u32>at);
    last += (<usize>(some != 0)) << 2;
  }
  return last;
}

/** Lists the windows of the turns listed before whose hash is in the bitmap. Returns where the list ends. */
function listWindows(lastTurn: usize): usize {
  const bitmap = <usize>load<u32>(BITMAP);
  const shift = load<u32>(BITMAP_SHIFT);
  const turns = <usize>load<u32>(LISTS);
  let last = turns + TURNS;
  for (let turn = turns; turn < lastTurn; turn += 4) {
    const at = load<u32>(turn);
    for (let window = at; window < at + 8; window += 2) {
      const bit = hash(load<u32>(window) | FOLD) >> shift;
      store<u32>(last, window);
      last += (<usize>((load<u32>(bitmap + ((bit >> 5) << 2)) >> (bit & 31)) & 1)) << 2;
    }
  }
  return last;
}

function half(halves: usize, pair: u32): u32 {
  return load<u32>(halves + ((<usize>pair) << 2));
}

function hash(window: u32): u32 {
  return window * MULTIPLIER;
}

/** Adds the literals of which the window is a part. */
function confirm(window: usize, from: i32, to: i32, count: i32): i32 {
  const value = load<u32>(window) | FOLD;
  const slots = <usize>load<u32>(SLOTS);
  const slotShift = load<u32>(SLOT_SHIFT);
  const mask: u32 = (1 << (32 - slotShift)) - 1;
  for (let slot: u32 = hash(value) >> slotShift; ; slot = (slot + 1) & mask) {
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
  const demand = load<u32>(<usize>load<u32>(DEMANDS) + ((<usize>literal) << 2));
  const exact = (demand & 2) != 0;
  const text = <usize>load<u32>(exact ? EXACT : FOLDED) + start;
  for (let index: usize = 0; index < length; index += 16) {
    const read = v128.load(place + index);
    const equal = i8x16.eq(exact ? read : lower(read), v128.load(text + index));
    const rest = length - <u32>index;
    const wanted = rest < 16 ? (1 << rest) - 1 : 0xffff;
    if ((i8x16.bitmask(equal) & wanted) != wanted) return false;
  }
  if (demand == 0) return true;
  if (demand & 1 && goesOn(place, at)) return false;
  const classes = <usize>load<u32>(CLASSES);
  const run = <usize>(demand >> 8);
  const kind: u8 = demand & 4 ? 1 : 2;
  for (let index: usize = length; index < run; index++) {
    if (!(load<u8>(classes + load<u8>(place + index)) & kind)) return false;
  }
  return true;
}

/** Lower case of ASCII letters. */
function lower(bytes: v128): v128 {
  const upper = i8x16.lt_u(i8x16.sub(bytes, i8x16.splat(0x41)), i8x16.splat(26));
  return v128.or(bytes, v128.and(upper, i8x16.splat(0x20)));
}

/** Whether a word goes on at `place`: what stands before belongs to one, and not to an escape (`\n`, `%3D`). */
function goesOn(place: usize, at: i32): bool {
  if (at == 0 || !(load<u8>(<usize>load<u32>(CLASSES) + load<u8>(place - 1)) & 1)) return false;
  return (at < 2 || load<u8>(place - 2) != 0x5c) && (at < 3 || load<u8>(place - 3) != 0x25);
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
