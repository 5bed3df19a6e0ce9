/** A piece of text: `plain` is harmless as it stands, `escape` names a character that would not be seen or would act. */
export interface Piece {
  readonly kind: 'plain' | 'escape';
  readonly text: string;
}

/**
 * Characters that are invisible, that reorder or move what stands around them, or that make a terminal act: controls,
 * format characters (bidi overrides, zero width, tags), line separators, lone surrogates, private use, and more
 * combining marks in a row than any script needs (Unicode 16 general categories; UTR 36 and "Trojan Source").
 */
const acting =
  /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\u115F\u1160\u3164\uFFA0]|\u034F|\u17B4|\u17B5|(?<=\p{M}{4})\p{M}/gu;

/** Splits a text that strangers chose into what can be shown and what is shown as an escape. */
export function pieces(text: string): readonly Piece[] {
  const out: Piece[] = [];
  let from = 0;
  for (const match of text.matchAll(acting)) {
    if (match.index > from) out.push({ kind: 'plain', text: text.slice(from, match.index) });
    out.push({ kind: 'escape', text: escape(match[0]) });
    from = match.index + match[0].length;
  }
  if (from < text.length) out.push({ kind: 'plain', text: text.slice(from) });
  return out;
}

/** The text on one line, with every acting character as an escape such as `\u{202e}`. */
export function visible(text: string): string {
  return text.replace(acting, escape);
}

/** At most `limit` characters, never half a surrogate pair; what was cut is counted, so that no cut is silent. */
export function shorten(text: string, limit: number): { readonly text: string; readonly cut: number } {
  if (text.length <= limit) return { text, cut: 0 };
  const end = (text.codePointAt(limit - 1) ?? 0) > 0xffff ? limit - 1 : limit;
  return { text: text.slice(0, end), cut: text.length - end };
}

function escape(character: string): string {
  const short: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };
  const code = character.codePointAt(0) ?? 0;
  return short[character] ?? (code < 0x100 ? `\\x${hex(code, 2)}` : `\\u{${hex(code, 4)}}`);
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0');
}
