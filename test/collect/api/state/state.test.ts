import { managerState } from '../../../../src/collect/api/state';
import type { EvidenceBundle, EvidenceData, EvidenceType } from '../../../../src/model/evidence';
import { secret, type Target, type User } from '../../../../src/model/target';
import {
  allInOne,
  canaries,
  startManager,
  type Answers,
  type Manager,
  type Reply,
} from '../../manager-inventory/manager';
import { makePki, type Pki } from '../../../protocol/http/pki';
import { managerOf, runTarget, targetOf } from '../../run-target';

let pki: Pki;
let manager: Manager;
beforeAll(() => {
  pki = makePki();
});
afterAll(() => {
  pki.remove();
});
afterEach(() => {
  for (const started of managers.splice(0)) started.stop();
});
const managers: Manager[] = [];

const admin: User = {
  name: 'auditor',
  username: 'admin',
  password: secret(canaries.password),
  token: null,
  tenants: {},
  systemRole: 'sys_admin',
};
const days = (count: number): string => new Date(Date.now() + count * 86_400_000).toISOString();
const listed = (items: readonly unknown[], total = items.length): Reply => ({
  body: { items, metadata: { pagination: { total, size: 1000, offset: 0 } } },
});
const state: Answers = {
  '/api/v3.1/ok': { body: '"OK"' },
  '/api/v3.1/version': {
    body: { version: '7.0.4', edition: 'premium', distribution: 'centos', distro_release: 'Core' },
  },
  '/api/v3.1/maintenance': { body: { status: 'deactivated' } },
  '/api/v3.1/status': {
    body: { status: 'Fail', services: { Webserver: { status: 'Active' }, Composer: { status: 'Inactive' } } },
  },
  '/api/v3.1/license': listed([{ expiration_date: days(-2.5), expired: true }]),
  '/api/v3.1/config': listed([
    { name: 'account_lock_period', value: -1, scope: 'rest' },
    { name: 'failed_logins_before_account_lock', value: 4, scope: 'rest' },
    { name: 'insecure_endpoints_disabled', value: true, scope: 'rest' },
    { name: 'rest_service_log_level', value: 'DEBUG', scope: 'rest' },
    { name: 'rest_service_log_path', value: '/var/log/x.log', scope: 'rest' },
  ]),
  '/api/v3.1/tokens': listed([
    {
      id: 'aaaaaaaaaa',
      username: 'alice',
      role: 'default',
      expiration_date: days(10.5),
      last_used: days(-200.5),
      description: 'csys-mgmtworker',
    },
    { id: 'bbbbbbbbbb', username: 'admin', role: 'sys_admin', description: 'csys-mgmtworker' },
  ]),
  '/api/v3.1/users': listed([
    { username: 'admin', role: 'sys_admin', active: true, last_login_at: days(-3.5) },
    { username: 'gone', role: 'sys_admin', active: false },
    { username: 'ines', role: 'default', active: true, group_system_roles: { sys_admin: ['staff'] } },
    { username: 'alice', role: 'default', active: true, group_system_roles: {} },
  ]),
};

async function collect(change: Answers = {}, parts: Partial<Target> = {}): Promise<EvidenceBundle> {
  manager = await startManager(pki, { ...allInOne(pki), ...state, ...change });
  managers.push(manager);
  const { port } = manager;
  const ports = { http: 1, https: port, internal: port, monitoring: 1 };
  const target = targetOf({
    managers: [managerOf({ ports })],
    ca: { internal: [pki.caDer], external: null },
    users: [admin],
    ...parts,
  });
  return runTarget(target, managerState);
}

function dataOf<T extends EvidenceType>(bundle: EvidenceBundle, type: T, part = ''): EvidenceData[T] {
  const found = bundle.evidence.find((e) => e.type === type && e.subject.id.endsWith(part));
  if (found?.state !== 'observed') throw new Error(`${type}: ${JSON.stringify(found)}`);
  return found.data as EvidenceData[T];
}

