import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder, minimal } from './folder';

const folder = makeFolder();
afterAll(() => {
  folder.remove();
});

const zones = { id: 'GET /zones', method: 'GET', path: '/zones', versions: ['v3.1'], probe: 'read' };
const target = minimal('endpoints: endpoints.yaml');

test('endpoints of one’s own are part of the target, written as YAML or as JSON', async () => {
  folder.write(
    'endpoints.yaml',
    'endpoints:\n  - { id: GET /zones, method: GET, path: /zones, versions: [v3.1], probe: read }\n',
  );
  expect((await folder.load(target)).target.endpoints).toEqual([zones]);
  folder.write('endpoints.json', JSON.stringify({ endpoints: [zones] }));
  const written = minimal('endpoints: endpoints.json');
  expect((await folder.load(written)).target.endpoints).toEqual([zones]);
});

test('the example of the README is accepted', async () => {
  const readme = readFileSync(join(__dirname, '../../README.md'), 'utf8');
  const example = /```yaml\n(endpoints:\n[^]*?)```/.exec(readme)?.[1] ?? '';
  folder.write('endpoints.yaml', example);
  expect((await folder.load(target)).target.endpoints).toMatchObject([
    { id: 'GET /zones', permission: 'zone_list' },
    { id: 'DELETE /zones/{zone_id}', probe: 'inert-empty', params: { zone_id: 'zone' } },
  ]);
});

test.each<[string, string | object, string]>([
  [
    'an unknown method',
    { ...zones, method: 'FETCH' },
    'endpoints.yaml:5: must be one of GET, POST, PUT, PATCH, DELETE (at /endpoints/0/method)',
  ],
  [
    'a path without a slash',
    { ...zones, path: 'zones' },
    'endpoints.yaml:6: must match pattern "^/[!-~]*$" (at /endpoints/0/path)',
  ],
  [
    'a path with a space',
    { ...zones, path: '/zo nes' },
    'endpoints.yaml:6: must match pattern "^/[!-~]*$" (at /endpoints/0/path)',
  ],
  [
    'an unknown key',
    { ...zones, body: '{}' },
    'endpoints.yaml:11: unknown key "body" (at /endpoints/0/body)',
  ],
  [
    'no probe',
    { ...zones, probe: undefined },
    'endpoints.yaml:3: missing key "probe" (at /endpoints/0/probe)',
  ],
  [
    'no version',
    { ...zones, versions: [] },
    'endpoints.yaml:7: must NOT have fewer than 1 items (at /endpoints/0/versions)',
  ],
  [
    'an unknown parameter',
    { ...zones, path: '/zones/{zone}' },
    'endpoints.yaml:3: the path has {zone}, which "params" does not tell (at /endpoints/0)',
  ],
  [
    'neither YAML nor JSON',
    '{"endpoints": [',
    'endpoints.yaml:1: Flow sequence in block collection must be sufficiently indented and end with a ]',
  ],
  ['an empty file', '', 'endpoints.yaml: must be object'],
  ['a list', '[]', 'endpoints.yaml:1: must be object'],
])('%s is refused, with its place', async (_name, entry, said) => {
  const text = typeof entry === 'string' ? entry : JSON.stringify({ endpoints: [entry] }, null, 1);
  folder.write('endpoints.yaml', text);
  expect(await folder.complaint(target)).toBe(said);
});

test('an endpoint twice is refused', async () => {
  folder.write('endpoints.yaml', JSON.stringify({ endpoints: [zones, zones] }, null, 1));
  expect(await folder.complaint(target)).toBe(
    'endpoints.yaml:12: "endpoints.yaml" has GET /zones twice (at /endpoints/1)',
  );
});

test('a file that is not there is named', async () => {
  expect(await folder.complaint(minimal('endpoints: gone.yaml'))).toBe(
    'gone.yaml: cannot be read: no such file',
  );
});
