/** The input cannot be read as DER or BER at all. The only error that this folder throws. */
export class DerError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'DerError';
  }
}

/** What is wrong with an encoding that could be read all the same. */
export type FaultCode =
  | 'non-minimal-length'
  | 'indefinite-length'
  | 'trailing-data'
  | 'boolean-encoding'
  | 'integer-encoding'
  | 'bit-string-encoding'
  | 'default-encoded'
  | 'string-encoding'
  | 'oid-encoding'
  | 'version'
  | 'time'
  | 'time-form'
  | 'algorithm-mismatch'
  | 'algorithm-parameters'
  | 'key'
  | 'unique-identifier'
  | 'duplicate-extension'
  | 'extension'
  | 'extension-not-allowed'
  | 'unexpected-field';

/** One encoding fault and the field in which it stands. */
export interface Fault {
  readonly code: FaultCode;
  readonly where: string;
  readonly detail: string;
}

/** Collects faults while a structure is read; `where` names the field being read. */
export interface Reading {
  readonly faults: Fault[];
  where: string;
}

/** One tag-length-value. `content` excludes the end-of-contents octets of an indefinite length. */
export interface Element {
  readonly tag: number;
  readonly content: Uint8Array;
  /** The whole element as it stands in the input. */
  readonly bytes: Uint8Array;
}

/** Identifier octets of the types that certificates use. */
export const tags = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  enumerated: 0x0a,
  utf8String: 0x0c,
  numericString: 0x12,
  printableString: 0x13,
  t61String: 0x14,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  visibleString: 0x1a,
  universalString: 0x1c,
  bmpString: 0x1e,
  sequence: 0x30,
  set: 0x31,
} as const;

const MOST_FAULTS = 64;
const DEEPEST_INDEFINITE = 16;

/** Records a fault; a certificate made of faults does not grow the list without bound. */
export function addFault(reading: Reading, code: FaultCode, detail: string): void {
  if (reading.faults.length < MOST_FAULTS) reading.faults.push({ code, where: reading.where, detail });
}

/** Reads the element that starts at `offset`. Throws DerError when it does not fit into `bytes`. */
export function readElement(bytes: Uint8Array, offset: number, reading: Reading, depth = 0): Element {
  const tag = bytes[offset];
  const first = bytes[offset + 1];
  if (tag === undefined || first === undefined) throw new DerError(`${reading.where}: data ends early`);
  if ((tag & 0x1f) === 0x1f) throw new DerError(`${reading.where}: multi-byte tag`);
  let start = offset + 2;
  let length = first;
  if (first === 0x80) return readIndefinite(bytes, offset, reading, depth);
  if (first > 0x80) {
    const octets = first & 0x7f;
    if (octets > 8) throw new DerError(`${reading.where}: length of ${String(octets)} octets`);
    length = 0;
    for (let i = 0; i < octets; i += 1) {
      const octet = bytes[start + i];
      if (octet === undefined) throw new DerError(`${reading.where}: data ends within a length`);
      length = length * 256 + octet;
    }
    if (length < 0x80 || bytes[start] === 0) {
      addFault(
        reading,
        'non-minimal-length',
        `length ${String(length)} is written in ${String(octets)} octets`,
      );
    }
    start += octets;
  }
  if (length > bytes.length - start) {
    throw new DerError(
      `${reading.where}: length ${String(length)} exceeds the ${String(bytes.length - start)} bytes left`,
    );
  }
  const end = start + length;
  return { tag, content: bytes.subarray(start, end), bytes: bytes.subarray(offset, end) };
}

/** More than any certificate has in one place: a megabyte could hold half a million empty ones. */
const MOST_ELEMENTS = 50_000;

/** The elements of a constructed content, in order. Throws DerError when there are more than `most`. */
export function readAll(content: Uint8Array, reading: Reading, most = MOST_ELEMENTS): Element[] {
  const elements: Element[] = [];
  for (let offset = 0; offset < content.length;) {
    if (elements.length >= most) throw new DerError(`${reading.where}: more than ${String(most)} elements`);
    const element = readElement(content, offset, reading);
    elements.push(element);
    offset += element.bytes.length;
  }
  return elements;
}

/** The one element that `bytes` should hold; what follows it is a fault. */
export function readOne(bytes: Uint8Array, reading: Reading): Element {
  const element = readElement(bytes, 0, reading);
  const left = bytes.length - element.bytes.length;
  if (left > 0) addFault(reading, 'trailing-data', `${String(left)} bytes follow`);
  return element;
}

/** `element` when it has this tag, else DerError. */
export function expectTag(element: Element | undefined, tag: number, reading: Reading): Element {
  if (element?.tag === tag) return element;
  const found = element === undefined ? 'nothing' : `tag 0x${element.tag.toString(16)}`;
  throw new DerError(`${reading.where}: tag 0x${tag.toString(16)} expected, ${found} found`);
}

/** BER's indefinite length (X.690 §8.1.3.6): elements until two zero octets. DER forbids it, so it is a fault. */
function readIndefinite(bytes: Uint8Array, offset: number, reading: Reading, depth: number): Element {
  const tag = bytes[offset] ?? 0;
  if ((tag & 0x20) === 0) throw new DerError(`${reading.where}: indefinite length of a primitive`);
  if (depth >= DEEPEST_INDEFINITE) throw new DerError(`${reading.where}: indefinite lengths nested too deep`);
  if (depth === 0) addFault(reading, 'indefinite-length', 'BER indefinite length');
  let next = offset + 2;
  while (bytes[next] !== 0 || bytes[next + 1] !== 0) {
    next += readElement(bytes, next, reading, depth + 1).bytes.length;
  }
  return { tag, content: bytes.subarray(offset + 2, next), bytes: bytes.subarray(offset, next + 2) };
}
