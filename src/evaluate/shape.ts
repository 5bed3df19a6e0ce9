import type { JsonSchema } from '../model/rule';
import { evidenceSchema } from '../schema/evidence';

/** The alternatives that a place in evidence may be: schemas without `$ref` and `anyOf` on top. */
export type Shape = readonly JsonSchema[];

/** Names of the evidence types, as the published schema knows them. */
export function evidenceTypes(): readonly string[] {
  return Object.keys(evidenceSchema().definitions)
    .map((name) => /^Observed<"(.+)">$/.exec(name)?.[1])
    .filter((type) => type !== undefined)
    .sort();
}

/** Shape of the data that observed evidence of this type carries. */
export function dataShape(type: string): Shape {
  const observed = evidenceSchema().definitions[`Observed<"${type}">`];
  if (!observed) throw new Error(`there is no evidence type ${type}`);
  return propertyOf([observed], 'data');
}

/** Shape of a property; empty when no alternative has it. */
export function propertyOf(shape: Shape, name: string): Shape {
  return shape.flatMap((alternative) => {
    const named = (alternative.properties as Readonly<Record<string, JsonSchema>> | undefined)?.[name];
    const other = alternative.additionalProperties;
    return unfold(named ?? (isSchema(other) ? other : undefined));
  });
}

/** Shape of the entries of a list; empty when it is none. */
export function entryOf(shape: Shape): Shape {
  return shape.flatMap((alternative) => unfold(isSchema(alternative.items) ? alternative.items : undefined));
}

/** JSON types that the shape allows. */
export function typesOf(shape: Shape): ReadonlySet<string> {
  return new Set(
    shape.flatMap(({ type }) =>
      typeof type === 'string' ? [type] : Array.isArray(type) ? (type as string[]) : [],
    ),
  );
}

/** Whether the evidence can ever hold this value here. Only scalars are looked into. */
export function canBe(shape: Shape, value: unknown): boolean {
  const type = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
  return shape.some((alternative) => {
    const types = typesOf([alternative]);
    if (!types.has(type) && !(type === 'number' && types.has('integer'))) return false;
    if (alternative.const !== undefined) return alternative.const === value;
    return !Array.isArray(alternative.enum) || (alternative.enum as unknown[]).includes(value);
  });
}

function unfold(schema: JsonSchema | undefined): Shape {
  if (!schema) return [];
  if (typeof schema.$ref === 'string') {
    const name = decodeURIComponent(schema.$ref.replace('#/definitions/', ''));
    return unfold(evidenceSchema().definitions[name]);
  }
  if (Array.isArray(schema.anyOf)) return (schema.anyOf as JsonSchema[]).flatMap(unfold);
  return [schema];
}

function isSchema(value: unknown): value is JsonSchema {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
