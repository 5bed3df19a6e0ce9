import type { Caught } from './caught';
import { judge } from './judge';
import type { KnownForm } from './known';
import { forgetNearby, whichNearby } from './nearby';
import { readPrivateKey } from './pem';
import type { Watch, Watched } from './watch';

/** Looks at places where a literal stands, in a buffer through which a stream passes. */
export interface Catcher {
  /** A new stream begins. */
  reset(): void;
  /** What the buffer holds has changed: `base` is the offset of its first byte in the stream. */
  moveTo(base: number, filled: number): void;
  /** Adds what stands at a place to `pending`. Places come in order. */
  look(at: number, literal: number, pending: Caught[]): void;
  /** True when since the stream began so many look-alikes stood together that not every one was tried. */
  skipped(): boolean;
}

/** Windows of long lines serve all literals of one cell of the stream. */
const cellBytes = 8 * 1024;
const lineAhead = 6 * 1024;
const lineBehind = 512;
const pemBehind = 16 * 1024;
const pemAhead = 16 * 1024;
/**
 * What may be spent within a cell of a long line, by one detector and by all: so much for each attempt, more where a value is
 * judged, which takes longest, and the characters matched in vain. Cells of shorter lines may cost more: see `allowance`.
 */
const budget = 16 * 1024;
const budgetOfAll = 24 * 1024;
const attemptCost = 48;
const judgementCost = 128;
/** An expression that looks over lines may look at hundreds of characters in vain: at so many, and what it passes over beyond. */
const blockCost = 160;
const blockReach = 480;
/** How far from a literal the text that must stand beside it is looked for; no pattern with such a text reaches further. */
const besideBytes = 640;

