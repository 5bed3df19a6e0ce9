import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Beside the compiled module: sources that run uncompiled find none and parse for themselves. */
const file = join(__dirname, 'parsed.json');

let parsed: Readonly<Record<string, unknown>> | undefined;

/**
 * The value of a YAML text that was parsed when the package was built (parse-rules.ts); undefined for any other text. By
 * content: a file that changes by one byte is parsed anew. To parse the catalogue takes longer than to check it.
 */
export function readParsed(text: string): unknown {
  parsed ??= existsSync(file)
    ? (JSON.parse(readFileSync(file, 'utf8')) as Readonly<Record<string, unknown>>)
    : {};
  const key = keyOf(text);
  return Object.hasOwn(parsed, key) ? parsed[key] : undefined;
}

/** What a text is known by: a digest of its content. */
export function keyOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
