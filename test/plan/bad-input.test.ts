import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { makeFolder, manager, minimal } from './folder';
import { issueCa } from '../protocol/x509/chain';
import { issueCrl } from '../../fixtures/pki/write-crl';
import { caPem } from './certificates';

const folder = makeFolder();
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const caDer = new X509Certificate(caPem).raw;
const crl = issueCrl({ issuer: issueCa('root'), thisUpdate: new Date(0) });
const ways = "'${NAME}' for an environment variable, { file: PATH } or { prompt: true }";

beforeAll(() => {
  folder.write('empty.pem', '');
  folder.write('key.pem', privateKey.export({ type: 'pkcs8', format: 'pem' }));
  folder.write('key.der', privateKey.export({ type: 'sec1', format: 'der' }));
  folder.write('request.pem', caPem.replaceAll('CERTIFICATE', 'CERTIFICATE REQUEST'));
  folder.write('garbled.pem', caPem.replace('MIIBijCC', 'MIIBijCD'));
  folder.write('half.pem', caPem.slice(0, 300));
  folder.write('second-half.pem', `${caPem}${caPem.slice(0, 300)}\n${caPem}`);
  folder.write('two.der', Buffer.concat([caDer, caDer]));
  folder.write('notes.txt', 'the CA is in the other folder\n');
  folder.write('weak', `# made by hand\n${'0'.repeat(20)}\n`);
  folder.write('weak-long', `${'0'.repeat(20)}\n${'0'.repeat(40)}\n`);
  folder.write('weak-empty', '# nothing\n');
  folder.write('ca.der', caDer);
  folder.write('ca.pem', caPem);
  folder.write('half.crl', crl.pem.slice(0, 100));
  folder.write('second-half.crl', `${crl.pem}${crl.pem.slice(0, 100)}\n${crl.pem}`);
  folder.write('garbled.crl', crl.pem.replace(/(CRL-----\n.{10})..../, '$1****'));
  folder.write('half.der', crl.der.slice(0, 50));
  folder.write('more.der', Buffer.concat([crl.der, Buffer.from('x')]));
  folder.write('empty', '\n');
  folder.write('two-lines', 'one\ntwo\n');
  folder.write('binary', Uint8Array.from([0x80, 0x81, 0x0a]));
  folder.write('large', 'x'.repeat(70_000));
});
afterAll(() => {
  folder.remove();
});

const user = (...lines: readonly string[]): string =>
  minimal('users:', '  - username: alice', ...lines.map((line) => `    ${line}`));