function reasonOf(bundle: EvidenceBundle, type: EvidenceType): string {
  const found = bundle.evidence.find((e) => e.type === type);
  return found?.state === 'unavailable'
    ? `${found.reason} | ${found.supply ?? ''}`
    : (found?.state ?? 'none');
}

test('what the manager says of itself becomes facts, in no more requests than planned', async () => {
  const bundle = await collect();
  expect(dataOf(bundle, 'manager.settings')).toEqual({
    node: 'manager-1',
    as: 'auditor',
    accountLock: { failures: 4, minutes: -1 },
    insecureEndpointsDisabled: true,
    logLevels: [{ setting: 'rest_service_log_level', level: 'DEBUG' }],
    writing: { roles: null, open: null },
  });
  expect(dataOf(bundle, 'manager.tokens')).toMatchObject({
    scope: 'all',
    complete: true,
    tokens: [
      // Anybody can give a token this description; only an administrator's is the worker's.
      { id: 'aaaaaaaaaa', owner: 'alice', purpose: null, daysToEnd: 10, daysIdle: 200 },
      { id: 'bbbbbbbbbb', owner: 'admin', purpose: 'management-worker', daysToEnd: null, daysIdle: null },
    ],
  });
  expect(dataOf(bundle, 'manager.administrators')).toMatchObject({
    accounts: 4,
    administrators: [
      { username: 'admin', by: 'account', daysIdle: 3 },
      { username: 'ines', by: 'group', daysIdle: null },
    ],
  });
  expect(dataOf(bundle, 'manager.condition')).toMatchObject({
    version: '7.0.4',
    health: 'Fail',
    down: ['Composer'],
    license: 'expired',
    licenseDays: -3,
  });
  expect(dataOf(bundle, 'software.version', 'cloudify-manager')).toMatchObject({
    version: '7.0.4',
    release: '7.0',
    supportEnds: '2026-04-30',
    source: 'published',
  });
  expect(dataOf(bundle, 'software.version', 'operating-system')).toMatchObject({
    version: 'centos Core',
    supportEnds: '2024-06-30',
  });
  expect(JSON.stringify(bundle)).not.toContain(canaries.password);
  const { port } = manager;
  const ports = { http: 1, https: port, internal: port, monitoring: 1 };
  const planned = managerState.work(
    targetOf({
      managers: [managerOf({ ports })],
      ca: { internal: [pki.caDer], external: null },
      users: [admin],
    }),
  );
  expect(bundle.traffic[0]?.requests).toBeLessThanOrEqual(
    planned.tasks.reduce((sum, { requests }) => sum + requests, 0),
  );
});

test('a contract names the end of support, whatever the release', async () => {
  const bundle = await collect({}, { support: { 'cloudify-manager': '2099-01-31' } });
  const version = dataOf(bundle, 'software.version', 'cloudify-manager');
  expect(version).toMatchObject({ supportEnds: '2099-01-31', source: 'contract' });
  expect(version.daysOfSupport).toBeGreaterThan(20_000);
});

test('what is masked, missing or strange is not known; a setting that is null is off', async () => {
  const bundle = await collect({
    '/api/v3.1/config': listed([
      { name: 'account_lock_period', value: '********' },
      { name: 'rest_service_log_level', value: '********' },
      { name: 'insecure_endpoints_disabled', value: null },
      7,
    ]),
    '/api/v3.1/license': { status: 404, body: { error_code: 'missing_premium_package_error' } },
    '/api/v3.1/version': { body: { version: '9.9', distribution: { a: 1 } } },
    '/api/v3.1/maintenance': { status: 503, body: 'x' },
    '/api/v3.1/tokens': listed([{}], 5000),
    '/api/v3.1/user': { body: { role: 'default' } },
  });
  expect(dataOf(bundle, 'manager.settings')).toMatchObject({
    accountLock: { failures: null, minutes: null },
    insecureEndpointsDisabled: false,
    logLevels: [],
  });
  expect(dataOf(bundle, 'manager.tokens')).toMatchObject({ scope: 'own', complete: false });
  expect(dataOf(bundle, 'manager.condition')).toMatchObject({ license: 'not-needed', maintenance: null });
  expect(dataOf(bundle, 'software.version', 'cloudify-manager')).toMatchObject({
    release: null,
    supportEnds: null,
    daysOfSupport: null,
  });
  expect(dataOf(bundle, 'software.version', 'operating-system')).toMatchObject({ version: null });
});

