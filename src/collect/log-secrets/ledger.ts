import { createHmac } from 'node:crypto';
import type { LogLeak } from '../../model/log-secrets';
import type { Sighting } from './scan';

/** The leaks of one logical log: each distinct secret of a detector once, without the secret. */
export interface Ledger {
  /** `file` is a printable path. */
  note(sighting: Sighting, file: string): void;
  leaks(): readonly LogLeak[];
  privateKeys(): readonly LogLeak[];
  truncated(): boolean;
}

/** Distinct secrets kept per log; what comes after is counted as truncated, so hostile logs cannot fill memory. */
const maxLeaks = 1000;
const order = { high: 0, medium: 1, low: 2 } as const;

export function openLedger(fingerprintKey: Uint8Array): Ledger {
  const entries = new Map<string, { leak: LogLeak; isKey: boolean }>();
  let truncated = false;
  const list = (keys: boolean): readonly LogLeak[] =>
    [...entries.values()].filter((entry) => entry.isKey === keys).map((entry) => entry.leak);
  return {
    note({ detector, confidence, because, secret, line }, file) {
      const fingerprint = createHmac('sha256', fingerprintKey)
        .update(secret, 'latin1')
        .digest('hex')
        .slice(0, 32);
      const id = `${detector.id} ${fingerprint}`;
      const known = entries.get(id)?.leak;
      if (known === undefined && entries.size >= maxLeaks) {
        truncated = true;
        return;
      }
      const leak: LogLeak =
        known === undefined
          ? {
              detector: detector.id,
              title: detector.title,
              confidence,
              because,
              fingerprint,
              masked: maskedShape(secret),
              file,
              firstLine: line,
              lastLine: line,
              count: 1,
            }
          : merge(known, confidence, because, line, file);
      entries.set(id, { leak, isKey: detector.kind === 'private-key' });
    },
    leaks: () => list(false),
    privateKeys: () => list(true),
    truncated: () => truncated,
  };
}

function merge(
  known: LogLeak,
  confidence: LogLeak['confidence'],
  because: string,
  line: number,
  file: string,
): LogLeak {
  const surer = order[confidence] < order[known.confidence] ? { confidence, because } : {};
  const counted = { ...known, ...surer, count: known.count + 1 };
  if (file === known.file) return { ...counted, lastLine: line };
  const others = known.alsoIn ?? [];
  return others.includes(file) ? counted : { ...counted, alsoIn: [...others, file] };
}

/** Stars and a length, rounded for what a person may have chosen: nothing that shortens a guess. */
export function maskedShape(secret: string): string {
  const { length } = secret;
  const size = length < 8 ? 'under 8' : length < 12 ? '8 to 11' : length < 20 ? '12 to 19' : String(length);
  return `******** (${size} characters)`;
}
