/** What must hold around a literal before anything looks closer; bytes only, so that both kernels can tell. */
export interface Demand {
  /** What stands before the literal is not a letter, digit, `_` or `-`, unless it belongs to an escape: `\n`, `%3D`. */
  readonly begins: boolean;
  /** The literal stands in this letter case. */
  readonly exact: boolean;
  /** So many bytes from the literal's first on could all belong to a key; 0: no demand. */
  readonly run: number;
  /** Those bytes are letters, digits, `_` and `-`. */
  readonly plain: boolean;
}

export interface Literal {
  /** ASCII or bytes, one character a byte; found in any letter case unless the demand is exact. */
  readonly text: string;
  readonly demand: Demand;
}

export const noDemand: Demand = { begins: false, exact: false, run: 0, plain: false };

/**
 * A set of literals, prepared to be found by looking at every second offset only. Each literal enters it with two
 * windows of four bytes, one at an odd and one at an even distance, so that one of them falls on an even offset wherever the literal stands. Two
 * looks decide that no window stands at an offset: one into `halves`, at two bytes and at the next two; then, for what
 * is left, one into a bitmap of hashes of all four, folded to lower case.
 */
export interface LiteralTable {
  readonly count: number;
  /**
   * Of each two bytes as they are read (the first is the lower): bits 0 to 15 tell in which of sixteen groups some
   * window begins with them, bits 16 to 31 in which some window ends with them.
   */
  readonly halves: Int32Array;
  /** One bit for each hash of a window; a window's hash is shifted right by `bitmapShift`. */
  readonly bitmap: Int32Array;
  readonly bitmapShift: number;
  /** Open addressing, pairs: a window, and its first index in `entries`; 0 is an empty slot. */
  readonly slotShift: number;
  readonly slots: Int32Array;
  /**
   * Lists that end in -1. An entry holds which literal and how far before the window it begins; how far after the
   * window's place the literal's last four bytes begin; and these, folded: few literals share them and the window.
   */
  readonly entries: Int32Array;
  /** Where each literal begins in `folded` and `exact`; one more than there are literals. */
  readonly starts: Int32Array;
  readonly folded: Uint8Array;
  readonly exact: Uint8Array;
  /** Of each literal: bit 0 begins, bit 1 exact, bit 2 plain, from bit 8 the run. */
  readonly demands: Int32Array;
  /** Of each byte: bit 0 goes on a word, bit 1 can belong to a key. */
  readonly classes: Uint8Array;
  readonly maxOffset: number;
  /** Bytes of the longest literal. */
  readonly longest: number;
}

export const multiplier = 0x9e3779b1;
/** Folding sets this bit in every byte: letters become lower case, and the few other bytes that merge do no harm. */
export const fold = 0x20202020;

const classes = Uint8Array.from({ length: 256 }, (_, byte) => {
  const character = String.fromCharCode(byte);
  return byte > 127 ? 0 : (/[\w-]/.test(character) ? 1 : 0) | (/[\w.+/=~:@-]/.test(character) ? 2 : 0);
});

/** Builds the tables for literals of at least three bytes. */
export function tabulate(literals: readonly Literal[]): LiteralTable {
  const encoded = literals.map(({ text }) => Buffer.from(text, 'latin1'));
  const byWindow = new Map<number, number[]>();
  const groups: Set<number>[] = [];
  let maxOffset = 0;
  for (const [id, bytes] of encoded.entries()) {
    if (bytes.length < 3) throw new Error('a literal is shorter than three bytes');
    for (const offset of rarestWindows(bytes)) {
      maxOffset = Math.max(maxOffset, offset);
      const packed = id * 64 + (offset + 1);
      const windows = new Set(expand(bytes, offset, literals[id]?.demand ?? noDemand));
      groups.push(windows);
      for (const window of windows) {
        const list = byWindow.get(window) ?? [];
        byWindow.set(window, list);
        list.push(packed, ...tailOf(bytes, offset, window));
      }
    }
  }
  const starts = [0];
  for (const bytes of encoded) starts.push((starts.at(-1) ?? 0) + bytes.length);
  const exact = Buffer.concat(encoded);
  const demands = literals.map(
    ({ demand }) =>
      (demand.begins ? 1 : 0) | (demand.exact ? 2 : 0) | (demand.plain ? 4 : 0) | (demand.run << 8),
  );
  return {
    count: literals.length,
    halves: halve(groups),
    ...hashWindows(byWindow),
    starts: Int32Array.from(starts),
    exact,
    folded: exact.map(lowerByte),
    demands: Int32Array.from(demands),
    classes,
    maxOffset,
    longest: Math.max(0, ...encoded.map(({ length }) => length)),
  };
}

