import type { JsonSchema, ParameterValue } from '../model/rule';
import { escapeToken } from '../model/pointer';
import { canBe, entryOf, propertyOf, typesOf, type Shape } from './shape';

/** What is wrong in a condition, and where in it (RFC 6901). */
export interface Fault {
  readonly pointer: string;
  readonly message: string;
}

/** Puts the values in for every `{ $param: name }`. A name without a value stays as it is: `parametersIn` tells. */
export function substitute(value: unknown, parameters: Readonly<Record<string, ParameterValue>>): unknown {
  if (Array.isArray(value)) return value.map((item) => substitute(item, parameters));
  if (value === null || typeof value !== 'object') return value;
  const name = parameterName(value);
  if (name !== undefined) return Object.hasOwn(parameters, name) ? parameters[name] : value;
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, substitute(v, parameters)]));
}

/** Names of all parameters that a condition refers to. */
export function parametersIn(value: unknown): readonly string[] {
  if (value === null || typeof value !== 'object') return [];
  const name = parameterName(value);
  return name !== undefined ? [name] : Object.values(value).flatMap(parametersIn);
}

/**
 * Holds a condition against the shape of the evidence it will judge. JSON Schema lets a misspelt property, a value
 * that can never be and a keyword for another type all pass in silence, so each is a fault here.
 */
export function checkCondition(condition: unknown, shape: Shape, pointer = ''): readonly Fault[] {
  if (condition === null || typeof condition !== 'object' || Array.isArray(condition)) return [];
  return Object.entries(condition).flatMap(([keyword, value]) =>
    checkKeyword(keyword, value, shape, `${pointer}/${escapeToken(keyword)}`),
  );
}

const typeOfKeyword: Readonly<Record<string, readonly string[]>> = {
  minimum: ['number', 'integer'],
  maximum: ['number', 'integer'],
  minLength: ['string'],
  pattern: ['string'],
  minItems: ['array'],
  maxItems: ['array'],
  items: ['array'],
  contains: ['array'],
  properties: ['object'],
  required: ['object'],
};

function checkKeyword(keyword: string, value: unknown, shape: Shape, pointer: string): readonly Fault[] {
  const wanted = typeOfKeyword[keyword];
  const possible = typesOf(shape);
  if (wanted && !wanted.some((type) => possible.has(type))) {
    return [{ pointer, message: `"${keyword}" has no effect here: the evidence is ${list(possible)}` }];
  }
  switch (keyword) {
    case 'properties':
      return Object.entries(value as JsonSchema).flatMap(([name, inner]) => {
        const at = `${pointer}/${escapeToken(name)}`;
        const property = propertyOf(shape, name);
        return property.length === 0 ? [missing(name, at)] : checkCondition(inner, property, at);
      });
    case 'required':
      return (value as string[]).flatMap((name, i) =>
        propertyOf(shape, name).length === 0 ? [missing(name, `${pointer}/${i}`)] : [],
      );
    case 'items':
    case 'contains':
      return checkCondition(value, entryOf(shape), pointer);
    case 'allOf':
    case 'anyOf':
      return (value as unknown[]).flatMap((inner, i) => checkCondition(inner, shape, `${pointer}/${i}`));
    case 'not':
    case 'if':
    case 'then':
    case 'else':
      return checkCondition(value, shape, pointer);
    case 'const':
      return canBe(shape, value) ? [] : [impossible(value, pointer)];
    case 'enum':
      return (value as unknown[]).flatMap((v, i) =>
        canBe(shape, v) ? [] : [impossible(v, `${pointer}/${i}`)],
      );
    case 'type':
      return [value].flat().flatMap((t) => (possible.has(t as string) ? [] : [impossible(t, pointer)]));
    default:
      return [];
  }
}

function parameterName(value: object): string | undefined {
  const [name, ...others] = Object.entries(value);
  return name?.[0] === '$param' && others.length === 0 && typeof name[1] === 'string' ? name[1] : undefined;
}

function missing(name: string, pointer: string): Fault {
  return { pointer, message: `the evidence has no property "${name}" here` };
}

function impossible(value: unknown, pointer: string): Fault {
  return { pointer, message: `the evidence can never be ${JSON.stringify(value)} here` };
}

function list(types: ReadonlySet<string>): string {
  return types.size === 0 ? 'nothing' : [...types].sort().join(' or ');
}
