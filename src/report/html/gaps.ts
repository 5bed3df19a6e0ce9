import type { Report } from '../../model/report';
import { daysLeft, gaps, groupBy, observed, type RuleReading } from '../reading';
import type { Waiver } from '../../model/waiver';
import { areaOf } from '../words';
import { markup, type Insert, type Markup } from './markup';
import { anchor, badge, count, listed, severityMark, table } from './parts';

/** Accepted failures: in force, over, and of no use. */
export function waiverSection(report: Report): Markup {
  const { active, expired, unused } = report.waivers;
  const covered = (waiver: Waiver): number =>
    report.findings.filter(
      (f) => f.outcome === 'fail' && f.waiver?.rule === waiver.rule && f.waiver.subject === waiver.subject,
    ).length;
  const row = (state: Insert, waiver: Waiver): Insert[] => [
    markup`<a href="#${anchor('rule', waiver.rule)}">${waiver.rule}</a>`,
    state,
    waiver.subject === '*' ? 'every subject' : markup`<code>${waiver.subject}</code>`,
    waiver.owner,
    waiver.reason,
    markup`${waiver.expires}<br><span class="muted">${daysText(daysLeft(report, waiver))}</span>`,
    covered(waiver),
  ];
  const known = new Set(report.selection.rules.map(({ id }) => id));
  const unlinked = (state: Insert, waiver: Waiver): Insert[] => [waiver.rule, ...row(state, waiver).slice(1)];
  const write = (state: Insert, waiver: Waiver): Insert[] =>
    (known.has(waiver.rule) ? row : unlinked)(state, waiver);
  const rows = [
    ...expired.map((waiver) => write(badge('fail', 'Expired'), waiver)),
    ...active.map((waiver) =>
      write(badge('waived', daysLeft(report, waiver) <= 30 ? 'Active, ending soon' : 'Active'), waiver),
    ),
    ...unused.map((waiver) => write(badge('notApplicable', 'Unused'), waiver)),
  ];
  return markup`<section id="waivers" aria-labelledby="waivers-title">
    <h2 id="waivers-title">Waivers</h2>
    <p class="note">
      A waived failure stays a failure. It lowers the score and is left out of the gate only, until its last
      day.
    </p>
    ${
      rows.length === 0
        ? markup`<p class="calm">There are no waivers.</p>`
        : table(
            'Every waiver, and whether it holds',
            [
              ['Rule', 'short'],
              'State',
              'Subject',
              'Owner',
              ['Reason', 'wide'],
              ['Last day', 'short'],
              ['Failures', 'num'],
            ],
            rows,
          )
    }
  </section>`;
}

function daysText(days: number): string {
  return days < 0 ? `${count(-days, 'day')} ago` : `${count(days, 'day')} left`;
}

/** What nobody looked at, why, and what to supply; and the controls that no rule covers. */
export function gapSection(report: Report, rules: readonly RuleReading[]): Markup {
  const { uncovered, deselected } = report.selection;
  const open = gaps(report);
  const undecided = rules.filter(
    ({ result }) => result.counts.unknown + result.counts.error + result.counts.manual > 0,
  );
  return markup`<section id="gaps" aria-labelledby="gaps-title">
    <h2 id="gaps-title">What was not looked at</h2>
    <p class="note">Silence is not a pass. Nothing in this section counts as one.</p>
    ${
      open.length === 0
        ? markup`<p class="calm">Everything the target declares could be looked at.</p>`
        : table(
            'Not looked at or not established, why, and what to supply',
            [['What', 'wide'], 'Why', 'What to supply', 'Rules left open'],
            open.map(({ what, reason, supply, rules: of }) => [
              what,
              reason,
              supply ?? markup`<span class="muted">nothing is known to help</span>`,
              ruleLinks(report, of),
            ]),
          )
    }
    ${
      undecided.length > 0 &&
      markup`<p>
        ${count(undecided.length, 'rule')} stay open on at least one subject:
        ${ruleLinks(
          report,
          undecided.map(({ rule }) => rule.id),
          200,
        )}
      </p>`
    }
    ${neverAsked(report)}
    <h3 id="uncovered">Controls without a rule</h3>
    ${
      uncovered.length === 0
        ? markup`<p class="calm">Every control of the catalogue is covered by a rule.</p>`
        : markup`<p class="note">
              The catalogue knows these ${count(uncovered.length, 'control')}, but no rule of this version
              decides them.
            </p>
            ${table(
              'Controls that no rule decides',
              [['Control', 'short'], 'What it asks', 'Severity', 'Needs'],
              [...groupBy(uncovered, ({ id }) => areaOf(id).code).values()]
                .flat()
                .map(({ id, title, severity, reach }) => [
                  id,
                  title,
                  severityMark(severity),
                  reach === 'host' ? 'access to the host' : 'the network',
                ]),
            )}`
    }
    ${
      deselected.length > 0 &&
      markup`<h3>Rules the profile leaves out</h3>
        <p>${listed(deselected, 200)}</p>`
    }
  </section>`;
}

/** Endpoints of which nothing is known, because there is no form in which they may be sent. */
function neverAsked(report: Report): Insert {
  const silent = observed(report, 'api.authentication').flatMap(({ data }) =>
    data.notAsked === undefined ? [] : [{ ...data, why: data.notAsked }],
  );
  if (silent.length === 0) return '';
  return markup`<h3 id="never-asked">Endpoints that were not asked</h3>
    <p class="note">Whether these need credentials is not known: there is no form in which they change nothing.</p>
    ${table(
      'Endpoints that are never sent, and why',
      [['Endpoint', 'wide'], 'Manager', ['Why', 'wide']],
      silent.map(({ method, endpoint, node, why }) => [
        markup`<code>${method} ${endpoint}</code>`,
        node,
        why,
      ]),
    )}`;
}

function ruleLinks(report: Report, ids: readonly string[], limit = 6): Insert {
  const known = new Set(report.selection.rules.map(({ id }) => id));
  return markup`${ids.slice(0, limit).map((id) => (known.has(id) ? markup`<a${id.length <= 30 && markup` class="nowrap"`} href="#${anchor('rule', id)}">${id}</a> ` : markup`${id} `))}${ids.length > limit && markup`<span class="nowrap">and ${ids.length - limit} more</span>`}${ids.length === 0 && markup`<span class="muted">none</span>`}`;
}
