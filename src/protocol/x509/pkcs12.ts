import { createHash } from 'node:crypto';
import type * as NodeForge from 'node-forge';
import type { asn1, pkcs12 } from 'node-forge';
import { type Element, readAll, type Reading, tags } from './der';
import { type PrivateKeyFacts, readDerKey } from './private-key';
import { readOid, readSmallInteger } from './values';

/**
 * What a PKCS#12 file holds. node-forge undoes its encryption (Node's own reader hands nothing out, and refuses RC2 and
 * 3DES); what it thinks of the certificates is not asked.
 */
export interface Pkcs12 {
  readonly certificates: readonly Uint8Array[];
  readonly keys: readonly PrivateKeyFacts[];
  readonly problems: readonly string[];
}

const failed = (problem: string): Pkcs12 => ({ certificates: [], keys: [], problems: [problem] });

/** Key derivation in JavaScript: about two seconds. OpenSSL writes 2,048, Java 10,000. */
const MOST_ITERATIONS = 300_000;
const LARGEST = 2 << 20;
// RFC 7292 appendix D.
const certBag = '1.2.840.113549.1.12.10.1.3';
const keyBags = ['1.2.840.113549.1.12.10.1.1', '1.2.840.113549.1.12.10.1.2'];

/** Loaded only where there is a file for it. */
type Forge = typeof NodeForge;

/** Opens a PKCS#12 file with a password that was declared for it; null: none was, and none is guessed. */
export async function openPkcs12(bytes: Uint8Array, password: string | null): Promise<Pkcs12> {
  if (bytes.length > LARGEST) return failed('PKCS#12 of more than 2 MiB, not opened');
  const { encrypted, iterations } = inspect(bytes);
  if (encrypted && password === null) return failed('PKCS#12 that needs its password, and none was declared');
  if (iterations > MOST_ITERATIONS)
    return failed(`PKCS#12 that asks for ${String(iterations)} iterations, not opened`);
  const forge = await import('node-forge');
  try {
    const structure = forge.asn1.fromDer(Buffer.from(bytes).toString('latin1'), false);
    const bags = forge.pkcs12
      .pkcs12FromAsn1(structure, false, password ?? '')
      .safeContents.flatMap(({ safeBags }) => safeBags);
    return {
      certificates: bags.filter(({ type }) => type === certBag).flatMap((bag) => certificateOf(bag, forge)),
      keys: bags.filter(({ type }) => keyBags.includes(type)).flatMap((bag) => keyOf(bag, forge)),
      problems: [],
    };
  } catch (error) {
    // Its messages quote no content.
    const says = error instanceof Error ? error.message.slice(0, 200) : 'unknown error';
    return failed(
      /MAC could not be verified|Invalid password/.test(says)
        ? 'PKCS#12 that the declared password does not open'
        : `PKCS#12 that cannot be read: ${says}`,
    );
  }
}

type Bag = pkcs12.Bag;

/** RSA certificates were taken apart and are put together again; all others come as they were. */
function certificateOf({ cert, asn1: raw }: Bag, forge: Forge): readonly Uint8Array[] {
  if (cert) return [derOf(forge.pki.certificateToAsn1(cert), forge)];
  return isStructure(raw) ? [derOf(raw, forge)] : [];
}

function keyOf({ key, asn1: raw }: Bag, forge: Forge): readonly PrivateKeyFacts[] {
  if (key) {
    const spki = derOf(forge.pki.publicKeyToAsn1(forge.pki.setRsaPublicKey(key.n, key.e)), forge);
    const spkiSha256 = createHash('sha256').update(spki).digest('hex');
    return [{ algorithm: 'rsa', encrypted: false, spkiSha256 }];
  }
  const facts = isStructure(raw) ? readDerKey(derOf(raw, forge)) : null;
  return [facts ?? { algorithm: null, encrypted: false, spkiSha256: null }];
}

/** The types promise a structure where node-forge leaves none. */
const isStructure = (raw: unknown): raw is asn1.Asn1 => typeof raw === 'object' && raw !== null;

const derOf = (structure: asn1.Asn1, forge: Forge): Uint8Array =>
  Buffer.from(forge.asn1.toDer(structure).getBytes(), 'latin1');

/** Whether anything is encrypted or has a MAC, and how many iterations all of it asks for; without decrypting. */
function inspect(bytes: Uint8Array): { readonly encrypted: boolean; readonly iterations: number } {
  const reading: Reading = { faults: [], where: 'PKCS#12' };
  const found = { encrypted: false, iterations: 0, left: 20_000 };
  const visit = (content: Uint8Array, depth: number): void => {
    const elements = tryAll(content, reading);
    if (elements === null || depth > 24 || found.left < 0) return;
    found.left -= elements.length;
    elements.forEach((element, i) => {
      const next = elements[i + 1];
      // Parameters of a key derivation: salt and count side by side; MacData ends so too (RFC 7292 appendices A and C).
      if (element.tag !== tags.octetString || next?.tag !== tags.integer) return;
      found.encrypted = true;
      found.iterations += readSmallInteger(next, reading) ?? Infinity;
    });
    const [first] = elements;
    if (first?.tag === tags.oid && isEncryption(first, reading)) found.encrypted = true;
    for (const { tag, content: inner } of elements) {
      if ((tag & 0x20) !== 0 || tag === tags.octetString) visit(inner, depth + 1);
    }
  };
  visit(bytes, 0);
  return found.left < 0 ? { encrypted: true, iterations: Infinity } : found;
}

/** Password-based encryption of PKCS#12 and PKCS#5, and encrypted content of PKCS#7. */
const isEncryption = (oid: Element, reading: Reading): boolean =>
  /^1\.2\.840\.113549\.1\.(?:12\.1|5)\.\d+$|^1\.2\.840\.113549\.1\.7\.[36]$/.test(readOid(oid, reading));

function tryAll(content: Uint8Array, reading: Reading): Element[] | null {
  try {
    return readAll(content, reading);
  } catch {
    return null;
  }
}
