import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { evaluate, readWaivers } from '../../src/evaluate/index';
import { InputError } from '../../src/model/errors';
import type { Waiver } from '../../src/model/waiver';
import { bundleOf, observed, shipped } from './sample';

const base = shipped();
const folder = mkdtempSync(join(tmpdir(), 'waivers-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function complaint(text: string): string {
  const file = join(folder, 'w.yaml');
  writeFileSync(file, text);
  try {
    return `fits: ${readWaivers(file, base).length}`;
  } catch (error) {
    if (error instanceof InputError) return error.describe().replace(`${folder}/`, '');
    throw error;
  }
}

const entry = (changes: Partial<Record<keyof Waiver, string>> = {}): string =>
  `- ${JSON.stringify({ rule: 'CFY-TLS-09', subject: 's', reason: 'r', owner: 'o', expires: '2026-12-31', ...changes })}\n`;

test.each([
  ['a good one', entry(), 'fits: 1'],
  ['none', '[]', 'fits: 0'],
  [
    'a date as YAML writes it',
    `- { rule: CFY-TLS-09, subject: s, reason: r, owner: o, expires: 2026-12-31 }\n`,
    'fits: 1',
  ],
  ['every subject of a high rule', entry({ subject: '*' }), 'fits: 1'],
  [
    'every subject of a critical rule',
    entry({ rule: 'CFY-CRT-06', subject: '*' }),
    'w.yaml:1: CFY-CRT-06 is critical: name each subject, "*" is not allowed (at /0/subject)',
  ],
  [
    'a rule that is not there',
    entry() + entry({ rule: 'CFY-TLS-99' }),
    'w.yaml:2: there is no rule CFY-TLS-99 (at /1/rule)',
  ],
  ['the same twice', entry() + entry(), 'w.yaml:2: CFY-TLS-09 is waived for this subject already (at /1)'],
  ['no such day', entry({ expires: '2026-02-30' }), 'w.yaml:1: must match format "date" (at /0/expires)'],
  ['no reason', entry({ reason: ' ' }), 'w.yaml:1: must match pattern "\\S" (at /0/reason)'],
  ['an unknown key', '- { rules: x }\n', 'w.yaml:1: unknown key "rules"; did you mean "rule"? (at /0/rules)'],
  ['no list', 'rule: x\n', 'w.yaml:1: must be array'],
])('waivers file with %s', (_name, text, said) => {
  expect(complaint(text)).toBe(said);
});

const protocols = {
  SSLv3: 'refused',
  TLSv1: 'accepted',
  'TLSv1.1': 'refused',
  'TLSv1.2': 'accepted',
  'TLSv1.3': 'accepted',
};
const old = ['a', 'b'].map((id) => observed('tls.endpoint', id, { protocols }));

function judge(waivers: readonly Waiver[], startedAt = '2026-07-01T12:00:00.000Z') {
  const { findings, review } = evaluate(bundleOf(old, { startedAt }), base, waivers);
  const waived = findings.flatMap((f) =>
    f.outcome === 'fail' && f.waiver ? [`${f.rule} ${f.subject.id}`] : [],
  );
  const failed = findings.filter((f) => f.outcome === 'fail').map((f) => `${f.rule} ${f.subject.id}`);
  return { waived, failed, review };
}

const waiver = (changes: Partial<Waiver> = {}): Waiver => ({
  rule: 'CFY-TLS-09',
  subject: 'a',
  reason: 'vendor fix in August',
  owner: 'ops',
  expires: '2026-07-01',
  ...changes,
});

test('a waived failure stays a failure, with the waiver on it', () => {
  const { waived, failed, review } = judge([waiver()]);
  expect(waived).toEqual(['CFY-TLS-09 a']);
  expect(failed).toEqual(['CFY-TLS-09 a', 'CFY-TLS-09 b']);
  expect(review).toEqual({ active: [waiver()], expired: [], unused: [] });
});

test('it holds to the end of its last day in UTC, wherever the clock of the run stood', () => {
  expect(judge([waiver()], '2026-07-01T23:59:59.999Z').waived).toEqual(['CFY-TLS-09 a']);
  expect(judge([waiver()], '2026-07-02T01:00:00+02:00').waived).toEqual(['CFY-TLS-09 a']);
  expect(judge([waiver()], '2026-07-02T00:00:00.000Z')).toMatchObject({
    waived: [],
    review: { active: [], expired: [waiver()], unused: [] },
  });
});

test('matching is exact: neither a prefix nor another rule', () => {
  for (const changes of [{ subject: 'A' }, { subject: 'a ' }, { subject: '' }, { rule: 'CFY-TLS-10' }]) {
    const other = waiver(changes);
    expect(judge([other])).toMatchObject({ waived: [], review: { active: [], unused: [other] } });
  }
});

test('a star means every subject, and the exact one goes before it', () => {
  const star = waiver({ subject: '*' });
  expect(judge([star]).waived).toEqual(['CFY-TLS-09 a', 'CFY-TLS-09 b']);
  const { findings } = evaluate(bundleOf(old), base, [star, waiver()]);
  const mine = findings.filter((f) => f.outcome === 'fail').map((f) => f.waiver?.subject);
  expect(mine).toEqual(['a', '*']);
});

test('a star never waives a critical rule, even when it did not come through the file', () => {
  const answer = { attempts: [{ answer: 'ok', status: 200 }] };
  const star = waiver({ rule: 'CFY-AUT-01', subject: '*' });
  const { findings, review } = evaluate(bundleOf([observed('api.authentication', 'a', answer)]), base, [
    star,
  ]);
  expect(findings.find((f) => f.rule === 'CFY-AUT-01')).toMatchObject({ outcome: 'fail', waiver: null });
  expect(review.unused).toEqual([star]);
});
