import { pieces, shorten, visible } from '../../model/visible';

const raw = Symbol('markup');

/** HTML that this folder wrote. Nothing else can be inserted unescaped. */
export interface Markup {
  readonly [raw]: string;
}

/** What a template accepts: text is escaped, markup is inserted, lists are joined, `null` and `false` leave nothing. */
export type Insert = string | number | Markup | null | false | readonly Insert[];

/** Longest text shown in one place; the rest is counted, and stands in the JSON report. */
const textLimit = 1200;

/**
 * Template for HTML. Escapes by default: text between tags becomes inert and its acting characters visible; text in a
 * quoted attribute becomes an inert attribute value. Throws for text in a place where escaping cannot make it safe.
 */
export function markup(strings: TemplateStringsArray, ...inserts: readonly Insert[]): Markup {
  const parts = strings.map((part) => part.replace(indentation, '\n'));
  let out = parts[0] ?? '';
  let literal = out;
  inserts.forEach((insert, index) => {
    out += write(insert, placeOf(literal));
    const next = parts[index + 1] ?? '';
    out += next;
    literal += next;
  });
  return asMarkup(out);
}

/** The indentation of templates in the source: one byte of white space means the same and weighs less. */
const indentation = /\n\s+/g;

/** The HTML as a string, for the end of the line. */
export function htmlString(value: Markup): string {
  return value[raw];
}

/** Text without any element around its escapes: for `<title>` and for text in SVG. */
export function plain(text: string, limit = textLimit): Markup {
  const { text: kept, cut } = shorten(text, limit);
  return asMarkup(entities(visible(kept)) + (cut > 0 ? '…' : ''));
}

/** Trusted HTML as it is: for constants of this folder only. */
export function trusted(constant: string): Markup {
  return asMarkup(constant);
}

type Place = 'text' | 'attribute' | 'tag';

/** Where the literal part of a template stands at its end. Our literals hold no `<` or `>` but those of tags. */
function placeOf(literal: string): Place {
  const tag = literal.slice(literal.lastIndexOf('<') + 1);
  if (!literal.includes('<') || tag.includes('>')) return 'text';
  return (tag.split('"').length - 1) % 2 === 1 ? 'attribute' : 'tag';
}

function write(insert: Insert, place: Place): string {
  if (insert === null || insert === false) return '';
  if (typeof insert === 'number') return write(String(insert), place);
  if (typeof insert !== 'string')
    return raw in insert ? insert[raw] : insert.map((one) => write(one, place)).join('');
  if (place === 'tag') throw new Error('text inside a tag but outside quotes cannot be made safe');
  return place === 'attribute' ? plain(insert)[raw] : textMarkup(insert);
}

function textMarkup(text: string): string {
  const { text: kept, cut } = shorten(text, textLimit);
  const shown = pieces(kept)
    .map(({ kind, text: piece }) =>
      kind === 'plain' ? entities(piece) : `<span class="esc">${piece}</span>`,
    )
    .join('');
  const isolated = rightToLeft.test(kept) ? `<bdi>${shown}</bdi>` : shown;
  return cut === 0
    ? isolated
    : `${isolated}<span class="cut"> … ${cut} more characters in the JSON report</span>`;
}

/** Letters that run from right to left would pull the words around them along. */
const rightToLeft = /[\u0590-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFC\u{10800}-\u{10FFF}\u{1E800}-\u{1EFFF}]/u;

function entities(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

function asMarkup(value: string): Markup {
  return { [raw]: value };
}
