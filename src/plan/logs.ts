import { statSync } from 'node:fs';
import { isAbsolute, resolve as resolvePath } from 'node:path';
import type { LogSource } from '../model/target';
import type { LogEntry } from '../model/target-file';
import { closest } from '../schema/suggest';
import type { TargetText } from './target-text';

/** Sources of files (logs, unless `at` is the pointer of another entry) with absolute paths; `nodes` maps node names to their pointers. Throws InputError: unknown node, or a path (not a glob) that does not exist. */
export function readLogs(
  entries: readonly LogEntry[],
  nodes: ReadonlyMap<string, string>,
  text: TargetText,
  folder: string,
  at?: string,
): readonly LogSource[] {
  return entries.map(({ node, paths }, index) => {
    const base = at ?? `/logs/${index}`;
    if (node !== undefined && !nodes.has(node)) {
      const pointer = `${base}/node`;
      const meant = nodes.get(closest(node, [...nodes.keys()]) ?? '');
      const hint = meant === undefined ? '' : `; did you mean ${text.written(meant)}?`;
      throw text.fault(pointer, `${text.written(pointer)} is no declared node${hint}`);
    }
    return {
      node: node ?? null,
      paths: paths.map((path, i) => place(path, `${base}/paths/${i}`, text, folder)),
    };
  });
}

/** A mistyped path must not end as "no secrets found"; what a glob matches, the collector tells. */
function place(path: string, pointer: string, text: TargetText, folder: string): string {
  // As commands have it: what is piped in.
  if (path === '-') return '/dev/stdin';
  const absolute = isAbsolute(path) ? path : resolvePath(folder, path);
  if (!/[*?[{]/.test(path) && isMissing(absolute)) {
    throw text.fault(pointer, `${text.written(pointer)} cannot be read: no such file or folder`);
  }
  return absolute;
}

function isMissing(path: string): boolean {
  try {
    statSync(path);
    return false;
  } catch (error) {
    const code = (error as { code?: unknown } | null)?.code;
    return code === 'ENOENT' || code === 'ENOTDIR';
  }
}
