import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import {
  DerError,
  parseCertificate,
  parseCrl,
  type PathResult,
  type Profile,
  readCertificates,
  validatePath,
} from '../../../src/protocol/x509';

/** A case of the x509-limbo suite (C2SP/x509-limbo), as far as it is used. */
export interface LimboCase {
  readonly id: string;
  readonly expected_result: 'SUCCESS' | 'FAILURE';
  readonly validation_kind: 'SERVER' | 'CLIENT';
  readonly validation_time: string | null;
  readonly trusted_certs: readonly string[];
  readonly untrusted_intermediates: readonly string[];
  readonly peer_certificate: string;
  readonly expected_peer_name: { readonly kind: string; readonly value: string } | null;
  readonly expected_peer_names: readonly { readonly kind: string; readonly value: string }[];
  readonly max_chain_depth: number | null;
  readonly crls: readonly string[];
}

const file = join(__dirname, '../../../../shared/data/limbo-sample.json.gz');

/** The sample beside the repository, or null where it is absent. */
export function readLimbo(path = file): readonly LimboCase[] | null {
  if (!existsSync(path)) return null;
  return (JSON.parse(gunzipSync(readFileSync(path)).toString()) as { testcases: LimboCase[] }).testcases;
}

/** Each namespace of the suite says which rules it tests; what names none tests path building and validation alone. */
export function profileOf(id: string): Profile {
  if (/^(webpki|online)::/.test(id)) return 'webpki';
  return /^(rfc5280|crl)::/.test(id) ? 'rfc5280' : 'path';
}

/** Validates a case; a certificate that cannot be read is refused. */
export function runLimbo(item: LimboCase, profile: Profile, now = new Date()): PathResult | DerError {
  const read = (pem: string): Uint8Array => {
    const [der] = readCertificates(Buffer.from(pem)).certificates;
    if (der === undefined) throw new DerError('no certificate in PEM');
    return der;
  };
  try {
    const names = [item.expected_peer_name, ...item.expected_peer_names].filter((name) => name !== null);
    const host = names.find(({ kind }) => kind === 'DNS' || kind === 'IP')?.value;
    return validatePath({
      leaf: parseCertificate(read(item.peer_certificate)),
      intermediates: item.untrusted_intermediates.map((pem) => parseCertificate(read(pem))),
      anchors: item.trusted_certs.map((pem) => parseCertificate(read(pem))),
      at: item.validation_time === null ? now : new Date(item.validation_time),
      ...(host === undefined ? {} : { host }),
      purpose: item.validation_kind === 'SERVER' ? 'serverAuth' : 'clientAuth',
      profile,
      crls: item.crls.map((pem) => parseCrl(Buffer.from(pem.replace(/-----[^-]+-----/g, ''), 'base64'))),
      ...(item.max_chain_depth === null ? {} : { maxIntermediates: item.max_chain_depth }),
    });
  } catch (error) {
    if (error instanceof DerError) return error;
    throw error;
  }
}

/** Whether a case was accepted. */
export const accepted = (result: PathResult | DerError): boolean =>
  !(result instanceof DerError) && result.anchored;
