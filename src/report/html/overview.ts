import type { Finding } from '../../model/finding';
import type { Report } from '../../model/report';
import { severities } from '../../model/rule';
import { daysLeft, expiring, gaps, observed, seconds, type RuleReading } from '../reading';
import { gateWords, stateOf, states, stateWords, vantageWords, type State } from '../words';
import { markup, type Insert, type Markup } from './markup';
import { anchor, count, date, severityMark, time } from './parts';

/** How many rules the first screen names as the ones to fix first. */
const firstRisks = 5;

/** The head of the page: what was audited, when, with what. */
export function masthead(report: Report): Markup {
  const { target, run, selection, tool } = report;
  return markup`<header class="masthead">
    <p class="kicker">${tool.name} · security compliance report</p>
    <h1>${target.name}</h1>
    <p class="facts">
      ${target.version === null ? 'Cloudify Manager' : `Cloudify Manager ${target.version}`} ·
      ${count(target.nodes.length, 'node')} · ${time(run.finishedAt)} · ${count(seconds(report), 'second')} ·
      profile <strong>${selection.profile.id}</strong> · ${count(selection.rules.length, 'rule')}
    </p>
    ${run.vantage === 'same-host' && markup`<p class="banner">Looked at ${vantageWords['same-host']}.</p>`}
    ${run.interrupted && markup`<p class="banner"><strong>Interrupted.</strong> Only what had been collected by then is judged.</p>`}
  </header>`;
}

/** The first screen: the answer, how sure it is, what to fix first and what nobody looked at. */
export function overview(report: Report, rules: readonly RuleReading[]): Markup {
  return markup`<section id="overview" aria-labelledby="overview-title">
    <h2 id="overview-title" class="hidden">Overview</h2>
    <div class="answer">${verdict(report)} ${certainty(report)}</div>
    <div class="panels">
      ${fixFirst(report, rules)}
      <div class="stack">${tally(report)} ${attention(report)}</div>
    </div>
  </section>`;
}

function verdict({ gate }: Report): Markup {
  const words = gateWords(gate);
  return markup`<div class="verdict ${words.tone}">
    <p class="word"><span class="sign" aria-hidden="true">${words.sign}</span> ${words.word}</p>
    <ul>
      ${gate.reasons.slice(0, 3).map((reason) => markup`<li>${reason}</li>`)}${gate.reasons.length > 3 && markup`<li>and ${gate.reasons.length - 3} more: see <a href="#method">method</a></li>`}${gate.reasons.length === 0 && markup`<li>${words.meaning}</li>`}
    </ul>
    ${gate.incomplete.length > 0 && markup`<p class="gap"><span aria-hidden="true">?</span> ${count(gate.incomplete.length, 'gap')}: ${gate.incomplete[0] ?? ''}${gate.incomplete.length > 1 && markup`, <a href="#gaps">and more</a>`}</p>`}
    ${(gate.reserved ?? []).map((line) => markup`<p class="gap"><span aria-hidden="true">-</span> Read-only run: ${line}</p>`)}
  </div>`;
}

function certainty({ score }: Report): Markup {
  return markup`<div class="certainty">
    <p class="grade">
      <span class="letter grade-${score.grade ?? 'none'}">${score.grade ?? '–'}</span><span><strong>${score.grade === null ? 'No grade' : `Grade ${score.grade}`}</strong><br>${score.gradeReason}</span>
    </p>
    <dl class="numbers">
      ${figure('Score', score.score, 'of what was decided, passes')}
      ${figure('Coverage', score.coverage, 'of what applies, was decided')}
      ${figure('Floor', score.floor, 'score if all undecided failed')}
    </dl>
    <p class="note">
      All three by weight of severity, rounded down. With waived failures left out the score is
      ${percent(score.scoreAfterWaivers)}. <a href="#numbers">How they are made</a>
    </p>
  </div>`;
}

function figure(name: string, value: number | null, meaning: string): Markup {
  return markup`<div>
    <dt>${name}</dt>
    <dd>
      <span class="number">${percent(value)}</span>
      <svg class="meter" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true" focusable="false">
        <rect class="track" width="100" height="4" />
        <rect class="fill" width="${Math.max(0, Math.min(100, value ?? 0))}" height="4" />
      </svg>
      <span class="meaning">${meaning}</span>
    </dd>
  </div>`;
}

/** One decimal, as the score is rounded; null is said, never shown as a number. */
export function percent(value: number | null): string {
  return value === null ? 'none' : `${value.toFixed(1)} %`;
}

