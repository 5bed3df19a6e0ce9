import type { Finding } from '../../model/finding';
import type { Report } from '../../model/report';
import type { CertificateFacts, HostCoverage, PathVerdict, TlsEndpoint } from '../../model/tls-endpoint';
import { findingsByEvidence, isOpen, observed } from '../reading';
import type { EvidenceLinks } from './rules';
import { markup, type Insert, type Markup } from './markup';
import { badge, count, cut, date, judged, listed, table, unobserved, type Column } from './parts';
import { timeline } from './timeline';

const endpointLimit = 80;
const gridColumns = 8;

/** What was presented on every TLS listener, whom it names, and when it ends. */
export function certificateSection(report: Report, links: EvidenceLinks): Markup {
  const endpoints = observed(report, 'tls.endpoint');
  const findings = findingsByEvidence(report);
  return markup`<section id="certificates" aria-labelledby="certificates-title">
    <h2 id="certificates-title">Certificates</h2>
    ${unobserved(report, 'tls.endpoint')}
    ${endpoints.length === 0 && markup`<p class="calm">No TLS listener could be observed.</p>`}
    ${endpoints.length > 0 && timeline(report)}
    ${endpoints.length > 0 && grid(endpoints.map(({ data }) => data))}
    ${endpoints.length > 0 && markup`<h3 id="chains">Chains as presented</h3>`}
    ${endpoints.slice(0, endpointLimit).map(
      ({ data, subject, digest }) =>
        markup`<details class="endpoint">
          <summary>
            ${data.path.anchored === true ? badge('pass', 'Trusted path') : data.path.anchored === null ? badge('unknown', 'No CA declared') : badge('fail', 'No trusted path')}
            <h4>${subject.title}</h4>
            <span class="end">${failed(findings.get(digest) ?? [])}</span>
          </summary>
          <div class="body">
            <p class="verdicts">${judged(findings.get(digest))}</p>
            ${chain(data)}
            <p class="trace">
              ${pathText(data.path)} · order
              ${data.chainOrder}${data.unusedCertificates > 0 && `, ${count(data.unusedCertificates, 'certificate')} not needed`}
              · negotiated ${data.negotiated.protocol},
              ${data.negotiated.cipher}${data.serverName !== null && ` · server name ${data.serverName}`} ·
              evidence ${links(digest).link}
            </p>
            <p class="trace">
              Protocols:
              ${Object.entries(data.protocols).map(([name, answer]) => markup`<span class="protocol">${name} ${answer}</span> `)}
            </p>
            ${data.protocolNotes.map((note) => markup`<p class="note">${note}</p>`)}
          </div>
        </details> `,
    )}
    ${cut(endpoints.length, endpointLimit)}
  </section>`;
}

/** How many rules fail here; a summary holds no links, so the rules themselves are named below it. */
function failed(findings: readonly Finding[]): Insert {
  const open = findings.filter(isOpen).length;
  return open > 0 && badge('fail', `${count(open, 'rule')} failed`);
}

function chain({ chain: certificates }: TlsEndpoint): Markup {
  return markup`<ol class="chain">
      ${certificates.slice(0, 20).map(
        (certificate, index) => markup`<li${certificate.hasEnded && markup` class="ended"`}>
<p><span class="position">${roleOf(certificate, index)}</span> <strong>${certificate.subject}</strong></p>
<dl>
<div><dt>Issuer</dt><dd>${certificate.selfIssued ? 'itself' : certificate.issuer}</dd></div>
<div><dt>Valid</dt><dd>${date(certificate.notBefore)} to ${date(certificate.notAfter)} (${certificate.hasEnded ? markup`<strong>ended ${-certificate.daysToExpiry} days ago</strong>` : certificate.hasStarted ? `${count(certificate.daysToExpiry, 'day')} left` : 'not yet valid'})</dd></div>
<div><dt>Key</dt><dd>${keyText(certificate)} · signed with ${certificate.signatureAlgorithm}</dd></div>
<div><dt>Names</dt><dd>${listed([...certificate.sanDns, ...certificate.sanIp]) || 'no subject alternative name'}</dd></div>
<div><dt>SHA-256</dt><dd><code>${certificate.sha256}</code></dd></div>
</dl>
</li>`,
      )}
    </ol>
    ${cut(certificates.length, 20)}`;
}

