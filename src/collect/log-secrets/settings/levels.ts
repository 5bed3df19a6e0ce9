/**
 * Where a line of Cloudify's and its services' logs names its level, near its beginning and in the form of its logger:
 * `[INFO]`, ` - INFO - `, `:INFO:`, `>LOG: `, `level=info`, ` INFO `. Other words stand in the same forms.
 */
const word =
  /\[(?<bracketed>[A-Za-z]{4,8})\]|(?<= - |:)(?<dashed>[A-Z]{4,8})(?= - |:)|>(?<postgres>[A-Z]{3,9}\d?): |\blevel=(?<field>\w{4,8})|(?<=^.{0,48}\s)(?<bare>TRACE|DEBUG|INFO|WARN|WARNING|ERROR|CRITICAL|FATAL)(?=\s)/g;

const levels = new Set(
  'trace debug debug1 debug2 debug3 debug4 debug5 info notice log warn warning error err fatal panic critical crit alert emerg'.split(
    ' ',
  ),
);

/** How many lines name a level, and how many of them are DEBUG or finer. The first level on a line is its own. */
export function countLevels(lines: readonly string[]): {
  readonly lines: number;
  readonly debugLines: number;
} {
  let named = 0;
  let debugLines = 0;
  for (const line of lines) {
    const found = [...line.slice(0, 160).matchAll(word)]
      .map((match) => (match.slice(1).find(Boolean) ?? '').toLowerCase())
      .find((each) => levels.has(each));
    if (found === undefined) continue;
    named++;
    if (found.startsWith('debug') || found === 'trace') debugLines++;
  }
  return { lines: named, debugLines };
}
