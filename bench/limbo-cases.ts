import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import {
  DerError,
  parseCertificate,
  parseCrl,
  type PathResult,
  type Profile,
  readCertificates,
  readCrls,
  validatePath,
} from '../src/protocol/x509';

/** A case of the x509-limbo suite (C2SP/x509-limbo, limbo-schema.json), as far as it is used. */
export interface LimboCase {
  readonly id: string;
  readonly expected_result: 'SUCCESS' | 'FAILURE';
  readonly validation_kind: 'SERVER' | 'CLIENT';
  readonly validation_time: string | null;
  readonly trusted_certs: readonly string[];
  readonly untrusted_intermediates: readonly string[];
  readonly peer_certificate: string;
  readonly expected_peer_name: PeerName | null;
  readonly expected_peer_names: readonly PeerName[];
  /** Constraining lists; empty: nothing asked. */
  readonly key_usage: readonly string[];
  readonly extended_key_usage: readonly string[];
  readonly max_chain_depth: number | null;
  readonly crls: readonly string[];
}

interface PeerName {
  readonly kind: 'DNS' | 'IP' | 'RFC822';
  readonly value: string;
}

/** The cases of a suite file, plain or compressed with gzip. */
export function readLimbo(file: string): readonly LimboCase[] {
  const bytes = readFileSync(file);
  const text = bytes[0] === 0x1f ? gunzipSync(bytes).toString() : bytes.toString();
  return (JSON.parse(text) as { testcases: LimboCase[] }).testcases;
}

/** Each namespace of the suite says which rules it tests; what names none tests path building and validation alone. */
export function profileOf(id: string): Profile {
  if (/^(webpki|online)::/.test(id)) return 'webpki';
  return /^(rfc5280|crl)::/.test(id) ? 'rfc5280' : 'path';
}

/** Validates a case; a certificate that cannot be read is refused. */
export function runLimbo(item: LimboCase, profile: Profile, now = new Date()): PathResult | DerError {
  try {
    const leaf = parseCertificate(readCertificate(item.peer_certificate));
    const names = [item.expected_peer_name, ...item.expected_peer_names].filter((name) => name !== null);
    const hosts = names.flatMap(({ kind, value }) => (kind === 'RFC822' ? [] : [value]));
    const results = (hosts.length === 0 ? [undefined] : hosts).map((host) =>
      validatePath({
        leaf,
        intermediates: item.untrusted_intermediates.map((pem) => parseCertificate(readCertificate(pem))),
        anchors: item.trusted_certs.map((pem) => parseCertificate(readCertificate(pem))),
        at: item.validation_time === null ? now : new Date(item.validation_time),
        ...(host === undefined ? {} : { host }),
        purpose: item.validation_kind === 'SERVER' ? 'serverAuth' : 'clientAuth',
        profile,
        crls: item.crls.flatMap((pem) => readCrls(Buffer.from(pem)).crls.map((der) => parseCrl(der))),
        ...(item.max_chain_depth === null ? {} : { maxIntermediates: item.max_chain_depth }),
      }),
    );
    const unmet = unmetDemand(item, leaf, names);
    if (unmet !== null) return new DerError(unmet);
    return results.find(({ anchored }) => !anchored) ?? results[0] ?? new DerError('nothing was validated');
  } catch (error) {
    if (error instanceof DerError) return error;
    throw error;
  }
}

/** What a case asks of the leaf beyond validation: a mailbox, key usages, extended key usages. */
function unmetDemand(
  item: LimboCase,
  leaf: ReturnType<typeof parseCertificate>,
  names: readonly PeerName[],
): string | null {
  const { subjectAltName, keyUsage, extendedKeyUsage } = leaf.extensions;
  const mailboxes = (subjectAltName?.value ?? []).flatMap(({ kind, value }) =>
    kind === 'email' ? [value] : [],
  );
  const stranger = names.find(({ kind, value }) => kind === 'RFC822' && !mailboxes.includes(value));
  if (stranger !== undefined) return `the mailbox ${stranger.value} is not named`;
  const missing = item.key_usage.find((usage) => keyUsage?.value.includes(usage) === false);
  if (missing !== undefined) return `the key usage ${missing} is not allowed`;
  const purposes = extendedKeyUsage?.value;
  const refused = item.extended_key_usage.find(
    (purpose) => purposes?.includes(purpose) === false && !purposes.includes('anyExtendedKeyUsage'),
  );
  return refused === undefined ? null : `the purpose ${refused} is not allowed`;
}

function readCertificate(pem: string): Uint8Array {
  const [der] = readCertificates(Buffer.from(pem)).certificates;
  if (der === undefined) throw new DerError('no certificate in PEM');
  return der;
}

/** Whether a case was accepted. */
export const accepted = (result: PathResult | DerError): boolean =>
  !(result instanceof DerError) && result.anchored;
