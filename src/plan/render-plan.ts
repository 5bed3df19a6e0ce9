import type { Cost, Plan } from './plan';
import { visible } from '../model/visible';
import { mapStrings } from './references';

/** The plan as plain text, at most as wide as its longest name; ends with a newline. */
export function renderPlan(unescaped: Plan): string {
  const plan = mapStrings(unescaped, visible) as Plan;
  const { target, total, writes } = plan;
  const version = target.version === null ? '' : ` (${target.version})`;
  const sections = [
    `Plan for ${target.name}${version}`,
    [
      `${count(total.subjects, 'subject')}, at most ${count(total.connections, 'connection')} and ` +
        `${count(total.requests, 'request')}.`,
      ...(plan.collectors.some(isRange)
        ? ['Where two numbers of requests stand, it depends on how much the deployment holds.']
        : []),
      writes
        ? 'WRITES to the deployment: canaries, which are removed at the end (see below).'
        : 'Nothing is written to the deployment.',
      plan.identities.length === 0 ? 'Nothing is sent.' : `Sent as: ${plan.identities.join(', ')}.`,
    ].join('\n'),
    columns([
      ['collector', 'impact', 'subjects', 'connections', 'requests', 'as'],
      ...plan.collectors.map((collector) => [
        collector.title,
        collector.impact,
        collector.subjects,
        collector.connections,
        requestsOf(collector),
        collector.identities.join(', '),
      ]),
    ]),
    ...(plan.addresses.length === 0
      ? []
      : [
          columns([
            ['address', 'subjects', 'connections', 'requests', 'time'],
            ...plan.addresses.map((row) => [
              row.address,
              row.subjects,
              row.connections,
              requestsOf(row),
              `about ${duration(row.seconds)}`,
            ]),
          ]),
        ]),
    ...(plan.services.length === 0
      ? []
      : [
          `CRL and OCSP services that certificates name are asked too, on these hosts: ${plan.services.join(', ')}.`,
        ]),
    ...(plan.written.length === 0 ? [] : [writtenLines(plan)]),
    ...(plan.missing.length === 0 ? [] : [missing(plan)]),
    time(plan),
  ];
  return `${sections.join('\n\n')}\n`;
}

/** Whether what is sent depends on what there is, and not only on whether it has to be sent again. */
function isRange({ atLeast, requests }: Pick<Cost, 'atLeast' | 'requests'>): boolean {
  return requests - atLeast > Math.max(2, 0.05 * requests);
}

function requestsOf(cost: Cost): string {
  return isRange(cost) ? `${cost.atLeast}–${cost.requests}` : String(cost.requests);
}

function writtenLines({ written }: Plan): string {
  return [
    'Written before accounts are used, each with a name that begins with cfy-audit- and the run, and removed at the end:',
    ...written.map((line) => `  ${line}`),
    'Others are sent to create, change and delete them, who must not be able to. A journal of every creation is kept',
    'beside the reports; after a crash, cfy-audit cleanup removes what it names.',
  ].join('\n');
}

function missing(plan: Plan): string {
  const lines = plan.missing.map(
    ({ subject, reason, supply }) =>
      `  ${subject}: ${reason}${supply === null ? '' : ` (supply: ${supply})`}`,
  );
  return ['Will not be established:', ...lines].join('\n');
}

function time({ estimate, limits }: Plan): string {
  const pace =
    limits.requestsPerSecond === Infinity
      ? 'as many as are answered'
      : `${limits.requestsPerSecond} a second and address`;
  const bound =
    estimate.atMostSeconds === null
      ? ''
      : `, and ends within ${duration(estimate.atMostSeconds)} unless the deployment asks for a slower pace`;
  return [
    `Estimated time: ${duration(estimate.seconds)} at ${pace}, if everything answers at once. It is an estimate:`,
    `a subject that does not answer takes up to ${duration(limits.subjectTimeoutMs / 1000)}; ` +
      `${limits.concurrency} are looked at side by side${bound}.`,
    ...(estimate.localSubjects === 0
      ? []
      : [
          `Reading ${count(estimate.localSubjects, 'local subject')} comes on top; that depends on the size.`,
        ]),
  ].join('\n');
}

/** Numbers to the right, texts to the left. */
function columns(rows: readonly (readonly (string | number)[])[]): string {
  const cells = rows.map((row) => row.map((cell) => String(cell)));
  const widths = (cells[0] ?? []).map((_, i) => Math.max(...cells.map((row) => row[i]?.length ?? 0)));
  const numeric = (rows[1] ?? []).map((cell) => /^[\d–]+$/.test(String(cell)));
  return cells
    .map((row) =>
      row
        .map((cell, i) => (numeric[i] ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}

/** Rounded up: `90 s`, `3 min`, `3 h`. */
export function duration(seconds: number): string {
  if (seconds < 120) return `${Math.ceil(seconds)} s`;
  if (seconds < 7200) return `${Math.ceil(seconds / 60)} min`;
  return `${Math.ceil(seconds / 3600)} h`;
}
