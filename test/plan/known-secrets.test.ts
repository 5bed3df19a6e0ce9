import { writeFileSync, chmodSync } from 'node:fs';
import { join } from 'node:path';
import { loadTarget } from '../../src/plan';
import { makeFolder, removeFolders } from '../collect/log-secrets/context';

afterAll(removeFolders);

function load(secrets: string): ReturnType<typeof loadTarget> {
  const folder = makeFolder();
  const file = join(folder, 'target.yaml');
  writeFileSync(join(folder, 'pw'), 'Qm7xk2-9aLz\n');
  chmodSync(join(folder, 'pw'), 0o600);
  writeFileSync(file, `name: t\nmanagers:\n  - { name: m1, address: 127.0.0.1 }\nsecrets:\n${secrets}`);
  return loadTarget(file, {
    environment: { DB: 'Kd81-Lq0z' },
    prompt: () => Promise.reject(new Error('no terminal')),
  });
}

test('secrets to search for come from the environment and from files', async () => {
  const { target } = await load(
    "  - { name: db, value: '${DB}' }\n  - { name: broker, value: { file: pw } }\n",
  );
  expect(target.knownSecrets?.map(({ name, value }) => [name, value.reveal()])).toEqual([
    ['db', 'Kd81-Lq0z'],
    ['broker', 'Qm7xk2-9aLz'],
  ]);
  expect(JSON.stringify(target)).not.toContain('Kd81');
});

test.each([
  ['in clear text', '  - { name: db, value: Kd81-Lq0z }\n', /must not stand in this file/],
  ['from an unset variable', "  - { name: db, value: '${NO_SUCH}' }\n", /NO_SUCH/],
  ['without a name', "  - { value: '${DB}' }\n", /name/],
])('a secret %s is refused, and not told', async (_how, text, message) => {
  const error = await load(text).catch((fault: unknown) => fault as Error);
  expect(error).toMatchObject({ name: 'InputError', message: expect.stringMatching(message) as string });
  expect(JSON.stringify(error)).not.toContain('Kd81');
});
