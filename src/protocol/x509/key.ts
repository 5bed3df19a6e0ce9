import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { addFault, type Element, expectTag, readAll, readOne, type Reading, tags } from './der';
import { curves } from './oids';
import { readBitString, readInteger, readOid, toHex } from './values';
import { tlv } from './write-der';

/** A SubjectPublicKeyInfo. */
export interface PublicKey {
  readonly algorithm: 'rsa' | 'rsa-pss' | 'ec' | 'ed25519' | 'ed448' | 'dsa' | 'other';
  /** RSA/DSA modulus or EC field size in bits; null when unknown. */
  readonly bits: number | null;
  /** NIST name or OID; `explicit` for parameters written out; null when the key is not on a named curve. */
  readonly curve: string | null;
  /** SHA-256 over the SubjectPublicKeyInfo, hex. */
  readonly spkiSha256: string;
  readonly spki: Uint8Array;
  /** The key bits: their SHA-1 is the usual subject key identifier (RFC 5280 §4.2.1.2, method 1). */
  readonly bytes: Uint8Array;
  /** RSA only: content octets. */
  readonly modulus: Uint8Array | null;
  readonly exponent: Uint8Array | null;
}

const algorithms: Readonly<Record<string, PublicKey['algorithm']>> = {
  '1.2.840.113549.1.1.1': 'rsa',
  '1.2.840.113549.1.1.10': 'rsa-pss',
  '1.2.840.10045.2.1': 'ec',
  '1.2.840.10040.4.1': 'dsa',
  '1.3.101.112': 'ed25519',
  '1.3.101.113': 'ed448',
};

/** Reads a SubjectPublicKeyInfo; a key whose inner form is broken is kept with a `key` fault. */
export function readPublicKey(element: Element | undefined, reading: Reading): PublicKey {
  const sequence = expectTag(element, tags.sequence, reading);
  const [identifier, value, extra] = readAll(sequence.content, reading);
  const [type, parameters] = readAll(expectTag(identifier, tags.sequence, reading).content, reading);
  const algorithm = algorithms[readOid(expectTag(type, tags.oid, reading), reading)] ?? 'other';
  const { bytes } = readBitString(expectTag(value, tags.bitString, reading), reading);
  if (extra !== undefined) addFault(reading, 'unexpected-field', 'public key has further fields');
  const base = {
    algorithm,
    bits: null,
    curve: null,
    spki: sequence.bytes,
    spkiSha256: createHash('sha256').update(sequence.bytes).digest('hex'),
    bytes,
    modulus: null,
    exponent: null,
  };
  switch (algorithm) {
    case 'rsa':
    case 'rsa-pss':
      return { ...base, ...readRsa(bytes, reading) };
    case 'ec':
      return { ...base, ...readCurve(parameters, reading) };
    case 'ed25519':
      return { ...base, bits: 256 };
    case 'ed448':
      return { ...base, bits: 456 };
    case 'dsa':
    case 'other':
      return base;
  }
}

const opened = new WeakMap<PublicKey, KeyObject | null>();

/** The key for node:crypto; null when OpenSSL refuses it. */
export function openKey(key: PublicKey): KeyObject | null {
  let object = opened.get(key);
  if (object === undefined) {
    try {
      object = createPublicKey({ key: Buffer.from(key.spki), format: 'der', type: 'spki' });
    } catch {
      object = null;
    }
    opened.set(key, object);
  }
  return object;
}

/** What verifying one signature costs, in verifications with RSA-2048 and 65537: a hostile key may cost 200 of them. */
export function verificationCost({ bits, exponent }: PublicKey): number {
  if (bits === null || exponent === null) return 1;
  return Math.max(1, Math.round((bits / 2048) ** 2 * (bitLength(exponent) / 17)));
}

/**
 * Whether OpenSSL computes with no such key (rsa.h: OPENSSL_RSA_MAX_MODULUS_BITS, and exponents of more than 64 bits beyond
 * OPENSSL_RSA_SMALL_MODULUS_BITS): to it every signature of that key looks bad.
 */
export function isTooLarge({ bits, exponent }: PublicKey): boolean {
  if (bits === null || exponent === null) return false;
  return bits > 16384 || (bits > 3072 && bitLength(exponent) > 64);
}

/** An RSA key without the restriction to RSASSA-PSS that its algorithm may name (RFC 4055 §1.2); any other key as it is. */
export function unrestricted(key: PublicKey): PublicKey {
  if (key.algorithm !== 'rsa-pss') return key;
  const spki = tlv(0x30, rsaEncryption, tlv(0x03, Uint8Array.of(0), key.bytes));
  return { ...key, algorithm: 'rsa', spki: new Uint8Array(spki) };
}

const rsaEncryption = Buffer.from('300d06092a864886f70d0101010500', 'hex');

function readRsa(bytes: Uint8Array, reading: Reading): Pick<PublicKey, 'bits' | 'modulus' | 'exponent'> {
  try {
    const [modulus, exponent] = readAll(
      expectTag(readOne(bytes, reading), tags.sequence, reading).content,
      reading,
    );
    const n = readInteger(expectTag(modulus, tags.integer, reading), reading);
    const e = readInteger(expectTag(exponent, tags.integer, reading), reading);
    return { bits: bitLength(n), modulus: n, exponent: e };
  } catch (error) {
    addFault(reading, 'key', error instanceof Error ? error.message : 'RSA key cannot be read');
    return { bits: null, modulus: null, exponent: null };
  }
}

/** Explicit parameters must be told from the bytes: OpenSSL reports them as the curve they equal. */
function readCurve(parameters: Element | undefined, reading: Reading): Pick<PublicKey, 'bits' | 'curve'> {
  if (parameters?.tag !== tags.oid) {
    addFault(reading, 'key', 'EC key with explicit or missing curve parameters (RFC 5480 §2.1.1)');
    return { bits: null, curve: 'explicit' };
  }
  const oid = readOid(parameters, reading);
  const curve = curves[oid];
  return { bits: curve?.bits ?? null, curve: curve?.name ?? oid };
}

function bitLength(integer: Uint8Array): number {
  const hex = toHex(integer).replace(/^0+/, '');
  return hex === '' ? 0 : (hex.length - 1) * 4 + (32 - Math.clz32(parseInt(hex.charAt(0), 16)));
}
