import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadCatalogue } from '../../src/evaluate/index';
import { evidenceTypes } from '../../src/evaluate/shape';
import type { EvidenceType } from '../../src/model/evidence';
import type { Rule } from '../../src/model/rule';
import type { TlsEndpoint } from '../../src/model/tls-endpoint';
import { checkEvidence } from '../../src/schema/evidence';
import { packageRoot } from '../../src/schema/package-root';
import { baselineOf, evidenceOf, judgeCase, signature } from './case-data';
import { mutantsOf, survivors } from './mutate';

const catalogue = loadCatalogue(join(packageRoot(), 'rules'));
const cases = catalogue.rules.flatMap((rule) => rule.cases.map((c) => [rule.id, c.name, rule, c] as const));

describe('every case', () => {
  test.each(cases)('%s: %s', (_id, _name, rule, ruleCase) => {
    const evidence = evidenceOf(rule, ruleCase);
    expect(checkEvidence(evidence)).toEqual([]);
    const verdict = judgeCase(rule, ruleCase);
    const wanted = ruleCase.outcome === 'fail' ? `fail ${(ruleCase.at ?? []).join(' ')}` : ruleCase.outcome;
    expect(signature(verdict)).toBe(wanted);
  });
});

describe('every rule', () => {
  test.each(catalogue.rules.map((rule) => [rule.id, rule] as const))(
    '%s has the cases it needs',
    (_id, rule) => {
      const outcomes = new Set(rule.cases.map((c) => c.outcome));
      expect(outcomes).toContain('pass');
      expect(outcomes).toContain('fail');
      if (rule.applies) expect(outcomes).toContain('notApplicable');
      if (rule.passRequires) {
        expect(rule.cases.some((c) => c.outcome === 'unknown' && c.state === undefined)).toBe(true);
      }
      expect(rule.cases.some((c) => c.state === 'unavailable' && c.outcome === 'unknown')).toBe(true);
      expect(new Set(rule.cases.map((c) => c.name)).size).toBe(rule.cases.length);
    },
  );

  test.each(catalogue.rules.map((rule) => [rule.id, rule] as const))(
    '%s: no keyword is idle',
    (_id, rule) => {
      expect(mutantsOf(rule).length).toBeGreaterThan(0);
      expect(survivors(rule)).toEqual([]);
    },
  );

  test('that judges certificates says which certificate, file or key fails', () => {
    const nameless = cases.flatMap(([id, name, rule, ruleCase]) => {
      if (!['tls.endpoint', 'tls.deployment', 'certificate.file'].includes(rule.evidence)) return [];
      const verdict = judgeCase(rule, ruleCase);
      if (verdict.outcome !== 'fail') return [];
      return verdict.violations.flatMap(({ pointer, about, observed }) =>
        about !== undefined ||
        /^\/(protocols|negotiated|disk\/mismatch)/.test(pointer) ||
        observed.includes('of manager-1/')
          ? []
          : [`${id} ${name} ${pointer}`],
      );
    });
    expect(nameless).toEqual([]);
  });

  test('passes the baseline of its evidence type, or is not about it', () => {
    const bad = catalogue.rules
      .map((rule) => [rule.id, signature(judgeCase(rule, { name: 'baseline', outcome: 'pass' }))] as const)
      .filter(([, outcome]) => outcome !== 'pass' && outcome !== 'notApplicable');
    expect(bad).toEqual([]);
  });
});

