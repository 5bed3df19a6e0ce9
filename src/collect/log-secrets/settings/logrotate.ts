import { compileGlob } from '../glob';

/** What logrotate's configuration says of a log. */
export interface Rotation {
  /** Older files that are kept; null: logrotate's default, which is none. */
  readonly keeps: number | null;
}

/** Finds the stanza of a path on the node; undefined where none names it. */
export type Rotations = (path: string) => Rotation | undefined;

/**
 * Reads logrotate(8) configuration, main file first: `rotate` outside of a stanza holds for the stanzas after it; the
 * first stanza that names a log counts.
 */
export function readLogrotate(texts: readonly string[]): Rotations {
  const stanzas: { readonly matches: (path: string) => boolean; readonly keeps: number | null }[] = [];
  let common: number | null = null;
  for (const text of texts) {
    let names: string[] = [];
    let inside = false;
    let keeps: number | null = common;
    let script = false;
    for (const raw of text.split(/\r?\n/)) {
      const line = raw.replace(/^\s*#.*$/, '').trim();
      if (script) script = line !== 'endscript';
      else if (line === '') continue;
      else if (inside && /^(?:pre|post|first|last)(?:rotate|action)$|^preremove$/.test(line)) script = true;
      else if (inside && line.startsWith('}')) {
        for (const name of names) stanzas.push({ matches: compileGlob(name), keeps });
        [names, inside, keeps] = [[], false, common];
      } else {
        const rotate = /^rotate\s+(\d{1,6})\b/.exec(line)?.[1];
        if (rotate !== undefined) {
          keeps = Number(rotate);
          if (!inside) common = keeps;
        }
        // Names stand before the brace, on its line or on those above it.
        if (inside || !/^["'/~{]/.test(line)) continue;
        inside = line.includes('{');
        names.push(...namesIn(line.split('{')[0] ?? ''));
        if (!inside && names.length > 1000) names = [];
      }
    }
  }
  return (path) => stanzas.find(({ matches }) => matches(path));
}

/** Names are parted by blanks; quotes keep one with blanks together. */
function namesIn(text: string): readonly string[] {
  return [...text.matchAll(/"([^"]{1,4096})"|'([^']{1,4096})'|(\S{1,4096})/g)].map(
    ([, double, single, bare]) => double ?? single ?? bare ?? '',
  );
}
