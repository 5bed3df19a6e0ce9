import type { Report } from '../../model/report';
import type { CertificateFacts } from '../../model/tls-endpoint';
import { observed } from '../reading';
import { markup, plain, type Markup } from './markup';
import { count, cut, date, table } from './parts';

interface Served {
  readonly certificate: CertificateFacts;
  readonly at: readonly string[];
}

const limit = 40;
const rowHeight = 26;
const left = 270;
const right = 940;
/** Days → position between 0 and 1: the near future gets the room, because that is where one still can act. */
const scale: readonly (readonly [days: number, at: number])[] = [
  [-365, 0],
  [0, 0.18],
  [30, 0.36],
  [90, 0.54],
  [365, 0.74],
  [3650, 0.96],
  [7300, 1],
];

/** When every distinct certificate ends, as a drawing and as a table. */
export function timeline(report: Report): Markup {
  const served = distinct(report);
  const shown = served.slice(0, limit);
  const height = 40 + shown.length * rowHeight;
  return markup`<h3 id="expiry">When they end</h3>
    <div class="scroll" tabindex="0" role="region" aria-label="Timeline of certificate expiry">
      <svg
        class="timeline"
        viewBox="0 0 1000 ${height}"
        role="img"
        aria-labelledby="timeline-title"
        focusable="false"
      >
        <title id="timeline-title">
          Days to expiry of ${count(served.length, 'certificate')}; the table below holds the same facts
        </title>
        <rect class="zone ended" x="${left}" y="24" width="${width(0, 0.18)}" height="${height - 32}" />
        <rect class="zone soon" x="${x(0)}" y="24" width="${width(0.18, 0.36)}" height="${height - 32}" />
        <rect class="zone near" x="${x(30)}" y="24" width="${width(0.36, 0.54)}" height="${height - 32}" />
        ${marks.map(([days, label]) => markup`<line class="mark" x1="${x(days)}" x2="${x(days)}" y1="24" y2="${height - 8}" /><text class="tick" x="${x(days)}" y="16">${label}</text>`)}
        ${shown.map((entry, row) => bar(entry, 36 + row * rowHeight))}
        <line class="now" x1="${x(0)}" x2="${x(0)}" y1="20" y2="${height - 4}" />
      </svg>
    </div>
    ${cut(served.length, limit)}
    <details class="more">
      <summary>The same as a table</summary>
      ${table(
        'Certificates by expiry',
        [
          'Certificate',
          'Presented by',
          ['Not before', 'short'],
          ['Not after', 'short'],
          ['Days left', 'num'],
        ],
        served.map(({ certificate, at }) => [
          certificate.subject,
          at.join(', '),
          date(certificate.notBefore),
          date(certificate.notAfter),
          certificate.daysToExpiry,
        ]),
      )}
    </details>`;
}

const marks: readonly (readonly [number, string])[] = [
  [-365, '1 y ago'],
  [0, 'audit'],
  [30, '30 days'],
  [90, '90 days'],
  [365, '1 year'],
  [3650, '10 years'],
];

function bar({ certificate }: Served, y: number): Markup {
  const days = certificate.daysToExpiry;
  const end = x(days);
  const now = x(0);
  const zone = certificate.hasEnded ? 'ended' : days < 30 ? 'soon' : days < 90 ? 'near' : 'far';
  return markup`<text class="name" x="${left - 12}" y="${y + 8}"
      >${plain(commonName(certificate.subject), 34)}</text>
    <rect
      class="life ${zone}"
      x="${Math.min(end, now)}"
      y="${y - 3}"
      width="${Math.max(3, Math.abs(end - now))}"
      height="12"
      rx="3"
    />
    <text class="days" x="${Math.max(end, now) + 7}" y="${y + 8}"
      >${certificate.hasEnded ? `${-days} days ago` : `${days} d`}</text> `;
}

/** Every certificate once, soonest end first, with the listeners that present it. */
function distinct(report: Report): readonly Served[] {
  const served = new Map<string, { certificate: CertificateFacts; at: string[] }>();
  for (const { data } of observed(report, 'tls.endpoint')) {
    for (const certificate of data.chain) {
      const entry = served.get(certificate.sha256) ?? { certificate, at: [] };
      entry.at.push(`${data.node}:${data.port}`);
      served.set(certificate.sha256, entry);
    }
  }
  return [...served.values()].sort((a, b) => a.certificate.daysToExpiry - b.certificate.daysToExpiry);
}

/** The common name where there is one: a drawing has room for no more. */
function commonName(subject: string): string {
  return /(?:^|, ?)CN=([^,]+)/.exec(subject)?.[1] ?? subject;
}

function x(days: number): number {
  const next = scale.findIndex(([at]) => at >= days);
  const [d1, p1] = scale[next] ?? [0, 1];
  const [d0, p0] = scale[next - 1] ?? [d1, p1];
  const part = next === 0 ? 0 : next < 0 ? 1 : p0 + ((p1 - p0) * (days - d0)) / Math.max(1, d1 - d0);
  return Math.round(left + part * (right - left));
}

function width(from: number, to: number): number {
  return Math.round((to - from) * (right - left));
}
