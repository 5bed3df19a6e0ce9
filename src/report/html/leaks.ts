import type { Report } from '../../model/report';
import { observed } from '../reading';
import { markup, type Markup } from './markup';
import { count, grouped, table, unobserved } from './parts';

/** Credentials in logs: detector, place and shape; never the credential. */
export function leakSection(report: Report): Markup {
  const sources = observed(report, 'log.secrets');
  const leaks = sources.flatMap(({ data }) =>
    [...data.privateKeys, ...data.leaks].map((leak) => ({ leak, data })),
  );
  return markup`<section id="leaks" aria-labelledby="leaks-title">
    <h2 id="leaks-title">Log leaks</h2>
    ${unobserved(report, 'log.secrets')}
    ${sources.length === 0 && markup`<p class="calm">No log was searched.</p>`}
    ${sources.length > 0 && leaks.length === 0 && markup`<p class="calm">No credential was found in ${count(sources.length, 'log source')}.</p>`}
    ${
      leaks.length > 0 &&
      markup`<p class="note">
          What was found is not in this report: only its shape, and a fingerprint that is equal for equal
          values within this run.
        </p>
        ${table(
          'Credentials found in logs',
          [
            'What',
            ['Place', 'mono'],
            ['Shape', 'mono'],
            ['Times', 'num'],
            'Confidence',
            ['Fingerprint', 'mono'],
          ],
          leaks.map(({ leak, data }) => [
            markup`${leak.title}<br><span class="muted">${leak.detector}</span>`,
            markup`${data.node !== null && markup`${data.node} `}${leak.file}:${leak.firstLine}${leak.lastLine !== leak.firstLine && `–${leak.lastLine}`}`,
            leak.masked,
            grouped(leak.count),
            markup`${leak.confidence}<br><span class="muted">${leak.because}</span>`,
            leak.fingerprint,
          ]),
        )}`
    }
    ${
      sources.length > 0 &&
      markup`<details class="more">
        <summary>What was searched: ${count(sources.length, 'source')}</summary>
        ${table(
          'Log sources searched',
          [
            ['Path', 'mono'],
            'Component',
            ['Files', 'num'],
            ['Lines', 'num'],
            ['Bytes', 'num'],
            'Not read to the end',
          ],
          sources.map(({ data }) => [
            data.path,
            `${data.component}, ${data.kind} log`,
            data.files.length,
            grouped(data.files.reduce((sum, file) => sum + file.lines, 0)),
            grouped(data.files.reduce((sum, file) => sum + file.bytes, 0)),
            markup`${data.notRead.length === 0 && 'nothing'}${data.notRead.slice(0, 10).map(({ path, reason }) => markup`<code>${path}</code>: ${reason}<br>`)}${data.notRead.length > 10 && `and ${data.notRead.length - 10} more`}${data.truncated && markup`<strong>the list of leaks is cut; the counts are whole</strong>`}`,
          ]),
        )}
      </details>`
    }
  </section>`;
}
