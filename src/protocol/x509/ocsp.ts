import { createHash } from 'node:crypto';
import { readSignatureAlgorithm } from './algorithm';
import { type Certificate, parseCertificate } from './certificate';
import { DerError, type Element, expectTag, readAll, type Reading, readOne, tags } from './der';
import { listExtensions } from './extension-set';
import { readSerial } from './extensions';
import { verificationCost } from './key';
import { hashes } from './oids';
import { fatalFault } from './profile';
import { checkSignature, type Signed } from './signature';
import { readTime } from './time';
import { readBitString, readOid, toHex } from './values';

/** An OCSP response as read (RFC 6960 §4.2.1), its signature not yet checked. */
export interface OcspResponse extends Signed {
  readonly answers: readonly OcspAnswer[];
  /** Certificates that the responder sent along. */
  readonly certificates: readonly Certificate[];
  /** Critical extensions of the whole: none is processed, so the response must not be relied on (RFC 6960 §4.4). */
  readonly critical: readonly string[];
}

/** What a response says of one certificate. */
export interface OcspAnswer {
  /** Hash of the CertID, e.g. `sha1`; null: unknown. */
  readonly hash: string | null;
  readonly issuerName: string;
  readonly issuerKey: string;
  readonly serial: string;
  readonly status: 'good' | 'revoked' | 'unknown';
  /** Epoch milliseconds. */
  readonly thisUpdate: number;
  readonly nextUpdate: number | null;
  /** Critical extensions of this answer. */
  readonly critical: readonly string[];
}

const BASIC = '1.3.6.1.5.5.7.48.1.1';
const LARGEST = 1 << 20;
const statuses = [
  'successful',
  'malformedRequest',
  'internalError',
  '',
  'tryLater',
  'sigRequired',
  'unauthorized',
];

/** Reads an OCSP response. Throws DerError when it cannot be read, or says that there is no answer. */
export function parseOcsp(der: Uint8Array): OcspResponse {
  if (der.length > LARGEST) throw new DerError(`OCSP response: ${String(der.length)} bytes are too many`);
  const reading: Reading = { faults: [], where: 'OCSP response' };
  const [status, wrapped] = readAll(
    expectTag(readOne(der, reading), tags.sequence, reading).content,
    reading,
  );
  const code = expectTag(status, tags.enumerated, reading).content[0] ?? 0;
  if (code !== 0) throw new DerError(`OCSP response: ${statuses[code] ?? String(code)}`);
  const [type, octets] = readAll(
    readOne(expectTag(wrapped, 0xa0, reading).content, reading).content,
    reading,
  );
  if (readOid(expectTag(type, tags.oid, reading), reading) !== BASIC)
    throw new DerError('OCSP response: of an unknown type');
  const basic = readOne(expectTag(octets, tags.octetString, reading).content, reading);
  const [tbs, algorithm, signature, certificates] = readAll(basic.content, reading);
  const body = expectTag(tbs, tags.sequence, reading);
  const fields = readAll(body.content, reading);
  const place = fields.findIndex(({ tag }) => tag === tags.sequence);
  const list = fields[place];
  return {
    answers: readAll(expectTag(list, tags.sequence, reading).content, reading)
      .slice(0, 100)
      .map((answer) => readAnswer(answer, reading)),
    tbs: body.bytes,
    signature: {
      ...readSignatureAlgorithm(algorithm, reading),
      value: readBitString(expectTag(signature, tags.bitString, reading), reading).bytes,
    },
    certificates: certificates?.tag === 0xa0 ? readCertificates(certificates, reading) : [],
    // A responder's name has the same tag, and stands before the list.
    critical: criticalOf(fields.slice(place + 1), reading),
  };
}

function readCertificates(field: Element, reading: Reading): readonly Certificate[] {
  const list = readAll(readOne(field.content, reading).content, reading).slice(0, 8);
  return list.map(({ bytes }) => parseCertificate(bytes));
}

/** The critical ones of the extensions in a field [1]. */
function criticalOf(fields: readonly Element[], reading: Reading): readonly string[] {
  const field = fields.find(({ tag }) => tag === 0xa1);
  return listExtensions(field?.content, reading).flatMap(({ oid, critical }) => (critical ? [oid] : []));
}

