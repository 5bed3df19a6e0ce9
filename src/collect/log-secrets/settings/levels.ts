/** Where a line of Cloudify's and its services' logs names its level: near its beginning, in the form of its logger. */
const level =
  /^.{0,120}?(?:\[(?<bracketed>[A-Za-z]{4,8})\]|(?: - |:)(?<dashed>[A-Z]{4,8})(?: - |:)|>(?<postgres>[A-Z]{3,9}\d?): {2}|\blevel=(?<field>\w{4,8})|\s(?<bare>TRACE|DEBUG|INFO|WARN|WARNING|ERROR|CRITICAL|FATAL)\s)/;

const levels = new Set(
  'trace debug debug1 debug2 debug3 debug4 debug5 info notice log warn warning error err fatal panic critical crit alert emerg'.split(
    ' ',
  ),
);

/** How many lines name a level, and how many of them are DEBUG or finer. */
export function countLevels(lines: readonly string[]): {
  readonly lines: number;
  readonly debugLines: number;
} {
  let named = 0;
  let debugLines = 0;
  for (const line of lines) {
    const groups = level.exec(line.slice(0, 200))?.groups;
    const word = (
      groups?.bracketed ??
      groups?.dashed ??
      groups?.postgres ??
      groups?.bare ??
      ''
    ).toLowerCase();
    if (!levels.has(word)) continue;
    named++;
    if (word.startsWith('debug') || word === 'trace') debugLines++;
  }
  return { lines: named, debugLines };
}
