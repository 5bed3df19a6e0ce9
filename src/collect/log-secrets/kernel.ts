import type { LiteralTable } from './literals';

/** Finds literals in bytes. There are two of the kind, and they find the same: see kernel-script.ts, kernel-wasm.ts. */
export interface Kernel {
  /** Holds what is searched: the caller writes it. Behind the last byte searched stand 16 that the caller may have zeroed. */
  readonly buffer: Buffer;
  /**
   * Pairs of numbers: the place of a literal, and which it is. Filled by `search`, in no particular order among places
   * less than a literal's length apart.
   */
  readonly hits: Int32Array;
  /** Finds every literal that begins in [from, to): how many there are, or -1 when `hits` cannot hold them. */
  search(from: number, to: number): number;
  countNewlines(from: number, to: number): number;
}

/** Makes a kernel with a buffer of so many bytes. */
export type KernelMaker = (table: LiteralTable, bytes: number) => Kernel;

/** Hits that a kernel can tell at once; no literal is found twice at one place, so fewer bytes can always be searched. */
export function mostHits(table: LiteralTable): number {
  return Math.max(32 * 1024, table.count);
}
