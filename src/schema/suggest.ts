import type { JsonSchema } from '../model/rule';
import { unescapeToken } from '../model/pointer';

/** The candidate that `word` was probably meant to be: same but for case and separators, or a typing slip away. */
export function closest(word: string, candidates: readonly string[]): string | undefined {
  const plain = fold(word);
  const [best] = candidates
    .map((candidate) => ({ candidate, slips: distance(plain, fold(candidate)) }))
    .filter(({ candidate, slips }) => slips <= Math.floor(Math.max(plain.length, candidate.length) / 3))
    .sort((a, b) => a.slips - b.slips);
  return best?.candidate;
}

/** Names of the properties that the schema knows in the object at `pointer`, seen through references and unions. */
export function knownKeys(schema: JsonSchema, pointer: string): readonly string[] {
  let places: readonly JsonSchema[] = unfold(schema, schema);
  for (const token of pointer.split('/').slice(1)) {
    const name = unescapeToken(token);
    places = places.flatMap((place) => childrenOf(place, name)).flatMap((child) => unfold(child, schema));
  }
  return [...new Set(places.flatMap((place) => Object.keys(asSchema(place.properties) ?? {})))];
}

/** The schema itself and every alternative it refers to. Schemas here are small; recursion ends at `seen`. */
function unfold(place: JsonSchema, root: JsonSchema, seen = new Set<JsonSchema>()): readonly JsonSchema[] {
  if (seen.has(place)) return [];
  seen.add(place);
  const referred = typeof place.$ref === 'string' ? resolve(place.$ref, root) : undefined;
  const inner = [place.anyOf, place.oneOf, place.allOf]
    .flatMap((list) => (Array.isArray(list) ? (list as unknown[]) : []))
    .concat(referred ?? [])
    .map(asSchema)
    .filter((schema) => schema !== undefined);
  return [place, ...inner.flatMap((schema) => unfold(schema, root, seen))];
}

function resolve(reference: string, root: JsonSchema): unknown {
  if (!reference.startsWith('#/')) return undefined;
  let place: unknown = root;
  for (const token of reference.slice(2).split('/')) {
    const name = unescapeToken(decodeURIComponent(token));
    place = asSchema(place)?.[name];
  }
  return place;
}

function childrenOf(place: JsonSchema, name: string): readonly JsonSchema[] {
  const named = asSchema(asSchema(place.properties)?.[name]);
  const other = named ?? asSchema(place.additionalProperties);
  const item = /^\d+$/.test(name) ? asSchema(place.items) : undefined;
  return [other, item].filter((schema) => schema !== undefined);
}

function asSchema(value: unknown): JsonSchema | undefined {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
    ? (value as JsonSchema)
    : undefined;
}

function fold(word: string): string {
  return word.toLowerCase().replaceAll(/[-_ ]/g, '');
}

/** Insertions, deletions, replacements and swaps of neighbours (optimal string alignment). */
function distance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  const at = (i: number, j: number): number => rows[i]?.[j] ?? Infinity;
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    rows.push(row);
    for (let j = 1; j <= b.length; j++) {
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row[j] = Math.min(
        at(i - 1, j) + 1,
        (row[j - 1] ?? Infinity) + 1,
        at(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1),
        swapped ? at(i - 2, j - 2) + 1 : Infinity,
      );
    }
  }
  return at(a.length, b.length);
}
