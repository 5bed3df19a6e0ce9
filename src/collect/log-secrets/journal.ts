import type { Leaf } from './unpack';

/** How `journalctl` wrote it: `-o export` (Journal Export Format), or `-o json`, `json-pretty`, `json-sse`, `json-seq`. */
export type JournalKind = 'export' | 'json';

const trustedField =
  /"(?:__CURSOR|__REALTIME_TIMESTAMP|__MONOTONIC_TIMESTAMP|_BOOT_ID|_MACHINE_ID|_TRANSPORT)"\s*:/;

/** Tells a journal by its beginning: every entry has fields that only journald writes. null: something else. */
export function journalKind(head: Buffer): JournalKind | null {
  const text = head.toString('latin1', 0, 512);
  if (/^__CURSOR=s=[0-9a-f]/.test(text)) return 'export';
  return /^(?:data: |\p{Cc})?\{\s*"/u.test(text) && trustedField.test(text) ? 'json' : null;
}

/** A leaf that reads what journald could not write as text. Lines stay those of the file. */
export function readJournal(kind: JournalKind, leaf: Leaf): Leaf {
  return kind === 'export' ? readExport(leaf) : readJson(leaf);
}

const newline = 0x0a;
const maxName = 256;
/** What journald takes in one field is far less. */
const maxField = 4n * 1024n ** 3n;

/**
 * A binary field is its name, a newline, its length in eight bytes, its bytes and a newline. The length would stand glued
 * to the first word: only the newlines among its bytes are kept.
 */
function readExport(leaf: Leaf): Leaf {
  /** Of the line being read, as far as its name may go. */
  let name: number[] = [];
  let hasValue = false;
  let length: number[] | null = null;
  /** Bytes of a binary field that are to come. */
  let left = 0n;
  let unit = '';
  let readsUnit = false;
  let value: number[] = [];
  let lines = 0;
  const write = (bytes: Uint8Array): void => {
    if (bytes.length === 0) return;
    leaf.write(bytes);
    for (let at = bytes.indexOf(newline); at !== -1; at = bytes.indexOf(newline, at + 1)) lines++;
  };
  const endLine = (): void => {
    if (name.length === 0 && !hasValue) {
      leaf.entry?.(unit === '' ? null : unit, lines);
      unit = '';
    } else if (!hasValue && /^[A-Z0-9_]{1,64}$/.test(Buffer.from(name).toString('latin1'))) length = [];
    if (readsUnit) unit = Buffer.from(value).toString('latin1');
    [name, hasValue, readsUnit, value] = [[], false, false, []];
  };
  return {
    write(piece) {
      for (let at = 0; at < piece.length;) {
        if (length !== null) {
          length.push(piece[at++] ?? 0);
          if (length.length < 8) continue;
          const bytes = Buffer.from(length);
          length = null;
          // The newline behind the field ends no name.
          hasValue = true;
          left = bytes.readBigUInt64LE();
          // Text that only looks like the name of a field: in no journal is one so long.
          if (left > maxField) {
            left = 0n;
            write(bytes);
          } else write(bytes.filter((byte) => byte === newline));
          continue;
        }
        if (left > 0n) {
          const room = BigInt(piece.length - at);
          const count = Number(left < room ? left : room);
          write(piece.subarray(at, at + count));
          at += count;
          left -= BigInt(count);
          continue;
        }
        const end = piece.indexOf(newline, at);
        const stop = end === -1 ? piece.length : end + 1;
        const text = piece.subarray(at, end === -1 ? piece.length : end);
        take(text);
        write(piece.subarray(at, stop));
        if (end !== -1) endLine();
        at = stop;
      }
    },
    end(fault) {
      const cut = length !== null || left > 0n ? 'the journal ends in the middle of a field' : null;
      endLine();
      leaf.entry?.(unit === '' ? null : unit, lines + 1);
      leaf.end(fault ?? cut);
    },
  };

  function take(text: Uint8Array): void {
    let from = 0;
    if (!hasValue) {
      const equals = text.indexOf(0x3d);
      const stop = equals === -1 ? text.length : equals;
      if (name.length < maxName) name.push(...text.subarray(0, Math.min(stop, maxName)));
      if (equals === -1) return;
      hasValue = true;
      from = equals + 1;
      readsUnit = isUnitField(Buffer.from(name).toString('latin1'));
    }
    if (readsUnit && value.length < maxName) value.push(...text.subarray(from, from + maxName));
  }
}

const isUnitField = (name: string): boolean => name === '_SYSTEMD_UNIT';

/** What can be held back of an array of bytes before it is told from other arrays. */
const maxHeld = 1024 * 1024;
/** Kept of an entry, to tell its unit by. */
const maxEntry = 64 * 1024;
const unitField = /"_SYSTEMD_UNIT"\s?:\s?"([^"\\]{1,256})"/;

