import type { Report } from '../../model/report';
import { severities } from '../../model/rule';
import { seconds } from '../reading';
import { gateWords, states, stateWords, vantageWords } from '../words';
import { markup, type Insert, type Markup } from './markup';
import { percent } from './overview';
import { anchor, badge, count, cut, grouped, listed, table, time } from './parts';
import { evidenceLimit } from './rules';

const saidLimit = 200;

/** How the facts were gathered, and how the numbers were made of them. */
export function methodSection(report: Report): Markup {
  const { run, target, traffic, selection, gate } = report;
  const { profile } = selection;
  const said = [...gate.reasons, ...gate.incomplete];
  const sum = (of: (t: Report['traffic'][number]) => number): number =>
    traffic.reduce((total, t) => total + of(t), 0);
  return markup`<section id="method" aria-labelledby="method-title">
    <h2 id="method-title">Method</h2>
    ${facts([
      [
        'Run',
        markup`<code>${run.id}</code>, ${time(run.startedAt)} to ${time(run.finishedAt)}
          (${count(seconds(report), 'second')})${run.interrupted && markup`, <strong>interrupted</strong>`}`,
      ],
      ['Vantage', `Looked at ${vantageWords[run.vantage]}`],
      [
        'Identities used',
        target.identities.length === 0 ? 'none: anonymous only' : listed(target.identities),
      ],
      [
        'Sent',
        `${count(
          sum((t) => t.connections),
          'connection',
        )}, ${count(
          sum((t) => t.requests),
          'request',
        )}`,
      ],
      [
        'Gate',
        markup`fails on an open failure of severity <strong>${profile.gate.failOn}</strong> or worse, asks for
          ${percent(profile.gate.minCoverage)}
          coverage${profile.gate.minScore !== null && ` and a score of ${profile.gate.minScore}`}; it came to:
          ${gateWords(gate).word.toLowerCase()} (exit code ${gateWords(gate).exit})`,
      ],
      [
        'Gate says',
        markup`<ul class="subjects">
          ${said.slice(0, saidLimit).map((reason) => markup`<li>${reason}</li>`)}
        </ul>${cut(said.length, saidLimit)}`,
      ],
    ])}
    ${table(
      'Collectors and what they cost the deployment',
      ['Collector', ['Subjects', 'num'], ['Connections', 'num'], ['Requests', 'num'], ['Seconds', 'num']],
      traffic.map((t) => [
        t.collector,
        grouped(t.subjects),
        grouped(t.connections),
        grouped(t.requests),
        (t.milliseconds / 1000).toFixed(1),
      ]),
    )}
    ${table(
      'Nodes of the target',
      ['Node', 'Roles', 'Addresses'],
      target.nodes.map((node) => [node.name, node.roles.join(', '), listed(node.addresses)]),
    )}
    ${numbers(report)}
    <h3>What the states mean</h3>
    <dl class="glossary">
      ${states.map(
        (state) =>
          markup`<div>
            <dt>${badge(state)}</dt>
            <dd>${stateWords[state].meaning}</dd>
          </div>`,
      )}
    </dl>
  </section>`;
}

function numbers({ score, selection: { profile } }: Report): Markup {
  return markup`<h3 id="numbers">How the numbers are made</h3>
    <p>${score.formula}</p>
    ${facts([
      ['Weights', severities.map((severity) => `${severity} ${profile.weights[severity]}`).join(', ')],
      [
        'Grades',
        `${Object.entries(profile.grades)
          .map(([grade, from]) => `${grade} from ${from}`)
          .join(', ')}, below that F`,
      ],
      ['Coverage', 'weight of what was decided ÷ weight of what applies; below 90 % there is no grade'],
      ['Floor', 'the score with everything undecided counted as failed'],
      ['This grade', score.gradeReason],
    ])}
    <details class="more">
      <summary>Every input of the score</summary>
      ${table(
        'Inputs of the score by rule',
        [
          'Rule',
          ['Weight', 'num'],
          ['Passed', 'num'],
          ['Failed', 'num'],
          ['Undecided', 'num'],
          ['Value', 'num'],
        ],
        score.inputs.map((input) => [
          input.rule,
          input.weight,
          input.passed,
          input.failed,
          input.undecided,
          input.value === null ? 'not decided' : input.value.toFixed(3),
        ]),
      )}
    </details>`;
}

/** Digests of what was judged and of what judged it, and how to do it again. */
export function integritySection(report: Report): Markup {
  const { selection, tool, bundleDigest, evidence } = report;
  return markup`<section id="integrity" aria-labelledby="integrity-title">
    <h2 id="integrity-title">Integrity</h2>
    <p>
      The findings follow from the evidence and the rules alone. Whoever holds the evidence bundle can judge
      it again, offline, and must come to the same report:
    </p>
    <pre><code>cfy-audit evaluate evidence.json
</code></pre>
    ${facts([
      ['Evidence bundle', markup`<code>${bundleDigest}</code>`],
      [
        'Catalogue',
        markup`version ${selection.catalogue.version}, ${count(selection.catalogue.rules, 'rule')},
          <code>${selection.catalogue.digest}</code>`,
      ],
      [
        'Profile',
        markup`${selection.profile.id} (${selection.profile.title}), <code>${selection.profile.digest}</code>`,
      ],
      ['Tool', `${tool.name} ${tool.version}, report schema ${report.schemaVersion}`],
    ])}
    <details class="more">
      <summary>All evidence: ${count(evidence.length, 'observation')}</summary>
      ${table(
        'Evidence by subject, with its SHA-256 digest',
        [
          ['Subject', 'wide'],
          ['Type', 'short'],
          ['State', 'short'],
          ['Looked at', 'short'],
          ['Digest', 'mono'],
        ],
        evidence.map((e, row) => [
          markup`<span id="${anchor('evidence', row)}">${e.subject.title}</span>`,
          markup`<code>${e.type}</code>`,
          e.state,
          time(e.observedAt),
          e.digest.replace(/^sha256:/, ''),
        ]),
        evidenceLimit,
      )}
    </details>
  </section>`;
}

function facts(entries: readonly (readonly [string, Insert])[]): Markup {
  return markup`<dl class="facts-list">
    ${entries.map(
      ([name, value]) =>
        markup`<div>
          <dt>${name}</dt>
          <dd>${value}</dd>
        </div>`,
    )}
  </dl>`;
}