export function createCatcher(
  buffer: Buffer,
  watched: readonly Watched[],
  formOf: (form: number) => KnownForm,
  nameOf: (secret: string) => string | undefined,
  detectors: number,
): Catcher {
  let base = 0;
  let filled = 0;
  let skipped = false;
  /** Of the attempt made last. */
  let cost = attemptCost;
  /** Of each detector: the cell it was last tried in, what it has spent there, and what it caught last. */
  const cellOf = new Int32Array(detectors);
  const spent = new Int32Array(detectors);
  let cellOfAll = -1;
  let spentByAll = 0;
  const latestAt = new Float64Array(detectors);
  const latestTo = new Float64Array(detectors);
  /** The line that was opened last, and of it what literals it serves; the same for a window over lines. */
  let lineText = '';
  let lineFrom = -1;
  let lineTo = -1;
  let lineLength = 0;
  let blockText = '';
  let blockFrom = -1;
  let blockTo = -1;
  /** What was opened last for private keys. */
  let keysText = '';
  let keysFrom = -1;
  let keysTo = -1;

  return {
    reset() {
      skipped = false;
      cellOf.fill(-1);
      cellOfAll = -1;
      latestAt.fill(-1);
      latestTo.fill(-1);
    },
    moveTo(offset, length) {
      base = offset;
      filled = length;
      lineTo = -1;
      blockTo = -1;
      keysTo = -1;
      forgetNearby();
    },
    look(at, literal, pending) {
      const entry = watched[literal];
      if (entry === undefined) {
        const form = formOf(literal - watched.length);
        if (isBounded(form, at)) pending.push(catchKnown(form, at));
        return;
      }
      if (entry.nearby === 0) return;
      const nearby = whichNearby(entry.nearby, buffer, at, filled);
      if (nearby === 0) return;
      for (const watch of entry.watches) {
        if ((watch.nearby & nearby) === 0) continue;
        const { number } = watch;
        const place = base + at;
        // Within what it has just caught a detector would only catch a part of it again.
        if (place < (latestTo[number] ?? 0) && place >= (latestAt[number] ?? 0)) continue;
        if (at < lineFrom || at >= lineTo) openLine(at);
        if (!afford(number, place)) continue;
        cost = watch.shape === 'block' ? blockCost + Math.max(0, watch.reach - blockReach) : attemptCost;
        const caught = watch.shape === 'pem' ? catchKey(watch, at) : catchInLine(watch, at);
        spent[number] = (spent[number] ?? 0) + cost;
        spentByAll += cost;
        if (caught === undefined) continue;
        latestAt[number] = caught.at;
        latestTo[number] = caught.to;
        pending.push(caught);
      }
    },
    skipped: () => skipped,
  };

  /** A line made of nothing but look-alikes would otherwise cost more than all other logs together. */
  function afford(number: number, place: number): boolean {
    const cell = Math.floor(place / cellBytes);
    if (cell !== cellOfAll) {
      cellOfAll = cell;
      spentByAll = 0;
    }
    if (cellOf[number] !== cell) {
      cellOf[number] = cell;
      spent[number] = 0;
    }
    const factor = allowance(lineLength);
    if ((spent[number] ?? 0) <= budget * factor && spentByAll <= budgetOfAll * factor) return true;
    skipped = true;
    return false;
  }

  function isBounded({ text, bounded }: KnownForm, at: number): boolean {
    if (!bounded) return true;
    const end = at + text.length;
    return (
      !(isAlnum(buffer[at - 1]) && isAlnum(buffer[at])) && !(isAlnum(buffer[end - 1]) && isAlnum(buffer[end]))
    );
  }

  function catchKnown({ detector, name, how, text, secret }: KnownForm, at: number): Caught {
    const because = `it is ${name}${how === '' ? '' : `, ${how}`}`;
    const from = base + at;
    return { detector, confidence: 'high', because, secret, at: from, from, to: from + text.length };
  }

  function catchInLine(watch: Watch, at: number): Caught | undefined {
    const isBlock = watch.shape === 'block';
    if (isBlock && (at < blockFrom + lineBehind || at >= blockTo)) openBlock(at);
    const text = isBlock ? blockText : lineText;
    const textFrom = isBlock ? blockFrom : lineFrom;
    const { detector, expression, beside } = watch;
    if (beside.length > 0 && !standsBeside(text.slice(at - textFrom, at - textFrom + besideBytes), beside))
      return undefined;
    expression.lastIndex = at - textFrom;
    const match = expression.exec(text);
    if (match === null) return undefined;
    cost = Math.max(cost, judgementCost) + match[0].length;
    const bare = watch.bare === 0 ? undefined : match[watch.bare];
    const quoted =
      (watch.secret === 0 ? undefined : match[watch.secret]) ??
      (watch.escaped === 0 ? undefined : match[watch.escaped]);
    const value = quoted ?? bare;
    if (value === undefined) return undefined;
    const found = match[0];
    // The value is the last of its kind in what matched, or stands before the literal (in a look-behind).
    const within = found.lastIndexOf(value);
    const start = within === -1 ? text.lastIndexOf(value, at - textFrom) : at - textFrom + within;
    const verdict = judge(detector, {
      value,
      bare: quoted === undefined,
      text,
      start,
      key: within === -1 ? '' : found.slice(0, within),
      suffix: (watch.suffix === 0 ? undefined : match[watch.suffix]) ?? '',
    });
    if (verdict === undefined) return undefined;
    cost = judgementCost;
    const from = base + textFrom + start;
    const name = nameOf(verdict.secret);
    // Written out: objects spread into one another cost as much as all else about a finding.
    return {
      detector,
      confidence: name === undefined ? verdict.confidence : 'high',
      because: name === undefined ? verdict.because : `${detector.because}; it is ${name}`,
      secret: verdict.secret,
      at: base + at,
      from,
      to: from + value.length,
    };
  }

  function catchKey({ detector }: Watch, at: number): Caught | undefined {
    const from = Math.max(0, at - pemBehind);
    const text = keyText(from, Math.min(filled, at + pemAhead));
    const key = readPrivateKey(text, at - from);
    if (key === undefined) return undefined;
    const { secret, confidence, because } = key;
    return {
      detector,
      confidence,
      because: because ?? detector.because,
      secret,
      at: base + at,
      from: base + from + key.from,
      to: base + from + key.to,
    };
  }

  /** Keys that follow each other are read out of one copy. */
  function keyText(from: number, to: number): string {
    if (from < keysFrom || to > keysTo) {
      keysFrom = from;
      keysTo = Math.min(filled, to + cellBytes);
      keysText = buffer.toString('latin1', keysFrom, keysTo);
    }
    return keysText.slice(from - keysFrom, to - keysFrom);
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
    lineLength = stop - lineFrom;
  }

  /** The same for expressions that look over lines: nothing but the cell bounds the window. */
  function openBlock(at: number): void {
    const cell = Math.floor((base + at) / cellBytes) * cellBytes - base;
    blockFrom = Math.max(0, cell - lineBehind);
    blockText = buffer.toString('latin1', blockFrom, Math.min(filled, cell + cellBytes + lineAhead));
    blockTo = cell + cellBytes;
  }
}

/**
 * How many times the budget the cells of lines so long may cost, so that logs full of leaks are read to their end: lines of all
 * detectors' examples together cost 1.7 times the budget, and a leak of n bytes, line after line, at most 350 / n times.
 */
function allowance(lineLength: number): number {
  return Math.max(1, Math.min(2.5, cellBytes / lineLength), Math.min(8, 400 / lineLength));
}

function standsBeside(text: string, parts: readonly string[]): boolean {
  for (const part of parts) if (text.includes(part)) return true;
  return false;
}

function isAlnum(byte: number | undefined): boolean {
  return (
    byte !== undefined && ((byte >= 0x30 && byte <= 0x39) || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a))
  );
}
