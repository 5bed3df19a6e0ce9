import { withoutOverlaps, type Caught } from './caught';
import { createCatcher, type Catcher } from './catcher';
import { createCleaner } from './cleaner';
import { tableOfShipped, type Detector } from './detector';
import type { Kernel, KernelMaker } from './kernel';
import { makeScriptKernel } from './kernel-script';
import { loadWasmKernel } from './kernel-wasm';
import { compileKnownForms, compileRecognition, formReader, type KnownValue } from './known';
import { tabulate, type LiteralTable } from './literals';
import { watchLiterals } from './watch';

/** A credential at one place. `secret` leaves this folder only as fingerprint and masked shape. */
export interface Sighting {
  readonly detector: Detector;
  readonly confidence: 'high' | 'medium' | 'low';
  readonly because: string;
  /** One character a byte (latin1). */
  readonly secret: string;
  /** 1-based, counted from the first byte that was pushed. */
  readonly line: number;
  /** Offset of the literal that led to it, in the stream without NULs. */
  readonly at: number;
}

/** Searches one stream of bytes, given piece by piece. What it finds does not depend on where the pieces end. */
export interface Scan {
  push(bytes: Uint8Array): void;
  /** The stream has ended. */
  end(): void;
  /** Lines seen so far; a last line without a newline counts. */
  lines(): number;
  /** True when somewhere so many look-alikes stood together that not every one was tried. */
  skipped(): boolean;
}

export interface Scanner {
  /** The part that takes longest to make, and that threads can be sent. */
  readonly table: LiteralTable;
  /** `base`: the offset of the first byte pushed, when the stream begins in the middle of a file. */
  start(sighted: (sighting: Sighting) => void, base?: number): Scan;
}

/** Bytes kept before a literal: for look-behinds, and for the body of a key whose head is cut off. */
export const behind = 18 * 1024;
/** Bytes after a literal for the body of a key; also room for a cell and what an expression may look at after it. */
export const ahead = 16 * 1024;
/** What stands before a literal may be its secret. */
const lineBehind = 512;
/** Searched in one go: what is found is looked at while it is still in the processor's cache. */
const stride = 32 * 1024;
/** Behind the last byte searched. */
const margin = 16;

export interface ScannerOptions {
  /** Values to find wherever and however they are written. */
  readonly known?: readonly KnownValue[];
  /** How much is searched in one go; memory is a small multiple. */
  readonly blockBytes?: number;
  /** That of a scanner of the same detectors and values. */
  readonly table?: LiteralTable;
  /** Otherwise WebAssembly where it is at hand. */
  readonly kernel?: KernelMaker;
}

let shipped: KernelMaker | undefined;

/** Compiles detectors and known values into a scanner. */
export function compileScanner(detectors: readonly Detector[], options: ScannerOptions = {}): Scanner {
  const { known = [], blockBytes = 512 * 1024 } = options;
  const { literals, watched } = watchLiterals(detectors);
  const table = options.table ?? tabulate(literals, compileKnownForms(known), tableOfShipped(detectors));
  const formOf = formReader(known, table.owners);
  const nameOf = compileRecognition(known);
  const makeKernel = options.kernel ?? (shipped ??= loadWasmKernel() ?? makeScriptKernel);
  /** Of scans that have ended: one scan is open at a time, so one is enough. */
  const idle: { kernel: Kernel; catcher: Catcher }[] = [];
  const take = (): { kernel: Kernel; catcher: Catcher } => {
    const kept = idle.pop();
    if (kept !== undefined) return kept;
    const kernel = makeKernel(table, behind + ahead + blockBytes + 64);
    return { kernel, catcher: createCatcher(kernel.buffer, watched, formOf, nameOf, detectors.length) };
  };
  return {
    table,
    start(sighted, base = 0) {
      const { kernel, catcher } = take();
      return startScan(kernel, catcher, sighted, base, () => idle.push({ kernel, catcher }));
    },
  };
}

