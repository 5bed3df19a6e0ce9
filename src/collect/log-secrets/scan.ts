import type { Detector } from './detector';
import { judge } from './judge';
import { readPrivateKey } from './pem';
import { compileKnownForms, compileRecognition, type KnownForm, type KnownValue } from './known';
import { isNearby } from './nearby';
import { compilePrefilter, lowerAscii } from './prefilter';

/** A credential at one place. `secret` leaves this folder only as fingerprint and masked shape. */
export interface Sighting {
  readonly detector: Detector;
  readonly confidence: 'high' | 'medium' | 'low';
  readonly because: string;
  /** One character a byte (latin1). */
  readonly secret: string;
  /** 1-based. */
  readonly line: number;
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
  start(sighted: (sighting: Sighting) => void): Scan;
}

/** Bytes kept before a literal: for look-behinds, and for the body of a key whose head is cut off. */
const behind = 18 * 1024;
const pemBehind = 16 * 1024;
/** Bytes after a literal for the body of a key; also room for a cell and what an expression may look at after it. */
const pemAhead = 16 * 1024;
const cellBytes = 8 * 1024;
const lineAhead = 6 * 1024;
/** Characters that one detector may match within a cell: four times over what the cell holds. */
const cellBudget = 4 * cellBytes;
const lineBehind = 512;

export interface ScannerOptions {
  /** Values to find wherever and however they are written. */
  readonly known?: readonly KnownValue[];
  /** How much is searched in one go; memory is a small multiple. */
  readonly blockBytes?: number;
}

