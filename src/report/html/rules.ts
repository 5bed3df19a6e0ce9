import type { Finding } from '../../model/finding';
import type { Report } from '../../model/report';
import { daysLeft, evidenceByDigest, groupBy, type DigestedEvidence, type RuleReading } from '../reading';
import { areaOf, frameworkTitle, stateOf, stateWords, type State } from '../words';
import { markup, type Insert, type Markup } from './markup';
import { anchor, badge, count, cut, prose, severityMark, time } from './parts';

const findingLimit = 60;
const violationLimit = 40;
const passedLimit = 100;
const reasonLimit = 20;

/** Where a digest stands in the list of evidence, for links. */
export type EvidenceLinks = (digest: string | null) => {
  readonly link: Markup;
  readonly evidence: DigestedEvidence | null;
};

/** Every selected rule by area, with what it found. A choice above the list narrows it; it needs no script. */
export function ruleSection(report: Report, rules: readonly RuleReading[], links: EvidenceLinks): Markup {
  const areas = [...groupBy(rules, ({ rule }) => areaOf(rule.id).code).entries()].sort(
    ([a], [b]) => areaOf(a).order - areaOf(b).order || (a < b ? -1 : 1),
  );
  const choice = (id: string, of: readonly State[]): number =>
    id === 'all' ? rules.length : rules.filter((reading) => of.includes(ruleState(reading))).length;
  return markup`<section id="rules" aria-labelledby="rules-title">
    <h2 id="rules-title">Rules</h2>
    <fieldset class="filter">
      <legend>Show</legend>
      ${choices.map(
        ([id, label, of]) =>
          markup`<label><input
              type="radio"
              name="show"
              id="show-${id}"
              autocomplete="off"
              ${id === 'all' && markup` checked`}
            />
            ${label} <span class="muted">${choice(id, of)}</span></label>`,
      )}
    </fieldset>
    ${areas.map(
      ([code, readings]) =>
        markup`<section class="area" aria-labelledby="${anchor('area', code)}">
          <h3 id="${anchor('area', code)}">${areaOf(code).title} <span class="muted">${code}</span></h3>
          ${readings.map((reading) => ruleEntry(report, reading, links))}
        </section>`,
    )}
  </section>`;
}

const choices: readonly (readonly [id: string, label: string, states: readonly State[]])[] = [
  ['all', 'all', []],
  ['failed', 'failed and waived', ['fail', 'waived']],
  ['open', 'not established', ['unknown', 'error', 'manual']],
  ['passed', 'passed', ['pass']],
  ['rest', 'not applicable', ['notApplicable']],
];

/** A rule's state: its worst outcome, where failures that are all waived count as waived. */
export function ruleState({ result, open }: RuleReading): State {
  return result.outcome === 'fail' && open.length === 0 ? 'waived' : result.outcome;
}

function ruleEntry(report: Report, reading: RuleReading, links: EvidenceLinks): Markup {
  const { rule, severity } = reading;
  const state = ruleState(reading);
  return markup`<details class="rule s-${state}" ${state === 'fail' && markup` open`}>
    <summary>
      ${badge(state)}
      <h4><span class="id">${rule.id}</span> ${rule.title}</h4>
      <span class="end">${severityMark(severity)}<span class="counts">${countsOf(reading)}</span></span>
    </summary>
    <div class="body" id="${anchor('rule', rule.id)}">
      ${findingsOf(report, reading, links)}
      <div class="about">
        <div>
          <h5>Why it matters</h5>
          ${prose(rule.rationale)}
        </div>
        <div>
          <h5>What to do</h5>
          ${prose(rule.remediation)}
        </div>
      </div>
      <dl class="references">
        ${Object.entries(rule.controls).map(
          ([framework, ids]) =>
            markup`<div>
              <dt>${frameworkTitle(framework)}</dt>
              <dd>${ids.join(', ')}</dd>
            </div>`,
        )}
        <div>
          <dt>Source</dt>
          <dd>${rule.source}</dd>
        </div>
        <div>
          <dt>Judges</dt>
          <dd><code>${rule.evidence}</code></dd>
        </div>
        ${parametersOf(report, reading)}
      </dl>
    </div>
  </details> `;
}

function parametersOf(report: Report, { rule }: RuleReading): Insert {
  const tuned = { ...rule.parameters, ...report.selection.profile.parameters?.[rule.id] };
  const entries = Object.entries(tuned);
  return (
    entries.length > 0 &&
    markup`<div>
      <dt>Parameters</dt>
      <dd>${entries.map(([name, value]) => markup`<code>${name}: ${JSON.stringify(value)}</code> `)}</dd>
    </div>`
  );
}

function countsOf({ findings }: RuleReading): string {
  const decided = findings.filter(({ outcome }) => outcome !== 'notApplicable');
  const groups = groupBy(decided.length > 0 ? decided : findings, stateOf);
  return [...groups.entries()]
    .map(([state, of]) => `${of.length} ${stateWords[state as State].word.toLowerCase()}`)
    .join(' · ');
}

