import type { Certificate } from './certificate';
import type { Fault, FaultCode } from './der';
import type { PublicKey } from './key';
import { extensionOids as oids } from './oids';
import { toHex } from './values';

/**
 * How strict: `private-pki` is what clients on OpenSSL accept by default; `path` is the algorithm of RFC 5280 §6 over
 * faultless encodings and no more; `rfc5280` also demands what a conforming CA must issue; `webpki` what the CA/Browser
 * Forum's Baseline Requirements demand.
 */
export type Profile = 'private-pki' | 'path' | 'rfc5280' | 'webpki';

/** Faults that do not make a certificate ambiguous and that real CAs produce. */
const harmless: ReadonlySet<FaultCode> = new Set([
  'time-form',
  'string-encoding',
  'default-encoded',
  'algorithm-parameters',
]);

/** RFC 5280 §4.1.2.8 forbids to issue unique identifiers, and wants them understood. */
const unambiguous: ReadonlySet<FaultCode> = new Set([...harmless, 'unique-identifier']);

/** Faults that OpenSSL overlooks as well. */
const overlooked: ReadonlySet<FaultCode> = new Set([
  ...harmless,
  'non-minimal-length',
  'trailing-data',
  'boolean-encoding',
  'bit-string-encoding',
  'version',
  'unique-identifier',
  'extension-not-allowed',
]);

/** The first encoding fault of a certificate or CRL that the profile does not forgive. */
export function fatalFault({ faults }: Pick<Certificate, 'faults'>, profile: Profile): Fault | null {
  const forgiven = { 'private-pki': overlooked, path: unambiguous, rfc5280: harmless, webpki: harmless }[
    profile
  ];
  // BR 7.1.3.1 and 7.1.3.2 fix every octet of an algorithm identifier.
  const exact = profile === 'webpki';
  return faults.find(({ code }) => !forgiven.has(code) || (exact && code === 'algorithm-parameters')) ?? null;
}

/** Known here, but refused by OpenSSL when critical; RFC 5280 says that they must not be. */
const neverCritical: readonly string[] = [
  oids.subjectKeyId,
  oids.authorityKeyId,
  oids.authorityInfoAccess,
  oids.issuerAltName,
];

/** Critical extensions that must not be passed over (RFC 5280 §4.2). */
export function unhandledCritical({ extensions }: Certificate, profile: Profile): readonly string[] {
  if (profile !== 'private-pki') return extensions.unknownCritical;
  const refused = extensions.all.filter(({ oid, critical }) => critical && neverCritical.includes(oid));
  return [...extensions.unknownCritical, ...refused.map(({ oid }) => oid)];
}

/** Why a key is too weak or of a wrong kind for the profile; null when it is not. */
export function weakness(key: PublicKey, profile: Profile): string | null {
  const bits = key.bits ?? 0;
  switch (key.algorithm) {
    case 'rsa':
    case 'rsa-pss': {
      // OpenSSL 3.0's default security level 1 refuses less than 80 bits of strength.
      const least = profile === 'private-pki' ? 1024 : 2048;
      if (bits < least) return `an RSA key of ${String(bits)} bits, less than ${String(least)}`;
      // With 1 a signature is the padded digest itself; no even number has a private exponent.
      if (key.exponent !== null && /^(?:0*1?|.*[02468ace])$/.test(toHex(key.exponent)))
        return 'an RSA key whose public exponent is even or 1: anybody can sign with it';
      if (profile !== 'webpki') return null;
      if (key.algorithm === 'rsa-pss') return 'a key restricted to RSASSA-PSS (BR 7.1.3.1.1)';
      if (bits % 8 !== 0) return `an RSA key of ${String(bits)} bits, not divisible by 8 (BR 6.1.5)`;
      return null;
    }
    case 'ec': {
      if (key.curve === 'explicit')
        return 'an EC key with explicit curve parameters instead of a named curve';
      const nist = key.curve === 'P-256' || key.curve === 'P-384' || key.curve === 'P-521';
      if (profile === 'webpki' && !nist)
        return `an EC key on ${key.curve ?? 'no curve'}, not P-256, P-384 or P-521 (BR 6.1.5)`;
      return bits < 160 ? `an EC key on ${key.curve ?? 'an unknown curve'}, too small or not known` : null;
    }
    case 'ed25519':
    case 'ed448':
      return profile === 'webpki' ? 'an EdDSA key (BR 6.1.5)' : null;
    case 'dsa':
      return 'a DSA key, which is not supported';
    case 'other':
      return 'a key of an unknown algorithm';
  }
}
