import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startDeployment, type Deployment } from '../../../../fixtures/deployment';
import { apiAuthorization } from '../../../../src/collect/api/authorization';
import { collect } from '../../../../src/collect/run';
import type { EvidenceBundle } from '../../../../src/model/evidence';
import type { Target } from '../../../../src/model/target';
import { secret } from '../../../../src/model/target';
import { loadTarget } from '../../../../src/plan/index';

let folder: string;
let deployment: Deployment;
let target: Target;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cfy-audit-roles-'));
  deployment = await startDeployment({ weaknesses: [], folder, rateLimit: false });
  const loaded = await loadTarget(deployment.targetFile, {
    environment: {},
    prompt: () => Promise.reject(new Error('nothing to ask')),
  });
  target = { ...loaded.target, limits: { ...loaded.target.limits, requestsPerSecond: 10_000 } };
});

afterAll(async () => {
  await deployment.stop();
  rmSync(folder, { recursive: true });
});

function run(changed: Target): Promise<EvidenceBundle> {
  return collect(changed, [apiAuthorization], {
    version: '0.0.0-test',
    runId: 'test',
    now: () => new Date(),
    signal: new AbortController().signal,
    onProgress: () => undefined,
  });
}

/** Role → its evidence, or why there is none. */
function byRole({ evidence }: EvidenceBundle) {
  return new Map(
    evidence.map((each) => [
      each.subject.id.split('/').at(-1) ?? '',
      each.state === 'observed' && each.type === 'api.authorization'
        ? { data: each.data, reason: null }
        : { data: null, reason: each.state === 'unavailable' ? each.reason : each.state },
    ]),
  );
}

test('a sound manager: every cell of every role is as shipped, declared and proven, within what was planned', async () => {
  const bundle = await run(target);
  const roles = byRole(bundle);
  expect([...roles.keys()]).toEqual(['default', 'manager', 'operations', 'sys_admin', 'user', 'viewer']);
  for (const { data } of roles.values()) {
    expect(data).toMatchObject({ cells: [], differences: [], tableRead: true, plan: 'standard' });
    expect(data?.answered.length).toBeGreaterThan(0);
    expect(data?.stubs).toContain('GET /api/v3.1/user-groups');
  }
  const viewer = roles.get('viewer')?.data;
  expect(viewer?.refused).toContain('GET /api/v3.1/snapshots');
  expect(viewer?.answered).toContain('GET /api/v3.1/secrets/{key}');
  expect(viewer?.refusedUnnamed).toContain('PUT /api/v3.1/permissions/{role_name}/{permission_name}');
  expect(roles.get('sys_admin')?.data?.refused).toEqual([]);
  const [task] = apiAuthorization.work(target).tasks;
  const [sent] = bundle.traffic;
  expect(sent?.requests).toBeLessThanOrEqual(task?.requests ?? 0);
  expect(sent?.requests).toBeGreaterThanOrEqual(0.95 * (task?.requests ?? Infinity));
  expect(JSON.stringify(bundle).length).toBeLessThan(64 * 1024);
});

test('the full plan asks every guarded route of every version as everybody', async () => {
  const limits = { ...target.limits, apiRequests: 'full' as const };
  const roles = byRole(await run({ ...target, limits }));
  for (const { data } of roles.values()) {
    expect(data).toMatchObject({ cells: [], notAsked: 0, plan: 'full' });
  }
});

test('without an administrator nothing that only he may do is proven to be refused', async () => {
  const users = target.users.filter(({ systemRole }) => systemRole !== 'sys_admin');
  const roles = byRole(await run({ ...target, users }));
  expect(roles.get('sys_admin')?.reason).toBe('no declared account holds the role sys_admin');
  const viewer = roles.get('viewer')?.data;
  const snapshots = viewer?.cells.find(({ endpoint }) => endpoint === 'GET /api/v3.1/snapshots');
  expect(snapshots).toMatchObject({ observed: 'unproven', named: 'snapshot_list', control: null });
  expect(viewer?.refused).not.toContain('POST /api/v3.1/ldap');
});

test('an account that does not hold what the target file says is told, and nothing is held against it', async () => {
  const users = target.users.map((user) =>
    user.username === 'vera' ? { ...user, tenants: { tenant_a: 'operations' } } : user,
  );
  const roles = byRole(await run({ ...target, users: users.filter(({ username }) => username !== 'oscar') }));
  expect(roles.get('operations')?.reason).toBe(
    'the manager says that vera holds default, viewer in tenant_a, the target file says default, operations',
  );
});

test('wrong credentials are sent once', async () => {
  const users = target.users.map((user) =>
    user.username === 'vera' ? { ...user, password: secret('wrong'), token: null } : user,
  );
  const bundle = await run({ ...target, users });
  expect(byRole(bundle).get('viewer')?.reason).toBe('the manager refused the credentials of vera');
  expect(byRole(bundle).get('operations')?.data?.cells).toEqual([]);
});

test('credentials go nowhere without a certificate that can be verified', async () => {
  const missing = await run({ ...target, ca: { internal: null, external: null } });
  expect(missing.evidence).toMatchObject([{ state: 'unavailable', supply: 'ca.external or ca.internal' }]);
  expect(missing.traffic[0]?.requests).toBe(0);
  const other = await run({
    ...target,
    ca: { internal: 'system', external: 'system' } as unknown as Target['ca'],
  });
  for (const { reason } of byRole(other).values()) expect(reason).toContain('not trusted');
});

test('nobody to ask as is said, with what to supply', async () => {
  const { evidence } = await run({ ...target, users: [] });
  expect(evidence).toMatchObject([
    { state: 'unavailable', supply: 'users: one account of each role, with password or token' },
  ]);
});

test('a manager that stops answering is left alone, and no role is judged by half a matrix', async () => {
  const folder503 = mkdtempSync(join(tmpdir(), 'cfy-audit-roles-503-'));
  const broken = await startDeployment({
    weaknesses: ['html-login-page-everywhere'],
    folder: folder503,
    rateLimit: false,
  });
  try {
    const { target: its } = await loadTarget(broken.targetFile, {
      environment: {},
      prompt: () => Promise.reject(new Error('nothing to ask')),
    });
    const bundle = await run({ ...its, limits: target.limits });
    expect(bundle.evidence.every(({ state }) => state === 'unavailable')).toBe(true);
    expect(bundle.traffic[0]?.requests).toBeLessThan(20);
  } finally {
    await broken.stop();
    rmSync(folder503, { recursive: true });
  }
});

test('no credential is in the evidence', async () => {
  const text = JSON.stringify(await run(target));
  for (const { username } of target.users) {
    for (const kind of ['password', 'token']) {
      const value = readFileSync(join(folder, 'credentials', `${username}.${kind}`), 'utf8').trim();
      expect(text).not.toContain(value);
    }
  }
});
