import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fillPath, loadEndpoints, routesOf } from '../../../src/collect/api/catalogue';
import { compileSchema } from '../../../src/schema/ajv';
import { packageRoot } from '../../../src/schema/package-root';

const read = (path: string): unknown =>
  JSON.parse(readFileSync(join(packageRoot(), path), 'utf8')) as unknown;
const schema = read('rules/endpoints/endpoints.schema.json') as Record<string, unknown>;
const catalogue = loadEndpoints();
const routes = routesOf();

test('fits its schema', () => {
  expect(compileSchema(schema)(read('rules/endpoints/7.1.json'))).toEqual([]);
});

test('holds the 457 routes of 7.1, each once', () => {
  const count = new Map<string, number>();
  for (const { version } of routes) count.set(version, (count.get(version) ?? 0) + 1);
  expect(Object.fromEntries(count)).toEqual({
    v1: 30,
    v2: 44,
    'v2.1': 52,
    v3: 92,
    'v3.1': 238,
    unversioned: 1,
  });
  const pairs = catalogue.endpoints.flatMap((e) => e.versions.map((v) => `${v} ${e.method} ${e.path}`));
  expect(new Set(pairs).size).toBe(457);
  expect(pairs).toHaveLength(457);
  expect(new Set(catalogue.endpoints.map(({ id }) => id)).size).toBe(catalogue.endpoints.length);
});

test('every parameter of a path has a kind that can be filled, and every list it is filled from exists', () => {
  const ids = new Set(catalogue.endpoints.map(({ id }) => id));
  for (const endpoint of catalogue.endpoints) {
    const named = [...endpoint.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
    expect([endpoint.id, named]).toEqual([endpoint.id, Object.keys(endpoint.params ?? {})]);
    for (const kind of Object.values(endpoint.params ?? {})) {
      expect(kind in catalogue.harvest || kind in catalogue.fixed).toBe(true);
    }
    if (endpoint.permission !== undefined) expect(catalogue.permissions).toHaveProperty(endpoint.permission);
  }
  for (const { from } of Object.values(catalogue.harvest)) expect(ids).toContain(from);
});

test('what is open is on no other list, and only reads are read', () => {
  const open = catalogue.endpoints.filter((e) => e.guard === 'open').map(({ id }) => id);
  expect(open.sort()).toEqual(['GET /ok', 'GET /snapshot-status']);
  const reads = catalogue.endpoints.filter((e) => e.probe === 'read' && e.method !== 'GET');
  expect(reads.every(({ method, path }) => method === 'POST' && path.startsWith('/searches/'))).toBe(true);
});

test('an endpoint of the target file joins, or takes the place of ours', () => {
  const added = [
    { id: 'GET /zones', method: 'GET', path: '/zones', versions: ['v3.1'], probe: 'read' },
    { id: 'GET /ok', method: 'GET', path: '/ok', versions: ['v3.1'], probe: 'never' },
  ] as const;
  const more = routesOf(added);
  expect(more).toHaveLength(458);
  expect(more.find(({ template }) => template === '/api/v3.1/zones')?.origin).toBe('target');
  expect(more.find(({ template }) => template === '/api/v3.1/ok')?.endpoint.probe).toBe('never');
});

test('parameters are encoded, slashes of a file path kept', () => {
  expect(fillPath('/api/v3.1/tenants/{tenant_name}', { tenant_name: 'a b?' })).toBe(
    '/api/v3.1/tenants/a%20b%3F',
  );
  expect(fillPath('/x/{path}', { path: 'a/b' })).toBe('/x/a/b');
  expect(() => fillPath('/x/{path}', {})).toThrow('no value for {path}');
});

const facts = join(packageRoot(), '../shared/facts');
const whereFactsAre = existsSync(facts) ? describe : describe.skip;
if (!existsSync(facts))
  process.stderr.write('skipped: the facts about the manager are not beside the repository\n');

whereFactsAre('the facts about 7.1 (skipped without ../shared)', () => {
  const read = (name: string): unknown => JSON.parse(readFileSync(join(facts, name), 'utf8')) as unknown;

  test('every endpoint of v3.1 is described alike', () => {
    type Fact = Record<'id' | 'auth' | 'tenantFrom' | 'probe', string> & {
      permission: string | null;
      allTenants: boolean;
      allIfExecution: boolean;
    };
    const guards: Record<string, string> = { required: 'secured', 'unguarded-stub': 'stub' };
    const differently: Record<string, string> = {
      // Found inert on the community edition; the premium one would create the tenant from an empty body.
      'POST /tenants/{tenant_name}': 'never',
      // Asked with an action that does not exist, which the guard sees first and no manager can carry out.
      'POST /maintenance/{maintenance_action}': 'inert-empty',
    };
    const wanted = (read('endpoints-7.1-v3.1.json') as Fact[]).map((f) =>
      [
        f.id,
        guards[f.auth] ?? f.auth,
        f.permission,
        f.tenantFrom,
        differently[f.id] ?? f.probe,
        f.allTenants,
        f.allIfExecution,
      ].join(' '),
    );
    const ours = routes
      .filter(({ version }) => version === 'v3.1')
      .map(({ endpoint: e }) =>
        [
          e.id,
          e.guard ?? 'secured',
          e.permission ?? null,
          e.tenantFrom ?? 'header',
          e.probe,
          e.allTenants ?? false,
          e.allIfExecution ?? false,
        ].join(' '),
      );
    expect([...ours].sort()).toEqual([...wanted].sort());
  });

  test('every route of every version is there, with its permission and roles', () => {
    interface Fact {
      method: string;
      path: string;
      api_versions: string[];
      action: string | null;
      roles: string[] | null;
    }
    const { routes: facts, permissions } = read('rest-routes.json') as {
      routes: Fact[];
      permissions: Record<string, string[]>;
    };
    expect(catalogue.permissions).toEqual(permissions);
    const missing = facts.flatMap(({ method, path, api_versions: versions, action }) =>
      versions.flatMap((v) => {
        const below = path.replace(/^\/api\/(v[\d.]+\/)?/, '/').replace(/<(?:\w+:)?(\w+)>/g, '{$1}');
        const template = `/api${v === 'version' ? '' : `/${v}`}${below}`;
        const found = routes.find((r) => r.endpoint.method === method && r.template === template);
        // `auth_req` stands for a permission that the summary picks by what it counts.
        const alike =
          found !== undefined && (action === 'auth_req' || (found.endpoint.permission ?? null) === action);
        return alike ? [] : [`${method} ${template} ${action ?? ''}`];
      }),
    );
    expect(missing).toEqual([]);
  });
});
