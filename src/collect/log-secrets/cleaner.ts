/**
 * Copies bytes and takes NULs out: in UTF-16 text every other byte of ASCII is one, so what remains reads as
 * ASCII wherever in a file such text stands; a NUL on its own separates (as in /proc/…/environ) and becomes a blank.
 * Returns how many bytes it added; -1 or less when a blank of the call before turns out to have been UTF-16.
 */
export function createCleaner(): (bytes: Uint8Array, into: Buffer, at: number) => number {
  let twoBefore = 1;
  let oneBefore = 1;
  /** Bytes that `into` holds since a blank that may still prove to be UTF-16: 1 or 2; 0: no such blank. */
  let sinceBlank = 0;
  return (bytes, into, at) => {
    if (sinceBlank === 0 && oneBefore !== 0 && twoBefore !== 0 && !bytes.includes(0)) {
      into.set(bytes, at);
      return bytes.length;
    }
    // A hole in a sparse file may be very long.
    if (sinceBlank === 0 && oneBefore === 0 && twoBefore === 0 && isHole(bytes)) return 0;
    let to = at;
    for (const byte of bytes) {
      if (byte !== 0) {
        into[to++] = byte;
        sinceBlank = sinceBlank === 1 ? 2 : 0;
      } else if (oneBefore === 0 || twoBefore === 0) {
        if (sinceBlank === 2) into[to - 2] = into[to - 1] ?? 0;
        if (sinceBlank !== 0) to--;
        sinceBlank = 0;
      } else {
        into[to++] = 0x20;
        sinceBlank = 1;
      }
      twoBefore = oneBefore;
      oneBefore = byte;
    }
    return to - at;
  };
}

const hole = Buffer.alloc(64 * 1024);

function isHole(bytes: Uint8Array): boolean {
  for (let at = 0; at < bytes.length; at += hole.length) {
    const part = bytes.subarray(at, at + hole.length);
    if (hole.compare(part, 0, part.length, 0, part.length) !== 0) return false;
  }
  return true;
}