function fixFirst(report: Report, rules: readonly RuleReading[]): Markup {
  const failing = rules.filter(({ open }) => open.length > 0);
  return markup`<section class="panel" aria-labelledby="first-title">
    <h3 id="first-title">Fix first</h3>
    ${
      failing.length === 0
        ? markup`<p class="calm">
            No failure without a waiver.
            ${report.gate.outcome === 'incomplete' ? 'That is no proof: too little was established.' : ''}
          </p>`
        : markup`<ol class="risks">
            ${failing.slice(0, firstRisks).map(
              ({ rule, severity, open }) =>
                markup`<li>
                  ${severityMark(severity)}
                  <div>
                    <a href="#${anchor('rule', rule.id)}">${rule.title}</a><br><span class="muted">${rule.id} · ${placesOf(open)}</span>
                  </div>
                </li>`,
            )}
          </ol>`
    }
    ${failing.length > firstRisks && markup`<p class="note"><a href="#rules">${count(failing.length - firstRisks, 'more failing rule')}</a></p>`}
  </section>`;
}

/** How many subjects, on which nodes: enough to see the reach; the rule's entry has the subjects. */
function placesOf(findings: readonly Finding[]): string {
  const nodes = [...new Set(findings.map(({ subject }) => subject.node ?? subject.title))];
  const more = nodes.length > 3 ? ` and ${nodes.length - 3} more` : '';
  return `${count(findings.length, 'subject')} on ${nodes.slice(0, 3).join(', ')}${more}`;
}

const tallied: readonly State[] = ['fail', 'waived', 'error', 'unknown', 'manual', 'pass'];

function tally(report: Report): Markup {
  const cells = new Map<string, number>();
  for (const finding of report.findings) {
    for (const key of [stateOf(finding), `${finding.severity} ${stateOf(finding)}`])
      cells.set(key, (cells.get(key) ?? 0) + 1);
  }
  const total = tallied.reduce((sum, state) => sum + (cells.get(state) ?? 0), 0);
  let from = 0;
  return markup`<section class="panel" aria-labelledby="tally-title">
    <h3 id="tally-title">Findings</h3>
    <svg class="bar" viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true" focusable="false">
      ${tallied.map((state) => {
        const width = total === 0 ? 0 : (1000 * (cells.get(state) ?? 0)) / total;
        const x = from;
        from += width;
        return (
          width > 0 &&
          markup`<rect class="${state}" x="${x.toFixed(1)}" width="${width.toFixed(1)}" height="10" />`
        );
      })}
    </svg>
    <table class="tally">
      <caption class="hidden">
        Findings by severity and state
      </caption>
      <thead>
        <tr>
          <th scope="col"><span class="hidden">Severity</span></th>
          ${tallied.map((state) => markup`<th scope="col"><span class="dot ${state}" aria-hidden="true">${stateWords[state].sign}</span> <span class="word">${short[state]}</span></th>`)}
        </tr>
      </thead>
      <tbody>
        ${severities.map(
          (severity) =>
            markup`<tr>
              <th scope="row">${severityMark(severity)}</th>
              ${tallied.map((state) => markup`<td>${cells.get(`${severity} ${state}`) ?? markup`<span class="zero">0</span>`}</td>`)}
            </tr> `,
        )}
      </tbody>
    </table>
  </section>`;
}

const short: Readonly<Record<State, string>> = {
  fail: 'failed',
  waived: 'waived',
  error: 'error',
  unknown: 'unproven',
  manual: 'attest',
  pass: 'passed',
  notApplicable: 'n/a',
};

function attention(report: Report): Markup {
  const { waivers, selection } = report;
  const undecided = report.findings.filter(
    ({ outcome }) => states.indexOf(outcome) > 1 && states.indexOf(outcome) < 5,
  );
  const next = observed(report, 'tls.endpoint')
    .flatMap(({ data }) => data.chain)
    .sort((a, b) => a.daysToExpiry - b.daysToExpiry)[0];
  const soon = expiring(report, 30);
  const lines: readonly Insert[] = [
    markup`<a href="#gaps">${count(gaps(report).length, 'gap')}</a> leave ${count(undecided.length, 'finding')} not established`,
    markup`<a href="#uncovered">${count(selection.uncovered.length, 'control')} without a rule</a>: nothing is
      said about them`,
    next !== undefined &&
      markup`<a href="#expiry">${next.hasEnded ? 'A certificate has expired' : 'Next expiry'}</a>:
        ${date(next.notAfter)}
        (${next.hasEnded ? `${-next.daysToExpiry} days ago` : `in ${count(next.daysToExpiry, 'day')}`})`,
    markup`<a href="#waivers">${count(waivers.active.length, 'active waiver')}</a>${soon[0] !== undefined && `, ${soon.length} ending soon (${daysLeft(report, soon[0])} days)`},
      ${waivers.expired.length} expired, ${waivers.unused.length} unused`,
  ];
  return markup`<section class="panel" aria-labelledby="attention-title">
    <h3 id="attention-title">Not established, and ending soon</h3>
    <ul class="attention">
      ${lines.map((line) => line !== false && markup`<li>${line}</li>`)}
    </ul>
  </section>`;
}
