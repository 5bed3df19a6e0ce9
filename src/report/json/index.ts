import type { ReportFormat } from '../format';
import { inKeyOrder } from '../key-order';

/** The report itself, for programs: sorted keys, two spaces, a newline at the end. Its schema is report.schema.json. */
export const json: ReportFormat = {
  id: 'json',
  fileName: 'report.json',
  render: (report) => `${JSON.stringify(inKeyOrder(report), undefined, 2).replace(acting, escape)}\n`,
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
