import type { Evidence, EvidenceOf } from '../../model/evidence';
import type { HttpSurface, TellingAnswer } from '../../model/http-surface';
import type { HttpResult } from '../../protocol/http';
import { givesAway } from '../disclosures';
import { surfaceFacts } from '../http-facts';
import type { Door } from './doors';
import type { Liveness } from './session';

/** What was asked, of which an answer may tell. */
export interface AskedThere {
  readonly method: string;
  readonly path: string;
  /** Name of the declared user whose credentials were sent. */
  readonly as: string | null;
  /** What else was shown, in words. */
  readonly shown?: string;
}

/** Telling answers, one of each kind and family of endpoints, however many there were. */
export interface Tellings {
  note(door: Door, asked: AskedThere, result: HttpResult, control: ControlOf): void;
  /** As a part of evidence: left out where there are none. */
  readonly found: { readonly telling?: readonly TellingAnswer[] };
}

type ControlOf = Pick<Liveness, 'path' | 'status' | 'alive'>;

export function gatherTellings(): Tellings {
  const found = new Map<string, TellingAnswer>();
  return {
    note(door, { method, path, as, shown }, result, { path: controlPath, status, alive }) {
      if (result.kind === 'failure' || !givesAway(result)) return;
      const surface = surfaceFacts(
        { ...door, kind: door.likeness },
        { method, path, expectation: 'incidental', as },
        result,
        { path: controlPath, status, alive },
      );
      const by = [...(shown === undefined ? [] : [`with ${shown}`]), ...(as === null ? [] : [`as ${as}`])];
      const title = [`${door.title} · ${method} ${path}`, ...by].join(' ');
      const key = kindOf(surface);
      const before = found.get(key);
      // Whichever comes first: the same in every run.
      if (before === undefined || title < before.title) found.set(key, { title, surface });
    },
    get found() {
      return found.size === 0 ? {} : { telling: [...found.values()] };
    },
  };
}

/** The most that is told of one manager: what more families of endpoints give away is the same mistake. */
const mostTold = 20;

/** What the collector's evidence tells beside its purpose, as answers to look at: one of each kind and family. */
export function tellOf(collected: readonly Evidence[], to: string): readonly EvidenceOf<'http.surface'>[] {
  const told = new Map<string, EvidenceOf<'http.surface'>>();
  const seen = collected.flatMap((each) =>
    each.state === 'observed' && 'telling' in each.data
      ? (each.data.telling ?? []).map((answer) => ({ answer, observedAt: each.observedAt }))
      : [],
  );
  const counts = new Map<string, number>();
  for (const { answer, observedAt } of seen.sort((a, b) => (a.answer.title < b.answer.title ? -1 : 1))) {
    const { title, surface } = answer;
    const { node } = surface;
    const id = `${node}/api to ${to}: ${kindOf(surface)}`;
    const count = counts.get(node) ?? 0;
    if (told.has(id) || count >= mostTold) continue;
    counts.set(node, count + 1);
    const subject = { id, kind: 'request', title, node } as const;
    told.set(id, { type: 'http.surface', subject, observedAt, state: 'observed', data: surface });
  }
  return [...told.values()];
}

/** What it gives away, and in which family of endpoints. */
function kindOf({ path, discloses, cookies }: HttpSurface): string {
  const family = path.replace(/^\/api(\/v[\d.]+)?(?=\/)/, '').split(/[/?]/)[1] ?? '';
  const kinds = [...discloses, ...(cookies.length > 0 ? ['cookie'] : [])];
  return `${kinds.join(', ')} in ${family}`;
}
