import type { CertificateFacts } from './tls-endpoint';

/** A private key in a file, as far as it may be told: the key itself never leaves the reader. */
export interface PrivateKeyFact {
  /** E.g. `rsa`, `ec`; null when it is encrypted or not understood. */
  readonly algorithm: string | null;
  /** Noted, and left shut. */
  readonly encrypted: boolean;
  /** Paths of the certificate files of the same holder that belong to it; null when that cannot be told. */
  readonly certificates: readonly string[] | null;
  /** It belongs to a certificate of a CA: one in these files, or a declared one. */
  readonly ofCa: boolean;
}

/** One file that holds certificates or keys. */
export interface CertificateFile {
  readonly path: string;
  /** Permission bits as the file lies here, e.g. `0640`: copies have to keep them to say anything. */
  readonly mode: string;
  readonly readableBy: 'owner' | 'group' | 'everybody';
  readonly format: 'pem' | 'der' | 'pkcs12' | 'pkcs7' | 'none';
  /** The first fifty. */
  readonly certificates: readonly CertificateFacts[];
  readonly moreCertificates: number;
  readonly privateKeys: readonly PrivateKeyFact[];
  /** What is odd or broken about it, e.g. wrong labels, truncated blocks. */
  readonly problems: readonly string[];
}

/** A profile of the `cfy` command, without its credentials. */
export interface CliProfile {
  readonly path: string;
  /** What it dials; null: the profile does not say. */
  readonly manager: string | null;
  readonly port: number | null;
  readonly protocol: string | null;
  /** The file of the CA that it trusts, where it was found; null: not found. */
  readonly certificate: string | null;
  readonly problem: string | null;
}

/** `certificate.file`: the certificates and keys that one holder has on disk. */
export interface CertificateFiles {
  readonly holder: 'node' | 'agent' | 'cli';
  readonly node: string | null;
  readonly files: readonly CertificateFile[];
  readonly notRead: readonly { readonly path: string; readonly reason: string }[];
  readonly profiles: readonly CliProfile[];
}
