import { Ajv, type ErrorObject } from 'ajv';
import addFormats from 'ajv-formats';
import type { JsonSchema } from '../model/rule';
import { escapeToken } from '../model/pointer';

/** One reason why a value does not fit: where in the value, which keyword, and what that keyword wanted. */
export interface Misfit {
  /** RFC 6901 pointer into the value. For an unknown or missing property it includes the property. */
  readonly pointer: string;
  readonly keyword: string;
  readonly message: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** Pointer into the schema, after `#`. */
  readonly schemaPath: string;
}

export type Validator = (value: unknown) => readonly Misfit[];

/** The only door to ajv. Strict mode: a keyword that is misspelt or has no effect is an error at compile time. */
const ajv = new Ajv({
  strict: true,
  strictRequired: false,
  strictTypes: false,
  allowUnionTypes: true,
  allErrors: true,
  messages: true,
  verbose: false,
  // Conditions of rules run a few times each: to optimise their code costs more than it saves.
  code: { optimize: false },
});
addFormats(ajv);

const compiled = new Map<string, Validator>();

/** Compiles a schema (draft-07), each distinct one once. Throws ajv's Error when the schema itself is wrong. */
export function compileSchema(schema: JsonSchema): Validator {
  const text = JSON.stringify(schema);
  const known = compiled.get(text);
  if (known) return known;
  const validate = ajv.compile(guardContains(schema) as JsonSchema);
  const validator: Validator = (value) => (validate(value) ? [] : (validate.errors ?? []).map(misfit));
  compiled.set(text, validator);
  return validator;
}

/**
 * ajv 8 keeps the result of the last `contains` when it meets an empty array within a loop, so that an empty list would
 * pass after one that fits. An array that must contain something has an item: said so, the empty one is refused.
 */
function guardContains(schema: unknown): unknown {
  if (Array.isArray(schema)) return (schema as readonly unknown[]).map(guardContains);
  if (schema === null || typeof schema !== 'object') return schema;
  const entries = Object.entries(schema as Readonly<Record<string, unknown>>).map(([key, value]) => [
    key,
    isData(key) ? value : guardContains(value),
  ]);
  const guarded = Object.fromEntries(entries) as Record<string, unknown>;
  const { contains, minItems } = guarded;
  if (typeof contains !== 'object' || contains === null || !isKeywordOf(guarded)) return guarded;
  return { ...guarded, minItems: Math.max(1, typeof minItems === 'number' ? minItems : 1) };
}

const isData = (key: string): boolean =>
  key === 'const' || key === 'enum' || key === 'default' || key === 'examples';

/** A property may be called `contains`; its schema is then one of several under `properties`. */
const isKeywordOf = (schema: Readonly<Record<string, unknown>>): boolean =>
  Object.entries(schema).every(([key, value]) => typeof value !== 'object' || keywords.has(key));

const keywords = new Set(
  'allOf anyOf oneOf not if then else items properties patternProperties additionalProperties propertyNames contains enum const required type examples default definitions $defs dependencies'.split(
    ' ',
  ),
);

function misfit(error: ErrorObject): Misfit {
  const params = error.params as Record<string, unknown>;
  const named = params.additionalProperty ?? params.missingProperty ?? params.unevaluatedProperty;
  const pointer =
    typeof named === 'string' ? `${error.instancePath}/${escapeToken(named)}` : error.instancePath;
  return {
    pointer,
    keyword: error.keyword,
    message: error.message ?? error.keyword,
    params,
    schemaPath: error.schemaPath.replace(/^#/, ''),
  };
}
