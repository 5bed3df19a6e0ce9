import { makeFolder, minimal } from './folder';

const folder = makeFolder();
afterAll(() => {
  folder.remove();
});

test('the monitoring account comes from a file, and its name is the documented one unless told', async () => {
  folder.write('pw', 'Qm7xk2-9aLz\n');
  const { target } = await folder.load(minimal('monitoring: { password: { file: pw } }'));
  expect(target.monitoring?.username).toBe('monitoring_user');
  expect(target.monitoring?.password.reveal()).toBe('Qm7xk2-9aLz');
  expect(JSON.stringify(target)).not.toContain('Qm7xk2');
  const named = await folder.load(minimal('monitoring: { username: prom, password: { file: pw } }'));
  expect(named.target.monitoring?.username).toBe('prom');
  expect((await folder.load(minimal(''))).target.monitoring).toBeUndefined();
});

test.each([
  ['in clear', 'monitoring: { password: Kd81-Lq0z }', /must not stand in this file/],
  ['without a password', 'monitoring: { username: prom }', /password/],
  ['from nowhere', "monitoring: { password: '${NO_SUCH}' }", /NO_SUCH/],
])('an account %s is refused', async (_how, text, message) => {
  const error = await folder.load(minimal(text)).catch((fault: unknown) => fault as Error);
  expect(error).toMatchObject({ name: 'InputError', message: expect.stringMatching(message) as string });
  expect(JSON.stringify(error)).not.toContain('Kd81');
});
