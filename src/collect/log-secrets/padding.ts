/** What is wrong with a file of which the decoder leaves something: it must not go unread in silence. */
export const afterEnd = 'other data follows its end';

/** Tapes and fixed-size blocks fill up with zeros. */
export function isPadding(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0);
}
