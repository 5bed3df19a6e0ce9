import type { Detector } from './detector';
import type { Literal } from './literals';
import { bitOf } from './nearby';

/** A detector as the search uses it. */
export interface Watch {
  readonly detector: Detector;
  /** Its place in the list of detectors. */
  readonly number: number;
  /** The kind, as a set of kinds. */
  readonly nearby: number;
  readonly shape: Detector['shape'];
  /** Characters that the longest run of anything in the expression may pass over in vain. */
  readonly reach: number;
  /** In both letter cases; empty: nothing is demanded. */
  readonly beside: readonly string[];
  /** Sticky. */
  readonly expression: RegExp;
  /** Numbers of the groups; 0 where the pattern has none. */
  readonly secret: number;
  readonly escaped: number;
  readonly bare: number;
  readonly suffix: number;
}

/** Who is interested in a literal. */
export interface Watched {
  readonly watches: readonly Watch[];
  /** The kinds of all watches. */
  readonly nearby: number;
}

/** Puts the literals of all detectors into one list, each once, with those who are interested. */
export function watchLiterals(detectors: readonly Detector[]): {
  readonly literals: readonly Literal[];
  readonly watched: readonly Watched[];
} {
  const entries = new Map<string, { literal: Literal; watches: Watch[] }>();
  for (const [number, detector] of detectors.entries()) {
    const watch = watchFor(detector, number);
    for (const { text, demand: asked } of detector.literals) {
      // A run that the literal itself fills is none, so that literals of which one has such a demand are the same.
      const demand = asked.run > text.length ? asked : { ...asked, run: 0, plain: false };
      const folded = demand.exact ? text : lowerAscii(text);
      const key = `${demand.begins ? 'b' : ''}${demand.exact ? 'e' : ''}${demand.plain ? 'p' : ''}${demand.run} ${folded}`;
      const entry = entries.get(key) ?? { literal: { text: folded, demand }, watches: [] };
      entries.set(key, entry);
      entry.watches.push(watch);
    }
  }
  const all = [...entries.values()];
  return {
    literals: all.map(({ literal }) => literal),
    watched: all.map(({ watches }) => ({
      watches,
      nearby: watches.reduce((set, { nearby }) => set | nearby, 0),
    })),
  };
}

function lowerAscii(text: string): string {
  return /[A-Z]/.test(text) ? text.replace(/[A-Z]{1,64}/g, (letters) => letters.toLowerCase()) : text;
}

function watchFor(detector: Detector, number: number): Watch {
  const { groups, source, flags } = detector.pattern;
  const groupOf = (name: string): number => groups[name] ?? 0;
  return {
    detector,
    number,
    nearby: bitOf(detector.nearby),
    shape: detector.shape,
    reach: Math.max(0, ...Array.from(source.matchAll(/\[\^\]\{0,(\d{1,4})\}/g), ([, most]) => Number(most))),
    beside: detector.beside === undefined ? [] : [detector.beside, detector.beside.toUpperCase()],
    expression: new RegExp(source, flags),
    secret: groupOf('secret'),
    escaped: groupOf('escaped'),
    bare: groupOf('bare'),
    suffix: groupOf('suffix'),
  };
}
