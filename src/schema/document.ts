import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type * as Yaml from './yaml-text';
import { InputError } from '../model/errors';
import type { JsonSchema } from '../model/rule';
import type { Misfit, Validator } from './ajv';
import { readParsed } from './parsed';
import { closest, knownKeys } from './suggest';

/** A YAML or JSON file, with the way back from a JSON pointer to the line it stands on. */
export interface SourceDocument {
  readonly file: string;
  readonly value: unknown;
  /** 1-based line of the pointer's key or value; the nearest existing parent when it does not exist. */
  lineOf(pointer: string): number | undefined;
}

/** Loaded when a schema has to be compiled: reading a file alone should not pay for it. */
function loadCompiler(): { compileSchema(schema: JsonSchema): Validator } {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  return require('./ajv') as ReturnType<typeof loadCompiler>;
}

/** Loaded when a text has to be parsed: what ships is parsed already (see parsed.ts). */
function loadYaml(): typeof Yaml {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  return require('./yaml-text') as typeof Yaml;
}

const maxBytes = 256 * 1024 * 1024;

/** Reads and parses a YAML or JSON file. Throws InputError: missing, unreadable, too large, not YAML, several documents. */
export function readDocument(file: string): SourceDocument {
  const text = readText(file);
  if (file.endsWith('.json')) return parseJson(text, file);
  const value = readParsed(text);
  if (value === undefined) return parseSource(text, file);
  return { file, value, lineOf: (pointer) => parseSource(text, file).lineOf(pointer) };
}

/** JSON.parse is two orders faster than a YAML parser on a large bundle; lines are looked up only to complain. */
function parseJson(text: string, file: string): SourceDocument {
  try {
    const value: unknown = JSON.parse(text);
    return { file, value, lineOf: (pointer) => parseSource(text, file).lineOf(pointer) };
  } catch {
    throw new InputError('is not valid JSON', { file });
  }
}

/** Reads a text file as UTF-8. Throws InputError when it cannot. */
export function readText(file: string): string {
  try {
    return readBounded(file).toString('utf8');
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(`cannot be read: ${reasonOf(error)}`, { file });
  }
}

/** Stops at the limit: a device never ends, and neither would a read of all of it, which no signal interrupts. */
function readBounded(file: string): Buffer {
  const descriptor = openSync(file, 'r');
  try {
    const parts: Buffer[] = [];
    // A pipe and most of /proc say 0: there the first piece is small and the reading goes on.
    const piece = Math.min(Math.max(fstatSync(descriptor).size + 1, 64 * 1024), maxBytes + 1);
    for (let length = 0; length <= maxBytes;) {
      const part = Buffer.allocUnsafe(piece);
      const read = readSync(descriptor, part, 0, piece, null);
      if (read === 0) return Buffer.concat(parts, length);
      parts.push(part.subarray(0, read));
      length += read;
    }
    throw new InputError(`the file is larger than ${maxBytes} bytes`, { file });
  } finally {
    closeSync(descriptor);
  }
}

/** Parses YAML or JSON text. `file` is for messages. */
export function parseSource(text: string, file: string): SourceDocument {
  const { parseYaml, lineIn } = loadYaml();
  const parsed = parseYaml(text, file);
  return { file, value: parsed.value, lineOf: (pointer) => lineIn(parsed, pointer) };
}

/** Checks a document against a schema. Throws one InputError for the first misfit, with line and pointer. */
export function checkDocument(document: SourceDocument, schema: JsonSchema | Validator): void {
  const validate = typeof schema === 'function' ? schema : loadCompiler().compileSchema(schema);
  const misfits = validate(document.value);
  const first = mostTelling(misfits);
  if (first) {
    const line = document.lineOf(first.pointer);
    throw new InputError(explain(first, typeof schema === 'function' ? undefined : schema), {
      file: document.file,
      ...(line === undefined ? {} : { line }),
      pointer: first.pointer,
    });
  }
}

/** Union keywords only say that nothing fitted; a misfit deeper inside says what. */
function mostTelling(misfits: readonly Misfit[]): Misfit | undefined {
  const vague = new Set(['anyOf', 'oneOf', 'if']);
  const depth = (m: Misfit): number => m.pointer.split('/').length;
  const told = misfits.filter((m) => !vague.has(m.keyword));
  return [...(told.length > 0 ? told : misfits)].sort((a, b) => rank(a) - rank(b) || depth(b) - depth(a))[0];
}

function rank(m: Misfit): number {
  return m.keyword === 'additionalProperties' ? 0 : m.keyword === 'const' ? 2 : 1;
}

function explain(m: Misfit, schema: JsonSchema | undefined): string {
  const name = m.pointer.split('/').at(-1) ?? '';
  if (m.keyword === 'additionalProperties') {
    const parent = m.pointer.slice(0, m.pointer.lastIndexOf('/'));
    const meant = schema && closest(name, knownKeys(schema, parent));
    return `unknown key "${name}"${meant === undefined ? '' : `; did you mean "${meant}"?`}`;
  }
  if (m.keyword === 'required') return `missing key "${name}"`;
  if (m.keyword === 'enum') return `must be one of ${(m.params.allowedValues as unknown[]).join(', ')}`;
  return m.message;
}

function reasonOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  if (code === 'ENOENT') return 'no such file';
  if (code === 'EACCES') return 'permission denied';
  if (code === 'EISDIR') return 'is a directory';
  return error instanceof Error ? error.message : String(error);
}
