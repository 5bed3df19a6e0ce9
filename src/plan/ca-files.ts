import { createPrivateKey, X509Certificate } from 'node:crypto';
import { isAbsolute, resolve as resolvePath } from 'node:path';
import { InputError } from '../model/errors';
import { readInputFile } from './input-file';
import type { TargetText } from './target-text';

/** Certificates of one scope, as DER, without repeats, and what is odd about them without being wrong. */
export interface TrustAnchors {
  readonly certificates: readonly Uint8Array[];
  readonly warnings: readonly string[];
}

const maxBytes = 4 * 1024 * 1024;

/** Reads CA files. Throws InputError: unreadable, empty, broken, or something that is not a certificate. */
export function readTrustAnchors(
  entry: string | readonly string[],
  pointer: string,
  text: TargetText,
  folder: string,
): TrustAnchors {
  const paths = typeof entry === 'string' ? [entry] : entry;
  if (paths.length === 0) throw text.fault(pointer, 'names no file');
  const found = new Map<string, X509Certificate>();
  const warnings: string[] = [];
  for (const [index, path] of paths.entries()) {
    const place = typeof entry === 'string' ? pointer : `${pointer}/${index}`;
    const written = text.written(place);
    const file = readInputFile(isAbsolute(path) ? path : resolvePath(folder, path), maxBytes);
    if ('fault' in file) throw text.fault(place, `${written} cannot be read: ${file.fault}`);
    const parsed = parseCertificates(file.bytes);
    if ('fault' in parsed) throw text.fault(place, `${written} ${parsed.fault}`);
    for (const certificate of parsed.certificates) {
      found.set(certificate.fingerprint256, certificate);
      if (!certificate.ca)
        warnings.push(text.fault(place, `${written} holds a certificate of no CA`).describe());
    }
    if (parsed.privateKey) warnings.push(text.fault(place, `${written} also holds a private key`).describe());
  }
  return { certificates: [...found.values()].map(({ raw }) => new Uint8Array(raw)), warnings };
}

/** Reads one CA file that no target file names (`--ca`). Throws InputError as readTrustAnchors does. */
export function readCaFile(file: string): readonly Uint8Array[] {
  const input = readInputFile(file, maxBytes);
  if ('fault' in input) throw new InputError(`cannot be read: ${input.fault}`, { file });
  const parsed = parseCertificates(input.bytes);
  if ('fault' in parsed) throw new InputError(parsed.fault, { file });
  return parsed.certificates.map(({ raw }) => new Uint8Array(raw));
}

type Parsed =
  | { readonly certificates: readonly X509Certificate[]; readonly privateKey: boolean }
  | { readonly fault: string };

/** PEM (one block or more, text around them allowed as OpenSSL allows it) or one DER certificate. */
function parseCertificates(bytes: Buffer): Parsed {
  if (bytes.length === 0) return { fault: 'is empty; expected a CA certificate' };
  const pem = bytes.toString('latin1');
  const begins = [...pem.matchAll(/-----BEGIN ([A-Z0-9 ]+)-----/g)];
  if (begins.length === 0) return parseDer(bytes);
  const labels = begins.map(([, label]) => label ?? '');
  const privateKey = labels.some((label) => label.endsWith('PRIVATE KEY'));
  const positions = begins.filter(([, label]) => isCertificate(label));
  if (privateKey && positions.length === 0) return { fault: 'holds a private key, not a CA certificate' };
  if (positions.length === 0) return { fault: `holds a ${labels[0] ?? ''}, not a CA certificate` };
  const certificates: X509Certificate[] = [];
  for (const [index, { 0: begin, 1: label, index: start }] of positions.entries()) {
    const which = positions.length === 1 ? 'the certificate' : `certificate ${index + 1}`;
    const end = pem.indexOf(`-----END ${label ?? ''}-----`, start);
    const next = pem.indexOf('-----BEGIN ', start + begin.length);
    if (end === -1 || (next !== -1 && next < end)) return { fault: `is cut off: ${which} has no END line` };
    const body = pem.slice(start + begin.length, end).replaceAll(/\s/g, '');
    const certificate = /^[A-Za-z0-9+/]+={0,2}$/.test(body) ? parse(Buffer.from(body, 'base64')) : null;
    if (!certificate) return { fault: `is broken: ${which} cannot be parsed` };
    certificates.push(certificate);
  }
  return { certificates, privateKey };
}

function isCertificate(label: string | undefined): boolean {
  return label === 'CERTIFICATE' || label === 'X509 CERTIFICATE';
}

function parseDer(bytes: Buffer): Parsed {
  const certificate = parse(bytes);
  if (certificate) return { certificates: [certificate], privateKey: false };
  if (isDerKey(bytes)) return { fault: 'holds a private key, not a CA certificate' };
  return { fault: 'holds no certificate, neither PEM nor DER' };
}

/** node:crypto also takes PEM and ignores what follows the certificate; DER must be the certificate and nothing else. */
function parse(der: Buffer): X509Certificate | null {
  try {
    const certificate = new X509Certificate(der);
    return certificate.raw.equals(der) ? certificate : null;
  } catch {
    return null;
  }
}

function isDerKey(key: Buffer): boolean {
  return (['pkcs8', 'pkcs1', 'sec1'] as const).some((type) => {
    try {
      createPrivateKey({ key, format: 'der', type });
      return true;
    } catch {
      return false;
    }
  });
}
