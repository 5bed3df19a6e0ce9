import { rootCertificates } from 'node:tls';

/** The public trust store that Node ships (Mozilla's), as DER. */
export function systemAnchors(): readonly Uint8Array[] {
  return rootCertificates.map(
    (pem) => new Uint8Array(Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64')),
  );
}