function readAnswer(answer: Element, reading: Reading): OcspAnswer {
  const [id, status, thisUpdate, ...rest] = readAll(
    expectTag(answer, tags.sequence, reading).content,
    reading,
  );
  const [algorithm, name, key, serial] = readAll(expectTag(id, tags.sequence, reading).content, reading);
  const [hash] = readAll(expectTag(algorithm, tags.sequence, reading).content, reading);
  const next = rest.find(({ tag }) => tag === 0xa0);
  return {
    hash: hashes[readOid(expectTag(hash, tags.oid, reading), reading)] ?? null,
    issuerName: toHex(expectTag(name, tags.octetString, reading).content),
    issuerKey: toHex(expectTag(key, tags.octetString, reading).content),
    serial: readSerial(expectTag(serial, tags.integer, reading), reading),
    status: status?.tag === 0x80 ? 'good' : status?.tag === 0xa1 ? 'revoked' : 'unknown',
    thisUpdate: readTime(thisUpdate, 'start', reading),
    nextUpdate: next === undefined ? null : readTime(readOne(next.content, reading), 'end', reading),
    critical: criticalOf(rest, reading),
  };
}

/** Clocks differ a little. */
const SKEW = 300_000;
/** Without nextUpdate, newer information is available all the time (RFC 6960 §4.2.2.1). */
const FRESH = 86_400_000;

/** What a response says of a certificate; `responder`: who signed it in place of the issuer. */
export interface OcspWord {
  readonly status: OcspAnswer['status'] | 'unusable';
  readonly reason: string;
  readonly responder: Certificate | null;
}

/** What a response says of a certificate and its issuer; null: nothing, it is about others. */
export function askOcsp(
  response: OcspResponse,
  certificate: Certificate,
  issuer: Certificate,
  at: number,
  budget: { signatures: number },
): OcspWord | null {
  const answers = response.answers.filter((candidate) => isAbout(candidate, certificate, issuer));
  // Of several answers about one certificate the worst counts.
  const answer = answers.find(({ status }) => status !== 'good') ?? answers[0];
  if (answer === undefined) return null;
  const unusable = (reason: string): OcspWord => ({ status: 'unusable', reason, responder: null });
  const [critical] = [...response.critical, ...answer.critical];
  if (critical !== undefined)
    return unusable(`the OCSP response has a critical extension ${critical} that is not understood`);
  const signer = signerOf(response, issuer, at, budget);
  if (signer === null) return unusable('the OCSP response is not signed by the issuer or its responder');
  if (at + SKEW < answer.thisUpdate) return unusable('the OCSP response is from the future');
  if (at > (answer.nextUpdate ?? answer.thisUpdate + FRESH))
    return unusable('the OCSP response is out of date');
  return {
    status: answer.status,
    reason: `the OCSP responder of its issuer says ${answer.status}`,
    responder: signer === issuer ? null : signer,
  };
}

function isAbout(
  { hash, issuerName, issuerKey, serial }: OcspAnswer,
  certificate: Certificate,
  issuer: Certificate,
): boolean {
  if (hash === null || serial !== certificate.serial) return false;
  const digest = (bytes: Uint8Array): string => createHash(hash).update(bytes).digest('hex');
  return digest(certificate.issuer.bytes) === issuerName && digest(issuer.key.bytes) === issuerKey;
}

/** The issuer itself, or one whom it has certified for that (RFC 6960 §4.2.2.2); null: neither signed. */
function signerOf(
  response: OcspResponse,
  issuer: Certificate,
  at: number,
  budget: { signatures: number },
): Certificate | null {
  const verifies = (signed: Signed, { key }: Certificate): boolean => {
    budget.signatures -= verificationCost(key);
    return budget.signatures >= 0 && checkSignature(signed, key) === 'good';
  };
  if (verifies(response, issuer)) return issuer;
  const delegate = response.certificates.find(
    (responder) =>
      responder.extensions.extendedKeyUsage?.value.includes('OCSPSigning') === true &&
      at >= responder.notBefore &&
      at <= responder.notAfter &&
      responder.extensions.unknownCritical.length === 0 &&
      fatalFault(responder, 'private-pki') === null &&
      verifies(responder, issuer) &&
      verifies(response, responder),
  );
  return delegate ?? null;
}
