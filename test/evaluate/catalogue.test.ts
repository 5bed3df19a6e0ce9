import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findRule, loadCatalogue } from '../../src/evaluate/index';
import { evidenceTypes } from '../../src/evaluate/shape';
import { InputError } from '../../src/model/errors';
import { rulesFolder } from './sample';

const folder = mkdtempSync(join(tmpdir(), 'rules-'));
const file = join(folder, 'crt/CFY-CRT-07.yaml');
const good = readFileSync(join(rulesFolder, 'crt/CFY-CRT-07.yaml'), 'utf8');

beforeEach(() => {
  rmSync(folder, { recursive: true, force: true });
  cpSync(join(rulesFolder, 'frameworks'), join(folder, 'frameworks'), { recursive: true });
  cpSync(join(rulesFolder, 'catalogue.yaml'), join(folder, 'catalogue.yaml'));
  writeFileSync(join(folder, 'not-covered.yaml'), '[]');
  mkdirSync(join(folder, 'crt'));
  writeFileSync(file, good);
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function complaint(): string {
  try {
    return `fits: ${loadCatalogue(folder).rules.length}`;
  } catch (error) {
    if (error instanceof InputError) return error.describe().replace(`${folder}/`, '');
    throw error;
  }
}

/** The line of the rule file that a complaint must name. */
function lineOf(text: string, part: string): number {
  return text.split('\n').findIndex((line) => line.includes(part)) + 1;
}

test('the copied rule fits', () => {
  expect(complaint()).toBe('fits: 1');
});

const edits: readonly (readonly [string, string, string, string, string])[] = [
  [
    'a misspelt key',
    'severity:',
    'severty:',
    'severty:',
    'unknown key "severty"; did you mean "severity"? (at /severty)',
  ],
  ['an unknown keyword', '{ minimum:', '{ minimun:', 'minimun', 'unknown key "minimun"'],
  [
    'a keyword of no effect',
    '{ minimum: { $param: minDays } }',
    '{ pattern: x, minimum: { $param: minDays } }',
    'daysToExpiry:',
    '"pattern" has no effect here: the evidence is number (at /assert/properties/chain/items/properties/daysToExpiry/pattern)',
  ],
  [
    'a property that is not there',
    'daysToExpiry:',
    'daysLeft:',
    'daysLeft:',
    'the evidence has no property "daysLeft" here (at /assert/properties/chain/items/properties/daysLeft)',
  ],
  [
    'an unknown evidence type',
    'evidence: tls.endpoint',
    'evidence: tls.endpiont',
    'evidence:',
    `there is no evidence type tls.endpiont; known: ${evidenceTypes().join(', ')} (at /evidence)`,
  ],
  [
    'an unknown parameter',
    '$param: minDays',
    '$param: minDay',
    'assert:',
    'there is no parameter "minDay" (at /assert)',
  ],
  [
    'an unused parameter',
    '  minDays: 30\n',
    '  minDays: 30\n  maxDays: 30\n',
    'maxDays:',
    'the parameter "maxDays" is not used (at /parameters/maxDays)',
  ],
  ['an unknown framework', '  cwe:', '  cwd:', '  cwd:', 'there is no framework cwd (at /controls/cwd)'],
  [
    'a requirement that cannot be',
    "cwe: ['324']",
    "cwe: ['CWE-324']",
    'cwe:',
    '"CWE-324" is no requirement of cwe (at /controls/cwe/0)',
  ],
  [
    'a case without its pointers',
    "    at: ['/chain/1/daysToExpiry']\n",
    '',
    'name: the CA ends soon',
    'missing key "at"',
  ],
  [
    'a case parameter that is not there',
    'minDays: 60',
    'minHours: 60',
    'minHours: 60',
    'there is no parameter "minHours" (at /cases/4/parameters/minHours)',
  ],
  [
    'a wrong id for its file',
    'id: CFY-CRT-07',
    'id: CFY-CRT-08',
    'id:',
    'CFY-CRT-08 belongs into crt/CFY-CRT-08.yaml (at /id)',
  ],
];

test.each(edits)('refuses %s, and says where', (_name, from, to, place, said) => {
  expect(good).toContain(from);
  const text = good.replace(from, to);
  writeFileSync(file, text);
  const complained = complaint();
  expect(complained).toContain(said);
  expect(complained).toMatch(new RegExp(`^crt/CFY-CRT-07\\.yaml:${lineOf(text, place)}: `));
});

test.each([
  ['a value that the evidence can never have', '{ enum: [intenal] }', 'can never be "intenal"'],
  ['a type that it can never have', '{ type: number }', 'can never be "number"'],
  ['a list keyword on text', '{ minItems: 1 }', '"minItems" has no effect here: the evidence is string'],
])('refuses %s in applies', (_name, condition, said) => {
  writeFileSync(file, good.replace('assert:', `applies: { properties: { scope: ${condition} } }\nassert:`));
  expect(complaint()).toContain(said);
});

test.each(['$ref: "#/x"', '$id: a', 'definitions: {}', 'additionalProperties: true', 'format: date'])(
  'conditions have no %s',
  (keyword) => {
    writeFileSync(file, good.replace('assert:\n', `assert:\n  ${keyword}\n`));
    expect(complaint()).toMatch(/unknown key/);
  },
);

test('refuses the same id twice, a rule in the wrong folder, and a control that a rule decides', () => {
  mkdirSync(join(folder, 'tls'));
  writeFileSync(join(folder, 'tls/CFY-CRT-07.yaml'), good);
  expect(complaint()).toBe('tls/CFY-CRT-07.yaml:1: there is another rule CFY-CRT-07 (at /id)');
  rmSync(file);
  expect(complaint()).toBe('tls/CFY-CRT-07.yaml:1: CFY-CRT-07 belongs into crt/CFY-CRT-07.yaml (at /id)');
  rmSync(join(folder, 'tls'), { recursive: true });
  writeFileSync(file, good);
  const control = '{ id: CRT-07, title: Long enough, severity: low, reach: host }';
  writeFileSync(join(folder, 'not-covered.yaml'), `- ${control}\n`);
  expect(complaint()).toBe('not-covered.yaml:1: CRT-07 is decided by CFY-CRT-07 (at /0/id)');
  writeFileSync(
    join(folder, 'not-covered.yaml'),
    `- ${control}\n- ${control}\n`.replaceAll('CRT-07', 'CRT-04'),
  );
  expect(complaint()).toBe('not-covered.yaml:2: CRT-04 stands here twice (at /1/id)');
});

test('refuses a folder that is not there', () => {
  expect(() => loadCatalogue(join(folder, 'nowhere'))).toThrow(InputError);
});

test('the digest changes with any rule and with nothing else', () => {
  const { digest } = loadCatalogue(folder);
  expect(loadCatalogue(folder).digest).toBe(digest);
  writeFileSync(file, good.replace('minDays: 30', 'minDays: 31'));
  expect(loadCatalogue(folder).digest).not.toBe(digest);
});

test('finds one rule by its id, and none by anything else', () => {
  expect(findRule(folder, 'CFY-CRT-07')?.title).toMatch(/^Certificates have/);
  for (const id of ['CFY-CRT-08', '../crt/CFY-CRT-07', 'CFY-CRT-07.yaml', ''])
    expect(findRule(folder, id)).toBeNull();
});
