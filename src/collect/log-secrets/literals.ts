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
 * A set of literals, prepared to be found by looking at every second offset only: four bytes are folded to lower case,
 * hashed and looked up in a bitmap. Each literal enters it with two neighbouring windows of four bytes, so that one of
 * them falls on an even offset wherever the literal stands.
 */
export interface LiteralTable {
  readonly count: number;
  /** One bit for each hash of a window; a window's hash is shifted right by `bitmapShift`. */
  readonly bitmap: Int32Array;
  readonly bitmapShift: number;
  /** Open addressing, pairs: a window, and its first index in `entries`; 0 is an empty slot. */
  readonly slotShift: number;
  readonly slots: Int32Array;
  /** Lists that end in -1. An entry holds which literal, and how far before the window it begins. */
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
  let maxOffset = 0;
  for (const [id, bytes] of encoded.entries()) {
    if (bytes.length < 3) throw new Error('a literal is shorter than three bytes');
    const first = rarestWindow(bytes);
    maxOffset = Math.max(maxOffset, first + 1);
    for (const offset of [first, first + 1]) {
      const packed = id * 64 + (offset + 1);
      for (const window of expand(bytes, offset, literals[id]?.demand ?? noDemand)) {
        const entry = byWindow.get(window);
        if (entry === undefined) byWindow.set(window, [packed]);
        else entry.push(packed);
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
    ...hashWindows(byWindow),
    starts: Int32Array.from(starts),
    exact,
    folded: exact.map(lowerByte),
    demands: Int32Array.from(demands),
    classes,
    maxOffset,
  };
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

/** Where the two windows lie: inside the literal where it is long enough, at its least common letters. */
function rarestWindow(literal: Uint8Array): number {
  if (literal.length < 5) return literal.length === 3 ? -1 : 0;
  let best = 0;
  let lowest = Infinity;
  for (let offset = 0; offset + 5 <= literal.length && offset < 60; offset++) {
    const cost =
      commonness(literal.subarray(offset, offset + 4)) + commonness(literal.subarray(offset + 1, offset + 5));
    if (cost < lowest) [best, lowest] = [offset, cost];
  }
  return best;
}

/** Parts of these stand in every log. */
const vocabulary =
  ' user root admin info warn error debug notice trace fatal exec execution executor executing task worker work network net address connection connected connect closed open session request response received receive server service client agent manager host port node queue thread process state status start started starting stop stopped success succeeded failed failure authentication authenticated authorized unknown invalid accepted password for from to is the and with not in on at by of api/v3.1 deployments blueprints executions events http https get post put delete 200 404 default_tenant tenant cloudify rest_client time date timestamp level message data file path line module class function object instance value name type id key count size total length info: error: warning: .log .py .java .json .xml .conf /var/log/ /opt/ /usr/lib/ /etc/ site-packages/ python version release update updated create created creating delete deleted operation workflow plugin install uninstall configure runtime kernel systemd daemon sshd pam_unix cron docker container image mount device driver memory disk cpu job block packet interface link config secret token cert certificate ssl tls postgres rabbitmq nginx logical command output detail tail sign signal session assign design terminal interval internal external overall community communication google chrome exchange account country return true false null none retry timeout expired delay duration resource environment application document http/1.1 mozilla gecko applewebkit safari context source target directory reading writing loading loaded ';

/** A rough product of letter frequencies in logs. */
function commonness(window: Uint8Array): number {
  const text = Buffer.from(window).toString('latin1').toLowerCase();
  const order = ' etaonirsl0-1cdmpu2.:h/f3g45by"6798=w_v,\'k[]()xjqz';
  let product = vocabulary.includes(text) ? 1000 : 1;
  for (const character of text) {
    const place = order.indexOf(character);
    product *= 1 / (2 + (place === -1 ? 60 : place));
  }
  return product;
}
