import type { ReportFormat } from '../format';

/** The report itself, for programs: sorted keys, two spaces, a newline at the end. Its schema is report.schema.json. */
export const json: ReportFormat = {
  id: 'json',
  fileName: 'report.json',
  render: (report) => `${JSON.stringify(report, sorted, 2).replace(acting, escape)}\n`,
};

/**
 * Legal in JSON, but they act on whoever prints the file: DEL and C1 controls, bidi overrides, zero width, tags.
 * Escaped they are the same value to every parser. Lone surrogates and C0 controls JSON.stringify escapes itself.
 */
const acting = /[\u007F-\u009F\p{Cf}\p{Zl}\p{Zp}]/gu;

function escape(character: string): string {
  return Array.from(
    { length: character.length },
    (_, i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`,
  ).join('');
}

/** Object keys in code-unit order: equal reports are equal files, whatever order they were built in. */
function sorted(_key: string, value: unknown): unknown {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}
