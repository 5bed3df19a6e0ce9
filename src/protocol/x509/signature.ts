import { constants, verify } from 'node:crypto';
import type { SignatureAlgorithm } from './algorithm';
import type { Certificate } from './certificate';
import { isTooLarge, openKey, type PublicKey, unrestricted } from './key';

/** How a signature check ended: `unusable` when the algorithm or the key is not supported, so nothing can be said. */
export type SignatureCheck = 'good' | 'bad' | 'unusable';

/** What was signed, by which algorithm. */
export interface Signed {
  readonly tbs: Uint8Array;
  readonly signature: SignatureAlgorithm & { readonly value: Uint8Array };
}

/** Verifies a signature with a public key. Never throws. */
export function checkSignature({ tbs, signature }: Signed, key: PublicKey): SignatureCheck {
  if (signature.unusable !== null || key.curve === 'explicit') return 'unusable';
  // A key of another kind cannot have made the signature.
  if (!fits(signature, key)) return 'bad';
  const object = openKey(key);
  if (object === null) return 'unusable';
  const pss = signature.scheme === 'rsa-pss';
  const padding = pss ? constants.RSA_PKCS1_PSS_PADDING : constants.RSA_PKCS1_PADDING;
  const rsa = key.algorithm === 'rsa' || key.algorithm === 'rsa-pss';
  try {
    const options = rsa
      ? { key: object, padding, ...(pss ? { saltLength: signature.saltLength } : {}) }
      : { key: object, dsaEncoding: 'der' as const };
    return verify(signature.hash, tbs, options, signature.value) ? 'good' : 'bad';
  } catch {
    return 'unusable';
  }
}

/**
 * Whether a key made a certificate's signature; a sentence where that cannot be told. RSA is RSA here, whatever a key says that
 * it is for: who has it can sign by any scheme.
 */
export function hasSigned(key: PublicKey, certificate: Certificate): boolean | string {
  const { signature } = certificate;
  const plain = unrestricted(key);
  if (signature.scheme === 'unknown') return `a signature by ${signature.name} cannot be verified`;
  if (key.algorithm === 'other') return 'a key of an unknown algorithm cannot be tried';
  const dsa = signature.scheme === 'dsa' && key.algorithm === 'dsa';
  if (!dsa && !fits(signature, plain)) return false;
  if (isTooLarge(plain)) return `OpenSSL does not compute with an RSA key of ${String(key.bits)} bits`;
  const check = checkSignature(certificate, plain);
  if (check !== 'unusable') return check === 'good';
  return (
    signature.unusable ?? `a signature by ${signature.name} cannot be verified with this ${key.algorithm} key`
  );
}

/** The certificate's own key verifies its signature. */
export function isSelfSigned(certificate: Certificate): boolean {
  if (certificate.subject.key !== certificate.issuer.key) return false;
  let answer = selfSigned.get(certificate);
  if (answer === undefined) {
    answer = checkSignature(certificate, certificate.key) === 'good';
    selfSigned.set(certificate, answer);
  }
  return answer;
}

const selfSigned = new WeakMap<Certificate, boolean>();

/** A key of this kind can have made a signature by this algorithm. */
export function fits({ scheme }: SignatureAlgorithm, { algorithm }: PublicKey): boolean {
  switch (scheme) {
    case 'rsa-pkcs1':
      return algorithm === 'rsa';
    case 'rsa-pss':
      return algorithm === 'rsa' || algorithm === 'rsa-pss';
    case 'ecdsa':
      return algorithm === 'ec';
    case 'ed25519':
    case 'ed448':
      return algorithm === scheme;
    case 'dsa':
    case 'unknown':
      return false;
  }
}
