import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { makeFolder, removeFolders, search } from './context';

afterAll(removeFolders);

/** Ways in which a secret stands in a log; `at least one` of the detectors must see it. */
const forms: readonly ((secret: string) => string)[] = [
  (s) => `password: ${s}`,
  (s) => `{"password": "${s}"}`,
  (s) => `body: "{\\"admin_password\\": \\"${s}\\"}"`,
  (s) => `Running: ['openssl', 'passwd', '-apr1', '${s}']`,
  (s) => `Running: ['rabbitmqctl', 'add_user', 'u', '${s}']`,
  (s) => `amqps://u:${s}@10.0.0.5:5671/`,
  (s) => `CREATE USER x WITH PASSWORD '${s}'`,
  (s) => `{default_pass,<<"${s}">>}`,
  (s) => `PGPASSWORD=${s} psql`,
  (s) => `"GET /x?password=${s} HTTP/1.1" 200`,
  (s) => `Authorization: Basic ${Buffer.from(`u:${s}`).toString('base64')}`,
  (s) => `cfy profiles use m -u ops -p ${s}`,
  (s) => `curl -u ops:${s} https://m/`,
];

/** Letters, digits and signs in one; upper case X and Q keep it from being part of a word of ours. */
const secretText = fc
  .array(fc.constantFrom(...'XQZKJVWxqzkjv0123456789-!'.split('')), { minLength: 8, maxLength: 40 })
  .map((characters) => `${characters.join('')}Q7x`)
  .filter((text) => /^[A-Za-z]/.test(text) && !/(.)\1{4}|x{5}|X{5}|[.*-]{3}/.test(text) && /\d/.test(text));

test('no five characters of a planted secret stand anywhere in the evidence', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(secretText, fc.constantFrom(...forms)), { minLength: 1, maxLength: 8 }),
      fc.boolean(),
      async (planted, compress) => {
        const folder = makeFolder();
        const text = planted
          .map(([secret, form]) => `2026-11-22 02:14:50 [DEBUG] ${form(secret)}\n`)
          .join('');
        writeFileSync(join(folder, 'a.log'), compress ? gzipSync(text) : text);
        const evidence = await search([folder]);
        const serialised = JSON.stringify(evidence).replaceAll(folder, '');
        const found = evidence.flatMap((entry) => (entry.state === 'observed' ? entry.data.leaks : []));
        const lines = new Set(
          found.flatMap((leak) => (leak.count === 1 ? [leak.firstLine] : [leak.firstLine, leak.lastLine])),
        );
        planted.forEach(([secret], index) => {
          if (planted.findIndex(([other]) => other === secret) === index) expect(lines).toContain(index + 1);
          for (let at = 0; at + 5 <= secret.length; at++) {
            const part = secret.slice(at, at + 5);
            // Digits alone may stand in a time or a fingerprint by chance.
            if (!/^[0-9-]+$/.test(part)) expect(serialised).not.toContain(part);
          }
        });
      },
    ),
    { numRuns: 150 },
  );
});
