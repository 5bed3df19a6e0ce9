/** What must stand near a literal before an expression is tried. Looks at bytes only, to save time; see detector.schema.json. */
export type Nearby = 'none' | 'assignment' | 'userinfo' | 'run' | 'quote' | 'option' | 'query';

/** Bytes of one kind, as a table: an expression a byte would cost more than the expression it saves. */
function tableOf(pattern: RegExp): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) =>
    byte < 128 && pattern.test(String.fromCharCode(byte)) ? 1 : 0,
  );
}

const nameByte = tableOf(/[\w.%-]/);
const afterName = tableOf(/[\\"'\]\s]/);
const keyByte = tableOf(/[\w.+/=~:@-]/);
/** No key of a service is shorter, its prefix included. */
const shortestKey = 16;

/** `end`: how far the bytes are filled. */
export function isNearby(nearby: Nearby, bytes: Uint8Array, at: number, end: number): boolean {
  switch (nearby) {
    case 'none':
      return true;
    case 'assignment':
      return isAssignment(bytes, at, end);
    case 'userinfo':
      return isUserinfo(bytes, at, end);
    case 'run':
      for (let index = at; index < at + shortestKey; index++)
        if (keyByte[bytes[index] ?? 0] === 0) return false;
      return true;
    case 'quote':
      return hasQuote(bytes, at, end);
    case 'option':
      return nameStart(bytes, at, 40) < at && bytes[nameStart(bytes, at, 40)] === 0x2d;
    case 'query': {
      const before = bytes[nameStart(bytes, at, 32) - 1];
      return before === 0x3f || before === 0x26 || before === 0x3b; // ? & ;
    }
  }
}

/** A name, perhaps a closing quote or bracket, and `=`, `:` or `,`. */
function isAssignment(bytes: Uint8Array, at: number, end: number): boolean {
  let index = at;
  const stop = Math.min(end, at + 80);
  while (index < stop && nameByte[bytes[index] ?? 0] === 1) index++;
  const closed = Math.min(end, index + 20);
  while (index < closed && afterName[bytes[index] ?? 0] === 1) index++;
  const byte = bytes[index];
  return byte === 0x3d || byte === 0x3a || byte === 0x2c || (byte === 0x2d && bytes[index + 1] === 0x3e);
}

/** Something, a colon, something, an @, before anything that ends the authority of a URL; or one long word and an @. */
function isUserinfo(bytes: Uint8Array, at: number, end: number): boolean {
  let colon = false;
  const stop = Math.min(end, at + 512);
  for (let index = at + 3; index < stop; index++) {
    const byte = bytes[index] ?? 0;
    if (byte === 0x40) return colon || index > at + 20;
    if (byte === 0x3a) colon = true;
    else if (byte <= 0x20 || byte === 0x22 || (byte === 0x2f && index > at + 4)) return false;
  }
  return false;
}

function hasQuote(bytes: Uint8Array, at: number, end: number): boolean {
  const stop = Math.min(end, at + 128);
  for (let index = at; index < stop; index++) {
    const byte = bytes[index];
    if (byte === 0x22 || byte === 0x27 || byte === 0x60) return true;
    if (byte === 0x0a) return false;
  }
  return false;
}

/** Where the name begins whose part stands at `at`. */
function nameStart(bytes: Uint8Array, at: number, most: number): number {
  let index = at;
  while (index > at - most && index > 0 && nameByte[bytes[index - 1] ?? 0] === 1) index--;
  return index;
}