test.each<[string, Answers, EvidenceType, string]>([
  [
    'accounts of a community edition',
    { '/api/v3.1/users': { status: 404, body: { error_code: 'missing_premium_package_error' } } },
    'manager.administrators',
    'community edition does not list',
  ],
  [
    'accounts for somebody who may not see them',
    { '/api/v3.1/users': { status: 403, body: { error_code: 'forbidden_error' } } },
    'manager.administrators',
    'auditor was answered with 403 (forbidden) | users in target.yaml: an account with systemRole: sys_admin',
  ],
  [
    'settings that are no list',
    { '/api/v3.1/config': { body: { items: {} } } },
    'manager.settings',
    'no settings',
  ],
  [
    'settings that are no JSON',
    { '/api/v3.1/config': { body: '<html>' } },
    'manager.settings',
    'was answered with 200',
  ],
  [
    'tokens that are no list',
    { '/api/v3.1/tokens': { body: { items: 1 } } },
    'manager.tokens',
    'does not list',
  ],
])('not available: %s', async (_name, change, type, reason) => {
  expect(reasonOf(await collect(change), type)).toContain(reason);
});

test('without users or a CA nothing is sent, and what to supply is said; a refused user is not sent twice', async () => {
  const nobody = await collect({}, { users: [] });
  expect(reasonOf(nobody, 'manager.settings')).toContain(
    'no declared user can log in | users in target.yaml',
  );
  const untrusted = await collect({}, { ca: { internal: null, external: null } });
  expect(reasonOf(untrusted, 'manager.tokens')).toContain('names no CA');
  expect(manager.requests.filter(({ headers }) => headers.authorization !== undefined)).toEqual([]);
  const wrong = { ...admin, password: secret('not-the-right-one') };
  const refused = await collect({}, { users: [wrong] });
  expect(reasonOf(refused, 'manager.settings')).toContain('(unauthorized)');
  expect(manager.requests.filter(({ headers }) => headers.authorization !== undefined)).toHaveLength(1);
});

test('an endpoint that the catalogue lacks is named, and one that the manager lacks', async () => {
  const bundle = await collect();
  // The stub does not answer OPTIONS as the REST service does, so nothing was held against the catalogue.
  expect(dataOf(bundle, 'manager.condition').catalogue).toMatchObject({ manager: '7.1', asked: 0 });
});

describe('who may change settings of the whole manager', () => {
  const setting = (name: string, more: object): object => ({ name, value: 1, scope: 'rest', ...more });
  const authorization = { permissions: { manager_config_put: ['sys_admin', 'manager'] } };
  const written = async (change: Answers): Promise<unknown> =>
    (dataOf(await collect(change), 'manager.settings') as { writing: unknown }).writing;

  test('is told by its permission table and its list of settings, and nothing is written', async () => {
    const items = [
      setting('ldap_server', { is_editable: true, admin_only: false }),
      setting('ldap_password', { is_editable: true, admin_only: true }),
      setting('rest_host', { is_editable: false, admin_only: false }),
    ];
    expect(await written({ '/api/v3.1/config': { body: { items, authorization } } })).toEqual({
      roles: ['sys_admin', 'manager'],
      // One that is not editable is changed by force.
      open: ['ldap_server', 'rest_host'],
    });
  });

  test('is not known where settings do not say whether they are editable, or there is no table', async () => {
    expect(await written({})).toEqual({ roles: null, open: null });
    const strange = {
      body: { items: [setting('a', { is_editable: true }), setting('b', {})], authorization: 7 },
    };
    expect(await written({ '/api/v3.1/config': strange })).toEqual({ roles: null, open: null });
  });
});
