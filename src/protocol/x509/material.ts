import { parseCertificate } from './certificate';
import { DerError, readOne, readAll, tags } from './der';
import { readCertificates, readPkcs7Blocks, readSections } from './pem';
import { openPkcs12 } from './pkcs12';
import { readPkcs7 } from './pkcs7';
import { type PrivateKeyFacts, readDerKey, readPemKey } from './private-key';
import { latin1 } from './values';

/** What a file with certificates or keys holds. */
export interface Material {
  readonly format: 'pem' | 'der' | 'pkcs12' | 'pkcs7' | 'none';
  /** DER, in their order. */
  readonly certificates: readonly Uint8Array[];
  readonly keys: readonly PrivateKeyFacts[];
  /** One sentence each; never any content. */
  readonly problems: readonly string[];
}

/** Reads PEM (bundles, junk around them), DER, PKCS#7 or PKCS#12. Never throws, never keeps a private key. */
export async function readMaterial(bytes: Uint8Array, password: string | null): Promise<Material> {
  const none = (problem: string): Material => ({
    format: 'none',
    certificates: [],
    keys: [],
    problems: [problem],
  });
  if (bytes.length === 0) return none('empty');
  if (latin1(bytes).includes('-----BEGIN ')) return readPem(bytes);
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff))
    return none('UTF-16 text: OpenSSL reads no certificate in it');
  if (bytes[0] === 0xfe && bytes[1] === 0xed) return none('a Java key store, which is not read');
  if (bytes[0] !== 0x30) return none('neither PEM nor DER');
  return readDer(bytes, password);
}

const forOthers =
  /(?:private key|parameters|public key|certificate request|crl|pkcs7|cms|pkcs #7 signed data), not a certificate$/;

function readPem(bytes: Uint8Array): Material {
  const { certificates, problems } = readCertificates(bytes);
  const keys: PrivateKeyFacts[] = [];
  const said = problems.filter((problem) => !forOthers.test(problem));
  readSections(bytes, /PRIVATE KEY$/).forEach(({ label, text }, i) => {
    const key = readPemKey(text, label);
    if (typeof key !== 'string') keys.push(key);
    else if (isCertificate(text))
      said.push(`private key ${String(i + 1)} is a certificate with a wrong label`);
    else said.push(`private key ${String(i + 1)}: ${key}`);
  });
  const bundles = readPkcs7Blocks(bytes);
  return {
    format: bundles.length > 0 && certificates.length === 0 ? 'pkcs7' : 'pem',
    certificates: [...certificates, ...bundles.flatMap((bundle) => readPkcs7(bundle) ?? [])].filter(
      (der, i) => {
        const wrong = describeWrong(der);
        if (wrong !== null) said.push(`certificate ${String(i + 1)}: ${wrong}`);
        return wrong === null;
      },
    ),
    keys,
    problems: said,
  };
}

async function readDer(bytes: Uint8Array, password: string | null): Promise<Material> {
  const bundle = readPkcs7(bytes);
  if (bundle !== null) {
    const readable = bundle.filter((der) => describeWrong(der) === null);
    const problems =
      bundle.length === readable.length
        ? []
        : [`${String(bundle.length - readable.length)} certificates of the bundle cannot be read`];
    return { format: 'pkcs7', certificates: readable, keys: [], problems };
  }
  if (isPkcs12(bytes)) {
    const { certificates, keys, problems } = await openPkcs12(bytes, password);
    return { format: 'pkcs12', certificates, keys, problems };
  }
  const key = readDerKey(bytes);
  if (key !== null) return { format: 'der', certificates: [], keys: [key], problems: [] };
  const { certificates, problems } = readCertificates(bytes);
  const wrong = certificates.flatMap((der) => describeWrong(der) ?? []);
  const readable = certificates.filter((der) => describeWrong(der) === null);
  return {
    format: readable.length === 0 ? 'none' : 'der',
    certificates: readable,
    keys: [],
    problems: [...problems, ...wrong],
  };
}

/** Why DER is no certificate; one that holds a key under a certificate's label is named. Null when it is one. */
function describeWrong(der: Uint8Array): string | null {
  try {
    parseCertificate(der);
    return null;
  } catch (error) {
    if (!(error instanceof DerError)) throw error;
    return readDerKey(der) === null ? error.message : 'a private key with a wrong label';
  }
}

function isCertificate(section: string): boolean {
  const body = section.replace(/-----[^-]*-----/g, '').replace(/\s+/g, '');
  return describeWrong(new Uint8Array(Buffer.from(body, 'base64'))) === null;
}

/** PFX (RFC 7292 §4): version 3 before anything else. */
function isPkcs12(bytes: Uint8Array): boolean {
  const reading = { faults: [], where: '' };
  try {
    const [version, content] = readAll(readOne(bytes, reading).content, reading);
    return version?.tag === tags.integer && version.content[0] === 3 && content?.tag === tags.sequence;
  } catch {
    return false;
  }
}
