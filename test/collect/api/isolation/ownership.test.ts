import { examine, type Viewing } from '../../../../src/collect/api/isolation/examine';
import { makeInventory, type Thing } from '../../../../src/collect/api/isolation/inventory';
import type { Principal } from '../../../../src/collect/api/isolation/principals';
import { unsent, type Reply } from '../../../../src/collect/api/isolation/reply';
import { makeScopes } from '../../../../src/collect/api/isolation/scope';
import { looksRandom } from '../../../../src/collect/api/isolation/texts';
import { secret } from '../../../../src/model/target';

const scopes = makeScopes();
const principal: Principal = {
  name: 'anna',
  username: 'anna',
  credential: { kind: 'token', token: secret('t') },
  systemRole: 'default',
  administrator: false,
  memberships: [{ tenant: 'a', roles: ['user'] }],
  canary: false,
};
const thing = (id: string, tenant: string, visibility: string, creator: string): Thing => ({
  kind: 'deployment',
  id,
  scope: scopes(tenant, visibility, creator),
  deployment: null,
  execution: null,
  hidden: false,
  creator,
  detail: null,
});
const inventory = makeInventory();
inventory.add(thing('web', 'a', 'tenant', 'alice'), { note: 'x' }, true);
inventory.add(thing('web', 'b', 'tenant', 'bob'), { note: 'k3J9xQ2mL7pT' }, true);
inventory.add(thing('db', 'b', 'tenant', 'bob'), {}, true);
inventory.add(thing('mine', 'a', 'private', 'alice'), {}, true);

const see = (items: readonly unknown[], more: Partial<Viewing> = {}): readonly string[] => {
  const reply: Reply = { ...unsent, kind: 'shown', status: 200, json: { items }, items };
  const viewing = { principal, tenants: ['a'], allTenants: false, sent: [], kind: 'deployment', ...more };
  return examine(reply, viewing, inventory).map((sight) => `${sight.border} ${sight.owner} ${sight.proof}`);
};

test.each([
  ['its own item', [{ id: 'web', tenant_name: 'a', visibility: 'tenant' }], []],
  ['a name that two tenants have', [{ id: 'web' }], []],
  [
    'what is shared with everybody',
    [{ id: 'x', tenant_name: 'b', visibility: 'global', note: 'k3J9xQ2mL7pT' }],
    [],
  ],
  [
    'an item of another tenant',
    [{ id: 'q', tenant_name: 'b', visibility: 'tenant' }],
    ['foreign b tenant-name'],
  ],
  ['an identifier only another has', [{ id: 'db' }], ['foreign b id']],
  ['content only another has', [{ message: 'token k3J9xQ2mL7pT used' }], ['foreign b marker']],
  [
    'a private item',
    [{ id: 'mine', tenant_name: 'a', visibility: 'private', created_by: 'alice' }],
    ['private a id'],
  ],
  ['her own private item', [{ id: 'p', tenant_name: 'a', visibility: 'private', created_by: 'anna' }], []],
])('%s', (_name, items, wanted) => {
  expect(see(items)).toEqual(wanted);
});

test('an error that repeats what was asked for shows nothing', () => {
  const reply: Reply = { ...unsent, kind: 'missing', status: 404, json: { message: 'k3J9xQ2mL7pT' } };
  const viewing = { principal, tenants: ['a'], allTenants: false, kind: 'deployment' };
  expect(examine(reply, { ...viewing, sent: ['k3J9xQ2mL7pT'] }, inventory)).toEqual([]);
  expect(examine(reply, { ...viewing, sent: [] }, inventory)).toHaveLength(1);
});

test('words, versions, dates and packages are not random', () => {
  const plain = [
    'cloudify-utilities-plugin',
    '2026-11-25T13',
    'ApplicationModule',
    'csys-environment-filter',
  ];
  expect(plain.filter(looksRandom)).toEqual([]);
  expect(
    ['c8b007ee-4d82-feac-ab62-86cd3672d6ae', '4FkQ1okTBGzvAmwu'].filter((each) => !looksRandom(each)),
  ).toEqual([]);
});
