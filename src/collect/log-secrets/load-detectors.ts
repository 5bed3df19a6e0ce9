import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deserialize } from 'node:v8';
import { InputError } from '../../model/errors';
import type { JsonSchema } from '../../model/rule';
import { checkDocument, readDocument, type SourceDocument } from '../../schema/document';
import type { Detector } from './detector';
import type { Demand, LiteralTable } from './literals';
import { readPattern, type Pattern } from './pattern';

/** As written in the YAML. */
interface RawDetector extends Partial<Omit<Detector, 'literals' | 'pattern'>> {
  readonly id: string;
  readonly literals: readonly string[];
  readonly pattern?: string;
  readonly caseSensitive?: boolean;
}

interface DetectorFile {
  readonly fragments?: Readonly<Record<string, string>>;
  readonly detectors: readonly RawDetector[];
}

/** What the build wrote: detectors that have been checked, and a digest of the files they come from. */
export interface Prepared {
  readonly of: string;
  readonly detectors: readonly Detector[];
}

/** The same of the table of their literals. */
export interface PreparedTable {
  readonly of: string;
  readonly table: LiteralTable;
}

/** Beside the compiled module, written by build-detectors.ts: to read and check the YAML takes longer than to search a small log. */
export const preparedFile = join(__dirname, 'detectors.json');
export const preparedTable = join(__dirname, 'detectors.table');

/** Reads and checks every *.yaml of a folder against its detector.schema.json. Throws InputError. */
export function loadDetectors(folder: string): readonly Detector[] {
  if (existsSync(preparedFile)) {
    const prepared = JSON.parse(readFileSync(preparedFile, 'utf8')) as Prepared;
    if (prepared.of === digestOf(folder)) return prepared.detectors;
  }
  return compileDetectors(folder);
}

/** What the build made of the literals of a folder's detectors; undefined: nothing, or they have changed since. */
export function loadTable(folder: string): LiteralTable | undefined {
  if (!existsSync(preparedTable)) return undefined;
  const { of, table } = deserialize(readFileSync(preparedTable)) as PreparedTable;
  return of === digestOf(folder) ? table : undefined;
}

/** The same without what the build prepared. */
export function compileDetectors(folder: string): readonly Detector[] {
  const schema = readDocument(join(folder, 'detector.schema.json')).value as JsonSchema;
  const detectors = yamlFiles(folder).flatMap((name) => {
    const document = readDocument(join(folder, name));
    checkDocument(document, schema);
    return compileFile(document);
  });
  const seen = new Set<string>();
  for (const { id } of detectors) {
    if (seen.has(id)) throw new InputError(`two detectors are called ${id}`, { file: folder });
    seen.add(id);
  }
  return detectors;
}

/** Changes with every byte of the folder's detectors. */
export function digestOf(folder: string): string {
  const hash = createHash('sha256');
  for (const name of [...yamlFiles(folder), 'detector.schema.json']) {
    try {
      hash
        .update(`${name}\0`)
        .update(readFileSync(join(folder, name)))
        .update('\0');
    } catch {
      // Whoever reads it for its content says what is wrong.
      return '';
    }
  }
  return hash.digest('hex');
}

function yamlFiles(folder: string): readonly string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .sort();
}

function compileFile(document: SourceDocument): readonly Detector[] {
  const { fragments = {}, detectors } = document.value as DetectorFile;
  return detectors.map((raw, index) => {
    const pointer = `/detectors/${String(index)}/pattern`;
    const refuse = (message: string): InputError => {
      const line = document.lineOf(pointer);
      return new InputError(message, {
        file: document.file,
        pointer,
        ...(line === undefined ? {} : { line }),
      });
    };
    const pattern = (raw.pattern ?? '').replace(/\{\{([\w-]{1,40})\}\}/g, (_all, name: string) => {
      const fragment = fragments[name];
      if (fragment === undefined) throw refuse(`unknown fragment {{${name}}}`);
      return fragment;
    });
    if (raw.shape !== 'pem' && !/\(\?<(?:secret|escaped|bare)>/.test(pattern)) {
      throw refuse('the pattern has no group called secret, escaped or bare');
    }
    try {
      return compile(raw, pattern);
    } catch (error) {
      throw refuse(error instanceof Error ? error.message : String(error));
    }
  });
}

/** A key may follow an escape: in `\\nghp_…` the n is a newline, in `%3Dghp_…` the D is a sign. */
const wordBegins = '(?<![\\w-])';
const wordBeginsAfterEscape = '(?:(?<![\\w-])|(?<=\\\\[nrt]|%[0-9A-Fa-f]{2}))';

function compile({ caseSensitive, ...raw }: RawDetector, pattern: string): Detector {
  const read = readPattern(
    pattern.startsWith(wordBegins) ? pattern.replace(wordBegins, wordBeginsAfterEscape) : pattern,
  );
  const flags = caseSensitive === true ? 'y' : 'iy';
  new RegExp(read.source, flags);
  const literals = raw.literals.map((text) => literalOf(text, raw, pattern, read, caseSensitive === true));
  const groups = Object.fromEntries(read.groups);
  const whole = { nearby: 'none', shape: 'line', rank: 50, ...raw, literals };
  return { ...whole, pattern: { source: read.source, flags, groups } } as unknown as Detector;
}

/** What the pattern says about the place of its literals, so that most places need no expression. */
function literalOf(
  text: string,
  { nearby }: RawDetector,
  pattern: string,
  { shortest }: Pattern,
  caseSensitive: boolean,
): { readonly text: string; readonly demand: Demand } {
  const demand = {
    begins: pattern.startsWith(wordBegins),
    exact: false,
    run: nearby === 'run' ? Math.min(255, shortest) : 0,
    plain: !/[/+=~:@.]/.test(
      pattern.replace(/\(\?<?[!=](?:\[[^\]]*\]|[^)[])*\)|\(\?(?:<\w+>|:)|\{[\d,]+\}|[?]/g, ''),
    ),
  };
  if (!caseSensitive) return { text: text.toLowerCase(), demand };
  // A literal that the pattern spells in one case only is looked for in that case.
  const plain = pattern.replaceAll('\\', '');
  const spelt = new Set<string>();
  for (let at = 0; at + text.length <= plain.length; at++) {
    const part = plain.slice(at, at + text.length);
    if (part.toLowerCase() === text.toLowerCase()) spelt.add(part);
  }
  const [only] = spelt;
  if (only === undefined || spelt.size > 1) return { text: text.toLowerCase(), demand };
  return { text: only, demand: { ...demand, exact: true } };
}
