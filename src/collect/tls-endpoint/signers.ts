import type { TlsDeployment } from '../../model/tls-endpoint';
import {
  type Certificate,
  hasSigned,
  isSelfSigned,
  type PublicKey,
  verificationCost,
} from '../../protocol/x509';

/** What came of trying keys on signatures. */
export interface Signers {
  /** By the SHA-256 of a key: what it signed. */
  readonly signed: ReadonlyMap<string, TlsDeployment['keys'][number]['signed']>;
  /** By the SHA-256 of a certificate: why not every key could be tried on it. */
  readonly doubts: ReadonlyMap<string, string>;
}

/** Verifications with RSA-2048 that all trials together may cost: half a second, where a deployment needs some hundred. */
const MOST_COST = 20_000;
const MOST_SIGNED = 20;

/**
 * Tries keys on the signatures of certificates that do not sign themselves; the first certificates are those that matter most.
 * Whose signature a key verifies was issued with that key, whether or not a CA certificate of it is known.
 */
export function findSigners(keys: readonly PublicKey[], certificates: readonly Certificate[]): Signers {
  const signed = new Map<string, { sha256: string; subject: string }[]>();
  const doubts = new Map<string, string>();
  // Cheap keys first: a hostile one may use up only what they leave over.
  const byCost = [...keys].sort((a, b) => verificationCost(a) - verificationCost(b));
  let left = MOST_COST;
  for (const certificate of certificates) {
    if (isSelfSigned(certificate)) continue;
    for (const key of byCost) {
      left -= verificationCost(key);
      const answer =
        left < 0 ? 'there are more keys and signatures than are worth trying' : hasSigned(key, certificate);
      if (typeof answer === 'string') doubts.set(certificate.sha256, answer);
      if (answer !== true) continue;
      const list = signed.get(key.spkiSha256) ?? [];
      signed.set(key.spkiSha256, list);
      if (list.length < MOST_SIGNED)
        list.push({ sha256: certificate.sha256, subject: certificate.subject.text });
    }
  }
  return { signed, doubts };
}
