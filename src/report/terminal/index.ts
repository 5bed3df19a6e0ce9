import type { Report } from '../../model/report';
import { severities } from '../../model/rule';
import type { ReportFormat } from '../format';
import { readRules, seconds } from '../reading';
import { gateWords, states, vantageWords } from '../words';
import { cell, severityPaints, sheet, type Cell, type Paint, type Sheet } from './layout';
import { failures, notEstablished, waivers } from './lists';

/** A summary for people at a terminal: the answer first, then what to do about it. */
export const terminal: ReportFormat = {
  id: 'terminal',
  fileName: 'terminal.txt',
  render: (report, { color = false, width = 80 } = {}) => {
    const page = sheet(width, color);
    const rules = readRules(report);
    return [
      verdict(page, report),
      counts(page, report),
      failures(page, rules),
      notEstablished(page, report),
      waivers(page, report),
      exit(page, report),
    ].join('');
  },
};

function verdict(page: Sheet, report: Report): string {
  const { gate, score, target, run, tool, selection } = report;
  const words = gateWords(gate);
  const paints = { passed: page.paint.green, failed: page.paint.red, incomplete: page.paint.yellow };
  const paint: Paint = (text) => page.paint.bold(paints[words.tone](text));
  const version = target.version === null ? '' : ` · Cloudify ${target.version}`;
  return [
    page.heading(`${tool.name} ${tool.version} · ${target.name}${version}`),
    page.text(
      `${run.startedAt} · ${seconds(report)} s · ${vantageWords[run.vantage]} · profile ${selection.profile.id}` +
        (run.interrupted ? ' · INTERRUPTED: only what had been collected is judged' : ''),
      page.paint.dim,
    ),
    '\n',
    page.text(`${words.sign} ${words.word.toUpperCase()}`, paint),
    ...reasons(page, '✕', gate.reasons),
    ...reasons(page, '?', gate.incomplete),
    ...reasons(page, '-', gate.reserved ?? []),
    '\n',
    page.rows(
      ['grade', 'score', 'coverage', 'floor', page.narrow ? 'waived' : 'after waivers'],
      [
        [
          cell(score.grade ?? 'none', page.paint.bold),
          cell(number(score.score)),
          cell(number(score.coverage, ' %')),
          cell(number(score.floor)),
          cell(number(score.scoreAfterWaivers)),
        ],
      ],
    ),
    page.text(score.gradeReason),
  ].join('');
}

/** The first few reasons: the lists below name the rest. */
function reasons(page: Sheet, sign: string, lines: readonly string[]): readonly string[] {
  const limit = 5;
  return [
    ...lines.slice(0, limit).map((line) => page.text(`${sign} ${line}`)),
    ...(lines.length > limit ? [page.text(`${sign} and ${lines.length - limit} more, see below`)] : []),
  ];
}

function counts(page: Sheet, report: Report): string {
  const shown = states.filter((state) => state !== 'waived');
  const paints = severityPaints(page);
  const waived = report.results.reduce((sum, result) => sum + result.waived, 0);
  return [
    page.heading('Findings by severity and outcome'),
    page.rows(
      ['', ...shown.map((state) => (page.narrow ? short[state].slice(0, 4) : short[state]))],
      severities.map((severity): Cell[] => [
        cell(severity, paints[severity]),
        ...shown.map((state) => {
          const count = report.summary[severity][state];
          return cell(
            count === 0 ? '·' : count,
            count === 0 ? page.paint.dim : state === 'fail' ? page.paint.red : undefined,
          );
        }),
      ]),
    ),
    waived > 0 ? page.text(`Of the failures, ${waived} ${waived === 1 ? 'is' : 'are'} waived.`) : '',
  ].join('');
}

const short = {
  fail: 'fail',
  error: 'error',
  unknown: 'unknown',
  manual: 'attest',
  pass: 'pass',
  notApplicable: 'n/a',
};

function exit(page: Sheet, { gate, run }: Report): string {
  const { exit: code, word, meaning } = gateWords(gate);
  const told = run.interrupted
    ? `130: interrupted - ${meaning}.`
    : `${code}: ${word.toLowerCase()} - ${meaning}.`;
  return `${page.heading('Exit')}${page.text(told)}`;
}

function number(value: number | null, unit = ''): string {
  return value === null ? 'none' : `${value.toFixed(1)}${unit}`;
}
