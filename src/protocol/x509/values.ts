import { addFault, DerError, type Element, type Reading, tags } from './der';

/** BOOLEAN; DER knows only 0x00 and 0xff. */
export function readBoolean(element: Element, reading: Reading): boolean {
  const value = element.content[0] ?? 0;
  if (element.content.length !== 1 || (value !== 0 && value !== 0xff)) {
    addFault(reading, 'boolean-encoding', `BOOLEAN is ${toHex(element.content.subarray(0, 8)) || 'empty'}`);
  }
  return value !== 0;
}

/** INTEGER as its content octets, checked for padding (X.690 §8.3.2). */
export function readInteger(element: Element, reading: Reading): Uint8Array {
  const { content } = element;
  const [first, second] = content;
  if (first === undefined) {
    addFault(reading, 'integer-encoding', 'INTEGER is empty');
  } else if (second !== undefined && ((first === 0 && second < 0x80) || (first === 0xff && second >= 0x80))) {
    addFault(reading, 'integer-encoding', 'INTEGER is padded');
  }
  return content;
}

/** A small INTEGER (path length, version, skip count); null when it is negative or beyond 2^31. */
export function readSmallInteger(element: Element, reading: Reading): number | null {
  const content = readInteger(element, reading);
  if (content.length === 0 || content.length > 5 || (content[0] ?? 0) >= 0x80) return null;
  const value = content.reduce((sum, octet) => sum * 256 + octet, 0);
  return value > 0x7fffffff ? null : value;
}

/** BIT STRING: the bits and how many of the last octet are unused. */
export function readBitString(element: Element, reading: Reading): { bytes: Uint8Array; unused: number } {
  const unused = element.content[0];
  if (unused === undefined || unused > 7 || (unused > 0 && element.content.length === 1)) {
    throw new DerError(`${reading.where}: BIT STRING without a valid count of unused bits`);
  }
  const bytes = element.content.subarray(1);
  const padding = (bytes[bytes.length - 1] ?? 0) & ((1 << unused) - 1);
  if (padding !== 0) addFault(reading, 'bit-string-encoding', 'unused bits are set');
  return { bytes, unused };
}

const decoded = new Map<string, string>();

/** OBJECT IDENTIFIER in dotted form. */
export function readOid(element: Element, reading: Reading): string {
  const { content } = element;
  if (element.tag !== tags.oid) throw new DerError(`${reading.where}: an object identifier is missing`);
  if (content.length > 64)
    throw new DerError(`${reading.where}: object identifier of ${String(content.length)} octets`);
  const key = toHex(content);
  const known = decoded.get(key);
  if (known !== undefined) return known;
  const last = content[content.length - 1];
  if (last === undefined || last >= 0x80)
    throw new DerError(`${reading.where}: object identifier ends early`);
  const arcs: bigint[] = [];
  let arc = 0n;
  let begins = true;
  let padded = false;
  for (const octet of content) {
    if (begins && octet === 0x80) padded = true;
    arc = (arc << 7n) | BigInt(octet & 0x7f);
    begins = octet < 0x80;
    if (begins) {
      arcs.push(arc);
      arc = 0n;
    }
  }
  const first = arcs[0] ?? 0n;
  const root = first < 40n ? 0n : first < 80n ? 1n : 2n;
  const oid = [root, first - root * 40n, ...arcs.slice(1)].join('.');
  if (padded) addFault(reading, 'oid-encoding', `${oid} is padded`);
  else if (decoded.size < 1000) decoded.set(key, oid);
  return oid;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });
const PRINTABLE = /^[A-Za-z0-9 '()+,\-./:=?]*$/;

/** A directory or general string as text; characters that its type does not allow are a fault. */
export function readText(element: Element, reading: Reading): string {
  const { tag, content } = element;
  if (tag === tags.utf8String) {
    try {
      return utf8.decode(content);
    } catch {
      addFault(reading, 'string-encoding', 'UTF8String is not UTF-8');
      return latin1(content);
    }
  }
  if (tag === tags.bmpString || tag === tags.universalString) return readWide(content, tag, reading);
  const text = latin1(content);
  if (tag === tags.printableString && !PRINTABLE.test(text)) {
    addFault(reading, 'string-encoding', 'PrintableString holds other characters');
  } else if (tag === tags.ia5String && content.some((octet) => octet > 0x7f)) {
    addFault(reading, 'string-encoding', 'IA5String holds octets above 127');
  }
  return text;
}

function readWide(content: Uint8Array, tag: number, reading: Reading): string {
  const width = tag === tags.bmpString ? 2 : 4;
  if (content.length % width !== 0) addFault(reading, 'string-encoding', 'string ends within a character');
  let text = '';
  for (let i = 0; i + width <= content.length; i += width) {
    let point = 0;
    for (let j = 0; j < width; j += 1) point = point * 256 + (content[i + j] ?? 0);
    text += point <= 0x10ffff ? String.fromCodePoint(point) : '\ufffd';
  }
  return text;
}

/** Octets as ISO 8859-1 characters. */
export function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
}

/** Octets as lower-case hexadecimal digits. */
export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex');
}
