import { visible } from '../../model/visible';

/**
 * A path as it may be printed: bytes that are not UTF-8 and characters that would act become escapes, so that a file
 * name can neither forge a line nor drive a terminal.
 */
export function printablePath(path: Buffer): string {
  const text = path.toString('utf8');
  if (!text.includes('\uFFFD')) return visible(text);
  const bytes = path.toString('latin1');
  return visible(bytes).replace(/[\x80-\xff]/g, (byte) => `\\x${byte.charCodeAt(0).toString(16)}`);
}
