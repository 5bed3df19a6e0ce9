import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../model/errors';
import type { JsonSchema } from '../model/rule';
import { checkDocument, readDocument, type SourceDocument } from '../schema/document';
import { packageRoot } from '../schema/package-root';
import { visible } from '../model/visible';
import { unescapeToken } from '../model/pointer';

/** The target file as text: what complaints need to name a place without telling what must stay secret. */
export interface TargetText {
  readonly file: string;
  readonly value: unknown;
  /** An InputError for the place that the pointer names. */
  fault(pointer: string, message: string): InputError;
  /** The string at the pointer as it stands in the file, quoted; `${NAME}` stays a name, its value is never told. */
  written(pointer: string): string;
}

/** Reads the target file. Throws InputError: unreadable, not YAML. */
export function readTargetText(file: string): TargetText {
  const document = readWithoutQuoting(file);
  return {
    file,
    value: document.value,
    fault(pointer, message) {
      const line = document.lineOf(pointer);
      return new InputError(message, { file, ...(line === undefined ? {} : { line }), pointer });
    },
    written: (pointer) => quote(valueAt(document.value, pointer)),
  };
}

/** Checks the shape. Throws InputError: missing or unknown key, wrong type, port out of range. */
export function checkShape(text: TargetText): void {
  const version = valueAt(text.value, '/version');
  if (typeof version === 'number') {
    throw text.fault('/version', 'write the version in quotes, e.g. "7.0": YAML reads it as a number');
  }
  const document: SourceDocument = {
    file: text.file,
    value: text.value,
    lineOf: (pointer) => text.fault(pointer, '').where.line,
  };
  schema ??= JSON.parse(
    readFileSync(join(packageRoot(), 'src/plan/target.schema.json'), 'utf8'),
  ) as JsonSchema;
  checkDocument(document, schema);
}

let schema: JsonSchema | undefined;

/** The value at an RFC 6901 pointer; undefined where there is none. */
export function valueAt(value: unknown, pointer: string): unknown {
  let place = value;
  for (const token of pointer.split('/').slice(1)) {
    const name = unescapeToken(token);
    if (place === null || typeof place !== 'object' || !Object.hasOwn(place, name)) return undefined;
    place = (place as Record<string, unknown>)[name];
  }
  return place;
}

/** Quotes a text of the file for a message: no control characters, no novel, and nothing that may be a password. */
function quote(text: unknown): string {
  if (typeof text !== 'string') return 'the value';
  // user:password@host, pasted where a host or a path belongs.
  if (text.includes('@')) return 'the value';
  const short = text.length > 80 ? `${text.slice(0, 80)}…` : text;
  return visible(JSON.stringify(short));
}

/**
 * The YAML parser quotes the text it stumbles over, which may be a password: what follows the first colon is cut. Of
 * a tag it says "The !text! tag has no suffix".
 */
function readWithoutQuoting(file: string): SourceDocument {
  try {
    return readDocument(file);
  } catch (error) {
    if (!(error instanceof InputError) || error.message.startsWith('cannot be read')) throw error;
    const said = error.message.split(/[:\\]/)[0] ?? '';
    const fault = said.includes('!') ? 'what begins with ! is a tag; write such a value in quotes' : said;
    throw new InputError(`is not valid YAML: ${fault}`.trimEnd(), error.where);
  }
}
