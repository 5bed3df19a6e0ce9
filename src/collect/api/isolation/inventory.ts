import type { Scope } from './scope';
import { looksRandom, randomPieces, textsIn } from './texts';

/** One thing that an owner or an administrator was shown. */
export interface Thing {
  readonly kind: string;
  readonly id: string;
  readonly scope: Scope;
  /** What it belongs to, by the fields of its item. */
  readonly deployment: string | null;
  readonly execution: string | null;
  /** Of a secret: others than creator and administrators get no value. */
  readonly hidden: boolean;
  /** Username. */
  readonly creator: string | null;
  /** Further facts that paths are made of. */
  readonly detail: string | null;
}

/** Whose a piece of text is: every scope in which it was met, and a thing that holds it. */
export interface Belonging {
  readonly scopes: ReadonlySet<Scope>;
  readonly thing: Thing;
  /** The text is the thing's own identifier. */
  readonly isId: boolean;
}

/** What is known of the deployment's resources: identifiers and telling pieces of content, never whole contents. */
export interface Inventory {
  readonly things: readonly Thing[];
  of(kind: string): readonly Thing[];
  /** Every scope that has a thing of this kind and id. */
  scopesOf(kind: string, id: string): readonly Scope[];
  /** Whose a piece, or a whole text, is; undefined: nobody's that is known, or nothing telling. */
  belonging(piece: string): Belonging | undefined;
  add(thing: Thing, content: unknown, isSure: boolean): void;
  /** Adds content to a thing that is known already; `exact`: values that tell by themselves, however they look. */
  addContent(thing: Thing, content: unknown, exact?: readonly string[]): void;
  /** Whether everything of that kind in that tenant was seen. */
  isComplete(kind: string, tenant: string): boolean;
  noteCount(kind: string, tenant: string, seen: number, total: number | null): void;
  counted(kind: string, tenant: string): number | null;
}

/** Texts of one item that are kept at most: a long plan is not worth more. */
const mostPieces = 160;

/** Makes an empty inventory. */
export function makeInventory(): Inventory {
  const things: Thing[] = [];
  const byKind = new Map<string, Thing[]>();
  const byId = new Map<string, Thing[]>();
  const sure = new Map<string, Mutable>();
  const unsure = new Map<string, Mutable>();
  const counts = new Map<string, { readonly seen: number; readonly total: number | null }>();

  const note = (map: Map<string, Mutable>, piece: string, thing: Thing, isId: boolean): void => {
    const before = map.get(piece);
    if (before) before.scopes.add(thing.scope);
    else map.set(piece, { scopes: new Set([thing.scope]), thing, isId });
  };
  const noteContent = (map: Map<string, Mutable>, thing: Thing, content: unknown): void => {
    if (looksRandom(thing.id)) note(map, thing.id, thing, true);
    let kept = 0;
    for (const text of textsIn(content)) {
      if (kept >= mostPieces) return;
      for (const piece of tellingPieces(text)) {
        if (piece === thing.id) continue;
        note(map, piece, thing, false);
        kept++;
      }
    }
  };
  return {
    things,
    of: (kind) => byKind.get(kind) ?? [],
    scopesOf: (kind, id) => (byId.get(`${kind} ${id}`) ?? []).map(({ scope }) => scope),
    belonging: (piece) => sure.get(piece) ?? unsure.get(piece),
    add(thing, content, isSure) {
      const key = `${thing.kind} ${thing.id}`;
      const known = (byId.get(key) ?? []).some(({ scope }) => scope === thing.scope);
      if (!known || thing.kind === 'event') {
        if (thing.kind !== 'event') byId.set(key, [...(byId.get(key) ?? []), thing]);
        const list = byKind.get(thing.kind) ?? [];
        if (thing.kind !== 'event' || list.length < mostEvents) list.push(thing);
        byKind.set(thing.kind, list);
        things.push(thing);
      }
      noteContent(isSure ? sure : unsure, thing, content);
    },
    addContent(thing, content, exact = []) {
      noteContent(sure, thing, content);
      for (const value of exact) if (value.length >= 8) note(sure, value, thing, false);
    },
    isComplete(kind, tenant) {
      const count = counts.get(`${kind} ${tenant}`);
      return count !== undefined && count.total !== null && count.seen >= count.total;
    },
    noteCount(kind, tenant, seen, total) {
      counts.set(`${kind} ${tenant}`, { seen, total });
    },
    counted: (kind, tenant) => counts.get(`${kind} ${tenant}`)?.total ?? null,
  };
}

/** The pieces of a text by which it can be told again: random ones, and the text itself when it is long enough. */
function tellingPieces(text: string): readonly string[] {
  const pieces = randomPieces(text);
  return isTelling(text) && !pieces.includes(text) ? [...pieces, text] : pieces;
}

/** A whole value of some length. Two tenants may have the same one: then it is both's, and tells nothing. */
function isTelling(text: string): boolean {
  return text.length >= 16 && text.length <= 256 && !/^[\d:.TZ+\- ]+$/.test(text);
}

const mostEvents = 400;

interface Mutable {
  readonly scopes: Set<Scope>;
  readonly thing: Thing;
  readonly isId: boolean;
}
