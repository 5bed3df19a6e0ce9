import { createColors } from 'picocolors';
import { getBorderCharacters, table } from 'table';
import type { Severity } from '../../model/rule';
import { shorten, visible } from '../../model/visible';

/** Paints a text; identity where there is no colour. */
export type Paint = (text: string) => string;

/** One or several lines of a cell, and how to paint them. Lines are cleaned one by one: a newline inside is an escape. */
export interface Cell {
  readonly lines: readonly string[];
  readonly paint?: Paint;
}

/** A sheet of a given width: what it returns fits, wraps between words and never lets a stranger's text act. */
export interface Sheet {
  readonly paint: ReturnType<typeof createColors>;
  /** Too few columns for long words in a header. */
  readonly narrow: boolean;
  /** A section's title, after an empty line. */
  heading(title: string): string;
  /** Text wrapped to the sheet, every line indented by two, painted as a whole. */
  text(text: string, paint?: Paint): string;
  /** Rows under a header. The last column takes what the others leave. */
  rows(header: readonly string[], body: readonly (readonly Cell[])[]): string;
}

/** Longest line a cell shows; the whole of it stands in the JSON report. */
const cellLimit = 400;
const narrowest = 40;
const widestFixed = 18;

/** Makes a sheet. Fewer than 40 columns hold no table, so narrower widths are taken as 40. */
export function sheet(columns: number, color: boolean): Sheet {
  const width = Number.isFinite(columns) ? Math.max(narrowest, Math.floor(columns)) : narrowest;
  const paint = createColors(color);
  const narrow = width < 56;
  const gap = narrow ? 1 : 2;
  return {
    paint,
    narrow,
    heading: (title) => `\n${layOut([[{ lines: [title], paint: paint.bold }]], [width], 0)}`,
    text: (text, painted = String) =>
      layOut([[{ lines: [text], paint: painted }]], [width - 2], 0).replace(/^(?=.)/gm, '  '),
    rows: (header, body) => {
      const all = [header.map((name) => cell(name, paint.dim)), ...body];
      const fixed = header.slice(0, -1).map((_, column) => Math.min(widestFixed, widestLine(all, column)));
      const rest = width - 2 - fixed.reduce((sum, own) => sum + own + gap, 0);
      return layOut(all, [...fixed, Math.max(4, rest)], gap).replace(/^(?=.)/gm, '  ');
    },
  };
}

/** A cell of one line. */
export function cell(text: string | number, paint?: Paint): Cell {
  return { lines: [String(text)], ...(paint ? { paint } : {}) };
}

/** The paint of each severity; the word always stands beside the colour. */
export function severityPaints({ paint }: Sheet): Readonly<Record<Severity, Paint>> {
  return {
    critical: (text) => paint.bold(paint.red(text)),
    high: paint.red,
    medium: paint.yellow,
    low: paint.cyan,
    info: paint.dim,
  };
}

function layOut(rows: readonly (readonly Cell[])[], widths: readonly number[], gap: number): string {
  const texts = rows.map((row) =>
    row.map(({ lines, paint = String }) => lines.map((line) => paint(clean(line))).join('\n')),
  );
  return table(texts, {
    border: getBorderCharacters('void'),
    columns: widths.map((width, column) => ({
      width,
      paddingLeft: 0,
      paddingRight: column === widths.length - 1 ? 0 : gap,
      wrapWord: true,
    })),
    drawHorizontalLine: () => false,
  }).replace(/ +$/gm, '');
}

function widestLine(rows: readonly (readonly Cell[])[], column: number): number {
  return Math.max(1, ...rows.flatMap((row) => row[column]?.lines.map((line) => clean(line).length) ?? []));
}

function clean(line: string): string {
  const { text, cut } = shorten(line, cellLimit);
  return `${visible(text)}${cut > 0 ? ` … (+${cut} characters)` : ''}`;
}
