import type { Detector } from './detector';

/** What a detector or a known value made of a place in the stream. */
export interface Caught {
  readonly detector: Detector;
  readonly confidence: 'high' | 'medium' | 'low';
  readonly because: string;
  /** One character a byte (latin1). */
  readonly secret: string;
  /** Offsets in the stream: of the literal, of the secret, of its end. */
  readonly at: number;
  readonly from: number;
  readonly to: number;
}

/**
 * Where two overlap the higher rank stays, then the earlier. A known value that a detector caught whole is told by
 * the detector, which says how it came there.
 */
export function withoutOverlaps(all: readonly Caught[]): Caught[] {
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
