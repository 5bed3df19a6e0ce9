/**
 * A path as it may be printed: bytes that are not UTF-8, control characters and characters that reverse the
 * direction of text become escapes, so that a file name can neither forge a line nor drive a terminal.
 */
export function printablePath(path: Buffer): string {
  const text = path.toString('utf8');
  if (!text.includes('\uFFFD')) return printable(text);
  return printable(path.toString('latin1')).replace(/[\x80-\xff]/g, hex);
}

/** Escapes what must not reach a terminal or a report as it is. */
export function printable(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replace(/[\0-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, hex);
}

function hex(character: string): string {
  const code = character.charCodeAt(0);
  return code < 256 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
}
