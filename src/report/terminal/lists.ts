import type { Finding } from '../../model/finding';
import type { Report } from '../../model/report';
import type { Waiver } from '../../model/waiver';
import { daysLeft, gaps, type RuleReading } from '../reading';
import { stateWords } from '../words';
import { cell, severityPaints, type Cell, type Sheet } from './layout';

/** How many subjects of a rule, and lines of another list, a summary shows before it counts the rest. */
const subjectLimit = 4;
const listLimit = 12;
/** A scan of a URL alone has more kinds of gaps, and each says what to supply. */
const gapLimit = 24;
/** A waiver that ends within so many days is named. */
const soon = 30;

/** Rules with failures that nobody waived, worst first: what was seen, where. */
export function failures(page: Sheet, rules: readonly RuleReading[]): string {
  const failing = rules.filter(({ open }) => open.length > 0);
  if (failing.length === 0) return '';
  const paints = severityPaints(page);
  return (
    page.heading(`Failures: ${failing.length} ${failing.length === 1 ? 'rule' : 'rules'}`) +
    page.rows(
      ['severity', 'rule', 'what and where'],
      failing.map(({ rule, severity, open }): Cell[] => [
        cell(severity, paints[severity]),
        cell(rule.id),
        {
          lines: [
            rule.title,
            ...open
              .slice(0, subjectLimit)
              .map((finding) => `${stateWords.fail.sign} ${finding.subject.title}${first(finding)}`),
            ...more(open.length - subjectLimit),
          ],
        },
      ]),
    ) +
    page.text('How to mend a rule: cfy-audit explain RULE, or report.html.')
  );
}

/** What has no proof either way, why, and what to supply. */
export function notEstablished(page: Sheet, report: Report): string {
  const open = gaps(report);
  const { uncovered } = report.selection;
  if (open.length === 0 && uncovered.length === 0) return '';
  return [
    page.heading(`Not established: ${open.length} ${open.length === 1 ? 'gap' : 'gaps'}`),
    open.length === 0
      ? ''
      : page.rows(
          ['rules', 'what, why and what to supply'],
          open
            .slice(0, gapLimit)
            .map(({ what, reason, supply, rules }): Cell[] => [
              { lines: capped(rules) },
              { lines: [`? ${what}`, reason, ...(supply === null ? [] : [`supply: ${supply}`])] },
            ]),
        ),
    ...more(open.length - gapLimit).map((line) => page.text(line)),
    uncovered.length === 0
      ? ''
      : page.text(
          `${uncovered.length} controls have no rule yet: nothing is said about them (report.html and report.json list them).`,
        ),
  ].join('');
}

/** Every waiver, those that need somebody first: over, soon over, of no use. What is waived must not be out of sight. */
export function waivers(page: Sheet, report: Report): string {
  const { active, expired, unused } = report.waivers;
  const row = (state: string, waiver: Waiver): Cell[] => [
    cell(state),
    cell(waiver.expires),
    { lines: [`${waiver.rule} on ${waiver.subject}`, `${waiver.owner}: ${waiver.reason}`] },
  ];
  const told = [
    ...expired.map((waiver) => row('expired', waiver)),
    ...active
      .filter((waiver) => daysLeft(report, waiver) <= soon)
      .map((waiver) => row(`${daysLeft(report, waiver)} days left`, waiver)),
    ...unused.map((waiver) => row('unused', waiver)),
    ...active.filter((waiver) => daysLeft(report, waiver) > soon).map((waiver) => row('active', waiver)),
  ];
  if (told.length === 0 && active.length === 0) return '';
  return [
    page.heading(`Waivers: ${active.length} active, ${expired.length} expired, ${unused.length} unused`),
    told.length === 0 ? '' : page.rows(['state', 'until', 'waiver'], told.slice(0, listLimit)),
    ...more(told.length - listLimit).map((line) => page.text(line)),
  ].join('');
}

function first({ violations }: Finding & { readonly outcome: 'fail' }): string {
  const [violation] = violations;
  if (!violation) return '';
  const others = violations.length > 1 ? ` (and ${violations.length - 1} more)` : '';
  const place = violation.about === undefined ? '' : `${violation.about}: `;
  return `: ${place}${nameOf(violation.pointer)}${violation.observed}, expected ${violation.expected}${others}`;
}

function capped(lines: readonly string[]): readonly string[] {
  return lines.length <= subjectLimit
    ? lines
    : [...lines.slice(0, subjectLimit - 1), `+${lines.length - subjectLimit + 1} more`];
}

function more(count: number): readonly string[] {
  return count > 0 ? [`… and ${count} more, see report.json`] : [];
}

/** Name of the property that is wrong, where the place has one; an entry of a list is told by its value. */
function nameOf(pointer: string): string {
  const last = pointer.split('/').at(-1) ?? '';
  return last === '' || /^\d+$/.test(last) ? '' : `${last} is `;
}
