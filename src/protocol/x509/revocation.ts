import type { Certificate } from './certificate';
import type { Crl } from './crl';
import type { PointName } from './distribution-points';
import { verificationCost } from './key';
import { askOcsp, type OcspResponse, type OcspWord } from './ocsp';
import { extensionOids } from './oids';
import { nameOf, shorten } from './problem';
import { fatalFault, type Profile } from './profile';
import { checkSignature } from './signature';

/** What is known about the revocation of one certificate of the path. */
export interface RevocationAnswer {
  readonly certificate: string;
  /** `not-offered`: its CA names neither a CRL nor an OCSP service, and none was given; `not-checked`: it does. */
  readonly state: 'good' | 'revoked' | 'not-offered' | 'not-checked' | 'undetermined';
  readonly reason: string;
}

/** What judging revocation needs to know. */
export interface RevocationInput {
  readonly crls: readonly Crl[];
  readonly ocsp: readonly OcspResponse[];
  readonly at: number;
  readonly profile: Profile;
  /** From leaf to anchor. */
  readonly path: readonly Certificate[];
  readonly pool: readonly Certificate[];
  readonly budget: { signatures: number };
}

/** All reasons of RFC 5280 §4.2.1.13, as CrlScope has them. */
const ALL_REASONS = 0x7f80;
const REMOVED = 8;

/** Looks a certificate up in the CRLs of its issuer (RFC 5280 §6.3.3), changed by delta CRLs where there are any. */
export function checkRevocation(certificate: Certificate, input: RevocationInput): RevocationAnswer {
  const answer = (state: RevocationAnswer['state'], reason: string): RevocationAnswer => ({
    certificate: certificate.sha256,
    state,
    reason,
  });
  const issuer = input.path[input.path.indexOf(certificate) + 1];
  const told =
    issuer === undefined
      ? []
      : input.ocsp.flatMap((response) => {
          const word = askOcsp(response, certificate, issuer, input.at, input.budget);
          return word === null ? [] : [doubtResponder(word, issuer, input)];
        });
  const [doubt] = told.filter(({ status }) => status === 'unusable' || status === 'unknown');
  const said =
    told.find(({ status }) => status === 'revoked') ?? told.find(({ status }) => status === 'good');
  if (said?.status === 'revoked') return answer('revoked', said.reason);
  const judged = input.crls
    .filter((crl) => crl.issuer.key === certificate.issuer.key)
    .map((crl) => ({ crl, unfit: unfit(crl, certificate, input) }))
    .filter((item) => item.unfit !== 'other-scope');
  const fit = judged.flatMap((item) => (item.unfit === null ? [item.crl] : []));
  let covered = 0;
  for (const crl of fit.filter(({ base }) => base === null)) {
    // Whatever order they were given in, the newest has the last word.
    const changes = fit
      .filter((delta) => changesTo(delta, crl) && delta.revoked.has(certificate.serial))
      .sort((a, b) => Number((a.number?.value ?? 0n) - (b.number?.value ?? 0n)));
    const entry = [crl, ...changes].at(-1)?.revoked;
    if (entry?.has(certificate.serial) === true && entry.get(certificate.serial) !== REMOVED) {
      return answer(
        'revoked',
        `serial ${shorten(certificate.serial)} is on the CRL of "${shorten(crl.issuer.text)}"`,
      );
    }
    covered |= crl.scope?.reasons ?? ALL_REASONS;
  }
  if ((covered & ALL_REASONS) === ALL_REASONS) return answer('good', 'not on the CRL of its issuer');
  if (said !== undefined) return answer('good', said.reason);
  if (doubt !== undefined && judged.length === 0) return answer('undetermined', doubt.reason);
  const why = judged.find((item) => item.unfit !== null)?.unfit;
  if (typeof why === 'string') return answer('undetermined', why);
  if (judged.length > 0)
    return answer('undetermined', 'the CRLs of its issuer do not cover all reasons, or only change others');
  const { crlDistributionPoints, authorityInfoAccess } = certificate.extensions;
  const offered = crlDistributionPoints !== null || (authorityInfoAccess?.value.ocsp.length ?? 0) > 0;
  return offered
    ? answer('not-checked', 'its CA offers revocation information, none of which was given')
    : answer('not-offered', 'its CA offers neither a CRL nor OCSP');
}

/**
 * A word of a responder whose own certificate may be revoked is worth nothing. One with id-pkix-ocsp-nocheck is trusted while it
 * is valid, one whose CA offers no revocation by our own choice (RFC 6960 §4.2.2.2.1); "revoked" is believed of anybody.
 */