/** Where the last four bytes of a literal stand seen from its window, and what they are; a short one is all window. */
function tailOf(literal: Uint8Array, offset: number, window: number): readonly [number, number] {
  const from = literal.length - 4;
  if (from < 0) return [0, window];
  const [a = 0, b = 0, c = 0, d = 0] = literal.subarray(from);
  return [from - offset, a | (b << 8) | (c << 16) | (d << 24) | fold];
}

function hashWindows(
  byWindow: ReadonlyMap<number, readonly number[]>,
): Pick<LiteralTable, 'bitmap' | 'bitmapShift' | 'slotShift' | 'slots' | 'entries'> {
  // One bit in fifty set at most, in a bitmap that fits into the processor's cache.
  const bitmapBits = Math.min(22, Math.max(17, Math.ceil(Math.log2(byWindow.size * 50 + 1))));
  const slotBits = Math.max(4, Math.ceil(Math.log2(byWindow.size * 2 + 1)));
  const bitmap = new Int32Array(1 << (bitmapBits - 5));
  const slots = new Int32Array(2 << slotBits);
  const entries = [-1];
  for (const [window, list] of byWindow) {
    const hash = Math.imul(window, multiplier);
    const bit = hash >>> (32 - bitmapBits);
    bitmap[bit >>> 5] = (bitmap[bit >>> 5] ?? 0) | (1 << (bit & 31));
    let slot = hash >>> (32 - slotBits);
    while (slots[2 * slot + 1] !== 0) slot = (slot + 1) & ((1 << slotBits) - 1);
    slots[2 * slot] = window;
    slots[2 * slot + 1] = entries.length;
    for (const entry of list) entries.push(entry);
    entries.push(-1);
  }
  return {
    bitmap,
    bitmapShift: 32 - bitmapBits,
    slotShift: 32 - slotBits,
    slots,
    entries: Int32Array.from(entries),
  };
}

const groupCount = 16;

/**
 * Spreads windows over groups so that text that holds neither of them rarely begins like one and goes on like another
 * of the same group. Windows of one literal at one offset stay together.
 */
function halve(windowSets: readonly ReadonlySet<number>[]): Int32Array {
  const halves = new Int32Array(65536);
  const groups = Array.from({ length: groupCount }, () => new Group());
  for (const windows of windowSets) {
    const firsts = new Set([...windows].map((window) => window & 0xffff));
    const seconds = new Set([...windows].map((window) => window >>> 16));
    const costs = groups.map((group) => group.costOf(firsts, seconds));
    groups[costs.indexOf(Math.min(...costs))]?.add(firsts, seconds);
  }
  for (const [index, { firsts, seconds }] of groups.entries()) {
    for (const pair of firsts) mark(halves, pair, 1 << index);
    for (const pair of seconds) mark(halves, pair, 65536 << index);
  }
  return halves;
}

/** What windows of a group begin and end with, folded. */
class Group {
  readonly firsts = new Set<number>();
  readonly seconds = new Set<number>();
  private firstShare = 0;
  private secondShare = 0;

  /** By how much more text would pass, were these added. */
  costOf(firsts: ReadonlySet<number>, seconds: ReadonlySet<number>): number {
    const first = this.firstShare + shareOf(firsts, this.firsts);
    const second = this.secondShare + shareOf(seconds, this.seconds);
    return first * second - this.firstShare * this.secondShare;
  }

  add(firsts: ReadonlySet<number>, seconds: ReadonlySet<number>): void {
    this.firstShare += shareOf(firsts, this.firsts);
    this.secondShare += shareOf(seconds, this.seconds);
    for (const pair of firsts) this.firsts.add(pair);
    for (const pair of seconds) this.seconds.add(pair);
  }
}

function shareOf(pairs: ReadonlySet<number>, known: ReadonlySet<number>): number {
  let share = 0;
  for (const pair of pairs) if (!known.has(pair)) share += pairShares[pair] ?? 0;
  return share;
}

/** Sets the bits for the two bytes in every letter case. */
function mark(halves: Int32Array, folded: number, bits: number): void {
  for (const unset of [0, 0x20, 0x2000, 0x2020])
    halves[folded & ~unset] = (halves[folded & ~unset] ?? 0) | bits;
}

