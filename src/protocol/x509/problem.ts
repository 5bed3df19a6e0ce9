import type { Certificate } from './certificate';

/** Why a path is refused, in a word: the classes of the model's PathVerdict. */
export type PathFailure =
  | 'unknown-root'
  | 'incomplete'
  | 'bad-signature'
  | 'expired'
  | 'not-yet-valid'
  | 'not-a-ca'
  | 'constraint'
  | 'algorithm'
  | 'malformed'
  | 'other';

/** One reason to refuse a path. */
export interface Problem {
  readonly failure: PathFailure;
  /** Finer than `failure`, stable, kebab-case: e.g. `path-length`, `host-mismatch`, `revoked`. */
  readonly code: string;
  /** A sentence that names the certificate and what to do about it. */
  readonly detail: string;
  /** SHA-256 of the certificate at fault. */
  readonly certificate: string;
}

/** Makes a problem of `certificate`; the sentence begins with its name. */
export function problemOf(
  certificate: Certificate,
  failure: PathFailure,
  code: string,
  says: string,
): Problem {
  return { failure, code, detail: `${nameOf(certificate)} ${says}`, certificate: certificate.sha256 };
}

/** A certificate in a sentence: subject, else first name, shortened. */
export function nameOf(certificate: Certificate): string {
  const [first] = certificate.extensions.subjectAltName?.value ?? [];
  const { text } = certificate.subject;
  const name = text === '' ? (first?.value ?? `serial ${certificate.serial}`) : text;
  return `"${shorten(name)}"`;
}

/** A name from a certificate for a sentence: it may be as long as an attacker likes. */
export function shorten(name: string): string {
  return name.length > 120 ? `${name.slice(0, 117)}…` : name;
}