/** A field that is no text is written as an array of the values of its bytes: it is put back as a string. */
function readJson(leaf: Leaf): Leaf {
  let held: Buffer | null = null;
  let entry = '';
  let lines = 0;
  let fault: string | null = null;
  const pass = (bytes: Buffer): void => {
    if (bytes.length === 0) return;
    leaf.write(bytes);
    let from = 0;
    while (from < bytes.length) {
      const end = bytes.indexOf(newline, from);
      const text = bytes.toString('latin1', from, end === -1 ? bytes.length : end);
      entry = entry.length < maxEntry ? entry + text : `${entry.slice(0, maxEntry)}${text.slice(-2)}`;
      if (end === -1) return;
      from = end + 1;
      lines++;
      // json-pretty has an entry on many lines, of which the last is its brace.
      if (!/\}\s*$/.test(entry.slice(-4))) continue;
      if (/[A-Z0-9_]"\s?:\s?null\b/.test(entry))
        fault ??= 'the journal leaves out fields that are too long: export it with journalctl --all';
      leaf.entry?.(unitField.exec(entry)?.[1] ?? null, lines);
      entry = '';
    }
  };
  return {
    write(piece) {
      const bytes: Buffer = held === null ? Buffer.from(piece) : Buffer.concat([held, piece]);
      held = null;
      let from = 0;
      for (let at = bytes.indexOf(0x5b); at !== -1; at = bytes.indexOf(0x5b, at + 1)) {
        const end = endOfBytes(bytes, at + 1);
        if (end === null) {
          if (bytes.length - at > maxHeld)
            fault ??= 'the journal holds a binary field that is too long to be read';
          else {
            pass(bytes.subarray(from, at));
            held = bytes.subarray(at);
            return;
          }
        }
        const text = end === null || end === -1 ? null : textOfArray(bytes.subarray(at, end + 1));
        if (text === null || end === null) continue;
        pass(bytes.subarray(from, at));
        pass(text);
        from = end + 1;
        at = end;
      }
      pass(bytes.subarray(from));
    },
    end(reason) {
      if (held !== null) pass(held);
      if (entry !== '') leaf.entry?.(unitField.exec(entry)?.[1] ?? null, lines + 1);
      leaf.end(reason ?? fault);
    },
  };
}

/** Where an array of numbers ends that begins before `at`; -1: it is none; null: that is not told yet. */
function endOfBytes(bytes: Buffer, at: number): number | null {
  for (let to = at; to < bytes.length; to++) {
    const byte = bytes[to] ?? 0;
    if (byte === 0x5d) return to;
    const isPart =
      (byte >= 0x30 && byte <= 0x39) || byte === 0x2c || byte === 0x20 || byte === 0x09 || byte === newline;
    if (!isPart) return -1;
  }
  return null;
}

/** As a JSON string, NULs left out, with the newlines of the array behind it; null: not an array of bytes. */
function textOfArray(array: Buffer): Buffer | null {
  const text = array.toString('latin1');
  const numbers = text
    .slice(1, -1)
    .split(',')
    .map((number) => number.trim());
  if (!numbers.every((number) => /^\d{1,3}$/.test(number) && Number(number) < 256)) return null;
  const bytes = Buffer.from(numbers.map(Number).filter((byte) => byte !== 0));
  const newlines = text.split('\n').length - 1;
  return Buffer.from(JSON.stringify(bytes.toString('latin1')) + '\n'.repeat(newlines), 'latin1');
}
