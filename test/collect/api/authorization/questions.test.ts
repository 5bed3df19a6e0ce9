import { loadEndpoints, routesOf } from '../../../../src/collect/api/catalogue';
import { knownRoles } from '../../../../src/collect/api/authorization/actors';
import { formOf } from '../../../../src/collect/api/authorization/form';
import { countAsked, type Member } from '../../../../src/collect/api/authorization/matrix';
import { questionsOf } from '../../../../src/collect/api/authorization/questions';
import { harmlessPath } from '../../../../src/collect/api/paths';

const catalogue = loadEndpoints();
const standard = questionsOf(catalogue, routesOf(), 'standard');
const full = questionsOf(catalogue, routesOf(), 'full');
const members = knownRoles.map((role): Member => {
  const user = { name: role, username: role, password: null, token: null, tenants: {}, systemRole: null };
  return { actor: { name: role, user, role, tenant: null }, roles: [role], everywhere: [role] };
});

test('the standard plan stays within 560 requests, with log-ins and the permission table', () => {
  const requests = standard.asked.reduce((sum, question) => sum + countAsked(question, members), 0);
  expect(requests + members.length + 1).toBeLessThanOrEqual(560);
});

test('the standard plan asks for every permission that any question can ask for, in the newest version', () => {
  const permissions = (from: typeof standard, version: string): readonly (string | null)[] =>
    [...new Set(from.asked.filter(({ route }) => route.version === version).map((q) => q.permission))].sort();
  expect(permissions(standard, 'v3.1')).toEqual(permissions(full, 'v3.1'));
});

test('every guarded endpoint of the newest version is in the standard plan, and who may is asked for at its boundary', () => {
  const ids = (from: typeof standard): readonly string[] =>
    from.asked.filter(({ route }) => route.version === 'v3.1').map(({ id }) => id);
  expect(ids(standard)).toEqual(ids(full));
});

test('what is administrative is asked as everybody who must not, and so is whatever elevates', () => {
  const asked = standard.asked.filter(
    ({ administrative, elevates, route }) =>
      (administrative || elevates) && route.version === 'v3.1' && route.endpoint.guard !== 'stub',
  );
  expect(asked.map(({ id }) => id)).toEqual(
    expect.arrayContaining([
      'GET /api/v3.1/snapshots',
      'PUT /api/v3.1/config/{name}',
      'POST /api/v3.1/ldap',
      'PUT /api/v3.1/permissions/{role_name}/{permission_name}',
      'POST /api/v3.1/snapshots/{snapshot_id}/restore',
    ]),
  );
  expect(new Set(asked.map(({ ask }) => ask))).toEqual(new Set(['lacking']));
});

test('where several are to be refused, those below the strongest take turns', () => {
  const spread = standard.asked.filter(({ ask, roles }) => ask === 'spread' && roles.length === 3);
  expect(spread.length).toBeGreaterThan(10);
  for (const question of spread) expect(countAsked(question, members)).toBe(3);
});

test('a few endpoints of each older version are in the standard plan, all of them in the full one', () => {
  for (const version of catalogue.versions.slice(0, -1)) {
    const asked = standard.asked.filter(({ route }) => route.version === version);
    expect(asked.length).toBeGreaterThanOrEqual(2);
    expect(asked.some(({ route }) => route.endpoint.method !== 'GET')).toBe(true);
    expect(full.asked.filter(({ route }) => route.version === version).length).toBeGreaterThan(20);
  }
});

test('of a further manager each permission is asked for once', () => {
  const sample = questionsOf(catalogue, routesOf(), 'sample');
  const latest = sample.asked.filter(({ route, elevates }) => route.version === 'v3.1' && !elevates);
  const permissions = latest.map(({ permission }) => permission);
  expect(new Set(permissions).size).toBe(permissions.length);
  expect(sample.asked.length).toBeLessThan(standard.asked.length);
});

test('what could have an effect is never sent, and is listed', () => {
  const never = [
    'PUT /api/v3.1/blueprints/{blueprint_id}',
    'PUT /api/v3.1/snapshots/{snapshot_id}/archive',
    'POST /api/v3.1/tenants/{tenant_name}',
    'POST /api/v3.1/license',
    'POST /api/v3.1/users/{username}',
  ];
  expect(standard.notSent.map(({ endpoint }) => endpoint)).toEqual(expect.arrayContaining(never));
  for (const { route } of full.asked) expect(route.endpoint.probe).not.toBe('never');
  expect(full.asked.filter(({ id }) => never.includes(id.replace(/v[\d.]+\//, 'v3.1/')))).toEqual([]);
});

test('maintenance is asked for by an action that does not exist, which an administrator cannot take either', () => {
  const asked = standard.asked.find(({ id }) => id === 'POST /api/v3.1/maintenance/{maintenance_action}');
  if (asked === undefined) throw new Error('maintenance is not asked for');
  expect(asked).toMatchObject({ administrative: true, ask: 'lacking' });
  const { path } = formOf(asked, { tenant: 'tenant_a', unknownId: 'cfy-audit-0123456789ab' });
  expect(path).toBe('/api/v3.1/maintenance/cfy-audit-0123456789ab');
  expect(harmlessPath(asked.route)).toBe('/api/v3.1/maintenance/cfy-audit-no-such-action');
});

test('a write has no body, or one that names a tenant and nothing else, and identifiers that do not exist', () => {
  for (const question of full.asked) {
    const form = formOf(question, { tenant: 'tenant_a', unknownId: 'cfy-audit-0123456789ab' });
    expect(form.path).not.toMatch(/[{}]/);
    if (question.route.endpoint.params) expect(form.path).toContain('cfy-audit-0123456789ab');
    if (form.body !== undefined) expect(JSON.parse(form.body)).toEqual({ tenant_name: 'tenant_a' });
    if (form.body !== undefined) expect(question.route.endpoint.tenantFrom).toBe('data');
  }
});
