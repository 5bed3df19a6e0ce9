import { inspect } from 'node:util';
import fc from 'fast-check';
import { InputError } from '../../src/model/errors';
import { stringify } from 'yaml';
import { makeFolder, minimal } from './folder';

const folder = makeFolder();
afterAll(() => {
  folder.remove();
});

/** A credential that no message contains by chance: long, and with the characters that break parsers. */
const value = fc
  .array(fc.constantFrom(...'abcXYZ019:*&!|>%@`\'"{}[]#-? \\$,/'.split('')), { minLength: 6, maxLength: 24 })
  .map((characters) => `Q7${characters.join('')}7Q`);

async function tell(target: string, environment: Record<string, string>): Promise<string> {
  try {
    const { target: loaded, warnings } = await folder.load(target, {
      environment,
      prompt: () => Promise.resolve(environment.PASSWORD ?? ''),
    });
    const shown = inspect(loaded, { depth: null, showHidden: true, getters: true });
    return [
      shown,
      JSON.stringify(loaded),
      ...loaded.users.map(({ password }) => `password ${String(password)}`),
      ...warnings,
    ].join('\n');
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return `${error.describe()}\n${inspect(error, { depth: null })}\n${JSON.stringify(error)}`;
  }
}

const told = (text: string, secret: string): boolean =>
  text.includes(secret) ||
  text.includes(JSON.stringify(secret).slice(1, -1)) ||
  text.includes(secret.slice(0, 8));

test('a credential that was loaded cannot be printed', async () => {
  await fc.assert(
    fc.asyncProperty(
      value,
      fc.constantFrom("'${PASSWORD}'", '{ file: password }', '{ prompt: true }'),
      async (secret, from) => {
        folder.write('password', `${secret}\n`, 0o644);
        const text = await tell(minimal(`users: [{ username: a, password: ${from} }]`), { PASSWORD: secret });
        expect(text).toContain('[secret]');
        expect(told(text, secret)).toBe(false);
      },
    ),
    { numRuns: 60 },
  );
});

test('a password in clear is refused without being told, however it is quoted', async () => {
  await fc.assert(
    fc.asyncProperty(
      value,
      fc.constantFrom('password', 'token'),
      fc.constantFrom<(secret: string) => string>(
        (secret) => secret,
        (secret) => stringify(secret).trimEnd(),
        (secret) => `*${secret}`,
        (secret) => `&${secret} x`,
        (secret) => `!${secret} x`,
        (secret) => `|${secret}`,
        (secret) => `"x" ${secret}`,
        (secret) => `"\\${secret}"`,
        (secret) => `[${stringify(secret).trimEnd()}]`,
        (secret) => `{ file: ${stringify(`${secret}@gone`).trimEnd()} }`,
      ),
      async (secret, key, write) => {
        const text = await tell(minimal('users:', '  - username: a', `    ${key}: ${write(secret)}`), {});
        expect(text).toMatch(/target\.yaml/);
        expect(told(text, secret)).toBe(false);
      },
    ),
    { numRuns: 300 },
  );
});

test.each(['!Q7aaaa! aaaaa7Q x', '!<Q7aaaaaaaa7Q', '!Q7aaaa!7Q%zz x', '!Q7aaaaaaaa7Q! x'])(
  'of a password that YAML reads as a tag nothing is told: %s',
  async (written) => {
    const text = await tell(minimal('users:', '  - username: a', `    password: ${written}`), {});
    expect(text).toMatch(/target\.yaml:\d/);
    expect(text).not.toContain('Q7aaaa');
  },
);

test('the value of a variable is in no complaint, wherever the variable stands', async () => {
  const places = [
    (ref: string) => `name: prod\nmanagers: [{ name: m1, address: ${ref} }]\n`,
    (ref: string) =>
      `name: prod\nmanagers: [{ name: ${ref}, address: 10.0.0.1 }, { name: ${ref}, address: 10.0.0.2 }]\n`,
    (ref: string) => minimal(`tenants: [${ref}, ${ref}]`),
    (ref: string) => minimal(`ca: { internal: ${ref} }`),
    (ref: string) => minimal(`logs: [{ paths: [${ref}, gone] }]`),
    (ref: string) => minimal(`logs: [{ node: ${ref}, paths: [.] }]`),
    (ref: string) =>
      `name: x\nmanagers: [{ name: ${ref}, address: 10.0.0.1 }, { name: m2, address: 10.0.0.1 }]\n`,
    (ref: string) =>
      minimal(`users: [{ username: ${ref}, password: ${ref} }, { username: ${ref}, password: ${ref} }]`),
    (ref: string) => minimal(`users: [{ username: a, password: { file: ${ref} } }]`),
    (ref: string) => minimal(`brokers: [{ name: b, address: 10.0.0.3, networks: { default: ${ref} } }]`),
  ];
  await fc.assert(
    fc.asyncProperty(value, fc.constantFrom(...places), async (secret, place) => {
      const text = await tell(place("'${PASSWORD}'"), { PASSWORD: secret });
      expect(text).toMatch(/target\.yaml:\d/);
      expect(told(text, secret)).toBe(false);
    }),
    { numRuns: 200 },
  );
});
