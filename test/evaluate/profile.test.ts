import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadCatalogue, loadProfile, selectRules } from '../../src/evaluate/index';
import { InputError } from '../../src/model/errors';
import type { Selection } from '../../src/model/report';
import { profiles, rulesFolder, shipped } from './sample';

const folder = mkdtempSync(join(tmpdir(), 'profiles-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});
const catalogue = loadCatalogue(rulesFolder);

function write(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

function selection(text: string): Selection {
  return selectRules(catalogue, loadProfile(write('own.yaml', text), profiles));
}

function complaint(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof InputError) return error.describe().replace(`${folder}/`, '');
    throw error;
  }
  return 'fits';
}

test('base takes every rule as it is written', () => {
  const { rules, deselected, profile } = shipped();
  expect(rules.map((r) => r.id)).toEqual(catalogue.rules.map((r) => r.id));
  expect(deselected).toEqual([]);
  expect(profile).toMatchObject({ id: 'base', gate: { failOn: 'high', minCoverage: 90, minScore: null } });
});

test('strict extends base', () => {
  const strict = shipped('strict');
  const rule = (id: string) => strict.rules.find((r) => r.id === id);
  expect(rule('CFY-CRT-08')?.parameters).toEqual({ minRsaBits: 3072, minEcBits: 256 });
  expect(rule('CFY-TLS-10')?.severity).toBe('low');
  expect(strict.profile.weights).toEqual(shipped().profile.weights);
  expect(strict.profile.gate).toEqual({
    failOn: 'medium',
    minCoverage: 95,
    minScore: null,
    readOnly: 'incomplete',
  });
  expect(strict.profile.digest).not.toBe(shipped().profile.digest);
});

test('a profile of the user selects, deselects and tunes on top of what it extends', () => {
  const own = selection(
    `id: own\ntitle: t\nextends: strict\nselect: [CFY-CRT-*, CFY-TLS-09]\ndeselect: [CFY-CRT-15]\n` +
      `parameters: { CFY-CRT-08: { minEcBits: 384 } }\nseverities: { CFY-TLS-09: critical }\nweights: { low: 1 }\n`,
  );
  expect(own.rules.every((r) => r.id.startsWith('CFY-CRT-') || r.id === 'CFY-TLS-09')).toBe(true);
  expect(own.deselected).toContain('CFY-CRT-15');
  expect(own.rules.length + own.deselected.length).toBe(catalogue.rules.length);
  expect(own.rules.find((r) => r.id === 'CFY-CRT-08')?.parameters).toEqual({
    minRsaBits: 3072,
    minEcBits: 384,
  });
  expect(own.rules.find((r) => r.id === 'CFY-TLS-09')?.severity).toBe('critical');
  expect(own.profile.weights).toEqual({ critical: 10, high: 7.5, medium: 5, low: 1, info: 0 });
});

const head = 'id: own\ntitle: t\nextends: base\n';

test.each([
  [
    'an unknown rule',
    `${head}deselect: [CFY-CRT-99]\n`,
    'own.yaml:4: there is no rule CFY-CRT-99 (at /deselect/0)',
  ],
  [
    'a pattern without a rule',
    `${head}select: [CFY-LDP-*]\n`,
    'own.yaml:4: there is no rule CFY-LDP-* (at /select/0)',
  ],
  [
    'a severity for no rule',
    `${head}severities: { CFY-CRT-99: low }\n`,
    'own.yaml:4: there is no rule CFY-CRT-99 (at /severities/CFY-CRT-99)',
  ],
  [
    'an unknown parameter',
    `${head}parameters: { CFY-CRT-08: { bits: 1 } }\n`,
    'own.yaml:4: CFY-CRT-08 has no parameter "bits" (at /parameters/CFY-CRT-08/bits)',
  ],
  [
    'a parameter of another type',
    `${head}parameters: { CFY-CRT-08: { minEcBits: "1" } }\n`,
    'own.yaml:4: must be a number (at /parameters/CFY-CRT-08/minEcBits)',
  ],
  [
    'a list of another type',
    `${head}parameters: { CFY-AUT-05: { ports: ["8100"] } }\n`,
    'own.yaml:4: must be a list of numbers (at /parameters/CFY-AUT-05/ports)',
  ],
  [
    'an unknown parent',
    'id: own\ntitle: t\nextends: bsae\n',
    'own.yaml:3: there is no profile bsae (at /extends)',
  ],
  [
    'the id of a shipped one',
    'id: base\ntitle: t\nextends: base\n',
    'own.yaml:1: "base" is a shipped profile: choose another id (at /id)',
  ],
  [
    'itself as parent',
    'id: mine\ntitle: t\nextends: own\n',
    'own.yaml:3: the profile extends itself (at /extends)',
  ],
  ['neither parent nor weights', 'id: own\ntitle: t\n', 'own.yaml:1: missing key "weights" (at /weights)'],
  [
    'a root profile with half the weights',
    `id: own\ntitle: t\nweights: { low: 1 }\ngrades: {A: 1}\ngate: {}\n`,
    'own.yaml:3: missing key "critical" (at /weights/critical)',
  ],
  ['a negative weight', `${head}weights: { low: -1 }\n`, 'own.yaml:4: must be >= 0 (at /weights/low)'],
])('refuses %s', (_name, text, said) => {
  expect(complaint(() => selection(text))).toBe(said);
});

test('refuses a circle of files', () => {
  write('a.yaml', 'id: a\ntitle: t\nextends: b\n');
  const b = write('b.yaml', 'id: b\ntitle: t\nextends: a\n');
  expect(complaint(() => loadProfile(b, profiles))).toBe(
    'a.yaml:3: the profile extends itself (at /extends)',
  );
});

test('refuses a profile that is not there', () => {
  expect(complaint(() => loadProfile('nix', profiles))).toBe(
    'there is no profile nix: neither a shipped one nor a file',
  );
  expect(complaint(() => loadProfile(join(folder, 'nix.yaml'), profiles))).toBe(
    'nix.yaml: cannot be read: no such file',
  );
});

test('refuses parameters with which a rule cannot be judged', () => {
  const first = catalogue.rules.find(({ id }) => id === 'CFY-TLS-01');
  if (!first) throw new Error('CFY-TLS-01 is gone');
  const assert = { properties: { role: { enum: { $param: 'roles' } } } };
  const rule = { ...first, assert, parameters: { ...first.parameters, roles: ['manager'] } };
  const profile = { ...loadProfile('base', profiles), parameters: { [rule.id]: { roles: ['gopher'] } } };
  expect(complaint(() => selectRules({ ...catalogue, rules: [rule] }, profile))).toBe(
    `profile base: ${rule.id} cannot be judged with these parameters: the evidence can never be "gopher" here (at /parameters/${rule.id})`,
  );
});
