/* eslint-disable @typescript-eslint/non-nullable-type-assertion-style -- `!` is not allowed, and a loop over numbers need not ask for undefined */
import { multiplier } from './fold';
import { sample } from './sample';

/** How common bytes, folded, are in logs: rough, and so much the same for all of them. */
export interface Shares {
  /** Of each two bytes, the first is the lower: their share of all pairs. Never 0. */
  readonly pairs: Float64Array;
  /** Windows of four bytes in the sample, by their hash: two with the same are rare. */
  readonly windows: Uint16Array;
  /** Of one pair or window in the sample. */
  readonly one: number;
}

/** Of a pair that the sample does not hold, in pairs of the sample: it is not impossible. */
const unseen = 0.02;
const hashBits = 20;

let shares: Shares | undefined;

/** Made when they are first asked for: a thread that is sent a table never does. */
export function sharesInLogs(): Shares {
  shares ??= countShares(Buffer.from(sample, 'latin1'));
  return shares;
}

/** How common four folded bytes are in logs, the first is the lowest: as often as seen, and what their halves let expect. */
export function commonness({ pairs, windows, one }: Shares, window: number): number {
  const seen = one * (windows[hash(window)] as number);
  return seen + (pairs[window & 0xffff] as number) * (pairs[window >>> 16] as number);
}

function countShares(bytes: Buffer): Shares {
  const pairs = new Float64Array(65536).fill(unseen / bytes.length);
  const windows = new Uint16Array(1 << hashBits);
  const one = 1 / bytes.length;
  let window = 0;
  for (let at = 0; at < bytes.length; at++) {
    window = (window >>> 8) | (((bytes[at] as number) | 0x20) << 24);
    if (at < 3) continue;
    (pairs[window & 0xffff] as number) += one;
    (windows[hash(window)] as number)++;
  }
  return { pairs, windows, one };
}

function hash(window: number): number {
  return Math.imul(window, multiplier) >>> (32 - hashBits);
}