function doubtResponder(word: OcspWord, issuer: Certificate, input: RevocationInput): OcspWord {
  const { responder } = word;
  if (responder === null || word.status === 'revoked') return word;
  if (responder.extensions.all.some(({ oid }) => oid === extensionOids.ocspNoCheck)) return word;
  const { state, reason } = checkRevocation(responder, { ...input, path: [responder, issuer], ocsp: [] });
  if (state === 'good' || state === 'not-offered') return word;
  const says = state === 'revoked' ? 'is revoked' : 'may be revoked';
  const doubt = `the OCSP response is signed by ${nameOf(responder)}, which ${says}: ${reason}`;
  return { ...word, status: 'unusable', reason: doubt };
}

/** A delta CRL that builds on an older or this complete CRL and is newer (RFC 5280 §5.2.4). */
function changesTo(delta: Crl, crl: Crl): boolean {
  if (delta.base === null || delta.number === null || crl.number === null) return false;
  const sameScope = JSON.stringify(delta.scope) === JSON.stringify(crl.scope);
  return sameScope && crl.number.value >= delta.base && crl.number.value < delta.number.value;
}

/** Why a CRL says nothing about a certificate; `other-scope` when it is not meant to. */
function unfit(crl: Crl, certificate: Certificate, input: RevocationInput): string | null {
  const { at, profile } = input;
  const name = `the CRL of "${shorten(crl.issuer.text)}"`;
  const isCa = certificate.extensions.basicConstraints?.value.ca === true;
  const fault = fatalFault(crl, profile);
  if (fault !== null) return `${name} is malformed: ${fault.detail}`;
  const { scope } = crl;
  if (scope !== null) {
    if (scope.only === 'attribute' || (scope.only === 'user' && isCa) || (scope.only === 'ca' && !isCa))
      return 'other-scope';
    if (scope.indirect) return `${name} is indirect, which is not supported`;
    const points = certificate.extensions.crlDistributionPoints?.value ?? [];
    if (scope.point !== null && !points.some((point) => samePoint(point.name, scope.point, crl)))
      return 'other-scope';
  }
  if (crl.unknownCritical.length > 0)
    return `${name} has a critical extension ${crl.unknownCritical[0] ?? ''} that is not understood`;
  if (at < crl.thisUpdate) return `${name} is from the future`;
  if (crl.nextUpdate !== null && at > crl.nextUpdate) return `${name} is out of date`;
  if (profile === 'rfc5280' || profile === 'webpki') {
    if (crl.number === null || crl.number.critical)
      return `${name} has no CRL number, or a critical one (RFC 5280 §5.2.3)`;
    if (crl.version !== 2 || crl.nextUpdate === null)
      return `${name} is not version 2 or names no next update (RFC 5280 §5.1.2)`;
  }
  return signedByIssuer(crl, certificate, input)
    ? null
    : `${name} is not signed by a CA of this path that may sign CRLs`;
}

/** The issuer in the path, or another key of the same CA that a CA of the path certifies (key roll-over). */
function signedByIssuer(crl: Crl, certificate: Certificate, input: RevocationInput): boolean {
  const { path, pool, budget, at } = input;
  const issuer = path[path.indexOf(certificate) + 1];
  const others = pool.filter((item) => item.subject.key === crl.issuer.key && item !== issuer);
  return [...(issuer === undefined ? [] : [issuer]), ...others].some((signer) => {
    const { keyUsage } = signer.extensions;
    if (keyUsage !== null && !keyUsage.value.includes('cRLSign')) return false;
    budget.signatures -= verificationCost(signer.key);
    if (budget.signatures < 0 || checkSignature(crl, signer.key) !== 'good') return false;
    if (path.includes(signer)) return true;
    const ca = path.find(
      (item) =>
        item.subject.key === signer.issuer.key &&
        item !== certificate &&
        checkSignature(signer, item.key) === 'good',
    );
    if (ca === undefined || at < signer.notBefore || at > signer.notAfter) return false;
    // The key that signs CRLs may itself be revoked; only CRLs of the path's own CAs can say so.
    return checkRevocation(signer, { ...input, path: [signer, ca], pool: [], ocsp: [] }).state !== 'revoked';
  });
}

function samePoint(a: PointName | null, b: PointName | null, crl: Crl): boolean {
  const keys = (point: PointName | null): readonly string[] =>
    (point?.relative ?? null) === null
      ? (point?.full ?? [])
      : [`directory ${crl.issuer.key}\u0002${point?.relative ?? ''}`];
  const wanted = keys(b);
  return keys(a).some((key) => wanted.includes(key));
}

/** A sentence for a certificate that must not be used, or null. */
export function revocationProblem(
  certificate: Certificate,
  answer: RevocationAnswer,
  required: boolean,
): string | null {
  if (answer.state === 'revoked') return `is revoked: ${answer.reason}`;
  if (answer.state === 'undetermined')
    return `may be revoked, which could not be established: ${answer.reason}`;
  if (answer.state !== 'good' && required)
    return `is not covered by a CRL, and one is required (${nameOf(certificate)}: ${answer.reason})`;
  return null;
}
