import { createHmac } from 'node:crypto';
import type { LogLeak } from '../../model/log-secrets';
import type { Sighting } from './scan';

/** The leaks of one logical log: each distinct secret of a detector once, without the secret. */
export interface Ledger {
  /** `file` is a printable path. */
  note(sighting: Sighting, file: string, unit?: string | null): void;
  leaks(): readonly LogLeak[];
  privateKeys(): readonly LogLeak[];
  truncated(): boolean;
}

/** Distinct secrets kept per log; what comes after is counted as truncated, so hostile logs cannot fill memory. */
const maxLeaks = 1000;
type Entry = { -readonly [key in keyof LogLeak]: LogLeak[key] };
const order = { high: 0, medium: 1, low: 2 } as const;

export function openLedger(fingerprintKey: Uint8Array): Ledger {
  // By detector and secret: a fingerprint takes longer to compute than a line to search, so each is computed once.
  const entries = new Map<string, { readonly leak: Entry; readonly isKey: boolean }>();
  let truncated = false;
  const list = (keys: boolean): readonly LogLeak[] =>
    [...entries.values()].filter((entry) => entry.isKey === keys).map((entry) => entry.leak);
  return {
    note({ detector, confidence, because, secret, line }, file, unit = null) {
      const id = `${detector.id} ${secret}`;
      const known = entries.get(id);
      if (known !== undefined) {
        addTo(known.leak, { confidence, because, file, lastLine: line, count: 1 });
        return;
      }
      if (entries.size >= maxLeaks) {
        truncated = true;
        return;
      }
      const leak: Entry = {
        detector: detector.id,
        title: detector.title,
        confidence,
        because,
        fingerprint: fingerprintOf(secret, fingerprintKey),
        masked: maskedShape(secret),
        file,
        firstLine: line,
        lastLine: line,
        count: 1,
        ...(unit === null ? {} : { unit }),
      };
      entries.set(id, { leak, isKey: detector.kind === 'private-key' });
    },
    leaks: () => list(false),
    privateKeys: () => list(true),
    truncated: () => truncated,
  };
}

/** HMAC-SHA256, cut to 128 bits: equal for equal values under one key, and no way back. `secret`: one character a byte. */
export function fingerprintOf(secret: string, fingerprintKey: Uint8Array): string {
  return createHmac('sha256', fingerprintKey).update(secret, 'latin1').digest('hex').slice(0, 32);
}

/** One entry a secret and detector out of those of several files, in the order of the files. */
export function mergeLeaks(leaks: readonly LogLeak[]): readonly LogLeak[] {
  const merged = new Map<string, Entry>();
  for (const leak of leaks) {
    const id = `${leak.detector} ${leak.fingerprint}`;
    const known = merged.get(id);
    if (known === undefined) merged.set(id, { ...leak });
    else addTo(known, leak);
  }
  return [...merged.values()];
}

/** In place: a log may hold one secret a million times. */
function addTo(
  entry: Entry,
  {
    confidence,
    because,
    file,
    lastLine,
    count,
  }: Pick<LogLeak, 'confidence' | 'because' | 'file' | 'lastLine' | 'count'>,
): void {
  if (order[confidence] < order[entry.confidence]) {
    entry.confidence = confidence;
    entry.because = because;
  }
  entry.count += count;
  if (file === entry.file) entry.lastLine = Math.max(entry.lastLine, lastLine);
  else if (entry.alsoIn?.includes(file) !== true) entry.alsoIn = [...(entry.alsoIn ?? []), file];
}

/** Stars and a length, rounded for what a person may have chosen: nothing that shortens a guess. */
export function maskedShape(secret: string): string {
  const { length } = secret;
  const size = length < 8 ? 'under 8' : length < 12 ? '8 to 11' : length < 20 ? '12 to 19' : String(length);
  return `******** (${size} characters)`;
}
