import type { Sighting } from './scan';

/** Finds the unit of each sighting in a journal: the search lags behind what is read, or stands in an entry not yet read to its end. */
export interface Entries {
  sighted(sighting: Sighting): void;
  /** An entry that began after the one before has ended with this line. */
  ended(unit: string | null, line: number): void;
  /** There are no more entries. */
  close(): void;
}

/** The search lags behind by less than a MiB, and an entry is longer than fifty bytes. */
const mostEnded = 20_000;
const mostWaiting = 1000;

export function placeInEntries(note: (sighting: Sighting, unit: string | null) => void): Entries {
  let over: { readonly to: number; readonly unit: string | null }[] = [];
  let waiting: Sighting[] = [];
  const last = (): number => over.at(-1)?.to ?? 0;
  const noteAll = (sightings: readonly Sighting[]): void => {
    for (const sighting of sightings)
      note(sighting, over.find(({ to }) => to >= sighting.line)?.unit ?? null);
  };
  return {
    sighted(sighting) {
      if (sighting.line <= last() || waiting.length >= mostWaiting) noteAll([sighting]);
      else waiting.push(sighting);
    },
    ended(unit, line) {
      if (line <= last()) return;
      over.push({ to: line, unit });
      noteAll(waiting.filter((sighting) => sighting.line <= line));
      waiting = waiting.filter((sighting) => sighting.line > line);
      if (over.length > 2 * mostEnded) over = over.slice(-mostEnded);
    },
    close() {
      noteAll(waiting);
      waiting = [];
    },
  };
}