/** Compiles detectors and known values into a scanner. */
export function compileScanner(detectors: readonly Detector[], options: ScannerOptions = {}): Scanner {
  const { known = [], blockBytes = 1024 * 1024 } = options;
  const forms = compileKnownForms(known);
  const nameOf = compileRecognition(known);
  const byLiteral = groupByLiteral<Detector | KnownForm>([
    ...detectors.flatMap((detector) => detector.literals.map((text) => [text, detector] as const)),
    ...forms.map((form) => [form.text, form] as const),
  ]);
  const prefilter = compilePrefilter([...byLiteral.keys()]);
  const interested = prefilter.literals.map((literal) => byLiteral.get(literal) ?? []);
  /** Buffers of scans that have ended: one scan is open at a time, so one is enough. */
  const idle: Buffer[] = [];
  return { start: (sighted) => startScan(sighted) };

  function startScan(sighted: (sighting: Sighting) => void): Scan {
    const buffer = idle.pop() ?? Buffer.alloc(behind + pemAhead + blockBytes + 64);
    const capacity = buffer.length - 16;
    /** Bytes in the buffer; of them [0, searched) have been searched, and [0, counted) counted for newlines. */
    let filled = 0;
    let searched = 0;
    let counted = 0;
    let newlines = 0;
    let total: number | null = null;
    /** Offset of buffer[0] in the cleaned stream. */
    let base = 0;
    let lastByte = 0x0a;
    let pending: Caught[] = [];
    const clean = createCleaner();
    const latest = new Map<Detector, Caught>();
    const spent = new Map<Detector, number>();
    let spentIn = -1;
    let skipped = false;
    let lineText = '';
    let lineFrom = -1;
    let lineTo = -1;
    let blockText = '';
    let blockFrom = -1;
    let blockTo = -1;

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
      idle.push(buffer);
    };
    const lines = (): number => {
      if (total !== null) return total;
      countTo(filled);
      return newlines + (lastByte === 0x0a ? 0 : 1);
    };
    return { push, end, lines, skipped: () => skipped };

    /** Searches what has enough bytes after it, then keeps the tail and what stands before it. */
    function searchBlock(final: boolean): void {
      const limit = final ? filled : Math.max(searched, filled - pemAhead);
      buffer.fill(0, filled, Math.min(filled + 16, buffer.length));
      lineTo = -1;
      blockTo = -1;
      prefilter.search(buffer, searched, limit, consider);
      searched = limit;
      // What stands before a literal may be its secret.
      flush(base + limit - lineBehind);
      const drop = Math.max(0, limit - behind) & ~1;
      countTo(Math.max(counted, drop));
      buffer.copyWithin(0, drop, filled);
      filled -= drop;
      searched -= drop;
      counted -= drop;
      base += drop;
    }

    function consider(at: number, literal: number): void {
      for (const detector of interested[literal] ?? []) {
        if ('how' in detector) {
          if (standsKnown(detector, at)) pending.push(catchKnown(detector, at));
          continue;
        }
        if (!isNearby(detector.nearby, buffer, at, filled)) continue;
        const last = latest.get(detector);
        if (!afford(detector, base + at)) continue;
        // Within what it has just caught a detector would only catch a part of it again.
        if (last !== undefined && base + at >= last.at && base + at < last.to) continue;
        const caught = detector.shape === 'pem' ? catchKey(detector, at) : catchInLine(detector, at);
        if (caught === undefined) continue;
        latest.set(detector, caught);
        pending.push(caught);
      }
    }

    /** A line made of nothing but look-alikes would otherwise cost more than all other logs together. */
    function afford(detector: Detector, at: number): boolean {
      const cell = Math.floor(at / cellBytes);
      if (cell !== spentIn) {
        spentIn = cell;
        spent.clear();
      }
      if ((spent.get(detector) ?? 0) <= cellBudget) return true;
      skipped = true;
      return false;
    }

    function standsKnown({ text, anyCase, bounded }: KnownForm, at: number): boolean {
      const end = at + text.length;
      if (!anyCase && buffer.toString('latin1', at, end) !== text) return false;
      if (!bounded) return true;
      return (
        !(isAlnum(buffer[at - 1]) && isAlnum(buffer[at])) &&
        !(isAlnum(buffer[end - 1]) && isAlnum(buffer[end]))
      );
    }

    function catchKnown({ detector, name, how, text, secret }: KnownForm, at: number): Caught {
      const because = `it is ${name}${how === '' ? '' : `, ${how}`}`;
      const place = { at: base + at, from: base + at, to: base + at + text.length };
      return { detector, confidence: 'high', because, secret, ...place };
    }

    function catchInLine(detector: Detector, at: number): Caught | undefined {
      const isBlock = detector.shape === 'block';
      if (isBlock && (at < blockFrom + lineBehind || at >= blockTo)) openBlock(at);
      else if (!isBlock && (at < lineFrom || at >= lineTo)) openLine(at);
      const [text, textFrom] = isBlock ? [blockText, blockFrom] : [lineText, lineFrom];
      const { expression } = detector;
      expression.lastIndex = at - textFrom;
      const match = expression.exec(text);
      spent.set(detector, (spent.get(detector) ?? 0) + 16 + (match?.[0].length ?? 0));
      if (match === null) return undefined;
      const groups = match.groups ?? {};
      const value = groups.secret ?? groups.escaped ?? groups.bare;
      if (value === undefined) return undefined;
      const [found] = match;
      // The value is the last of its kind in what matched, or stands before the literal (in a look-behind).
      const within = found.lastIndexOf(value);
      const start = within === -1 ? text.lastIndexOf(value, at - textFrom) : at - textFrom + within;
      const verdict = judge(detector, {
        value,
        bare: groups.bare === value,
        after: text.slice(start + value.length, start + value.length + 64),
        key: within === -1 ? '' : found.slice(0, within),
        suffix: groups.suffix ?? '',
      });
      if (verdict === undefined) return undefined;
      const from = base + textFrom + start;
      const name = nameOf(verdict.secret);
      const sure =
        name === undefined
          ? {}
          : ({ confidence: 'high', because: `${detector.because}; it is ${name}` } as const);
      return { ...verdict, ...sure, detector, at: base + at, from, to: from + value.length };
    }

    function catchKey(detector: Detector, at: number): Caught | undefined {
      const from = Math.max(0, at - pemBehind);
      const text = buffer.toString('latin1', from, Math.min(filled, at + pemAhead));
      const key = readPrivateKey(text, at - from);
      if (key === undefined) return undefined;
      const { secret, confidence, because } = key;
      const caught = { secret, confidence, because: because ?? detector.because, detector, at: base + at };
      return { ...caught, from: base + from + key.from, to: base + from + key.to };
    }

    /**
     * The line around `at`. Of a long line it is a window that serves all literals of one cell of the stream, so
     * that a line full of literals is not copied for each; cells lie at fixed places, not where pieces end.
     */
    function openLine(at: number): void {
      const cell = Math.floor((base + at) / cellBytes) * cellBytes - base;
      const low = Math.max(0, cell - lineBehind);
      const high = Math.min(filled, cell + cellBytes + lineAhead);
      lineFrom = at;
      while (lineFrom > low && buffer[lineFrom - 1] !== 0x0a) lineFrom--;
      let stop = at;
      while (stop < high && buffer[stop] !== 0x0a) stop++;
      lineText = buffer.toString('latin1', lineFrom, stop);
      lineTo = Math.min(cell + cellBytes, stop);
    }

    /** The same for expressions that look over lines: nothing but the cell bounds the window. */
    function openBlock(at: number): void {
      const cell = Math.floor((base + at) / cellBytes) * cellBytes - base;
      blockFrom = Math.max(0, cell - lineBehind);
      blockText = buffer.toString('latin1', blockFrom, Math.min(filled, cell + cellBytes + lineAhead));
      blockTo = cell + cellBytes;
    }

    /** Reports what ends before `limit`: nothing that is still to be found can overlap it. */
    function flush(limit: number): void {
      if (pending.length === 0) return;
      const kept = withoutOverlaps(pending);
      pending = kept.filter((caught) => caught.to > limit);
      const ready = kept
        .filter((caught) => caught.to <= limit)
        .sort((a, b) => a.at - b.at || a.from - b.from);
      for (const { detector, confidence, because, secret, at } of ready) {
        countTo(Math.max(counted, at - base));
        sighted({ detector, confidence, because, secret, line: newlines + 1 - newlinesAfter(at - base) });
      }
    }

    function countTo(to: number): void {
      newlines += countNewlines(buffer, counted, to);
      counted = Math.max(counted, to);
    }

    function newlinesAfter(at: number): number {
      return at < counted ? countNewlines(buffer, Math.max(0, at), counted) : 0;
    }
  }
}

