import { isAbsolute, resolve as resolvePath } from 'node:path';
import type { WeakKeyLists } from '../model/target';
import type { WeakKeysEntry } from '../model/target-file';
import { readInputFile } from './input-file';
import type { TargetText } from './target-text';

/** Debian's longest list has 1.6 MiB. */
const maxBytes = 16 * 1024 * 1024;

/**
 * Reads lists of Debian's openssl-blacklist: a line for each key, the last 20 hexadecimal digits of the SHA-1 of `Modulus=…`
 * as `openssl x509 -modulus` prints it; lines that begin with # are comments. Throws InputError.
 */
export function readWeakKeys(entry: WeakKeysEntry, text: TargetText, folder: string): WeakKeyLists {
  return new Map(
    Object.entries(entry).map(([bits, path]: readonly [string, string]) => {
      const place = `/weakKeys/${bits}`;
      const written = text.written(place);
      const file = readInputFile(isAbsolute(path) ? path : resolvePath(folder, path), maxBytes);
      if ('fault' in file) throw text.fault(place, `${written} cannot be read: ${file.fault}`);
      const entries = entriesOf(file.bytes.toString('latin1'));
      if (typeof entries === 'number')
        throw text.fault(place, `${written}, line ${String(entries)}: expected 20 hexadecimal digits`);
      if (entries.size === 0) throw text.fault(place, `${written} lists no key`);
      return [Number(bits), entries] as const;
    }),
  );
}

/** The entries, or the number of the first line that is none. */
function entriesOf(content: string): ReadonlySet<string> | number {
  const entries = new Set<string>();
  for (const [i, line] of content.split('\n').entries()) {
    const entry = line.trim().toLowerCase();
    if (entry === '' || entry.startsWith('#')) continue;
    if (!/^[0-9a-f]{20}$/.test(entry)) return i + 1;
    entries.add(entry);
  }
  return entries;
}
