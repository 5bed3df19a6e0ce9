import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder, run, type Ran } from './binary';
import { hasten, start, stopAll, type Running } from './deployment';

let sound: Running;
beforeAll(async () => {
  sound = await start();
});
afterAll(stopAll);

const password = (): string =>
  sound.deployment.accounts.find((a) => a.systemRole === 'sys_admin')?.password ?? '';
const username = (): string =>
  sound.deployment.accounts.find((a) => a.systemRole === 'sys_admin')?.username ?? '';

const init = (folder: string, args: readonly string[], value = password()): Promise<Ran> =>
  run(['init', `https://127.0.0.1:${sound.deployment.ports.https}`, '-u', username(), ...args], {
    cwd: folder,
    env: { PW: value },
  });

test('what init writes, plan and scan accept', async () => {
  const folder = makeFolder();
  const env = { CFY_AUDIT_ADMIN_PASSWORD: password() };
  const ran = await init(folder, ['--insecure', '--password-env', 'PW']);
  expect(ran.code).toBe(0);
  expect(ran.out + ran.err).not.toContain(password());
  for (const name of ['target.yaml', 'target-ca.pem']) {
    expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(folder, name), 'utf8')).not.toContain(password());
  }
  const text = readFileSync(join(folder, 'target.yaml'), 'utf8');
  for (const part of ['10.20.0.10', '10.30.0.10', '10.20.0.20', '10.20.0.30', 'tenant_a', 'target-ca.pem'])
    expect(text).toContain(part);
  expect(await run(['plan', 'target.yaml'], { cwd: folder, env })).toMatchObject({ code: 0 });
  // The cluster's private addresses lead nowhere here: what the auditor edits is where to dial.
  hasten(join(folder, 'target.yaml'), join(folder, 'edited.yaml'), (written) =>
    written.replaceAll(/^( +)address: .*$(?!\n +dial:)/gm, '$&\n$1dial: 127.0.0.1'),
  );
  const scanned = await run(['scan', 'edited.yaml', '-o', 'out', '--vantage', 'network'], {
    cwd: folder,
    env,
  });
  expect(scanned.code).toBe(3);
  expect(existsSync(join(folder, 'out', 'report.html'))).toBe(true);
});

test('the password may come from a file', async () => {
  const folder = makeFolder();
  writeFileSync(join(folder, 'pw'), `${password()}\n`, { mode: 0o600 });
  expect(await init(folder, ['--insecure', '--password-file', 'pw', '-o', 'x.yaml'])).toMatchObject({
    code: 0,
  });
  expect(existsSync(join(folder, 'x.yaml'))).toBe(true);
});

test.each<[string, readonly string[], RegExp]>([
  ['a wrong password', ['--insecure', '--password-env', 'WRONG'], /refused|401|log-?in|credential|password/i],
  ['a certificate that is not trusted', ['--password-env', 'PW'], /certificate/i],
  ['no terminal to ask at', ['--insecure'], /terminal/],
  ['an unset variable', ['--insecure', '--password-env', 'CFY_AUDIT_UNSET'], /CFY_AUDIT_UNSET/],
  ['a missing password file', ['--insecure', '--password-file', 'none'], /none.*cannot be read/],
  ['trust and distrust at once', ['--insecure', '--ca', 'x', '--password-env', 'PW'], /exclude/],
])('%s: one message, exit 2, nothing written', async (_name, args, says) => {
  const folder = makeFolder();
  const ran = await run(
    ['init', `https://127.0.0.1:${sound.deployment.ports.https}`, '-u', username(), ...args],
    { cwd: folder, env: { PW: password(), WRONG: 'Wrong-5Kq-canary' } },
  );
  expect(ran.err).toMatch(says);
  expect(ran.code).toBe(2);
  expect(ran.out + ran.err).not.toMatch(/canary|\n\s+at /);
  expect(ran.out + ran.err).not.toContain(password());
  expect(existsSync(join(folder, 'target.yaml'))).toBe(false);
});

test('an existing file is not overwritten unless forced; a template needs no manager', async () => {
  const folder = makeFolder();
  writeFileSync(join(folder, 'target.yaml'), 'mine');
  expect(await run(['init'], { cwd: folder })).toMatchObject({ code: 2 });
  expect(readFileSync(join(folder, 'target.yaml'), 'utf8')).toBe('mine');
  writeFileSync(join(folder, 'other-ca.pem'), 'mine too');
  const second = await init(folder, ['--insecure', '--password-env', 'PW', '-o', 'other.yaml']);
  expect(second.code).toBe(2);
  expect(readFileSync(join(folder, 'other-ca.pem'), 'utf8')).toBe('mine too');
  expect(await run(['init', '--force'], { cwd: folder })).toMatchObject({ code: 0 });
  expect(readFileSync(join(folder, 'target.yaml'), 'utf8')).toContain('managers:');
});
