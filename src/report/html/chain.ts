import type {
  AnchorFacts,
  CertificateFacts,
  LintFact,
  PathVerdict,
  TlsEndpoint,
} from '../../model/tls-endpoint';
import { markup, type Insert, type Markup } from './markup';
import { badge, count, cut, date, listed } from './parts';

const certificateLimit = 20;

/** The verdict on a chain in two words: whether it is anchored, and whether a client takes it today. */
export function pathBadge({ anchored, acceptedNow }: PathVerdict): Markup {
  if (anchored === null) return badge('unknown', 'No CA declared');
  if (!anchored) return badge('fail', 'No trusted path');
  return acceptedNow === false ? badge('fail', 'Refused today') : badge('pass', 'Trusted path');
}

/** The certificates of a listener as they were presented. */
export function chain({ chain: certificates }: TlsEndpoint): Markup {
  return markup`<ol class="chain">
      ${certificates.slice(0, certificateLimit).map(
        (certificate, index) => markup`<li${certificate.hasEnded && markup` class="ended"`}>
<p><span class="position">${roleOf(certificate, index)}</span> <strong>${certificate.subject}</strong></p>
<dl>
<div><dt>Issuer</dt><dd>${certificate.selfIssued ? 'itself' : certificate.issuer}</dd></div>
<div><dt>Valid</dt><dd>${date(certificate.notBefore)} to ${date(certificate.notAfter)} (${validity(certificate)})</dd></div>
<div><dt>Key</dt><dd>${keyText(certificate)} · signed with ${certificate.signatureAlgorithm}${weaknessText(certificate)}</dd></div>
<div><dt>Names</dt><dd>${listed([...certificate.sanDns, ...certificate.sanIp]) || 'no subject alternative name'}</dd></div>
<div><dt>SHA-256</dt><dd><code>${certificate.sha256}</code></dd></div>
</dl>
${lintList(certificate)}
</li>`,
      )}
    </ol>
    ${cut(certificates.length, certificateLimit)}`;
}

function validity(certificate: CertificateFacts): Insert {
  if (certificate.hasEnded) return markup`<strong>ended ${-certificate.daysToExpiry} days ago</strong>`;
  return certificate.hasStarted ? `${count(certificate.daysToExpiry, 'day')} left` : 'not yet valid';
}

function roleOf({ selfIssued, basicConstraintsCa }: CertificateFacts, index: number): string {
  return index === 0 ? 'server' : selfIssued ? 'root' : basicConstraintsCa === true ? 'issuer' : 'extra';
}

function keyText({ key }: CertificateFacts): string {
  return key.curve === null
    ? `${key.algorithm.toUpperCase()} ${key.bits ?? ''}`
    : `${key.algorithm.toUpperCase()} ${key.curve}`;
}

function weaknessText({ key }: CertificateFacts): Insert {
  if (key.weaknesses.length > 0)
    return markup` · <strong>known to be weak: ${key.weaknesses.join(', ')}</strong>`;
  return (
    key.notChecked.includes('debian') && ' · not compared with the weak keys of Debian (no list was given)'
  );
}

const ranks: readonly LintFact['severity'][] = ['high', 'medium', 'low', 'info'];

/** Lints, the grave ones first; folded, because a private CA breaks a dozen that only a public one must keep. */
function lintList({ lints, faults }: CertificateFacts): Insert {
  const ordered = [...lints].sort((a, b) => ranks.indexOf(a.severity) - ranks.indexOf(b.severity));
  const high = lints.filter(({ severity }) => severity === 'high').length;
  return (
    ordered.length + faults.length > 0 &&
    markup`<details class="lints"><summary>${count(lints.length, 'lint')}${high > 0 && `, ${high} of high severity`}${faults.length > 0 && `, ${count(faults.length, 'encoding fault')}`}</summary>
<ul>
${ordered.map(({ id, severity, says }) => markup`<li><code>${id}</code> (${severity}): ${says}</li>`)}
${faults.map((fault) => markup`<li>encoding: ${fault}</li>`)}
</ul></details>`
  );
}

const anchorWords: Readonly<Record<PathVerdict['anchors'], string>> = {
  'internal-ca': 'the declared internal CA',
  'external-ca': 'the declared external CA',
  system: 'the public trust store',
  'none-declared': 'no CA: the target declares none',
};

/** What path validation came to, in a sentence. */
export function pathText({
  anchors,
  authorities,
  anchored,
  detail,
  failure,
  acceptedNow,
}: PathVerdict): Insert {
  if (anchored === null) return `checked against ${anchorWords[anchors]}`;
  if (!anchored)
    return markup`<strong>does not verify against ${anchorWords[anchors]}: ${detail ?? failure ?? 'no reason given'}</strong>`;
  return acceptedNow === false
    ? markup`leads to ${anchorWords[anchors]}, <strong>but clients refuse it today</strong>`
    : `verified up to ${anchorWords[anchors]}${anchorNote(authorities.at(-1))}`;
}

/** An intermediate that is declared itself ends a path (RFC 5280 §6.1.1 d); nothing is known of the CA above it. */
function anchorNote(anchor: AnchorFacts | undefined): string {
  return anchor === undefined || anchor.selfSigned
    ? ''
    : `, an intermediate that is declared itself: of "${anchor.issuer}", which signed it, nothing is known here, and OpenSSL takes it only where a client asks for partial chains (curl and Python 3.13 do)`;
}

/** The validation step by step, from the server's certificate to the anchor. */
export function steps({ steps: all, authorities, anchored, alternatives, trusted }: PathVerdict): Insert {
  return (
    all.length > 0 &&
    markup`<h5>Path, step by step</h5>
      <ol class="steps">
        ${all.map(
          (step, i) =>
            markup`<li>
              <strong>${step.subject === '' ? 'a certificate without subject' : step.subject}</strong> (${step.source === 'declared' ? 'from the declared CA file' : 'presented'}): ${outcome(step, i === all.length - 1 && anchored === true ? authorities.at(-1) : undefined)}
              ${step.problems.map((problem) => markup`<br>${badge('fail', 'refused')} ${problem}`)}
              ${step.asideProblems.map((problem) => markup`<br>${badge('fail', 'refused today')} ${problem}`)}
            </li> `,
        )}
      </ol>
      ${trusted.length > 0 && markup`<p class="note">Trusted because declared: ${listed(trusted)}</p>`}
      ${alternatives.length > 0 && markup`<p class="note">Other paths: ${alternatives.join('; ')}</p>`}`
  );
}

function outcome(step: PathVerdict['steps'][number], anchor: AnchorFacts | undefined): string {
  if (step.signedBy !== null) return 'signed by the next one';
  return anchor === undefined ? 'here the path ends' : `the anchor${anchorNote(anchor)}`;
}