test('a weak rule is caught, keyword by keyword', () => {
  const [leaf] = (baselineOf('tls.endpoint') as TlsEndpoint).chain;
  const weak = {
    id: 'CFY-CRT-99',
    evidence: 'tls.endpoint' as EvidenceType,
    assert: {
      properties: {
        chain: { items: { properties: { daysToExpiry: { minimum: 30 }, lifetimeDays: { maximum: 99999 } } } },
      },
    },
    passRequires: { properties: { hosts: { minItems: 1 } } },
    cases: [
      { name: 'good', outcome: 'pass' },
      {
        name: 'ends soon',
        with: { chain: [{ ...leaf, daysToExpiry: 2, lifetimeDays: 1 }] },
        outcome: 'fail',
        at: ['/chain/0/daysToExpiry'],
      },
    ],
  } as unknown as Rule;
  expect(survivors(weak)).toEqual([
    '/assert/properties/chain/items/properties/lifetimeDays removed',
    '/assert/properties/chain/items/properties/lifetimeDays/maximum removed',
    '/assert/properties/chain/items/properties/daysToExpiry/minimum 30 → 29 loosened',
    '/assert/properties/chain/items/properties/daysToExpiry/minimum 30 → 31 loosened',
    '/assert/properties/chain/items/properties/lifetimeDays/maximum 99999 → 99998 loosened',
    '/assert/properties/chain/items/properties/lifetimeDays/maximum 99999 → 100000 loosened',
    '/passRequires/properties removed',
    '/passRequires/properties/hosts removed',
    '/passRequires/properties/hosts/minItems removed',
    '/passRequires/properties/hosts/minItems 1 → 0 loosened',
    '/passRequires/properties/hosts/minItems 1 → 2 loosened',
  ]);
});

test('evidence that cannot be is refused as a case', () => {
  const rule = catalogue.rules.find(({ id }) => id === 'CFY-CRT-07');
  if (!rule) throw new Error('CFY-CRT-07 is gone');
  const impossible = evidenceOf(rule, { name: 'x', with: { hosts: [{ host: 7 }] }, outcome: 'pass' });
  expect(checkEvidence(impossible)).not.toEqual([]);
});

/** Rules beyond the list of controls: findings that the list has under no number of their own. */
const beyond = ['AUT-17', 'HDR-05', 'LOG-09', 'RBC-06', 'TEN-11'];

test('rules and uncovered controls are the 94 controls, each once', () => {
  const known = JSON.parse(readFileSync(join(__dirname, 'control-ids.json'), 'utf8')) as string[];
  const ours = [
    ...catalogue.rules.map(({ id }) => id.slice('CFY-'.length)),
    ...catalogue.uncovered.map((c) => c.id),
  ];
  expect(known).toHaveLength(94);
  expect([...ours].sort()).toEqual([...known, ...beyond].sort());
});

test('every evidence type has a rule', () => {
  // What was written and removed says nothing of the deployment; the gate itself looks at what is left.
  const judged = evidenceTypes().filter((type) => type !== 'canary.ledger');
  expect([...new Set(catalogue.rules.map((rule) => rule.evidence))].sort()).toEqual(judged);
});

const facts = join(packageRoot(), '../shared/facts/controls.json');
const whereFactsAre = existsSync(facts) ? test : test.skip;

whereFactsAre(
  'severities, reach and references are those of the control list (skipped without ../shared)',
  () => {
    const frameworks = {
      nist: 'nist-800-53r5',
      cis: 'cis-controls-8.1',
      iso: 'iso-27001-2022',
      pci: 'pci-dss-4.0.1',
      soc2: 'soc2-tsc-2017',
      asvs: 'asvs-5.0.0',
      api: 'owasp-api-2023',
      cwe: 'cwe',
    } as const;
    type Control = Record<keyof typeof frameworks, string[]> & {
      id: string;
      severity: string;
      mode: 'A' | 'H';
    };
    for (const control of JSON.parse(readFileSync(facts, 'utf8')) as Control[]) {
      const rule = catalogue.rules.find(({ id }) => id === `CFY-${control.id}`);
      const uncovered = catalogue.uncovered.find(({ id }) => id === control.id);
      const found = { id: control.id, severity: rule?.severity ?? uncovered?.severity };
      expect(found).toEqual({ id: control.id, severity: control.severity });
      if (uncovered) expect(uncovered.reach).toBe(control.mode === 'A' ? 'network' : 'host');
      if (!rule) continue;
      const wanted = Object.entries(frameworks)
        .map(([key, name]) => [name, control[key as keyof typeof frameworks]] as const)
        .filter(([, ids]) => ids.length > 0);
      expect({ id: control.id, ...rule.controls }).toEqual({ id: control.id, ...Object.fromEntries(wanted) });
    }
  },
);
