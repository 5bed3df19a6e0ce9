import { isMap, isScalar, LineCounter, parseDocument, type Document } from 'yaml';
import { InputError } from '../model/errors';
import { unescapeToken } from '../model/pointer';

/** A YAML text with its value and what it takes to find a pointer in it. */
export interface ParsedYaml {
  readonly value: unknown;
  readonly document: Document;
  readonly lines: LineCounter;
}

/** Parses YAML or JSON text. Throws InputError with the line. `file` is for messages. */
export function parseYaml(text: string, file: string): ParsedYaml {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const [fault] = document.errors;
  if (fault) throw new InputError(fault.message, { file, line: lines.linePos(fault.pos[0]).line });
  try {
    // A file of a few lines can expand to gigabytes by nested aliases.
    return { value: document.toJS({ maxAliasCount: 100 }), document, lines };
  } catch (error) {
    throw new InputError(error instanceof Error ? error.message : String(error), { file });
  }
}

/** 1-based line of the pointer's key or value; the nearest existing parent when it does not exist. */
export function lineIn({ document, lines }: ParsedYaml, pointer: string): number | undefined {
  const path = pointer
    .split('/')
    .slice(1)
    .map((token) => unescapeToken(token));
  for (let depth = path.length; depth >= 0; depth--) {
    const offset = offsetOf(document, path.slice(0, depth));
    if (offset !== undefined) return lines.linePos(offset).line;
  }
  return undefined;
}

function offsetOf(document: Document, path: readonly string[]): number | undefined {
  const key = path.at(-1);
  const parent = key === undefined ? null : document.getIn(path.slice(0, -1), true);
  if (isMap(parent)) {
    const pair = parent.items.find((item) => isScalar(item.key) && String(item.key.value) === key);
    if (isScalar(pair?.key) && pair.key.range) return pair.key.range[0];
    return undefined;
  }
  const node = path.length === 0 ? document.contents : document.getIn(path, true);
  const range = (node as { range?: [number, number, number] | null } | null | undefined)?.range;
  return range?.[0];
}
