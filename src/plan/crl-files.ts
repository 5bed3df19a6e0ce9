import { isAbsolute, resolve as resolvePath } from 'node:path';
import { readInputFile } from './input-file';
import type { TargetText } from './target-text';

/** A CRL of a busy public CA has 20 MiB; one of a private CA a few hundred bytes. */
const maxBytes = 32 * 1024 * 1024;

/** Reads CRL files (PEM, several in a file, or DER) as DER. Throws InputError: unreadable, or no CRL. */
export function readCrlFiles(
  entry: string | readonly string[] | undefined,
  text: TargetText,
  folder: string,
): readonly Uint8Array[] {
  if (entry === undefined) return [];
  const paths = typeof entry === 'string' ? [entry] : entry;
  return paths.flatMap((path, index) => {
    const place = typeof entry === 'string' ? '/ca/crls' : `/ca/crls/${index}`;
    const written = text.written(place);
    const file = readInputFile(isAbsolute(path) ? path : resolvePath(folder, path), maxBytes);
    if ('fault' in file) throw text.fault(place, `${written} cannot be read: ${file.fault}`);
    const crls = crlsIn(file.bytes);
    if (crls.length === 0) throw text.fault(place, `${written} holds no CRL, neither PEM nor DER`);
    return crls;
  });
}

function crlsIn(bytes: Buffer): readonly Uint8Array[] {
  if (bytes[0] === 0x30) return [new Uint8Array(bytes)];
  const blocks = bytes
    .toString('latin1')
    .matchAll(/-----BEGIN (?:X509 )?CRL-----([A-Za-z0-9+/=\s]+)-----END (?:X509 )?CRL-----/g);
  return [...blocks]
    .map(([, body = '']) => new Uint8Array(Buffer.from(body, 'base64')))
    .filter((der) => der[0] === 0x30);
}
