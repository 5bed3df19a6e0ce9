/* eslint-disable @typescript-eslint/non-nullable-type-assertion-style -- `!` is not allowed, and a loop over numbers need not ask for undefined */
import { sharesInLogs } from './commonness';
import { fold } from './fold';

const groupCount = 16;
const allGroups = 0xffff;
const foldOfPair = fold & 0xffff;

/**
 * Spreads windows (four folded bytes each) over groups so that text that holds neither of them rarely begins like one
 * and goes on like another of the same group: see `LiteralTable.halves`. What is added at once stays together.
 */
export class Halves {
  /** Of each two folded bytes: bits 0 to 15 the groups with a window that begins so, bits 16 to 31 that ends so. */
  private readonly folded = new Int32Array(65536);
  /** Of each group: the share of all pairs that begin, and that end, one of its windows. */
  private readonly firstShares = new Float64Array(groupCount);
  private readonly secondShares = new Float64Array(groupCount);
  private readonly pairShares = sharesInLogs().pairs;
  private readonly moreFirst = new Float64Array(groupCount);
  private readonly moreSecond = new Float64Array(groupCount);

  /** `table`: what `table()` made of windows that are to stay. */
  constructor(table?: Int32Array) {
    if (table === undefined) return;
    for (let pair = 0; pair < table.length; pair++) {
      if ((pair & foldOfPair) !== foldOfPair) continue;
      const groups = (this.folded[pair] = table[pair] as number);
      const share = this.pairShares[pair] as number;
      for (let left = groups; left !== 0; left &= left - 1) {
        const bit = 31 - Math.clz32(left & -left);
        if (bit < groupCount) (this.firstShares[bit] as number) += share;
        else (this.secondShares[bit - groupCount] as number) += share;
      }
    }
  }

  /** The same as `add` of one pair and one: most windows are of that kind. */
  addOne(first: number, second: number): void {
    const { firstShares, secondShares, folded } = this;
    const hasFirst = folded[first] as number;
    const hasSecond = (folded[second] as number) >>> 16;
    const firstShare = this.pairShares[first] as number;
    const secondShare = this.pairShares[second] as number;
    let best = 0;
    let lowest = Infinity;
    for (let group = 0; group < groupCount; group++) {
      const bit = 1 << group;
      const before = firstShares[group] as number;
      const after = secondShares[group] as number;
      const moreBefore = (hasFirst & bit) === 0 ? firstShare : 0;
      const moreAfter = (hasSecond & bit) === 0 ? secondShare : 0;
      const cost = moreBefore * after + before * moreAfter + moreBefore * moreAfter;
      if (cost < lowest) [best, lowest] = [group, cost];
    }
    if ((hasFirst & (1 << best)) === 0) (firstShares[best] as number) += firstShare;
    if ((hasSecond & (1 << best)) === 0) (secondShares[best] as number) += secondShare;
    (folded[first] as number) |= 1 << best;
    (folded[second] as number) |= 0x10000 << best;
  }

  /** The windows that begin with one of these pairs and go on with one of those. */
  add(firsts: readonly number[], seconds: readonly number[]): void {
    const moreFirst = this.newShares(firsts, 0, this.moreFirst);
    const moreSecond = this.newShares(seconds, 16, this.moreSecond);
    let best = 0;
    let lowest = Infinity;
    for (let group = 0; group < groupCount; group++) {
      const first = this.firstShares[group] as number;
      const second = this.secondShares[group] as number;
      const cost =
        (first + (moreFirst[group] as number)) * (second + (moreSecond[group] as number)) - first * second;
      if (cost < lowest) [best, lowest] = [group, cost];
    }
    (this.firstShares[best] as number) += moreFirst[best] as number;
    (this.secondShares[best] as number) += moreSecond[best] as number;
    for (const pair of firsts) (this.folded[pair] as number) |= 1 << best;
    for (const pair of seconds) (this.folded[pair] as number) |= 0x10000 << best;
  }

  /** The same of two bytes as they are read. */
  table(): Int32Array {
    const { folded } = this;
    const table = new Int32Array(65536);
    for (let pair = 0; pair < table.length; pair++) table[pair] = folded[pair | foldOfPair] ?? 0;
    return table;
  }

  /** By how much the share of each group would grow by pairs that it does not have yet. */
  private newShares(pairs: readonly number[], shift: number, shares: Float64Array): Float64Array {
    shares.fill(0);
    for (const pair of pairs) {
      const without = ~((this.folded[pair] as number) >>> shift) & allGroups;
      const share = this.pairShares[pair] as number;
      if (share === 0 || without === 0) continue;
      for (let group = 0; group < groupCount; group++)
        if ((without & (1 << group)) !== 0) (shares[group] as number) += share;
    }
    return shares;
  }
}