function findingsOf(report: Report, { findings }: RuleReading, links: EvidenceLinks): Insert {
  const told = findings.filter(({ outcome }) => outcome !== 'pass' && outcome !== 'notApplicable');
  const passed = findings.filter(({ outcome }) => outcome === 'pass');
  const outside = findings.flatMap((finding) => (finding.outcome === 'notApplicable' ? [finding] : []));
  const reasons = [...groupBy(outside, ({ reason }) => reason).entries()];
  return [
    told.slice(0, findingLimit).map((finding) => findingEntry(report, finding, links)),
    cut(told.length, findingLimit),
    passed.length > 0 &&
      markup`<details class="more">
        <summary>${badge('pass', `Passed: ${count(passed.length, 'subject')}`)}</summary>
        <ul class="subjects">
          ${passed.slice(0, passedLimit).map((finding) => markup`<li>${finding.subject.title} <span class="muted">${links(finding.evidence).link}</span></li>`)}
        </ul>
        ${cut(passed.length, passedLimit)}
      </details>`,
    outside.length > 0 &&
      markup`<div class="outside">
        ${badge('notApplicable', `Not applicable: ${count(outside.length, 'subject')}`)}
        <ul class="subjects">
          ${reasons.slice(0, reasonLimit).map(([reason, of]) => markup`<li>${reason} <span class="muted">${count(of.length, 'subject')}</span></li>`)}
        </ul>${cut(reasons.length, reasonLimit)}
      </div>`,
    findings.length === 0 && markup`<p class="note">No evidence of this type was collected.</p>`,
  ];
}

function findingEntry(report: Report, finding: Finding, links: EvidenceLinks): Markup {
  const state = stateOf(finding);
  const { link, evidence } = links(finding.evidence);
  return markup`<div class="finding ${state}">
    <p class="subject">${badge(state)} <strong>${finding.subject.title}</strong></p>
    ${finding.outcome === 'fail' && violations(finding)}
    ${
      'reason' in finding &&
      markup`<p>${finding.reason}</p>
        ${finding.supply !== undefined && markup`<p class="supply"><strong>To establish it:</strong> ${finding.supply}</p>`}`
    }
    ${finding.outcome === 'fail' && finding.gradeCap !== null && finding.waiver === null && markup`<p class="note">This failure caps the grade at ${finding.gradeCap}.</p>`}
    ${
      finding.outcome === 'fail' &&
      finding.waiver !== null &&
      markup`<p class="waiver">
        <strong>Waived until ${finding.waiver.expires}</strong>
        (${count(daysLeft(report, finding.waiver), 'day')} left) by ${finding.waiver.owner}:
        ${finding.waiver.reason}
      </p>`
    }
    <p class="trace">
      evidence ${link}${evidence !== null && markup` · looked at ${time(evidence.observedAt)}`} · subject
      <code>${finding.subject.id}</code> · finding <code>${finding.fingerprint}</code>
    </p>
  </div> `;
}

function violations(finding: Finding & { readonly outcome: 'fail' }): Markup {
  return markup`<table class="violations">
      <caption class="hidden">
        ${finding.rule} on ${finding.subject.title}: where, expected and observed
      </caption>
      <thead>
        <tr>
          <th scope="col">Where in the evidence</th>
          <th scope="col">Expected</th>
          <th scope="col">Observed</th>
        </tr>
      </thead>
      <tbody>
        ${finding.violations.slice(0, violationLimit).map(
          ({ pointer, about, expected, observed }) =>
            markup`<tr>
              <td>${about !== undefined && markup`${about}<br>`}<code>${pointer === '' ? '(the whole of it)' : pointer}</code></td>
              <td>${expected}</td>
              <td class="observed">${observed}</td>
            </tr> `,
        )}
      </tbody>
    </table>
    ${cut(finding.violations.length, violationLimit)}`;
}

/** Links from digests to the rows of the evidence list. */
export function evidenceLinks(report: Report): EvidenceLinks {
  const known = evidenceByDigest(report);
  const rows = new Map(report.evidence.map(({ digest }, row) => [digest, row]));
  return (digest) => {
    const row = digest === null ? undefined : rows.get(digest);
    const evidence = digest === null ? null : (known.get(digest) ?? null);
    if (digest === null) return { link: markup`none`, evidence };
    const short = markup`<code>${shortDigest(digest)}</code>`;
    return {
      link:
        row === undefined || row >= evidenceLimit
          ? short
          : markup`<a href="#${anchor('evidence', row)}">${short}</a>`,
      evidence,
    };
  };
}

/** Rows that the list of evidence shows. */
export const evidenceLimit = 600;

/** The first twelve hex digits; the whole stands in the list of evidence. */
export function shortDigest(digest: string): string {
  return digest.replace(/^(sha256:)?(.{12}).*$/s, '$1$2');
}
