import type { ContentLeak } from '../../../model/rest-secrets';
import { describeSecret, type PlacedSighting } from '../../log-secrets/lines';

/** What was found in a tenant: each distinct secret of a detector once. */
export interface Findings {
  note(sighting: PlacedSighting): void;
  leaks(): readonly ContentLeak[];
  privateKeys(): readonly ContentLeak[];
  truncated(): boolean;
}

const maxLeaks = 1000;
const maxPlaces = 100;
const order = { high: 0, medium: 1, low: 2 } as const;

interface Entry {
  readonly sighting: PlacedSighting;
  readonly fingerprint: string;
  readonly masked: string;
  readonly places: Set<string>;
  count: number;
}

export function openFindings(fingerprintKey: Uint8Array): Findings {
  /** By secret: of the detectors that catch one value the surest speaks. */
  const entries = new Map<string, Entry>();
  let truncated = false;
  const list = (keys: boolean): readonly ContentLeak[] => {
    const secrets = [...entries.values()].map(({ sighting }) => sighting.secret);
    return [...entries.values()]
      .filter(({ sighting }) => sighting.isKey === keys)
      .map(({ sighting, fingerprint, masked, places, count }) => {
        const { detector, title, confidence, because } = sighting;
        const [place = '', ...alsoIn] = [...places].map((text) => withoutSecrets(text, secrets));
        const others = alsoIn.length === 0 ? {} : { alsoIn };
        return { detector, title, confidence, because, fingerprint, masked, place, count, ...others };
      });
  };
  return {
    note(sighting) {
      const { fingerprint, masked } = describeSecret(sighting.secret, fingerprintKey);
      const known = entries.get(fingerprint);
      if (known === undefined && entries.size >= maxLeaks) {
        truncated = true;
        return;
      }
      const places = known?.places ?? new Set<string>();
      // Detectors that catch one value at one place have found one leak.
      const isNew = !places.has(sighting.place);
      if (places.size < maxPlaces) places.add(sighting.place);
      const surer =
        known !== undefined && order[known.sighting.confidence] <= order[sighting.confidence]
          ? known.sighting
          : sighting;
      const count = (known?.count ?? 0) + (isNew ? 1 : 0);
      entries.set(fingerprint, { sighting: surer, fingerprint, masked, places, count });
    },
    leaks: () => list(false),
    privateKeys: () => list(true),
    truncated: () => truncated,
  };
}

/** Ids and field names are the users' own: one may hold the very secret. */
function withoutSecrets(place: string, secrets: readonly string[]): string {
  let text = place;
  for (const secret of secrets) {
    const value = Buffer.from(secret, 'latin1').toString('utf8');
    if (value.length >= 5) text = text.replaceAll(value, '[secret]');
  }
  return text.length > 400 ? `${text.slice(0, 400)}…` : text;
}
