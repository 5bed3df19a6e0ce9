import type {
  AnchorFacts,
  CertificateFacts,
  HostCoverage,
  PathStep,
  PathVerdict,
  RevocationFact,
  TlsEndpoint,
} from '../../model/tls-endpoint';
import type { DeclaredHost } from '../../model/target';
import type { Handshake } from '../../protocol/tls/handshake';
import {
  type Certificate,
  type Crl,
  DerError,
  describeCertificate,
  type JudgedChain,
  judgeChain,
  matchHost,
  type OcspResponse,
  parseOcsp,
} from '../../protocol/x509';
import type { Anchors } from './anchors';

/** The part of the evidence that follows from the presented bytes, the anchors and the time. */
export type ChainFacts = Pick<
  TlsEndpoint,
  'chain' | 'chainOrder' | 'unusedCertificates' | 'anchorSent' | 'path' | 'hosts' | 'revocation' | 'staple'
>;

/** What is known of revocation beside what was stapled. */
export interface Told {
  readonly crls: readonly Crl[];
  readonly ocsp: readonly OcspResponse[];
}

/** A presented chain, described and as it was read. */
export interface ReadChain {
  readonly facts: ChainFacts;
  /** The leaf first; what could not be read is left out. */
  readonly certificates: readonly Certificate[];
  /** From the leaf to an anchor; as far as it came where none was reached. */
  readonly path: readonly Certificate[];
}

/** Facts of a presented chain; a sentence instead when its first certificate cannot be read. */
export function describeChain(
  { chain: presented, staple }: Pick<Handshake, 'chain' | 'staple'>,
  anchors: Anchors,
  told: Told,
  hosts: readonly DeclaredHost[],
  at: Date,
): ReadChain | string {
  const stapled = readStaple(staple);
  const judged = judgeChain(presented, {
    anchors: anchors.certificates,
    at,
    purpose: 'serverAuth',
    profile: 'private-pki',
    crls: [...anchors.crls, ...told.crls],
    ocsp: [...(typeof stapled === 'object' && stapled !== null ? [stapled] : []), ...told.ocsp],
  });
  const [leaf] = judged.certificates;
  if (!leaf) return judged.problems[0] ?? 'it presents no certificate';
  const certificates = judged.certificates.filter((certificate) => certificate !== null);
  const facts = {
    // Positions are those of the sending: one that is missing here was no certificate.
    chain: judged.certificates.flatMap((certificate, i) =>
      certificate === null
        ? []
        : [
            {
              ...describeCertificate(certificate, i, at, anchors.weakKeys),
              ...anchorMark(certificate, judged),
            },
          ],
    ),
    chainOrder: judged.chainOrder,
    unusedCertificates: judged.unusedCertificates,
    anchorSent: judged.anchorSent,
    path: verdict(judged, anchors, at),
    revocation: revocationOf(judged, anchors.brokenCrls),
    staple: stapleFacts(stapled, judged),
    hosts: hosts.map(({ host, kind, declaredAt }): HostCoverage => ({
      host,
      kind,
      declaredAt,
      match: matchHost(leaf, host),
    })),
  };
  return { facts, certificates, path: judged.anchoring?.path ?? [] };
}

/** A CA file holds one or a few; a sentence holds no more. */
const mostTrusted = 5;

function verdict(judged: JudgedChain, { from, certificates, weakKeys }: Anchors, at: Date): PathVerdict {
  const { result, anchoring, problems } = judged;
  if (from === 'none-declared' || result === null || anchoring === null) {
    return {
      anchors: from,
      anchored: null,
      failure: null,
      detail: null,
      path: [],
      authorities: [],
      trusted: [],
      acceptedNow: null,
      steps: stepsOf(judged).map((step) => ({ ...step, problems: [], asideProblems: [] })),
      alternatives: [],
    };
  }
  const { anchored, failure, detail, path, alternatives } = anchoring;
  const declared = new Set(certificates.map(({ sha256 }) => sha256));
  const authorities = path.filter(({ sha256 }) => declared.has(sha256));
  return {
    anchors: from,
    anchored,
    failure,
    detail: anchored ? null : [detail, ...problems].filter((part) => part !== null).join('; '),
    path: anchored ? path.map(({ sha256 }) => sha256) : [],
    authorities: authorities.map((one) => ({
      ...anchorFacts(describeCertificate(one, path.indexOf(one), at, weakKeys)),
      ...anchorMark(one, judged),
    })),
    trusted: from === 'system' ? [] : certificates.slice(0, mostTrusted).map(({ subject }) => subject.text),
    acceptedNow: result.anchored,
    steps: stepsOf(judged),
    alternatives: alternatives.map((problem) => problem.detail),
  };
}

function anchorFacts(facts: CertificateFacts): AnchorFacts {
  const { sha256, subject, issuer, serial, notBefore, notAfter } = facts;
  const { daysToExpiry, hasStarted, hasEnded, selfSigned, signatureHash, key } = facts;
  return {
    ...{ sha256, subject, issuer, serial, notBefore, notAfter },
    ...{ daysToExpiry, hasStarted, hasEnded, selfSigned, signatureHash, key },
  };
}

const anchorMark = ({ sha256 }: Certificate, { anchoring }: JudgedChain): { readonly isAnchor?: true } =>
  anchoring?.anchor?.sha256 === sha256 ? { isAnchor: true } : {};

function stepsOf({ anchoring, certificates }: JudgedChain): readonly PathStep[] {
  const presented = new Set(certificates.map((certificate) => certificate?.sha256));
  return (anchoring?.steps ?? []).map(({ certificate, issuer, problems, aside }) => ({
    sha256: certificate.sha256,
    subject: certificate.subject.text,
    source: presented.has(certificate.sha256) ? 'presented' : 'declared',
    signedBy: issuer?.sha256 ?? null,
    problems: problems.map(({ detail }) => detail),
    asideProblems: aside.map(({ detail }) => detail),
  }));
}

/** `broken`: why declared CRLs cannot be read. One of them may be about a certificate of which nothing else is known. */
function revocationOf({ anchoring }: JudgedChain, broken: readonly string[]): readonly RevocationFact[] {
  const [problem] = broken;
  return (anchoring?.revocation ?? []).map(({ certificate, state, reason }) => ({
    sha256: certificate,
    subject: anchoring?.path.find(({ sha256 }) => sha256 === certificate)?.subject.text ?? '',
    ...(problem !== undefined && (state === 'not-offered' || state === 'not-checked')
      ? { state: 'undetermined', reason: `a declared CRL cannot be read: ${problem}` }
      : { state, reason }),
  }));
}

/** The response, a sentence when it is none, null when nothing was stapled. */
function readStaple(staple: Uint8Array | null): OcspResponse | string | null {
  if (staple === null) return null;
  try {
    return parseOcsp(staple);
  } catch (error) {
    if (!(error instanceof DerError)) throw error;
    return error.message;
  }
}

function stapleFacts(
  stapled: OcspResponse | string | null,
  { anchoring }: JudgedChain,
): TlsEndpoint['staple'] {
  if (stapled === null) return { state: 'none', reason: null };
  if (typeof stapled === 'string') return { state: 'useless', reason: stapled };
  const [leaf] = anchoring?.revocation ?? [];
  const used = leaf?.reason.startsWith('the OCSP') === true;
  if (used && leaf.state !== 'undetermined') return { state: 'used', reason: null };
  return {
    state: 'useless',
    reason: used ? leaf.reason : 'the OCSP response is about another certificate, or the issuer is not known',
  };
}
