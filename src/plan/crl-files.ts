import { X509Certificate } from 'node:crypto';
import { isAbsolute, resolve as resolvePath } from 'node:path';
import { readInputFile } from './input-file';
import type { TargetText } from './target-text';

/** A CRL of a busy public CA has 20 MiB; one of a private CA a few hundred bytes. */
const maxBytes = 32 * 1024 * 1024;

/**
 * Reads CRL files (PEM, several in a file, or DER) as DER. Throws InputError: unreadable, empty, cut off, or no CRL. One that
 * was passed over in silence would make a revoked certificate look good.
 */
export function readCrlFiles(
  entry: string | readonly string[] | undefined,
  text: TargetText,
  folder: string,
): readonly Uint8Array[] {
  if (entry === undefined) return [];
  const paths = typeof entry === 'string' ? [entry] : entry;
  if (paths.length === 0) throw text.fault('/ca/crls', 'names no file');
  return paths.flatMap((path, index) => {
    const place = typeof entry === 'string' ? '/ca/crls' : `/ca/crls/${index}`;
    const written = text.written(place);
    const file = readInputFile(isAbsolute(path) ? path : resolvePath(folder, path), maxBytes);
    if ('fault' in file) throw text.fault(place, `${written} cannot be read: ${file.fault}`);
    const crls = crlsIn(file.bytes);
    if (typeof crls === 'string') throw text.fault(place, `${written} ${crls}`);
    return crls;
  });
}

/** The CRLs of a file, or what is wrong with it. */
function crlsIn(bytes: Buffer): readonly Uint8Array[] | string {
  if (bytes.length === 0) return 'is empty; expected a CRL';
  const pem = bytes.toString('latin1');
  const begins = [...pem.matchAll(/-----BEGIN ([A-Z0-9 ]+)-----/g)];
  if (begins.length === 0) {
    return describeWrong(bytes) ?? [new Uint8Array(bytes)];
  }
  const lists = begins.filter(([, label]) => label === 'X509 CRL' || label === 'CRL');
  if (lists.length === 0) return `holds a ${begins[0]?.[1] ?? ''}, not a CRL`;
  const crls: Uint8Array[] = [];
  for (const [i, { 0: begin, 1: label = '', index }] of lists.entries()) {
    const which = lists.length === 1 ? 'the CRL' : `CRL ${String(i + 1)}`;
    const end = pem.indexOf(`-----END ${label}-----`, index);
    const next = pem.indexOf('-----BEGIN ', index + begin.length);
    if (end === -1 || (next !== -1 && next < end)) return `is cut off: ${which} has no END line`;
    const body = pem.slice(index + begin.length, end).replaceAll(/\s/g, '');
    const der = Buffer.from(body, 'base64');
    if (!/^[A-Za-z0-9+/]+={0,2}$/.test(body) || describeWrong(der) !== null)
      return `is broken: ${which} cannot be parsed`;
    crls.push(new Uint8Array(der));
  }
  return crls;
}

/** Why bytes are no CRL, as far as their outermost element tells; the wire's own parser reads the rest. */
function describeWrong(der: Buffer): string | null {
  if (der[0] !== 0x30) return 'holds no CRL, neither PEM nor DER';
  const first = der[1] ?? 0;
  const octets = first > 0x80 ? first & 0x7f : 0;
  if (first === 0x80 || octets > 4 || der.length < 2 + octets) return 'holds no CRL, neither PEM nor DER';
  const length = octets === 0 ? first : der.readUIntBE(2, octets);
  const left = der.length - 2 - octets - length;
  if (left < 0) return 'is cut off: a part of the CRL is missing';
  if (left > 0) return `is broken: ${String(left)} bytes follow the CRL`;
  return isCertificate(der) ? 'holds a certificate, not a CRL' : null;
}

function isCertificate(der: Buffer): boolean {
  try {
    return new X509Certificate(der).raw.length > 0;
  } catch {
    return false;
  }
}