function roleOf({ selfIssued, basicConstraintsCa }: CertificateFacts, index: number): string {
  return index === 0 ? 'server' : selfIssued ? 'root' : basicConstraintsCa === true ? 'issuer' : 'extra';
}

function keyText({ key }: CertificateFacts): string {
  return key.curve === null
    ? `${key.algorithm.toUpperCase()} ${key.bits ?? ''}`
    : `${key.algorithm.toUpperCase()} ${key.curve}`;
}

const anchorWords: Readonly<Record<PathVerdict['anchors'], string>> = {
  'internal-ca': 'the declared internal CA',
  'external-ca': 'the declared external CA',
  system: 'the public trust store',
  'none-declared': 'no CA: the target declares none',
};

function pathText({ anchors, anchored, detail, failure }: PathVerdict): Insert {
  if (anchored === null) return `checked against ${anchorWords[anchors]}`;
  if (anchored) return `verified up to ${anchorWords[anchors]}`;
  return markup`<strong>does not verify against ${anchorWords[anchors]}: ${detail ?? failure ?? 'no reason given'}</strong>`;
}

/** Declared names × listeners: who dials what, and whether the certificate says so. As many tables as fit a page. */
function grid(endpoints: readonly TlsEndpoint[]): Markup {
  const dialled = endpoints.filter(({ hosts }) => hosts.length > 0);
  const shown = dialled.slice(0, endpointLimit);
  const starts = shown.flatMap((_, index) => (index % gridColumns === 0 ? [index] : []));
  return markup`<h3 id="names">Who is named</h3>
    <p class="note">
      A client that dials a name or address accepts the certificate only if its subject alternative name lists
      it (RFC 9525). A dot: nobody is declared to dial that listener by that name.
    </p>
    ${starts.map((start) => {
      const part = shown.slice(start, start + gridColumns);
      const range = starts.length > 1 ? `, listeners ${start + 1} to ${start + part.length}` : '';
      return markup`<div class="grid">${gridTable(`Subject alternative name coverage by listener${range}`, part)}</div>`;
    })}
    ${cut(dialled.length, endpointLimit)}`;
}

function gridTable(caption: string, endpoints: readonly TlsEndpoint[]): Markup {
  const key = ({ host, declaredAt }: HostCoverage): string => `${host} ${declaredAt}`;
  const hosts = new Map(endpoints.flatMap((e) => e.hosts.map((h) => [key(h), h] as const)));
  const columns: readonly Column[] = [
    'Declared name or address',
    ...endpoints.map(
      ({ node, port, serverName }) => `${node} :${port}${serverName === null ? '' : ` ${serverName}`}`,
    ),
  ];
  const rows = [...hosts.entries()].map(([wanted, { host, declaredAt }]) => [
    markup`<code>${host}</code><br><span class="muted">${declaredAt}</span>`,
    ...endpoints.map((endpoint): Insert => {
      const own = endpoint.hosts.find((h) => key(h) === wanted);
      return own === undefined
        ? markup`<span class="muted" aria-hidden="true">·</span><span class="hidden">not dialled here</span>`
        : coverage(own);
    }),
  ]);
  return table(caption, columns, rows, 120);
}

function coverage({ match }: HostCoverage): Markup {
  switch (match) {
    case 'dns':
    case 'ip':
      return badge('pass', match === 'dns' ? 'DNS' : 'IP');
    case 'ip-as-dns':
      return badge('fail', 'IP as DNS');
    case 'common-name':
      return badge('fail', 'CN only');
    case 'none':
      return badge('fail', 'missing');
  }
}
