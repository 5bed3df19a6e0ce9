import { addFault, DerError, type Element, expectTag, readAll, type Reading, readOne, tags } from './der';
import { attributes } from './oids';
import { readOid, readText, toHex } from './values';

/** One attribute of a distinguished name. */
export interface Attribute {
  readonly oid: string;
  readonly value: string;
  /** Type of the string: names compare by characters, not by encoding. */
  readonly tag: number;
}

/** A distinguished name. */
export interface Name {
  /** RFC 4514: most specific first. */
  readonly text: string;
  /** One key an RDN, from the root on, normalised as RFC 5280 §7.1 compares (case, white space). */
  readonly keys: readonly string[];
  /** `keys` joined: equal names have equal keys. */
  readonly key: string;
  /** From the root on, one list an RDN. */
  readonly rdns: readonly (readonly Attribute[])[];
  /** As encoded. */
  readonly bytes: Uint8Array;
}

/** Reads a Name (an RDNSequence). */
export function readName(element: Element | undefined, reading: Reading): Name {
  const sequence = expectTag(element, tags.sequence, reading);
  const rdns = readAll(sequence.content, reading).map((set) =>
    readRdn(expectTag(set, tags.set, reading).content, reading),
  );
  const keys = rdns.map(rdnKey);
  const text = rdns.map((rdn) => rdn.map(attributeText).join('+')).reverse();
  return { text: text.join(','), keys, key: keys.join('\u0002'), rdns, bytes: sequence.bytes };
}

/**
 * Whether OpenSSL takes two names for one: it folds the case of ASCII letters and white space alone, while RFC 5280 §7.1 (and
 * `key`) compares by stringprep.
 */
export function isSameToOpenSsl(a: Name, b: Name): boolean {
  return Buffer.compare(a.bytes, b.bytes) === 0 || openSslKey(a) === openSslKey(b);
}

const openSslKey = ({ rdns }: Name): string =>
  JSON.stringify(rdns.map((rdn) => rdn.map(openSslAttribute).sort()));

function openSslAttribute({ oid, value, tag }: Attribute): string {
  if (!folded.has(tag)) return `${oid}=${String(tag)}:${value}`;
  const text = value.replace(/[ \t-\r]+/g, ' ').replace(/^ | $/g, '');
  return `${oid}=${text.replace(/[A-Z]/g, (letter) => letter.toLowerCase())}`;
}

/** Types of strings that OpenSSL compares by their characters (ASN1_MASK_CANON). */
const folded: ReadonlySet<number> = new Set([
  tags.utf8String,
  tags.bmpString,
  tags.universalString,
  tags.printableString,
  tags.t61String,
  tags.ia5String,
  tags.visibleString,
]);

/** An encoded Name as text; null when it is none. */
export function describeName(der: Uint8Array): string | null {
  const reading: Reading = { faults: [], where: 'name' };
  try {
    return readName(readOne(der, reading), reading).text;
  } catch (error) {
    if (error instanceof DerError) return null;
    throw error;
  }
}

/** The values of one attribute type, from the root on. */
export function attributeValues(name: Name, oid: string): readonly string[] {
  return name.rdns.flat().flatMap((attribute) => (attribute.oid === oid ? [attribute.value] : []));
}

/** Key of a RelativeDistinguishedName's content, as in `keys`. */
export function readRdnKey(content: Uint8Array, reading: Reading): string {
  return rdnKey(readRdn(content, reading));
}

function readRdn(content: Uint8Array, reading: Reading): Attribute[] {
  return readAll(content, reading).map((pair) => readAttribute(pair, reading));
}

const rdnKey = (rdn: readonly Attribute[]): string => rdn.map(attributeKey).sort().join('\u0001');

function readAttribute(pair: Element, reading: Reading): Attribute {
  const [type, value, extra] = readAll(expectTag(pair, tags.sequence, reading).content, reading);
  const oid = readOid(expectTag(type, tags.oid, reading), reading);
  if (value === undefined) return { oid, value: '', tag: tags.null };
  if (extra !== undefined) addFault(reading, 'unexpected-field', `attribute ${oid} has more than one value`);
  const readable = (value.tag & 0xe0) === 0;
  return { oid, value: readable ? readText(value, reading) : `#${toHex(value.bytes)}`, tag: value.tag };
}

/** The separators used in `key` cannot be forged: control characters of a value become spaces or escapes. */
function attributeKey({ oid, value }: Attribute): string {
  const folded = value.normalize('NFKC').toLowerCase().trim().replace(/\s+/g, ' ');
  return `${oid}=${folded.replace(/[\p{Cc}\\]/gu, (c) => `\\${c.charCodeAt(0).toString(16).padStart(2, '0')}`)}`;
}

function attributeText({ oid, value }: Attribute): string {
  const escaped = value
    .replace(/[\\"+,;<>]/g, '\\$&')
    .replace(/^[ #]/, '\\$&')
    .replace(/(?<!\\) $/, '\\ ')
    // Control and bidirectional-override characters would let a hostile name rewrite a report line.
    .replace(/[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, hexPairs);
  return `${attributes[oid] ?? oid}=${escaped}`;
}

function hexPairs(character: string): string {
  return Array.from(Buffer.from(character), (octet) => `\\${octet.toString(16).padStart(2, '0')}`).join('');
}