/** Lower case of ASCII letters only: other bytes are compared as they are. */
export function lowerByte(byte: number): number {
  return byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte;
}

const anyByte = Array.from({ length: 256 }, (_, byte) => byte);

/** All values a folded window at `offset` of the literal can take; what stands outside it is what the demand allows. */
function expand(literal: Uint8Array, offset: number, demand: Demand): Iterable<number> {
  let values = [0];
  for (let index = 0; index < 4; index++) {
    const byte = literal[offset + index];
    const choices =
      byte === undefined
        ? [
            ...new Set(
              anyByte.filter((other) => isAllowed(other, offset + index, demand)).map((b) => b | 0x20),
            ),
          ]
        : [byte | 0x20];
    values = values.flatMap((value) => choices.map((choice) => value | (choice << (8 * index))));
  }
  return values;
}

/** Whether a byte can stand so far from the literal's first. */
function isAllowed(byte: number, place: number, { run, plain }: Demand): boolean {
  const kind = classes[byte] ?? 0;
  // What ends an escape may be any letter or digit, so `begins` rules out nothing.
  if (place < 0) return true;
  return place >= run || (kind & (plain ? 1 : 2)) !== 0;
}

/** Where the two windows lie, one at an even and one at an odd offset: at the least common letters. */
function rarestWindows(literal: Uint8Array): readonly [number, number] {
  if (literal.length === 3) return [0, -1];
  const most = Math.min(literal.length - 4, 59);
  return [rarestWindow(literal, 0, most), literal.length === 4 ? 1 : rarestWindow(literal, 1, most)];
}

function rarestWindow(literal: Uint8Array, from: number, most: number): number {
  let best = from;
  let lowest = Infinity;
  for (let offset = from; offset <= most; offset += 2) {
    const cost = commonness(literal.subarray(offset, offset + 4));
    if (cost < lowest) [best, lowest] = [offset, cost];
  }
  return best;
}

/** Parts of these stand in every log. */
const vocabulary =
  " user user username auth unix init link master buffer sha256 api_ ion_ fy' root admin info warn error debug notice trace fatal exec execution executor executing task worker work network net address connection connected connect closed open session request response received receive server service client agent manager host port node queue thread process state status start started starting stop stopped success succeeded failed failure authentication authenticated authorized unknown invalid accepted password for from to is the and with not in on at by of api/v3.1 deployments blueprints executions events http https get post put delete 200 404 default_tenant tenant cloudify rest_client time date timestamp level message data file path line module class function object instance value name type id key count size total length info: error: warning: .log .py .java .json .xml .conf /var/log/ /opt/ /usr/lib/ /etc/ site-packages/ python version release update updated create created creating delete deleted operation workflow plugin install uninstall configure runtime kernel systemd daemon sshd pam_unix cron docker container image mount device driver memory disk cpu job block packet interface link config secret token cert certificate ssl tls postgres rabbitmq nginx logical command output detail tail sign signal session assign design terminal interval internal external overall community communication google chrome exchange account country return true false null none retry timeout expired delay duration resource environment application document http/1.1 mozilla gecko applewebkit safari context source target directory reading writing loading loaded ";

/** Characters by how common they are in logs. */
const order = ' etaonirsl0-1cdmpu2.:h/f3g45by"6798=w_v,\'k[]()xjqz';

/** A rough product of letter frequencies in logs. */
function commonness(window: Uint8Array): number {
  const text = Buffer.from(window).toString('latin1').toLowerCase();
  let product = vocabulary.includes(text) ? 1000 : 1;
  for (const character of text) product *= shareOfLetter(character);
  return product;
}

function shareOfLetter(character: string): number {
  const place = order.indexOf(character);
  return 1 / (2 + (place === -1 ? 60 : place));
}

/** Of each two folded bytes: a rough share of the pairs in logs. */
const pairShares = (() => {
  const shares = new Float64Array(65536);
  for (const first of order)
    for (const second of order)
      shares[foldedPair(first + second, 0)] = shareOfLetter(first) * shareOfLetter(second);
  for (let at = 0; at + 1 < vocabulary.length; at++) {
    const pair = foldedPair(vocabulary, at);
    shares[pair] = (shares[pair] ?? 0) + 0.1;
  }
  return shares;
})();

function foldedPair(text: string, at: number): number {
  return (text.charCodeAt(at) | (text.charCodeAt(at + 1) << 8) | fold) & 0xffff;
}
