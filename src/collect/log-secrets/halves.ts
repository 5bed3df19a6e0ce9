import { pairShares } from './commonness';
import { fold } from './fold';

const groupCount = 16;
const allGroups = 0xffff;

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

  add(windows: readonly number[]): void {
    const firsts = distinct(windows.map((window) => window & 0xffff));
    const seconds = distinct(windows.map((window) => window >>> 16));
    const moreFirst = this.newShares(firsts, 0);
    const moreSecond = this.newShares(seconds, 16);
    let best = 0;
    let lowest = Infinity;
    for (let group = 0; group < groupCount; group++) {
      const first = this.firstShares[group] ?? 0;
      const second = this.secondShares[group] ?? 0;
      const cost = (first + (moreFirst[group] ?? 0)) * (second + (moreSecond[group] ?? 0)) - first * second;
      if (cost < lowest) [best, lowest] = [group, cost];
    }
    this.firstShares[best] = (this.firstShares[best] ?? 0) + (moreFirst[best] ?? 0);
    this.secondShares[best] = (this.secondShares[best] ?? 0) + (moreSecond[best] ?? 0);
    for (const pair of firsts) this.folded[pair] = (this.folded[pair] ?? 0) | (1 << best);
    for (const pair of seconds) this.folded[pair] = (this.folded[pair] ?? 0) | (0x10000 << best);
  }

  /** The same of two bytes as they are read. */
  table(): Int32Array {
    const { folded } = this;
    const table = new Int32Array(65536);
    for (let pair = 0; pair < table.length; pair++) table[pair] = folded[pair | (fold & 0xffff)] ?? 0;
    return table;
  }

  /** By how much the share of each group would grow by pairs that it does not have yet. */
  private newShares(pairs: readonly number[], shift: number): Float64Array {
    const shares = new Float64Array(groupCount);
    for (const pair of pairs) {
      const without = ~((this.folded[pair] ?? 0) >>> shift) & allGroups;
      const share = pairShares[pair] ?? 0;
      if (share === 0 || without === 0) continue;
      for (let group = 0; group < groupCount; group++)
        if ((without & (1 << group)) !== 0) shares[group] = (shares[group] ?? 0) + share;
    }
    return shares;
  }
}

function distinct(numbers: readonly number[]): readonly number[] {
  return numbers.length === 1 ? numbers : [...new Set(numbers)];
}
