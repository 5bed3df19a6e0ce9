import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { secret } from '../../../src/model/target';
import { logSecrets } from '../../../src/collect/log-secrets';
import { compileScanner, type Sighting } from '../../../src/collect/log-secrets/scan';
import { makeFolder, observed, removeFolders, searchTarget, targetWith } from './context';

afterAll(removeFolders);

function find(value: string, text: string | Buffer): readonly Sighting[] {
  const found: Sighting[] = [];
  const scan = compileScanner([], { known: [{ name: 'the value', value }], blockBytes: 4096 }).start(
    (sighting) => found.push(sighting),
  );
  scan.push(Buffer.from(text));
  scan.end();
  return found;
}

const value = `Pa ss/w+ö"rd'&<9>`;

const hex = (code: number, length: number): string => code.toString(16).padStart(length, '0');
const number = (c: string): string => `\\u${hex(c.charCodeAt(0), 4)}`;
const beyondAscii = (v: string, write: (byte: number) => string): string =>
  [...Buffer.from(v)].map((byte) => (byte < 128 ? String.fromCharCode(byte) : write(byte))).join('');
const html: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
const escapeHtml = (v: string, more: Readonly<Record<string, string>>): string =>
  v.replace(/[&<>"'/=]/g, (c) => html[c] ?? more[c] ?? c);

const encodings: readonly (readonly [string, (value: string) => string | Buffer])[] = [
  ['as it is', (v) => v],
  ['JSON', (v) => JSON.stringify({ a: v })],
  ['JSON in JSON', (v) => JSON.stringify({ a: JSON.stringify({ b: v }) })],
  [
    'JSON in ASCII',
    (v) =>
      JSON.stringify(v).replace(
        /[\u0080-\uffff]/g,
        (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
      ),
  ],
  ['JSON with escaped slashes', (v) => JSON.stringify(v).replaceAll('/', '\\/')],
  ['URL component', (v) => encodeURIComponent(v)],
  [
    'URL component, lower case',
    (v) => encodeURIComponent(v).replace(/%[0-9A-F]{2}/g, (e) => e.toLowerCase()),
  ],
  ['URL component twice', (v) => encodeURIComponent(encodeURIComponent(v))],
  ['form', (v) => new URLSearchParams({ a: v }).toString()],
  ['base64 at 0', (v) => Buffer.from(v).toString('base64')],
  ['base64 at 1', (v) => Buffer.from(`u${v}`).toString('base64')],
  ['base64 at 2', (v) => Buffer.from(`u:${v}!`).toString('base64')],
  ['base64url at 1', (v) => Buffer.from(`\u00ff${v}`).toString('base64url')],
  ['hex', (v) => Buffer.from(v).toString('hex')],
  ['HEX', (v) => Buffer.from(v).toString('hex').toUpperCase()],
  ['JSON three times', (v) => JSON.stringify(JSON.stringify(JSON.stringify(v)))],
  ['JSON as Go writes it', (v) => JSON.stringify(v).replace(/[&<>]/g, number)],
  ['JSON as Gson writes it', (v) => JSON.stringify(v).replace(/[&<>='\u007f-\uffff]/g, number)],
  ['JSON with every character escaped', (v) => v.split('').map(number).join('')],
  ['every byte URL-encoded', (v) => [...Buffer.from(v)].map((byte) => `%${hex(byte, 2)}`).join('')],
  [
    'every byte URL-encoded, upper case',
    (v) => [...Buffer.from(v)].map((byte) => `%${hex(byte, 2).toUpperCase()}`).join(''),
  ],
  ['every byte escaped as in Python', (v) => [...Buffer.from(v)].map((b) => `\\x${hex(b, 2)}`).join('')],
  [
    'bytes of Python',
    (v) => beyondAscii(v.replaceAll('\\', '\\\\').replaceAll("'", "\\'"), (b) => `\\x${hex(b, 2)}`),
  ],
  ['octal escapes', (v) => beyondAscii(v, (byte) => `\\${byte.toString(8)}`)],
  ['HTML', (v) => escapeHtml(v, { '"': '&#34;', "'": '&#39;' })],
  [
    'HTML with hexadecimal entities',
    (v) => escapeHtml(v, { '"': '&quot;', "'": '&#x27;', '/': '&#x2F;', '=': '&#x3D;' }),
  ],
  ['an encoded command of PowerShell', (v) => Buffer.from(`$p='${v}'`, 'utf16le').toString('base64')],
  ['the same at another offset', (v) => Buffer.from(`$pw='${v}'`, 'utf16le').toString('base64')],
  ['a Basic header', (v) => `Basic ${Buffer.from(`admin:${v}`).toString('base64')}`],
  ['base64 with escaped slashes', (v) => Buffer.from(`u:${v}`).toString('base64').replaceAll('/', '\\/')],
  ['upper case', (v) => v.toUpperCase()],
  ['UTF-16LE', (v) => Buffer.from(`x ${v.replace('ö', 'o')} y`, 'utf16le')],
  ['shell in single quotes', (v) => `'${v.replaceAll("'", `'\\''`)}'`],
  ['SQL', (v) => `'${v.replaceAll("'", "''")}'`],
  ['Latin-1', (v) => Buffer.from(v, 'latin1')],
];

test.each(encodings)('a known value is found in %s', (how, encode) => {
  const wanted = how === 'UTF-16LE' ? value.replace('ö', 'o') : value;
  const found = find(
    wanted,
    Buffer.concat([Buffer.from('2026-11-22 [INFO] '), Buffer.from(encode(value)), Buffer.from('\n')]),
  );
  expect(found.length).toBeGreaterThan(0);
  expect(found.every((sighting) => sighting.secret === Buffer.from(wanted).toString('latin1'))).toBe(true);
});

test('in upper and lower case, and in wrapped base64', () => {
  expect(find('Kd81-Lq0z', 'x KD81-LQ0Z y')).toHaveLength(1);
  const long = 'Zk3Lm9Qx7Rt5Vw1Yb8Nc6Pd4Sf2Gh0Jj7Kl5Mz3XaZk3Lm9Qx7Rt5Vw1Yb8Nc6Pd4Sf2';
  for (let head = 0; head < 60; head++) {
    const wrapped = Buffer.from('#'.repeat(head) + long)
      .toString('base64')
      .replace(/.{76}/g, '$&\n');
    expect(find(long, wrapped).length).toBeGreaterThan(0);
  }
});

test.each([
  ['Zk3Lm9Qx7Rt5Vw1Y', 'Zk3Lm9Qx7Rt5Vw1Y'],
  ['Zk3Lm9Qx7Rt5Vw1Yb8Nc6Pd4Sf2Gh0', 'Zk3Lm9Qx7Rt5Vw1Yb8Nc6Pd4Sf2Gh0'],
  ['the same in hexadecimal digits', Buffer.from('Zk3Lm9Qx7Rt5Vw1Yb8Nc6Pd4Sf2Gh0').toString('hex')],
])('broken once, with what a logger puts before each line: %s', (how, encoded) => {
  const value = how.startsWith('Zk') ? how : 'Zk3Lm9Qx7Rt5Vw1Yb8Nc6Pd4Sf2Gh0';
  for (const width of [64, 76]) {
    for (let head = 0; head < width; head++) {
      const text = ('.'.repeat(head) + encoded).replace(
        new RegExp(`.{${width}}`, 'g'),
        '$&\r\n2026-11-22 02:14:50 [INFO] ',
      );
      expect(find(value, text).length).toBeGreaterThan(0);
    }
  }
});

test('beyond Latin-1, in UTF-16 of either order', () => {
  const wide = Buffer.from('first line\nx Pä€w-81kq y\nlast line\n'.repeat(3), 'utf16le');
  expect(find('Pä€w-81kq', wide)).toHaveLength(3);
  expect(find('Pä€w-81kq', Buffer.from(wide).swap16())).toHaveLength(3);
});

test.each(['plain', 'hex', 'base64'] as const)('broken over lines of any width: %s', (how) => {
  const token = 'ctok-Qm3xT7LpZa-Zk3Lm9Qx7Rt5Vw1Yb8Nc6Pd4Sf2Gh0Jj7Kl5Mz3X';
  const encode = {
    plain: token,
    hex: Buffer.from(token).toString('hex'),
    base64: Buffer.from(token).toString('base64'),
  };
  for (const width of [60, 64, 76, 80, 120]) {
    for (let head = 0; head < width; head++) {
      const text = ('.'.repeat(head) + encode[how]).replace(new RegExp(`.{${width}}`, 'g'), '$&\r\n');
      expect(find(token, text).length).toBeGreaterThan(0);
    }
  }
});

/** Not for every value: upper case of a short one is told by its field only, and Latin-1 has no €. */
const narrow = new Set([
  'UTF-16LE',
  'shell in single quotes',
  'SQL',
  'Latin-1',
  'upper case',
  'base64 with escaped slashes',
]);

test('any value in any encoding behind any text', () => {
  fc.assert(
    fc.property(
      fc.string({
        minLength: 8,
        maxLength: 80,
        unit: fc.constantFrom(...'aZ09!/+&=?\'"<> %$\\{}-_é€'.split('')),
      }),
      fc.constantFrom(...encodings.filter(([how]) => !narrow.has(how))),
      fc.nat(5000),
      (text, [, encode], length) => {
        fc.pre(/[^A-Za-z]/.test(text.trim()) && !/^[a-z]{1,24}([_-][a-z]{1,24}){1,4}$|^\d{1,7}$/.test(text));
        expect(
          find(
            text,
            Buffer.concat([Buffer.from('.'.repeat(length)), Buffer.from(encode(text)), Buffer.from('.')]),
          ).length,
        ).toBeGreaterThan(0);
      },
    ),
    { numRuns: 300 },
  );
});

test('words and parts of words are not values', () => {
  expect(find('cloudify', 'user cloudify of cloudify')).toEqual([]);
  expect(find('Kd81-Lq', 'xKd81-Lq0')).toEqual([]);
  expect(find('abc', 'abc')).toEqual([]);
});

test('declared credentials are known, and told by name', async () => {
  const folder = makeFolder();
  writeFileSync(
    join(folder, 'a.log'),
    'stray Kd81-Lq0z here\nuser: {"password": "cloudify9"}\nleft over Qm7xk2-9aLz\nbare c10udify\n',
  );
  const target = {
    ...targetWith([{ node: null, paths: [folder] }]),
    users: [
      {
        name: 'ops',
        username: 'ops',
        password: secret('Kd81-Lq0z'),
        token: null,
        tenants: {},
        systemRole: null,
      },
    ],
    knownSecrets: [
      { name: 'secret db_pw of tenant t1', value: secret('Qm7xk2-9aLz') },
      { name: 'broker password', value: secret('cloudify9') },
    ],
  };
  const evidence = await searchTarget(target);
  const { leaks } = observed(evidence, 'a.log');
  expect(
    leaks.map(({ detector, because, firstLine }) => `${String(firstLine)} ${detector}: ${because}`),
  ).toEqual([
    '1 known-value: it is the password of user ops',
    '2 password-field: the value of a field called password; it is broker password',
    '3 known-value: it is secret db_pw of tenant t1',
    '4 known-value: it is a password that Cloudify ships as default',
  ]);
  expect(JSON.stringify(evidence)).not.toMatch(/Kd81|Lq0z|Qm7xk|cloudify9/);
  expect(JSON.stringify(logSecrets.work(target))).not.toMatch(/Kd81|Lq0z|Qm7xk|cloudify9/);
});
