import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  badExports,
  badNames,
  breachesOf,
  cyclesOf,
  strayPackages,
  unusedExports,
  worldlyUses,
} from './check';
import { importLaw, waiting } from './law';
import { filesUnder, parseSource, readSources, type Source } from './sources';

const repository = join(__dirname, '../..');
const manifest = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as {
  readonly dependencies: Readonly<Record<string, string>>;
};
const src = readSources(repository, ['src']);
const fixtures = filesUnder(repository, 'fixtures');
/** Before the commands are there, most of the house has no user yet. */
const whole = src.some(({ path }) => path === 'src/main.ts') ? test : test.skip;
const everywhere = [...src, ...readSources(repository, ['test', 'fixtures', 'bench'])];

describe('the house', () => {
  test('each part imports only what its law allows', () => {
    expect(src.length).toBeGreaterThan(40);
    expect(breachesOf(src, importLaw, fixtures)).toEqual([]);
  });
  test('no file imports itself through others', () => {
    expect(cyclesOf(src)).toEqual([]);
  });
  whole('each package enters by one door', () => {
    expect(strayPackages(src, Object.keys(manifest.dependencies))).toEqual([]);
  });
  test('nothing after the seam knows time, network or environment; main.ts alone touches process', () => {
    expect(worldlyUses(src)).toEqual([]);
  });
  whole('nothing is exported that nobody takes', () => {
    const unused = unusedExports(everywhere, ['src/index.ts', 'src/main.ts']);
    expect(unused.filter((name) => !waiting.includes(name))).toEqual([]);
  });
  test('file names are kebab-case and say what is inside', () => {
    expect(badNames(['src', 'test'].flatMap((folder) => filesUnder(repository, folder)))).toEqual([]);
    expect(badExports(src)).toEqual([]);
  });
});

/** The laws themselves, on sources made to break them. */
describe('the law notices', () => {
  const house = (files: Readonly<Record<string, string>>): readonly Source[] =>
    Object.entries(files).map(([path, text]) => parseSource(`src/${path}`, text));

  test.each([
    ['a static import', "import { run } from '../collect/run';"],
    ['an import for types', "import type { Run } from '../collect/run';"],
    ['a type written inline', "type Run = import('../collect/run').Run;"],
    ['a name passed on', "export { run } from '../collect/run';"],
    ['everything passed on', "export * from '../collect/run';"],
    ['a lazy import', "const run = async () => (await import('../collect/run')).run;"],
    ['a require', "const run = require('../collect/run');"],
  ])('%s from the other side of the seam', (_name, text) => {
    const breaches = breachesOf(house({ 'evaluate/a.ts': text, 'collect/run.ts': '' }), importLaw);
    expect(breaches).toEqual(['src/evaluate/a.ts:1: evaluate/ may not import collect/run.ts']);
  });

  test.each([
    ['score/a.ts', "import 'node:fs';", 'score/ may not use node:fs'],
    ['plan/a.ts', "import tls from 'node:tls';", 'plan/ may not use node:tls'],
    ['evaluate/judge.ts', "import fs from 'fs';", 'evaluate/ may not use fs'],
    [
      'collect/tls-endpoint/a.ts',
      "import '../log-secrets/b';",
      'collect/tls-endpoint/ may not import collect/log-secrets/b.ts',
    ],
    ['cli/a.ts', "import '../collect/log-secrets/b';", 'cli/ may not import collect/log-secrets/b.ts'],
    [
      'report/html/a.ts',
      "import '../terminal/index';",
      'report/html/ may not import report/terminal/index.ts',
    ],
    ['plan/a.ts', 'const load = (name: string) => import(name);', 'loads a computed path'],
    ['plan/a.ts', "import '../../test/plan/folder';", '../../test/plan/folder is not in src'],
  ])('%s with %s', (path, text, sentence) => {
    const rest = { 'collect/log-secrets/b.ts': '', 'report/terminal/index.ts': '' };
    expect(breachesOf(house({ [path]: text, ...rest }), importLaw)).toEqual([`src/${path}:1: ${sentence}`]);
  });

  test('a file without a law', () => {
    expect(breachesOf(house({ 'extra/a.ts': '' }), importLaw)).toEqual([
      'src/extra/a.ts: no law is written for this file',
    ]);
  });

  test('a circle', () => {
    const circle = {
      'a.ts': "import './b';",
      'b.ts': "export * from './c';",
      'c.ts': "const a = import('./a');",
    };
    expect(cyclesOf(house(circle))).toEqual(['src/a.ts -> src/b.ts -> src/c.ts -> src/a.ts']);
    expect(cyclesOf(house({ ...circle, 'c.ts': "import type { A } from './a';" }))).toEqual([]);
  });

  test('a package at a second door, one nobody declared, one nobody uses', () => {
    const files = {
      'plan/a.ts': "import 'yaml';",
      'schema/ajv.ts': "import 'ajv/dist/2020'; import 'left-pad';",
    };
    expect(strayPackages(house(files), ['ajv', 'yaml', 'table'])).toEqual([
      'src/plan/a.ts:1: yaml enters by schema/yaml-text.ts only',
      'src/schema/ajv.ts:1: left-pad is not among the dependencies',
      'package.json: table is used nowhere in src',
    ]);
  });

  test('a clock after the seam, but not a date that is given', () => {
    const text =
      'const a = new Date();\nconst b = Date.now();\nconst c = new Date(b);\nconst d = { process: 1 }.process;\nawait fetch("x");';
    expect(worldlyUses(house({ 'evaluate/a.ts': text, 'cli/a.ts': 'process.exit();' }))).toEqual([
      'src/evaluate/a.ts:1: new Date()',
      'src/evaluate/a.ts:2: Date.now',
      'src/evaluate/a.ts:5: fetch',
      'src/cli/a.ts:1: process.exit',
    ]);
  });

  test('an export that nobody takes, however it is passed on', () => {
    const files = {
      'a.ts':
        'export const one = 1; export const two = 2; export const three = 3; export interface Shape {}\nexport const four: Shape = {}; export type Gone = 1;',
      'door.ts': "export { one, two as zwei } from './a';",
      'b.ts': "import { one } from './door';\nconst { three } = await import('./a');",
    };
    expect(unusedExports(house(files), [])).toEqual([
      'src/a.ts: two',
      'src/a.ts: four',
      'src/a.ts: Gone',
      'src/door.ts: zwei',
    ]);
    expect(unusedExports(house(files), ['src/door.ts'])).toEqual(['src/a.ts: four', 'src/a.ts: Gone']);
  });

  test('names', () => {
    const bad = [
      'src/plan/loadTarget.ts',
      'src/plan/utils.ts',
      'src/common/a.ts',
      'src/collect/session-manager.ts',
      'src/plan/host-helper.ts',
    ];
    const good = [
      'src/collect/manager-inventory/index.ts',
      'test/plan/load-target.test.ts',
      'src/schema/evidence.schema.json',
    ];
    expect(badNames([...bad, ...good])).toEqual(bad);
    expect(
      badExports(
        house({
          'a.ts': 'export interface Manager {}\nexport class SessionManager {}\nexport function getHost() {}',
        }),
      ),
    ).toEqual(['src/a.ts: SessionManager', 'src/a.ts: getHost']);
  });
});