interface Caught {
  readonly detector: Detector;
  readonly confidence: 'high' | 'medium' | 'low';
  readonly because: string;
  readonly secret: string;
  /** Offsets in the stream: of the literal, of the secret, of its end. */
  readonly at: number;
  readonly from: number;
  readonly to: number;
}

function countNewlines(bytes: Buffer, from: number, to: number): number {
  const part = bytes.subarray(from, to);
  let count = 0;
  for (let at = part.indexOf(0x0a); at !== -1; at = part.indexOf(0x0a, at + 1)) count++;
  return count;
}

function groupByLiteral<T>(entries: readonly (readonly [string, T])[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const [text, entry] of entries) {
    const literal = lowerAscii(text);
    const group = groups.get(literal);
    if (group === undefined) groups.set(literal, [entry]);
    else group.push(entry);
  }
  return groups;
}

function isAlnum(byte: number | undefined): boolean {
  return (
    byte !== undefined && ((byte >= 0x30 && byte <= 0x39) || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a))
  );
}

/**
 * Where two overlap the higher rank stays, then the earlier. A known value that a detector caught whole is told by
 * the detector, which says how it came there.
 */
function withoutOverlaps(all: readonly Caught[]): Caught[] {
  const kept: Caught[] = [];
  for (const caught of [...all].sort(
    (a, b) => a.from - b.from || b.detector.rank - a.detector.rank || b.to - a.to,
  )) {
    const last = kept.at(-1);
    if (last === undefined || caught.from >= last.to) kept.push(caught);
    else if (outranks(caught, last)) kept[kept.length - 1] = caught;
  }
  return kept;
}

function outranks(a: Caught, b: Caught): boolean {
  const same = a.secret === b.secret;
  if (same && b.detector.id === 'known-value') return a.detector.id !== 'known-value';
  if (same && a.detector.id === 'known-value') return false;
  return a.detector.rank > b.detector.rank;
}

/**
 * Copies bytes and takes NULs out: in UTF-16 text every other byte of ASCII is one, so what remains reads as
 * ASCII wherever in a file such text stands; a NUL on its own separates (as in /proc/…/environ) and becomes a blank.
 * Returns how many bytes it added; -1 or less when a blank of the call before turns out to have been UTF-16.
 */
function createCleaner(): (bytes: Uint8Array, into: Buffer, at: number) => number {
  let twoBefore = 1;
  let oneBefore = 1;
  /** Bytes that `into` holds since a blank that may still prove to be UTF-16: 1 or 2; 0: no such blank. */
  let sinceBlank = 0;
  return (bytes, into, at) => {
    if (sinceBlank === 0 && oneBefore !== 0 && twoBefore !== 0 && !bytes.includes(0)) {
      into.set(bytes, at);
      return bytes.length;
    }
    let to = at;
    for (const byte of bytes) {
      if (byte !== 0) {
        into[to++] = byte;
        sinceBlank = sinceBlank === 1 ? 2 : 0;
      } else if (oneBefore === 0 || twoBefore === 0) {
        if (sinceBlank === 2) into[to - 2] = into[to - 1] ?? 0;
        if (sinceBlank !== 0) to--;
        sinceBlank = 0;
      } else {
        into[to++] = 0x20;
        sinceBlank = 1;
      }
      twoBefore = oneBefore;
      oneBefore = byte;
    }
    return to - at;
  };
}
