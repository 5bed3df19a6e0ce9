import type { Certificate } from './certificate';
import { parseIp, formatIp } from './ip';
import { lintCertificate, type LintSeverity } from './lints';
import { isSelfSigned } from './signature';
import { toHex } from './values';
import { type KeyWeakness, type WeakKeyLists, weaknessesOf } from './weaknesses';

/** A certificate as evidence: the shape of the model's CertificateFacts, which this folder may not import. */
export interface CertificateDescription {
  readonly position: number;
  readonly sha256: string;
  readonly subject: string;
  readonly issuer: string;
  readonly serial: string;
  /** ISO 8601 UTC, whole seconds. */
  readonly notBefore: string;
  readonly notAfter: string;
  readonly daysToExpiry: number;
  readonly hasStarted: boolean;
  readonly hasEnded: boolean;
  readonly lifetimeDays: number;
  readonly selfIssued: boolean;
  readonly selfSigned: boolean;
  readonly key: {
    readonly algorithm: Certificate['key']['algorithm'];
    readonly bits: number | null;
    readonly curve: string | null;
    readonly spkiSha256: string;
    readonly modulus: string | null;
    readonly weaknesses: readonly KeyWeakness[];
    readonly notChecked: readonly 'debian'[];
  };
  readonly signatureHash: string | null;
  readonly signatureAlgorithm: string;
  readonly basicConstraintsCa: boolean | null;
  readonly keyUsage: readonly string[] | null;
  readonly extendedKeyUsage: readonly string[] | null;
  readonly sanDns: readonly string[];
  readonly sanIp: readonly string[];
  readonly lints: readonly { readonly id: string; readonly severity: LintSeverity; readonly says: string }[];
  readonly faults: readonly string[];
}

const DAY = 86_400_000;

/** Facts of a certificate at its place in a presented chain (0: leaf), as they are at a time. */
export function describeCertificate(
  certificate: Certificate,
  position: number,
  at: Date,
  weakKeys?: WeakKeyLists,
): CertificateDescription {
  const { notBefore, notAfter, key, extensions } = certificate;
  // Certificates know whole seconds: 12:00:00.9 is still 12:00:00.
  const now = Math.floor(at.getTime() / 1000) * 1000;
  const names = extensions.subjectAltName?.value ?? [];
  const weaknesses = weaknessesOf(key, weakKeys);
  return {
    position,
    sha256: certificate.sha256,
    subject: certificate.subject.text,
    issuer: certificate.issuer.text,
    serial: certificate.serial,
    notBefore: isoSeconds(notBefore),
    notAfter: isoSeconds(notAfter),
    daysToExpiry: Math.floor((notAfter - now) / DAY),
    hasStarted: now >= notBefore,
    hasEnded: !(now <= notAfter),
    lifetimeDays: Math.floor((notAfter - notBefore) / DAY),
    selfIssued: certificate.subject.key === certificate.issuer.key,
    selfSigned: isSelfSigned(certificate),
    key: {
      ...{ algorithm: key.algorithm, bits: key.bits, curve: key.curve, spkiSha256: key.spkiSha256 },
      modulus: key.modulus === null ? null : toHex(key.modulus).replace(/^(?:00)+/, ''),
      weaknesses: weaknesses.found,
      notChecked: weaknesses.notChecked,
    },
    signatureHash: certificate.signature.hash,
    signatureAlgorithm: certificate.signature.name,
    basicConstraintsCa: extensions.basicConstraints?.value.ca ?? null,
    keyUsage: extensions.keyUsage?.value ?? null,
    extendedKeyUsage: extensions.extendedKeyUsage?.value ?? null,
    sanDns: names.flatMap((name) => (name.kind === 'dns' ? [name.value] : [])),
    sanIp: names.flatMap((name) => (name.kind === 'ip' ? [name.value] : [])),
    lints: lintCertificate(certificate).map(({ name, severity, says }) => ({ id: name, severity, says })),
    faults: certificate.faults.map(({ code, where, detail }) => `${where}: ${detail} (${code})`),
  };
}

/** An address as certificates' facts write it (RFC 5952); null when the text is no address. */
export function canonicalIp(text: string): string | null {
  const bytes = parseIp(text);
  return bytes === null ? null : formatIp(bytes);
}

function isoSeconds(time: number): string {
  return new Date(time).toISOString().replace('.000Z', 'Z');
}
