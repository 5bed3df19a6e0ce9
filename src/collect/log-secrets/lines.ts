import { shippedDetectors } from './detector';
import type { KnownValue } from './known';
import { fingerprintOf, maskedShape } from './ledger';
import { compileScanner, type Scanner, type Sighting } from './scan';
import type { Sink } from './sink';
import { unpack } from './unpack';

/** Text that stands somewhere, e.g. in a field of an object. */
export interface PlacedText {
  readonly place: string;
  readonly text: string;
}

/** What was found in a text. `secret` is for those who must not repeat it in a place's name; it goes no further. */
export interface PlacedSighting {
  readonly place: string;
  readonly detector: string;
  readonly title: string;
  readonly isKey: boolean;
  readonly confidence: Sighting['confidence'];
  readonly because: string;
  readonly secret: string;
}

/**
 * The search for credentials, for collectors that hold text in memory: the same detectors and known values as for
 * files. What stands in one text is never read together with another's.
 */
export interface TextSearch {
  search(texts: readonly PlacedText[], found: (sighting: PlacedSighting) => void): void;
}

let shared: { readonly known: string; readonly scanner: Scanner } | undefined;

/** Compiles the search; the one compiled last is kept, since every task of a run wants the same. */
export function openTextSearch(known: readonly KnownValue[]): TextSearch {
  const key = JSON.stringify(known);
  if (shared?.known !== key) {
    shared = { known: key, scanner: compileScanner(shippedDetectors(), { known, blockBytes: 256 * 1024 }) };
  }
  const { scanner } = shared;
  return {
    search(texts, found) {
      /** First line of each text; texts are kept apart by empty lines. */
      const starts: number[] = [];
      let line = 1;
      const scan = scanner.start((sighting) => {
        found(placedAt(texts[indexAt(starts, sighting.line)]?.place ?? '', sighting));
      });
      for (const { text } of texts) {
        starts.push(line);
        const bytes = Buffer.from(`${text}\n\n\n`);
        line += countNewlines(bytes);
        scan.push(bytes);
      }
      scan.end();
    },
  };
}

function placedAt(place: string, { detector, confidence, because, secret }: Sighting): PlacedSighting {
  const { id, title, kind } = detector;
  return { place, detector: id, title, isKey: kind === 'private-key', confidence, because, secret };
}

/** What a stream turned out to hold. */
export interface StreamSearch {
  readonly sink: Sink;
  /** Files that could not be read to their end, and why; to be asked once the sink has ended. */
  faults(): readonly string[];
  /** True when somewhere so many look-alikes stood together that not every one was tried. */
  skipped(): boolean;
}

/**
 * The same for streams, one after the other: whatever a stream is packed in, each file in it is searched for itself, and
 * nothing is written to disk. `placeOf` names a file by its printable path; null: the stream is the file.
 */
export function openStreamSearch(
  known: readonly KnownValue[],
): (placeOf: (member: string | null) => string, found: (sighting: PlacedSighting) => void) => StreamSearch {
  const scanner = compileScanner(shippedDetectors(), { known, blockBytes: 256 * 1024 });
  return (placeOf, found) => {
    const faults: string[] = [];
    let skipped = false;
    const note = (member: string | null, reason: string): void =>
      void faults.push(member === null ? reason : `${member} ${reason}`);
    const sink = unpack({
      open(member) {
        const place = placeOf(member);
        const scan = scanner.start((sighting) => {
          found(placedAt(place, sighting));
        });
        return {
          write(piece) {
            scan.push(piece);
          },
          end(fault) {
            scan.end();
            skipped ||= scan.skipped();
            if (fault !== null) note(member, fault);
          },
        };
      },
      refuse: note,
    });
    return { sink, faults: () => faults, skipped: () => skipped };
  };
}

/** Keyed fingerprint of a secret (one character a byte) and what may be shown of it. */
export function describeSecret(
  secret: string,
  fingerprintKey: Uint8Array,
): { readonly fingerprint: string; readonly masked: string } {
  return { fingerprint: fingerprintOf(secret, fingerprintKey), masked: maskedShape(secret) };
}

function indexAt(starts: readonly number[], line: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= line) low = middle;
    else high = middle - 1;
  }
  return low;
}

function countNewlines(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(0x0a); at !== -1; at = bytes.indexOf(0x0a, at + 1)) count++;
  return count;
}
