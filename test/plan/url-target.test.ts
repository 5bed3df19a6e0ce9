import { InputError } from '../../src/model/errors';
import { targetOfUrl, type Resolve } from '../../src/plan';

const resolve: Resolve = (name) =>
  name === 'cloudify.example'
    ? Promise.resolve(['192.0.2.7', '2001:db8::7'])
    : Promise.reject(Object.assign(new Error(name), { code: 'ENOTFOUND' }));

test('a URL is one manager seen by its users, and nothing else', async () => {
  const target = await targetOfUrl('https://Cloudify.example:8443/', { resolve });
  expect(target).toMatchObject({
    name: 'cloudify.example:8443',
    managers: [
      {
        name: 'manager-1',
        address: 'cloudify.example',
        resolved: ['192.0.2.7', '2001:db8::7'],
        hosts: [{ host: 'cloudify.example', kind: 'dns', declaredAt: 'url', scope: 'external' }],
        ports: { http: 80, https: 8443, internal: 53333, monitoring: 8009 },
        publicName: 'cloudify.example',
      },
    ],
    ca: { internal: null, external: null },
  });
  for (const list of [target.brokers, target.databases, target.users, target.logs, target.tenants]) {
    expect(list).toEqual([]);
  }
});

test.each([
  ['https://192.0.2.7', '192.0.2.7', 443, '192.0.2.7'],
  ['HTTPS://[2001:DB8:0::7]:444', '2001:db8::7', 444, '[2001:db8::7]:444'],
])('%s', async (url, address, port, name) => {
  const target = await targetOfUrl(url, { resolve });
  expect(target.name).toBe(name);
  expect(target.managers[0]).toMatchObject({
    address,
    resolved: [address],
    publicName: null,
    ports: { https: port },
  });
});

test.each([
  [
    'http://cloudify.example',
    'the URL must begin with https://; port 80 is looked at without being asked for',
  ],
  ['cloudify.example', 'the URL must begin with https://; port 80 is looked at without being asked for'],
  [
    'https://alice:hunter2@cloudify.example',
    'the URL must not hold credentials: every process of this machine can read arguments',
  ],
  ['https://cloudify.example/console', 'the URL must end after the host and port'],
  ['https://cloudify.example?token=hunter2', 'the URL must end after the host and port'],
  ['https://cloudify.example:0', 'the port of the URL must be 1 to 65535'],
  ['https://cloudify.example:70000', 'the port of the URL must be 1 to 65535'],
  ['https://cloudify.example:hunter2', 'the port of the URL must be 1 to 65535'],
  ['https://', 'the host of the URL is empty'],
  ['https://a b', 'the host of the URL is no host name or IP address'],
  ['https://2001:db8::7', 'the port of the URL must be 1 to 65535'],
  ['https://gone.example', '"gone.example" cannot be resolved: no such name'],
  ['https://0.0.0.0', '"0.0.0.0" is not an address that can be dialled'],
])('%s is refused', async (url, said) => {
  const refusal = await targetOfUrl(url, { resolve }).catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(InputError);
  expect((refusal as InputError).describe()).toBe(said);
});

test('a name server that never answers does not stop the tool', async () => {
  jest.useFakeTimers();
  try {
    const refused = expect(
      targetOfUrl('https://silent.example', { resolve: () => new Promise(() => undefined) }),
    ).rejects.toThrow('"silent.example" cannot be resolved: the name server does not answer');
    await jest.advanceTimersByTimeAsync(15_000);
    await refused;
  } finally {
    jest.useRealTimers();
  }
});
