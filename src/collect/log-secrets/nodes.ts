import type { LogSource } from '../../model/target';

/** One source a node: paths that overlap are read once. */
export function byNode(logs: readonly LogSource[]): readonly LogSource[] {
  const paths = new Map<string | null, string[]>();
  for (const source of logs) paths.set(source.node, [...(paths.get(source.node) ?? []), ...source.paths]);
  return [...paths]
    .map(([node, all]) => ({ node, paths: [...new Set(all)] }))
    .filter(({ paths }) => paths.length > 0);
}
