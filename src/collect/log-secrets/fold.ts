/** Folding sets this bit in every byte: letters become lower case, and the few other bytes that merge do no harm. */
export const fold = 0x20202020;

/** What a folded window of four bytes is multiplied by for its hash, whose upper bits are taken; the kernel in WebAssembly has the same. */
export const multiplier = 0x9e3779b1;

/** Lower case of ASCII letters only: other bytes are compared as they are. */
export function lowerByte(byte: number): number {
  return byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte;
}
