import { createHash } from 'node:crypto';
import { readSignatureAlgorithm, type SignatureAlgorithm } from './algorithm';
import {
  addFault,
  DerError,
  type Element,
  expectTag,
  type Fault,
  readAll,
  type Reading,
  readOne,
  tags,
} from './der';
import { readSerial } from './extensions';
import { type Extensions, readExtensions } from './extension-set';
import { type PublicKey, readPublicKey } from './key';
import { type Name, readName } from './name';
import { readTime } from './time';
import { readBitString, readSmallInteger, toHex } from './values';

/** A certificate as read, with everything that was wrong with its encoding. */
export interface Certificate {
  readonly der: Uint8Array;
  /** Of `der`, hex. */
  readonly sha256: string;
  /** 1, 2 or 3. */
  readonly version: number;
  /** Hexadecimal, `-` before a negative one. */
  readonly serial: string;
  /** Octets of the serial number as encoded. */
  readonly serialLength: number;
  readonly issuer: Name;
  readonly subject: Name;
  /** Epoch milliseconds. */
  readonly notBefore: number;
  readonly notAfter: number;
  readonly key: PublicKey;
  readonly extensions: Extensions;
  readonly signature: SignatureAlgorithm & { readonly value: Uint8Array };
  /** The signed part. */
  readonly tbs: Uint8Array;
  readonly faults: readonly Fault[];
}

/** More than any certificate needs; 10,000 names take less than half of it. */
const LARGEST = 1 << 20;

/**
 * Reads a certificate leniently: what RFC 5280 or DER forbid but can be understood becomes a fault. Throws DerError when
 * it cannot be read at all.
 */
export function parseCertificate(der: Uint8Array): Certificate {
  if (der.length > LARGEST)
    throw new DerError(`certificate: ${String(der.length)} bytes is more than ${String(LARGEST)}`);
  const reading: Reading = { faults: [], where: 'certificate' };
  const outer = expectTag(readOne(der, reading), tags.sequence, reading);
  const [tbs, algorithm, signature, extra] = readAll(outer.content, reading);
  if (extra !== undefined) addFault(reading, 'unexpected-field', 'fields follow the signature');
  const body = expectTag(tbs, tags.sequence, reading);
  const signed = readBody(body, reading);
  reading.where = 'signatureAlgorithm';
  const outside = readSignatureAlgorithm(algorithm, reading);
  if (algorithm !== undefined && toHex(algorithm.bytes) !== signed.algorithm) {
    addFault(
      reading,
      'algorithm-mismatch',
      `${outside.name} outside, another algorithm inside (RFC 5280 §4.1.1.2)`,
    );
  }
  reading.where = 'signature';
  const { bytes, unused } = readBitString(expectTag(signature, tags.bitString, reading), reading);
  if (unused !== 0) addFault(reading, 'bit-string-encoding', 'signature is not whole octets');
  return {
    der: outer.bytes,
    sha256: createHash('sha256').update(outer.bytes).digest('hex'),
    ...signed.fields,
    signature: { ...outside, value: bytes },
    tbs: body.bytes,
    faults: reading.faults,
  };
}

type Body = Omit<Certificate, 'der' | 'sha256' | 'signature' | 'tbs' | 'faults'>;

function readBody(body: Element, reading: Reading): { fields: Body; algorithm: string } {
  const elements = readAll(body.content, reading);
  const version = elements[0]?.tag === 0xa0 ? readVersion(elements.shift(), reading) : 1;
  const [serial, algorithm, issuer, validity, subject, key, ...rest] = elements;
  reading.where = 'serialNumber';
  const number = expectTag(serial, tags.integer, reading);
  const serialText = readSerial(number, reading);
  reading.where = 'issuer';
  const issuerName = readName(issuer, reading);
  reading.where = 'validity';
  const [start, end] = readAll(expectTag(validity, tags.sequence, reading).content, reading);
  const notBefore = readTime(start, 'start', reading);
  const notAfter = readTime(end, 'end', reading);
  reading.where = 'subject';
  const subjectName = readName(subject, reading);
  reading.where = 'subjectPublicKeyInfo';
  const publicKey = readPublicKey(key, reading);
  reading.where = 'tbsCertificate';
  return {
    algorithm: toHex(expectTag(algorithm, tags.sequence, reading).bytes),
    fields: {
      version,
      serial: serialText,
      serialLength: number.content.length,
      issuer: issuerName,
      subject: subjectName,
      notBefore,
      notAfter,
      key: publicKey,
      extensions: readRest(rest, version, reading),
    },
  };
}

function readVersion(element: Element | undefined, reading: Reading): number {
  reading.where = 'version';
  const inner = element === undefined ? undefined : readOne(element.content, reading);
  const value = readSmallInteger(expectTag(inner, tags.integer, reading), reading);
  if (value === 0) addFault(reading, 'default-encoded', 'version 1 is written out');
  else if (value === null || value > 2) addFault(reading, 'version', 'no such version');
  return (value ?? 99) + 1;
}

/** issuerUniqueID, subjectUniqueID and the extensions, each at most once and in this order. */
function readRest(elements: readonly Element[], version: number, reading: Reading): Extensions {
  let extensions: Element | undefined;
  let last = 0;
  for (const element of elements) {
    if (element.tag <= last) addFault(reading, 'unexpected-field', 'fields are repeated or out of order');
    last = element.tag;
    if (element.tag === 0xa3) extensions = element;
    else if (element.tag === 0x81 || element.tag === 0x82) {
      addFault(reading, 'unique-identifier', 'unique identifiers are not to be issued (RFC 5280 §4.1.2.8)');
    } else addFault(reading, 'unexpected-field', `field with tag 0x${element.tag.toString(16)}`);
  }
  if (extensions !== undefined && version !== 3) {
    reading.where = 'extensions';
    addFault(reading, 'extension-not-allowed', `extensions in a version ${String(version)} certificate`);
  }
  return readExtensions(extensions, reading);
}
