import { createHash } from 'node:crypto';
import type { EvidenceType } from '../../model/evidence';
import type { Finding } from '../../model/finding';
import type { Report } from '../../model/report';
import type { Severity } from '../../model/rule';
import { stateOf, states, stateWords, type State } from '../words';
import { markup, trusted, type Insert, type Markup } from './markup';

/** A state as sign, word and colour. */
export function badge(state: State, text = stateWords[state].word): Markup {
  return markup`<span class="badge ${state}${text.length > 30 ? ' long' : ''}"
    ><span aria-hidden="true">${stateWords[state].sign}</span> ${text}</span>`;
}

/** A severity as a word with a mark of its own weight. */
export function severityMark(severity: Severity): Markup {
  return markup`<span class="severity ${severity}">${severity}</span>`;
}

/** A time of the evidence, to the second, in UTC. */
export function time(iso: string): Markup {
  return markup`<time datetime="${iso}">${iso.slice(0, 19).replace('T', ' ')} UTC</time>`;
}

/** A date in UTC. */
export function date(iso: string): Markup {
  return markup`<time datetime="${iso}">${iso.slice(0, 10)}</time>`;
}

/** `1 rule`, `2 rules`. */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${grouped(number)} ${number === 1 ? one : many}`;
}

/** `18432911` as `18,432,911`, whatever the locale. */
export function grouped(number: number): string {
  return String(number).replace(/\B(?=(?:\d{3})+$)/g, ',');
}

/**
 * Fragment id: letters, digits, dot and dash stay, all else is encoded, so different names keep different ids. A name
 * too long for an id keeps its digest instead (node:crypto as a pure function, as for the policy).
 */
export function anchor(kind: string, name: string | number): string {
  const text = String(name);
  if (text.length > 64) return `${kind}-${createHash('sha256').update(text, 'utf16le').digest('hex')}`;
  return `${kind}-${text.replace(/[^A-Za-z0-9.-]/gu, (c) => `_${(c.codePointAt(0) ?? 0).toString(16)}_`)}`;
}

/** A column's title, and the class of its cells: `num` aligns right, `mono` is for values, `short` stays on one line, `wide` takes room. */
export type Column = string | readonly [title: string, kind: 'num' | 'mono' | 'short' | 'wide'];

/**
 * A table that scrolls by itself where it is wider than the page. The first cell of each row is its header. A list
 * that is longer than `limit` is cut, and says so.
 */
export function table(
  caption: string,
  columns: readonly Column[],
  rows: readonly (readonly Insert[])[],
  limit = 300,
): Markup {
  const shown = rows.slice(0, limit);
  const kinds = columns.map((column) => (typeof column === 'string' ? '' : column[1]));
  return markup`<div class="scroll" tabindex="0" role="region" aria-label="${caption}">
      <table>
        <caption>
          ${caption}
        </caption>
        <thead>
          <tr>
            ${columns.map((c, i) => markup`<th scope="col" class="${kinds[i] ?? ''}">${typeof c === 'string' ? c : c[0]}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${shown.map(
            (row) =>
              markup`<tr>
                ${row.map((value, i) => (i === 0 ? markup`<th scope="row" class="${kinds[0] ?? ''}">${value}</th>` : markup`<td class="${kinds[i] ?? ''}">${value}</td>`))}
              </tr> `,
          )}
        </tbody>
      </table>
    </div>
    ${cut(rows.length, limit)}`;
}

/** Says how much of a list is not shown, and where it is; nothing when all of it is. */
export function cut(total: number, limit: number): Insert {
  return (
    total > limit &&
    markup`<p class="note cutoff">
      <strong>${count(total - limit, 'more entry', 'more entries')} not shown here.</strong> All ${total} are
      in the JSON report.
    </p>`
  );
}

/** Text of a rule: paragraphs, `- ` lists, indented code and `code` words; nothing else is markup. */
export function prose(text: string): readonly Markup[] {
  return text
    .trim()
    .split(/\n\s*\n/)
    .map((block) => {
      const lines = block.split('\n');
      if (lines.every((line) => /^ {2,}\S/.test(line)))
        return markup`<pre><code>${lines.map((line, i) => [i > 0 && newline, line.replace(/^ {2,4}/, '')])}</code></pre>`;
      if (lines.every((line) => /^\s*(?:[-*]|\d+\.) /.test(line)))
        return markup`<ul>
          ${lines.map((line) => markup`<li>${inline(line.replace(/^\s*(?:[-*]|\d+\.) /, ''))}</li>`)}
        </ul>`;
      return markup`<p>${inline(lines.join(' '))}</p>`;
    });
}

/** Rules named beside one observation. */
const chipLimit = 12;
const newline = trusted('\n');

function inline(text: string): Insert {
  return text.split('`').map((part, index) => (index % 2 === 1 ? markup`<code>${part}</code>` : part));
}

/** Joins with commas; what is beyond the limit is counted. */
export function listed(items: readonly string[], limit = 40): string {
  const rest = items.length > limit ? ` and ${grouped(items.length - limit)} more (see the JSON report)` : '';
  return items.slice(0, limit).join(', ') + rest;
}

/** Says how many subjects of a section gave no evidence, so that a table without them is not taken for the whole. */
export function unobserved(report: Report, type: EvidenceType): Insert {
  const missing = report.evidence.filter(
    (e) => e.type === type && (e.state === 'unavailable' || e.state === 'failed'),
  );
  return (
    missing.length > 0 &&
    markup`<p class="note">${count(missing.length, 'subject')} could not be observed and ${missing.length === 1 ? 'is' : 'are'} missing here: see <a href="#gaps">what was not looked at</a>.</p>`
  );
}

/** Links to the rules that judged an observation, failures by name. */
export function judged(findings: readonly Finding[] | undefined): Insert {
  const telling = (findings ?? []).filter(({ outcome }) => outcome !== 'notApplicable' && outcome !== 'pass');
  const passed = (findings ?? []).filter(({ outcome }) => outcome === 'pass').length;
  if (telling.length === 0 && passed === 0) return markup`<span class="muted">no rule applies</span>`;
  const ordered = [...telling].sort((a, b) => states.indexOf(stateOf(a)) - states.indexOf(stateOf(b)));
  return markup`<span class="judged"
    >${ordered.slice(0, chipLimit).map((finding) => markup`<a class="chip" href="#${anchor('rule', finding.rule)}">${badge(stateOf(finding), finding.rule)}</a> `)}${ordered.length > chipLimit && markup`<span class="muted">and ${ordered.length - chipLimit} more</span> `}${passed > 0 && badge('pass', `${count(passed, 'rule')} passed`)}</span>`;
}
