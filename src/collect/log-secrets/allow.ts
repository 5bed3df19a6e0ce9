import type { Allowance } from '../../model/log-secrets';
import type { AllowedLeak } from '../../model/target';
import { compileGlob } from './glob';

/** What of a leak decides whether it is allowed. */
interface Leak {
  readonly detector: string;
  readonly fingerprint: string;
  readonly because: string;
}

/** Parts leaks into those that count and those that the target file allows today. */
export interface Allow {
  split<L extends Leak>(
    leaks: readonly L[],
    placesOf: (leak: L) => readonly string[],
  ): { readonly counted: readonly L[]; readonly allowed: readonly (L & Allowance)[] };
}

/** A leak at several places is allowed by path only if every one of them is. What has run out is told at the leak. */
export function openAllow(entries: readonly AllowedLeak[], now: Date): Allow {
  const today = now.toISOString().slice(0, 10);
  const rules = entries.map((entry) => ({
    entry,
    matches: entry.path === null ? null : compileGlob(entry.path),
  }));
  return {
    split(leaks, placesOf) {
      const counted: (typeof leaks)[number][] = [];
      const allowed: ((typeof leaks)[number] & Allowance)[] = [];
      for (const leak of leaks) {
        const fitting = rules
          .filter(
            ({ entry, matches }) =>
              (entry.detector === null || entry.detector === leak.detector) &&
              (entry.fingerprint === null || entry.fingerprint === leak.fingerprint) &&
              (matches === null || placesOf(leak).every((place) => matches(place))),
          )
          .map(({ entry }) => entry)
          .sort((a, b) => (a.expires < b.expires ? 1 : -1));
        const [best] = fitting;
        if (best === undefined) counted.push(leak);
        else if (best.expires >= today) allowed.push({ ...leak, reason: best.reason, expires: best.expires });
        else counted.push({ ...leak, because: `${leak.because}; it was allowed until ${best.expires}` });
      }
      return { counted, allowed };
    },
  };
}
