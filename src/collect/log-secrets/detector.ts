import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../../model/errors';
import { checkDocument, readDocument, type SourceDocument } from '../../schema/document';
import { packageRoot } from '../../schema/package-root';
import type { JsonSchema } from '../../model/rule';
import type { Nearby } from './nearby';

/** How a value that a pattern caught is judged; see judge.ts. */
export type ValueKind = 'password' | 'token' | 'basic' | 'jwt' | 'exact' | 'strong' | 'private-key';

/** One kind of credential, as written in rules/detectors/*.yaml. */
export interface Detector {
  readonly id: string;
  readonly title: string;
  /** Every match begins at one of these, in any letter case; at least three bytes, ASCII. */
  readonly literals: readonly string[];
  readonly nearby: Nearby;
  /** `line`: `expression` is tried at the literal, within its line; `block`: over lines; `pem`: a private key. */
  readonly shape: 'line' | 'block' | 'pem';
  /** Sticky. Its groups `secret` (quoted or delimited), `escaped` or `bare` (ends at a blank) hold the value. */
  readonly expression: RegExp;
  readonly kind: ValueKind;
  /** Of two detectors that catch the same characters the higher rank speaks. */
  readonly rank: number;
  readonly confidence: 'high' | 'medium' | 'low';
  readonly because: string;
  readonly examples: readonly Example[];
  readonly counterExamples: readonly string[];
}

/** A text that must be found, what of it is the secret, and how sure we are. */
export interface Example {
  readonly text: string;
  readonly secret: string;
  readonly confidence?: 'high' | 'medium' | 'low';
}

interface DetectorFile {
  readonly fragments?: Readonly<Record<string, string>>;
  readonly detectors: readonly (Partial<Detector> & {
    readonly id: string;
    readonly pattern?: string;
    readonly caseSensitive?: boolean;
  })[];
}

let loaded: readonly Detector[] | undefined;

/** The detectors that the package ships, read once. Throws InputError when a file is wrong. */
export function shippedDetectors(): readonly Detector[] {
  loaded ??= loadDetectors(join(packageRoot(), 'rules', 'detectors'));
  return loaded;
}

/** Reads and checks every *.yaml of a folder against its detector.schema.json. Throws InputError. */
export function loadDetectors(folder: string): readonly Detector[] {
  const schema = readDocument(join(folder, 'detector.schema.json')).value as JsonSchema;
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .sort();
  const detectors = files.flatMap((name) => {
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

function compileFile(document: SourceDocument): readonly Detector[] {
  const { fragments = {}, detectors } = document.value as DetectorFile;
  return detectors.map((raw, index) => {
    const pointer = `/detectors/${String(index)}/pattern`;
    const line = document.lineOf(pointer);
    const where = { file: document.file, pointer, ...(line === undefined ? {} : { line }) };
    const pattern = (raw.pattern ?? '').replace(/\{\{([\w-]{1,40})\}\}/g, (_all, name: string) => {
      const fragment = fragments[name];
      if (fragment === undefined) throw new InputError(`unknown fragment {{${name}}}`, where);
      return fragment;
    });
    if (hasUnboundedQuantifier(pattern))
      throw new InputError('every quantifier must have an upper bound', where);
    let expression: RegExp;
    try {
      expression = new RegExp(pattern, raw.caseSensitive === true ? 'y' : 'iy');
    } catch (error) {
      throw new InputError(error instanceof Error ? error.message : String(error), where);
    }
    if (raw.shape !== 'pem' && !/\(\?<(?:secret|escaped|bare)>/.test(pattern)) {
      throw new InputError('the pattern has no group called secret, escaped or bare', where);
    }
    return { nearby: 'none', shape: 'line', rank: 50, ...raw, expression } as Detector;
  });
}

/** `*`, `+` or `{n,}` outside a character class: on a hostile line they make matching slower than linear. */
function hasUnboundedQuantifier(pattern: string): boolean {
  const bare = pattern.replace(/\\[^]/g, '_').replace(/\[[^\]]*\]/g, '_');
  return /[*+]|\{\d*,\}/.test(bare);
}
