import { createHash } from 'node:crypto';
import type { Certificate } from './certificate';
import { tlv } from './write-der';

const sha1 = Buffer.from('300906052b0e03021a0500', 'hex');

/**
 * An OCSP request about one certificate (RFC 6960 §4.1.1), unsigned and without a nonce, as RFC 5019 has it; null for a
 * serial number that no CA may give (negative, or longer than any).
 */
export function ocspRequest(certificate: Certificate, issuer: Certificate): Uint8Array | null {
  if (!/^(?:[0-9a-f]{2}){1,64}$/.test(certificate.serial)) return null;
  const digest = (bytes: Uint8Array): Uint8Array => createHash('sha1').update(bytes).digest();
  const serial = Buffer.from(certificate.serial, 'hex');
  const padded = (serial[0] ?? 0) < 0x80 ? serial : Buffer.concat([Buffer.from([0]), serial]);
  const id = tlv(
    0x30,
    sha1,
    tlv(0x04, digest(certificate.issuer.bytes)),
    tlv(0x04, digest(issuer.key.bytes)),
    tlv(0x02, padded),
  );
  return tlv(0x30, tlv(0x30, tlv(0x30, tlv(0x30, id))));
}
