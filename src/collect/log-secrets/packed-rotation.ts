import { scannerOf } from './crew';
import { digestOf, type Checkpoint, type Sight } from './checkpoint';
import { openLedger } from './ledger';
import { lead, type PartSearch } from './parts';
import { readLog } from './read';
import { logicalPath } from './rotation';
import type { Scan } from './scan';
import type { Orders } from './thread';
import type { Leaf, Unpacked } from './unpack';

/**
 * Goes on in a packed file (logrotate's `compress`) where the plain one that it was made of was left: what was searched is
 * unpacked again, since there is no other way behind it, but neither searched nor counted again. Tried are checkpoints of the
 * same log; the packed file belongs to one if both ends of what was searched are the same. null: it belongs to none.
 */
export async function goOnPacked(
  sight: Sight,
  free: Iterable<Checkpoint>,
  orders: Orders,
  signal: AbortSignal,
): Promise<{ readonly known: Checkpoint; readonly rest: PartSearch } | null> {
  if (sight.isPlain) return null;
  const logical = logicalPath(sight.name);
  for (const known of free) {
    if (known.before === null || known.offset === 0 || logicalPath(known.path) !== logical) continue;
    const rest = await searchRest(sight, known, orders, signal);
    if (rest !== null) return { known, rest };
  }
  return null;
}

/** What came of the bytes behind the checkpoint; null: those before are others, or there are none. */
async function searchRest(
  { file, name }: Sight,
  { head, tail, offset }: Checkpoint,
  orders: Orders,
  signal: AbortSignal,
): Promise<PartSearch | null> {
  const { fingerprintKey } = orders;
  const ledger = openLedger(fingerprintKey);
  const isOther = new AbortController();
  const start = Buffer.alloc(head.length);
  /** The last bytes before the checkpoint: to tell them by, and so that whatever reaches into it is known. */
  let last = Buffer.alloc(0);
  let seen = 0;
  let scan: Scan | null = null;
  let linesBefore = 0;
  let lastByte = 0x0a;
  let fault: string | null = null;

  const begin = (): void => {
    const isSame =
      digestOf(start, fingerprintKey).value === head.value &&
      digestOf(last.subarray(last.length - tail.length), fingerprintKey).value === tail.value;
    if (!isSame) {
      isOther.abort();
      return;
    }
    const before = last.subarray(Math.max(0, last.length - lead));
    linesBefore = before.filter((byte) => byte === 0x0a).length;
    scan = scannerOf(orders).start((sighting) => {
      if (sighting.at >= offset) ledger.note({ ...sighting, line: sighting.line - linesBefore }, name);
    }, offset - before.length);
    scan.push(before);
  };
  const leaf: Leaf = {
    write(piece) {
      if (isOther.signal.aborted) return;
      if (seen < start.length) start.set(piece.subarray(0, start.length - seen), seen);
      const own = Math.min(piece.length, Math.max(0, offset - seen));
      const most = Math.max(lead, tail.length);
      if (own > 0) last = Buffer.concat([last.subarray(-most), piece.subarray(0, own)]);
      seen += piece.length;
      if (scan === null && seen >= offset) begin();
      if (scan === null || own === piece.length) return;
      lastByte = piece.at(-1) ?? lastByte;
      scan.push(piece.subarray(own));
    },
    end(reason) {
      fault = reason;
    },
  };
  const to: Unpacked = {
    open(member, _compressed, isJournal) {
      if (member !== null || isJournal) isOther.abort();
      return leaf;
    },
    refuse: () => {
      isOther.abort();
    },
  };
  const refusal = await readLog(file.path, AbortSignal.any([signal, isOther.signal]), to);
  // Whatever is wrong with a file of which nothing new was read is told by whoever reads it whole.
  const found = scan as Scan | null;
  if (found === null || refusal !== null || isOther.signal.aborted) return null;
  found.end();
  return {
    leaks: ledger.leaks(),
    privateKeys: ledger.privateKeys(),
    truncated: ledger.truncated() || found.skipped(),
    bytes: seen - offset,
    newlines: found.lines() - (lastByte === 0x0a ? 0 : 1) - linesBefore,
    endsInNewline: lastByte === 0x0a,
    fault,
    hasNul: false,
  };
}
