import type { JsonSchema } from '../model/rule';
import { visible } from '../model/visible';
import type { Misfit } from '../schema/ajv';
import { type Judged, nameOf, placeOf } from './places';
import { unescapeToken } from '../model/pointer';

/** What the condition wanted at the place of a misfit, in words: the schema's own `description` where it has one. */
export function expectation(misfit: Misfit, schema: JsonSchema): string {
  const path = misfit.schemaPath.split('/').slice(1, -1);
  let node: unknown = schema;
  for (const token of path) {
    const name = unescapeToken(decodeURIComponent(token));
    node = (node as Record<string, unknown> | undefined)?.[name];
  }
  const place = (node ?? {}) as JsonSchema;
  if (typeof place.description === 'string') return place.description;
  return wordsOf(misfit.keyword, place[misfit.keyword]);
}

/** The value at a pointer, as one line that is safe to print: shortened, and nothing invisible or direction-changing. */
export function observation(evidence: Judged, pointer: string): string {
  let value: unknown = evidence.data;
  for (const token of pointer.split('/').slice(1)) {
    const name = unescapeToken(token);
    if (value === null || typeof value !== 'object' || !Object.hasOwn(value, name)) return 'missing';
    value = (value as Record<string, unknown>)[name];
  }
  const named = Array.isArray(value)
    ? value.map((_, i) => nameOf(evidence, `${pointer}/${String(i)}`))
    : [''];
  const text = named.every((name) => name !== '') && named.length > 0 ? named.join('; ') : flat(value);
  return shorten(visible(text));
}

/** What the place itself is called, as one line that is safe to print; null where it has no name. */
export function about(evidence: Judged, pointer: string): string | null {
  const place = placeOf(evidence, pointer);
  return place === '' ? null : shorten(visible(place));
}

/** Values of `const` and `enum` as the reader of a report knows them. */
function wordsOf(keyword: string, value: unknown): string {
  switch (keyword) {
    case 'const':
      return flat(value);
    case 'enum':
      return (value as unknown[]).length === 1
        ? flat((value as unknown[])[0])
        : `one of ${(value as unknown[]).map(flat).join(', ')}`;
    case 'type':
      return [value]
        .flat()
        .map((type) => (type === 'null' ? 'nothing' : `a ${String(type)}`))
        .join(' or ');
    case 'minimum':
      return `at least ${String(value)}`;
    case 'maximum':
      return `at most ${String(value)}`;
    case 'minLength':
      return `at least ${String(value)} characters`;
    case 'pattern':
      return `text that matches ${String(value)}`;
    case 'minItems':
      return value === 1 ? 'at least one entry' : `at least ${String(value)} entries`;
    case 'maxItems':
      return value === 0
        ? 'no entry'
        : value === 1
          ? 'at most one entry'
          : `at most ${String(value)} entries`;
    case 'required':
      return 'present';
    case 'contains':
      return `an entry that is ${wordsOfSchema(value as JsonSchema)}`;
    case 'not':
      return `not ${wordsOfSchema(value as JsonSchema)}`;
    case 'anyOf':
      return (value as JsonSchema[]).map(wordsOfSchema).join(', or ');
    default:
      return `as "${keyword}" demands`;
  }
}

function wordsOfSchema(schema: JsonSchema): string {
  if (typeof schema.description === 'string') return schema.description;
  const parts = Object.entries(schema).map(([keyword, value]) => {
    if (keyword !== 'properties') return wordsOf(keyword, value);
    const inner = Object.entries(value as Record<string, JsonSchema>);
    return inner.map(([name, s]) => `${name}: ${wordsOfSchema(s)}`).join(' and ');
  });
  return parts.join(' and ');
}

/** Strings bare, lists and objects as short `key: value` text; JSON would drown the reader in quotes. */
function flat(value: unknown): string {
  if (typeof value === 'string') return value === '' ? 'empty text' : value;
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : `[${value.map(flat).join(', ')}]`;
  if (typeof value === 'object') {
    // Paths, digests and sentences inside an entry would push out what tells the entry apart; the evidence holds them.
    const telling = Object.entries(value).filter(([, v]) => typeof v !== 'string' || v.length <= 32);
    return `{${telling.map(([k, v]) => `${k}: ${flat(v)}`).join(', ')}}`;
  }
  return JSON.stringify(value);
}

const maxLength = 500;

function shorten(text: string): string {
  const characters = Array.from(text);
  return characters.length <= maxLength ? text : `${characters.slice(0, maxLength - 1).join('')}…`;
}
