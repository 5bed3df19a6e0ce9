import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';

/** What may be said of a private key: which public key it belongs to. The key itself is never kept. */
export interface PrivateKeyFacts {
  /** E.g. `rsa`, `ec`; null when it is encrypted, or not understood. */
  readonly algorithm: string | null;
  /** Encrypted keys are noted, never opened by guessing. */
  readonly encrypted: boolean;
  /** SHA-256 over the SubjectPublicKeyInfo, as certificates have it; null when it cannot be told. */
  readonly spkiSha256: string | null;
}

const encryptedKey: PrivateKeyFacts = { algorithm: null, encrypted: true, spkiSha256: null };

/** More than RSA of 16,384 bits takes; a longer one is no key. */
const LARGEST = 64 * 1024;

/** A PEM section that holds a private key; a sentence when it holds none that can be read. */
export function readPemKey(section: string, label: string): PrivateKeyFacts | string {
  if (label.startsWith('ENCRYPTED') || /^Proc-Type:\s*4,ENCRYPTED/m.test(section)) return encryptedKey;
  // OpenSSH's own form says inside whether it is encrypted, and OpenSSL does not read it.
  if (label.startsWith('OPENSSH')) return 'an OpenSSH key, which no server certificate uses';
  if (section.length > LARGEST) return 'larger than any key';
  try {
    return factsOf(createPrivateKey(section));
  } catch (error) {
    return isPassphraseMissing(error) ? encryptedKey : 'no private key that OpenSSL reads';
  }
}

/** A private key in DER (PKCS#8, PKCS#1, SEC 1, or encrypted PKCS#8); null when the bytes are none. */
export function readDerKey(bytes: Uint8Array): PrivateKeyFacts | null {
  if (bytes.length > LARGEST) return null;
  const key = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  for (const type of ['pkcs8', 'pkcs1', 'sec1'] as const) {
    try {
      return factsOf(createPrivateKey({ key, format: 'der', type }));
    } catch (error) {
      if (type === 'pkcs8' && isPassphraseMissing(error)) return encryptedKey;
    }
  }
  return null;
}

function factsOf(object: KeyObject): PrivateKeyFacts {
  const spki = createPublicKey(object).export({ format: 'der', type: 'spki' });
  return {
    algorithm: object.asymmetricKeyType ?? null,
    encrypted: false,
    spkiSha256: createHash('sha256').update(spki).digest('hex'),
  };
}

const isPassphraseMissing = (error: unknown): boolean =>
  (error as { code?: unknown } | null)?.code === 'ERR_MISSING_PASSPHRASE';