function startScan(
  kernel: Kernel,
  catcher: Catcher,
  sighted: (sighting: Sighting) => void,
  first: number,
  release: () => void,
): Scan {
  const { buffer, hits } = kernel;
  const capacity = buffer.length - margin;
  /** Bytes in the buffer; of them [0, searched) have been searched, and [0, counted) counted for newlines. */
  let filled = 0;
  let searched = 0;
  let counted = 0;
  let newlines = 0;
  let total: number | null = null;
  /** Offset of buffer[0] in the cleaned stream. */
  let base = first;
  let lastByte = 0x0a;
  let pending: Caught[] = [];
  const clean = createCleaner();
  catcher.reset();

  const push = (bytes: Uint8Array): void => {
    for (let offset = 0; offset < bytes.length;) {
      if (filled === capacity) searchBlock(false);
      const room = Math.min(capacity - filled, bytes.length - offset);
      filled += clean(bytes.subarray(offset, offset + room), buffer, filled);
      offset += room;
    }
    if (filled > 0) lastByte = buffer[filled - 1] ?? lastByte;
  };
  const end = (): void => {
    searchBlock(true);
    flush(Infinity);
    total = lines();
    release();
  };
  const lines = (): number => {
    if (total !== null) return total;
    countTo(filled);
    return newlines + (lastByte === 0x0a ? 0 : 1);
  };
  return { push, end, lines, skipped: () => catcher.skipped() };

  /** Searches what has enough bytes after it, then keeps the tail and what stands before it. */
  function searchBlock(final: boolean): void {
    const limit = final ? filled : Math.max(searched, filled - ahead);
    buffer.fill(0, filled, Math.min(filled + margin, buffer.length));
    catcher.moveTo(base, filled);
    for (let from = searched; from < limit; from += stride) search(from, Math.min(limit, from + stride));
    searched = limit;
    flush(base + limit - lineBehind);
    const drop = Math.max(0, limit - behind) & ~1;
    countTo(Math.max(counted, drop));
    buffer.copyWithin(0, drop, filled);
    filled -= drop;
    searched -= drop;
    counted -= drop;
    base += drop;
  }

  function search(from: number, to: number): void {
    const count = kernel.search(from, to);
    if (count < 0) {
      const middle = (from + to) >>> 1;
      search(from, middle);
      search(middle, to);
      return;
    }
    sortHits(hits, count);
    for (let index = 0; index < 2 * count; index += 2)
      catcher.look(hits[index] ?? 0, hits[index + 1] ?? 0, pending);
  }

  /** Reports what ends before `limit`: nothing that is still to be found can overlap it. */
  function flush(limit: number): void {
    if (pending.length === 0) return;
    const kept = withoutOverlaps(pending);
    pending = kept.filter((caught) => caught.to > limit);
    const ready = kept.filter((caught) => caught.to <= limit).sort((a, b) => a.at - b.at || a.from - b.from);
    for (const { detector, confidence, because, secret, at } of ready) {
      countTo(Math.max(counted, at - base));
      const line = newlines + 1 - newlinesAfter(at - base);
      sighted({ detector, confidence, because, secret, line, at });
    }
  }

  function countTo(to: number): void {
    if (to <= counted) return;
    newlines += kernel.countNewlines(counted, to);
    counted = to;
  }

  function newlinesAfter(at: number): number {
    return at < counted ? kernel.countNewlines(Math.max(0, at), counted) : 0;
  }
}

/** By place, then by number: so that what is found does not depend on the kernel. Nearly sorted already. */
function sortHits(hits: Int32Array, count: number): void {
  for (let index = 2; index < 2 * count; index += 2) {
    const at = hits[index] ?? 0;
    const literal = hits[index + 1] ?? 0;
    let to = index;
    for (; to > 0; to -= 2) {
      const before = hits[to - 2] ?? 0;
      if (before < at || (before === at && (hits[to - 1] ?? 0) <= literal)) break;
      hits[to] = before;
      hits[to + 1] = hits[to - 1] ?? 0;
    }
    hits[to] = at;
    hits[to + 1] = literal;
  }
}
