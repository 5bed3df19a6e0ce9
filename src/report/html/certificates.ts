import type { Finding } from '../../model/finding';
import type { Report } from '../../model/report';
import type { HostCoverage, TlsEndpoint } from '../../model/tls-endpoint';
import { findingsByEvidence, isOpen, observed } from '../reading';
import type { EvidenceLinks } from './rules';
import { markup, type Insert, type Markup } from './markup';
import { certificateFiles, clientCertificates, diskAndPins, revocation } from './certificate-files';
import { chain, pathBadge, pathText, steps } from './chain';
import { comparison } from './comparison';
import { badge, count, cut, judged, table, unobserved, type Column } from './parts';
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
    ${unlisted(endpoints.map(({ data }) => data))} ${comparison(report)} ${certificateFiles(report)}
    ${endpoints.length > 0 && markup`<h3 id="chains">Chains as presented</h3>`}
    ${endpoints.slice(0, endpointLimit).map(
      ({ data, subject, digest }) =>
        markup`<details class="endpoint">
          <summary>
            ${pathBadge(data.path)}
            <h4>${subject.title}</h4>
            <span class="end">${failed(findings.get(digest) ?? [])}</span>
          </summary>
          <div class="body">
            <p class="verdicts">${judged(findings.get(digest))}</p>
            ${chain(data)} ${steps(data.path)} ${revocation(data)} ${clientCertificates(data)} ${diskAndPins(data)}
            <p class="trace">
              ${pathText(data.path)} · order
              ${data.chainOrder}${data.unusedCertificates > 0 && `, ${count(data.unusedCertificates, 'certificate')} not needed`}${data.anchorSent && ', the CA itself is sent along'}
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

/** RSA keys of which one known weakness could not be looked for: no statement, and no pass. */
function unlisted(endpoints: readonly TlsEndpoint[]): Insert {
  const keys = endpoints
    .flatMap(({ chain: sent }) => sent.map(({ key }) => key))
    .filter(({ notChecked }) => notChecked.includes('debian'));
  const distinct = new Set(keys.map(({ spkiSha256 }) => spkiSha256)).size;
  return (
    distinct > 0 &&
    markup`<p class="note">
      Not established: whether ${count(distinct, 'RSA key')} among those presented came from Debian's generator of
      2006 to 2008 (CVE-2008-0166). No list for their size was given (weakKeys in the target file).
    </p>`
  );
}

/** How many rules fail here; a summary holds no links, so the rules themselves are named below it. */
function failed(findings: readonly Finding[]): Insert {
  const open = findings.filter(isOpen).length;
  return open > 0 && badge('fail', `${count(open, 'rule')} failed`);
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
