import type { ReportFormat } from './format';

export type { RenderOptions, ReportFormat } from './format';

/*
 * A format's code is loaded when the format is used: `require` is how a CommonJS module does that without making
 * every caller asynchronous. To add a format: a folder that exports a ReportFormat, and its line here.
 */
/* eslint-disable @typescript-eslint/no-require-imports */
const formats = {
  html: (): ReportFormat => (require('./html') as { html: ReportFormat }).html,
  json: (): ReportFormat => (require('./json') as { json: ReportFormat }).json,
  terminal: (): ReportFormat => (require('./terminal') as { terminal: ReportFormat }).terminal,
};
/* eslint-enable @typescript-eslint/no-require-imports */

export type FormatId = keyof typeof formats;

/** Every known format id, in the order in which help lists them. */
export const formatIds = Object.keys(formats) as readonly FormatId[];

/** True for the id of a format. */
export function isFormatId(id: string): id is FormatId {
  return Object.hasOwn(formats, id);
}

/** Loads one format. */
export function loadFormat(id: FormatId): ReportFormat {
  return formats[id]();
}