test.each<[string, string, string]>([
  // shape
  [
    'no YAML',
    'name: [',
    'target.yaml:1: is not valid YAML: Flow sequence in block collection must be sufficiently indented and end with a ]',
  ],
  ['a list', '- a\n', 'target.yaml:1: must be object'],
  ['nothing', '', 'target.yaml: must be object'],
  ['no managers', 'name: x\n', 'target.yaml:1: missing key "managers" (at /managers)'],
  [
    'an empty list of managers',
    'name: x\nmanagers: []\n',
    'target.yaml:2: must NOT have fewer than 1 items (at /managers)',
  ],
  ['no name', 'managers: [{ name: a, address: b }]\n', 'target.yaml:1: missing key "name" (at /name)'],
  ['an unknown key', minimal('colour: red'), 'target.yaml:4: unknown key "colour" (at /colour)'],
  [
    'a misspelt key',
    minimal('borkers: []'),
    'target.yaml:4: unknown key "borkers"; did you mean "brokers"? (at /borkers)',
  ],
  [
    'a hyphenated key',
    manager('address: 10.0.0.1', 'public-name: a.example'),
    'target.yaml:5: unknown key "public-name"; did you mean "publicName"? (at /managers/0/public-name)',
  ],
  [
    'a day of support that is no date',
    minimal('support: { rabbitmq: soon }'),
    'target.yaml:4: must match format "date" (at /support/rabbitmq)',
  ],
  [
    'support of a product that nothing tells of',
    minimal('support: { rabbit: 2027-01-01 }'),
    'target.yaml:4: unknown key "rabbit"; did you mean "rabbitmq"? (at /support/rabbit)',
  ],
  [
    'a rate-limit test that is neither yes nor no',
    minimal('limits: { rateLimitTest: 60 }'),
    'target.yaml:4: must be boolean (at /limits/rateLimitTest)',
  ],
  [
    'a misspelt port',
    manager('address: 10.0.0.1', 'ports: { htpps: 1 }'),
    'target.yaml:5: unknown key "htpps"; did you mean "https"? (at /managers/0/ports/htpps)',
  ],
  ['a key twice', minimal('name: again'), 'target.yaml:4: is not valid YAML: Map keys must be unique'],
  [
    'a version that YAML reads as a number',
    minimal('version: 7.0'),
    'target.yaml:4: write the version in quotes, e.g. "7.0": YAML reads it as a number (at /version)',
  ],
  ['a wrong type', minimal('tenants: tenant_a'), 'target.yaml:4: must be array (at /tenants)'],
  [
    'an unknown vantage',
    minimal('vantage: near'),
    'target.yaml:4: must be one of network, same-host (at /vantage)',
  ],
  [
    'a limit of nothing',
    minimal('limits: { requestsPerSecond: 0 }'),
    'target.yaml:4: must be > 0 (at /limits/requestsPerSecond)',
  ],
  ['an empty string', minimal('tenants: [""]'), 'target.yaml:4: the value is empty (at /tenants/0)'],
  [
    'a control character',
    minimal('tenants: ["a\\e[2J"]'),
    'target.yaml:4: the value holds a control character (at /tenants/0)',
  ],
  // ports
  [
    'port 0',
    manager('address: 10.0.0.1', 'ports: { https: 0 }'),
    'target.yaml:5: must be >= 1 (at /managers/0/ports/https)',
  ],
  [
    'port 65536',
    manager('address: 10.0.0.1', 'ports: { https: 65536 }'),
    'target.yaml:5: must be <= 65535 (at /managers/0/ports/https)',
  ],
  [
    'a port in words',
    manager('address: 10.0.0.1', 'ports: { https: https }'),
    'target.yaml:5: must be integer (at /managers/0/ports/https)',
  ],
  [
    'a broken port',
    manager('address: 10.0.0.1', 'ports: { https: 443.5 }'),
    'target.yaml:5: must be integer (at /managers/0/ports/https)',
  ],
  [
    'a mapped port 0',
    manager('address: 10.0.0.1', 'portMap: { 8101: 0 }'),
    'target.yaml:5: must be >= 1 (at /managers/0/portMap/8101)',
  ],
  [
    'a port map of names',
    manager('address: 10.0.0.1', 'portMap: { api: 80 }'),
    'target.yaml:5: the key is no port; it must be 1 to 65535 (at /managers/0/portMap/api)',
  ],
  [
    'a port map beyond the ports',
    manager('address: 10.0.0.1', 'portMap: { 70000: 80 }'),
    'target.yaml:5: the key is no port; it must be 1 to 65535 (at /managers/0/portMap/70000)',
  ],
  // references
  [
    'an unset variable',
    manager('address: "${MANAGER}"'),
    'target.yaml:4: the environment variable MANAGER is not set (at /managers/0/address)',
  ],
  [
    'a variable set to nothing',
    manager('address: "${NOTHING}"'),
    'target.yaml:4: the environment variable NOTHING is empty (at /managers/0/address)',
  ],
  [
    'a name every object has',
    manager('address: "${constructor}"'),
    'target.yaml:4: the environment variable constructor is not set (at /managers/0/address)',
  ],
  [
    'an unfinished reference',
    manager('address: "a${B"'),
    'target.yaml:4: "${" must begin a reference such as ${NAME}; write "$${" for the characters (at /managers/0/address)',
  ],
  [
    'a default as in a shell',
    manager('address: "${B:-c}"'),
    'target.yaml:4: "${" must begin a reference such as ${NAME}; write "$${" for the characters (at /managers/0/address)',
  ],
  // hosts
  [
    'an unresolvable name',
    manager('address: gone.example'),
    'target.yaml:4: "gone.example" cannot be resolved: no such name (at /managers/0/address)',
  ],
  [
    'an unresolvable variable',
    manager('address: "${GONE}"'),
    'target.yaml:4: "${GONE}" cannot be resolved: no such name (at /managers/0/address)',
  ],
  [
    'a name without addresses',
    manager('address: empty.example'),
    'target.yaml:4: "empty.example" cannot be resolved: it has no address (at /managers/0/address)',
  ],
  [
    'a blocked name',
    manager('address: blocked.example'),
    'target.yaml:4: "blocked.example" cannot be resolved: its address is blocked (0.0.0.0) (at /managers/0/address)',
  ],
  [
    'an unresolvable tunnel',
    manager('address: 10.0.0.1', 'dial: gone.example'),
    'target.yaml:5: "gone.example" cannot be resolved: no such name (at /managers/0/dial)',
  ],
  [
    'this machine',
    manager('address: 0.0.0.0'),
    'target.yaml:4: "0.0.0.0" is not an address that can be dialled (at /managers/0/address)',
  ],
  [
    'this machine in IPv6',
    manager('address: "::"'),
    'target.yaml:4: "::" is not an address that can be dialled (at /managers/0/address)',
  ],
  [
    'a URL',
    manager('address: https://m1.example'),
    'target.yaml:4: "https://m1.example" is a URL; write the host alone (at /managers/0/address)',
  ],
  [
    'a host with a port',
    manager('address: m1.example:443'),
    'target.yaml:4: "m1.example:443" holds a port; ports go under "ports" (at /managers/0/address)',
  ],
  [
    'a network',
    manager('address: 10.0.0.0/24'),
    'target.yaml:4: "10.0.0.0/24" is a network; write one address (at /managers/0/address)',
  ],
  [
    'a host with a password',
    manager('address: root:hunter2@m1.example'),
    'target.yaml:4: the value holds an "@"; write the host alone, credentials go under users (at /managers/0/address)',
  ],
  [
    'a short IP address',
    manager('address: "10.1"'),
    'target.yaml:4: "10.1" is no IP address of four decimal numbers (at /managers/0/address)',
  ],
  [
    'an octal IP address',
    manager('address: 010.0.0.1'),
    'target.yaml:4: "010.0.0.1" is no IP address of four decimal numbers (at /managers/0/address)',
  ],
  [
    'five numbers',
    manager('address: 10.0.0.1.5'),
    'target.yaml:4: "10.0.0.1.5" is no host name or IP address (at /managers/0/address)',
  ],
  [
    'no IPv6',
    manager('address: "fd00::g"'),
    'target.yaml:4: "fd00::g" is no host name or IP address (at /managers/0/address)',
  ],
  [
    'a link-local zone',
    manager('address: "fe80::1%eth0"'),
    'target.yaml:4: "fe80::1%eth0" holds a zone or an escape; write a plain name or address (at /managers/0/address)',
  ],
  [
    'a network value',
    manager('address: 10.0.0.1', 'networks: { a/b: "x y" }'),
    'target.yaml:5: "x y" is no host name or IP address (at /managers/0/networks/a~1b)',
  ],
  [
    'a public name',
    manager('address: 10.0.0.1', 'publicName: a..b'),
    'target.yaml:5: "a..b" is no host name or IP address (at /managers/0/publicName)',
  ],
  [
    'a further address',
    manager('address: 10.0.0.1', 'addresses: [a, b/c]'),
    'target.yaml:5: "b/c" is no host name or IP address (at /managers/0/addresses/1)',
  ],
  // nodes
  [
    'a node name with a space',
    'name: x\nmanagers: [{ name: a b, address: 10.0.0.1 }]\n',
    'target.yaml:2: a node name is made of letters, digits, ".", "_" and "-", at most 100 (at /managers/0/name)',
  ],
  [
    'a node twice',
    'name: x\nmanagers:\n  - { name: a, address: 10.0.0.1 }\n  - { name: a, address: 10.0.0.2 }\n',
    'target.yaml:4: "a" is declared twice in managers (at /managers/1/name)',
  ],
  [
    'one name for two machines',
    minimal('brokers: [{ name: m1, address: 10.0.0.2 }]'),
    'target.yaml:4: "m1" already names a machine with another address; one name is one machine (at /brokers/0/name)',
  ],
  [
    'one listener under two names',
    'name: x\nmanagers:\n  - { name: a, address: 10.0.0.1 }\n  - { name: b, address: m1.example }\n',
    'target.yaml:4: "a" and "b" are the same address and HTTPS port (at /managers/1/address)',
  ],
  // users
  [
    'a password in the file',
    user('password: hunter2'),
    `target.yaml:6: a password must not stand in this file; write ${ways} (at /users/0/password)`,
  ],
  [
    'a password of digits',
    user('password: 123456'),
    `target.yaml:6: a password must not stand in this file; write ${ways} (at /users/0/password)`,
  ],
  [
    'a password around a reference',
    user('password: "hunter2${PASSWORD}"'),
    `target.yaml:6: a password must not stand in this file; write ${ways} (at /users/0/password)`,
  ],
  [
    'a token in the file',
    user('token: ctok-1234567890-abc'),
    `target.yaml:6: a token must not stand in this file; write ${ways} (at /users/0/token)`,
  ],
  [
    'a password of nothing',
    user('password:'),
    `target.yaml:6: a password is written as ${ways} (at /users/0/password)`,
  ],
  [
    'a password from nowhere',
    user('password: { env: PASSWORD }'),
    `target.yaml:6: a password is written as ${ways} (at /users/0/password)`,
  ],
  [
    'a password from two places',
    user('password: { file: a, prompt: true }'),
    `target.yaml:6: a password is written as ${ways} (at /users/0/password)`,
  ],
  [
    'no prompt',
    user('password: { prompt: false }'),
    `target.yaml:6: a password is written as ${ways} (at /users/0/password)`,
  ],
  [
    'an unset password',
    user("password: '${PASSWORD}'"),
    'target.yaml:6: the environment variable PASSWORD is not set (at /users/0/password)',
  ],
  [
    'an empty password',
    user("password: '${NOTHING}'"),
    'target.yaml:6: the environment variable NOTHING is empty (at /users/0/password)',
  ],
  [
    'a password file that is missing',
    user('password: { file: gone }'),
    'target.yaml:6: "gone" cannot be read: no such file (at /users/0/password/file)',
  ],
  [
    'a password file that is a folder',
    user('password: { file: . }'),
    'target.yaml:6: "." cannot be read: it is a folder (at /users/0/password/file)',
  ],
  [
    'a password file without a password',
    user('password: { file: empty }'),
    'target.yaml:6: the credential is empty (at /users/0/password/file)',
  ],
  [
    'a password file of two lines',
    user('password: { file: two-lines }'),
    'target.yaml:6: the credential has more than one line (at /users/0/password/file)',
  ],
  [
    'a password file of bytes',
    user('password: { file: binary }'),
    'target.yaml:6: "binary" holds no text (UTF-8) (at /users/0/password/file)',
  ],
  [
    'a password file beyond reason',
    user('password: { file: large }'),
    'target.yaml:6: "large" cannot be read: it is larger than 65536 bytes (at /users/0/password/file)',
  ],
  [
    'a password file without end',
    user('password: { file: /dev/zero }'),
    'target.yaml:6: "/dev/zero" cannot be read: it is larger than 65536 bytes (at /users/0/password/file)',
  ],
  [
    'a user without credentials',
    user('systemRole: default'),
    'target.yaml:5: the user has neither password nor token (at /users/0)',
  ],
  [
    'a colon in a user name',
    minimal("users: [{ username: 'a:b', token: '${T}' }]"),
    'target.yaml:4: a user name must not hold a colon (at /users/0/username)',
  ],
  [
    'a user twice',
    minimal('users:', "  - { username: a, token: '${T}' }", "  - { name: a, username: b, token: '${T}' }"),
    'target.yaml:6: "a" is declared twice (at /users/1/name)',
  ],
  [
    'an account twice',
    minimal('users:', "  - { username: a, token: '${T}' }", "  - { name: b, username: a, token: '${T}' }"),
    'target.yaml:6: the account is declared twice; one entry can hold password and token (at /users/1/username)',
  ],
  ['a tenant twice', minimal('tenants: [a, b, a]'), 'target.yaml:4: "a" is declared twice (at /tenants/2)'],
  [
    'a misspelt tenant',
    minimal(
      'tenants: [tenant_a]',
      'users:',
      '  - username: a',
      "    token: '${T}'",
      '    tenants:',
      '      tenant_A1: user',
    ),
    'target.yaml:9: the tenant is not declared under tenants; did you mean "tenant_a"? (at /users/0/tenants/tenant_A1)',
  ],
  [
    'a secret twice',
    minimal('secrets:', "  - { name: s, value: '${T}' }", "  - { name: s, value: '${T}' }"),
    'target.yaml:6: "s" is declared twice (at /secrets/1/name)',
  ],
  // logs
  [
    'logs of an unknown node',
    minimal('logs: [{ node: m2, paths: [.] }]'),
    'target.yaml:4: "m2" is no declared node (at /logs/0/node)',
  ],
  [
    'logs of a misspelt node',
    minimal('brokers: [{ name: rabbit-1, address: 10.0.0.1 }]', 'logs: [{ node: rabit-1, paths: [.] }]'),
    'target.yaml:5: "rabit-1" is no declared node; did you mean "rabbit-1"? (at /logs/0/node)',
  ],
  [
    'logs that are missing',
    minimal('logs: [{ node: m1, paths: [., gone.log] }]'),
    'target.yaml:4: "gone.log" cannot be read: no such file or folder (at /logs/0/paths/1)',
  ],
  [
    'logs of no path',
    minimal('logs: [{ paths: [] }]'),
    'target.yaml:4: must NOT have fewer than 1 items (at /logs/0/paths)',
  ],
  // certificate authorities
  [
    'a CA file that is missing',
    minimal('ca:', '  internal: gone.pem'),
    'target.yaml:5: "gone.pem" cannot be read: no such file (at /ca/internal)',
  ],
  [
    'a CA file that is empty',
    minimal('ca:', '  internal: empty.pem'),
    'target.yaml:5: "empty.pem" is empty; expected a CA certificate (at /ca/internal)',
  ],
  [
    'a private key for a CA',
    minimal('ca:', '  internal: key.pem'),
    'target.yaml:5: "key.pem" holds a private key, not a CA certificate (at /ca/internal)',
  ],
  [
    'a private key in DER',
    minimal('ca:', '  external: [key.der]'),
    'target.yaml:5: "key.der" holds a private key, not a CA certificate (at /ca/external/0)',
  ],
  [
    'a request for a CA',
    minimal('ca:', '  external: request.pem'),
    'target.yaml:5: "request.pem" holds a CERTIFICATE REQUEST, not a CA certificate (at /ca/external)',
  ],
  [
    'a garbled CA',
    minimal('ca:', '  internal: garbled.pem'),
    'target.yaml:5: "garbled.pem" is broken: the certificate cannot be parsed (at /ca/internal)',
  ],
  [
    'half a CA',
    minimal('ca:', '  internal: half.pem'),
    'target.yaml:5: "half.pem" is cut off: the certificate has no END line (at /ca/internal)',
  ],
  [
    'half a CA between others',
    minimal('ca:', '  internal: second-half.pem'),
    'target.yaml:5: "second-half.pem" is cut off: certificate 2 has no END line (at /ca/internal)',
  ],
  [
    'a CA in DER with something behind it',
    minimal('ca:', '  internal: two.der'),
    'target.yaml:5: "two.der" holds no certificate, neither PEM nor DER (at /ca/internal)',
  ],
  [
    'no CA at all',
    minimal('ca:', '  internal: notes.txt'),
    'target.yaml:5: "notes.txt" holds no certificate, neither PEM nor DER (at /ca/internal)',
  ],
  ...(
    [
      ['an empty CRL', 'empty.pem', 'is empty; expected a CRL'],
      ['a certificate as CRL', 'ca.pem', 'holds a CERTIFICATE, not a CRL'],
      ['a certificate in DER as CRL', 'ca.der', 'holds a certificate, not a CRL'],
      ['text as CRL', 'notes.txt', 'holds no CRL, neither PEM nor DER'],
      ['half a CRL', 'half.crl', 'is cut off: the CRL has no END line'],
      ['a bundle of CRLs of which one is cut off', 'second-half.crl', 'is cut off: CRL 2 has no END line'],
      ['a garbled CRL', 'garbled.crl', 'is broken: the CRL cannot be parsed'],
      ['half a CRL in DER', 'half.der', 'is cut off: a part of the CRL is missing'],
      ['a CRL with something after it', 'more.der', 'is broken: 1 bytes follow the CRL'],
      ['no CRL file', 'none.crl', 'cannot be read: no such file'],
    ] as const
  ).map(([name, file, said]): [string, string, string] => [
    name,
    minimal('ca:', `  crls: ${file}`),
    `target.yaml:5: "${file}" ${said} (at /ca/crls)`,
  ]),
  ['no CRL at all', minimal('ca:', '  crls: []'), 'target.yaml:5: names no file (at /ca/crls)'],
  [
    'a URL as host of a service',
    minimal('ca:', '  online: ["http://pki.example.org/"]'),
    'target.yaml:5: must match pattern "^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\\[[0-9A-Fa-f:.]+\\])(?::[1-9][0-9]{0,4})?$" (at /ca/online/0)',
  ],
  [
    'a list of weak keys of whole fingerprints',
    minimal('weakKeys:', '  2048: weak-long'),
    'target.yaml:5: "weak-long", line 2: expected 20 hexadecimal digits (at /weakKeys/2048)',
  ],
  [
    'a list of no weak keys',
    minimal('weakKeys:', '  2048: weak-empty'),
    'target.yaml:5: "weak-empty" lists no key (at /weakKeys/2048)',
  ],
  [
    'no list of weak keys',
    minimal('weakKeys:', '  4096: gone'),
    'target.yaml:5: "gone" cannot be read: no such file (at /weakKeys/4096)',
  ],
  [
    'weak keys of an odd size',
    minimal('weakKeys:', '  2047: weak'),
    'target.yaml:5: unknown key "2047"; did you mean "2048"? (at /weakKeys/2047)',
  ],
  ['no CA file', minimal('ca:', '  internal: []'), 'target.yaml:5: names no file (at /ca/internal)'],
])('%s', async (_name, target, said) => {
  const environment = { NOTHING: '', GONE: 'gone.example', T: 'ctok-1' };
  expect(await folder.complaint(target, { environment })).toBe(said);
});

test('a target file that is missing names itself', async () => {
  const { loadTarget } = await import('../../src/plan');
  const loading = loadTarget('/nonexistent/target.yaml', {
    environment: {},
    prompt: () => Promise.resolve(''),
  });
  await expect(loading).rejects.toThrow('cannot be read: no such file');
});
