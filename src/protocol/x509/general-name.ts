import { addFault, DerError, type Element, readAll, readOne, type Reading } from './der';
import { formatIp } from './ip';
import { type Name, readName } from './name';
import { latin1, readOid, toHex } from './values';

/** Kinds of GeneralName, in the order of their context tags (RFC 5280 §4.2.1.6). */
const kinds = ['other', 'email', 'dns', 'x400', 'directory', 'edi', 'uri', 'ip', 'registered'] as const;

/** One GeneralName. */
export interface GeneralName {
  readonly kind: (typeof kinds)[number];
  /** Canonical text: addresses as RFC 5952, directory names as RFC 4514, what cannot be told as hex. */
  readonly value: string;
  /** Content octets: an `ip` constraint is an address and a mask. */
  readonly bytes: Uint8Array;
  /** Only for `directory`. */
  readonly name: Name | null;
}

/** The elements of a GeneralNames sequence. */
export function readGeneralNames(content: Uint8Array, reading: Reading): GeneralName[] {
  return readAll(content, reading).map((element) => readGeneralName(element, reading));
}

/** One GeneralName by its context tag. */
export function readGeneralName(element: Element, reading: Reading): GeneralName {
  const kind = kinds[element.tag & 0x1f];
  if ((element.tag & 0xc0) !== 0x80 || kind === undefined) {
    throw new DerError(`${reading.where}: tag 0x${element.tag.toString(16)} is no general name`);
  }
  const bytes = element.content;
  const name = kind === 'directory' ? readName(readOne(bytes, reading), reading) : null;
  return { kind, bytes, name, value: name?.text ?? readValue(kind, bytes, reading) };
}

function readValue(kind: GeneralName['kind'], bytes: Uint8Array, reading: Reading): string {
  switch (kind) {
    case 'dns':
    case 'email':
    case 'uri':
      if (bytes.some((octet) => octet > 0x7f))
        addFault(reading, 'string-encoding', `${kind} name is not ASCII`);
      return latin1(bytes);
    case 'ip':
      return formatIp(bytes) ?? toHex(bytes);
    case 'registered':
      return readOid({ tag: 0x06, content: bytes, bytes }, reading);
    case 'other': {
      const [type] = readAll(bytes, reading);
      if (type === undefined) throw new DerError(`${reading.where}: otherName without a type`);
      return `${readOid(type, reading)}:${toHex(bytes.subarray(type.bytes.length))}`;
    }
    case 'x400':
    case 'edi':
    case 'directory':
      return toHex(bytes);
  }
}
