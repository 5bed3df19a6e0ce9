import { join } from 'node:path';
import { logSecrets } from '../../../src/collect/log-secrets';
import { packageRoot } from '../../../src/schema/package-root';
import { observed, search, targetWith } from './context';

const fixtures = join(packageRoot(), 'fixtures', 'files', 'logs');

test('logs that only look suspicious have no finding of high or medium confidence', async () => {
  const evidence = await search([join(fixtures, 'clean')]);
  expect(evidence.map(({ state }) => state)).toEqual(evidence.map(() => 'observed'));
  expect(evidence.length).toBe(7);
  const found = evidence.flatMap((entry) =>
    entry.state === 'observed' ? [...entry.data.leaks, ...entry.data.privateKeys] : [],
  );
  expect(found.filter(({ confidence }) => confidence !== 'low')).toEqual([]);
});

test('the leaks that Cloudify 7.1 is known for are found where they stand', async () => {
  const evidence = await search([join(fixtures, 'soiled')]);
  const lines = (end: string): string[] =>
    observed(evidence, end).leaks.map(
      (leak) => `${String(leak.firstLine)} ${leak.detector} ${leak.confidence}`,
    );
  expect(lines('cfy_manager.log')).toEqual([
    '2 openssl-passwd high',
    '3 rabbitmqctl-password high',
    '4 password-field high',
  ]);
  expect(observed(evidence, 'cfy_manager.log').privateKeys).toMatchObject([
    { detector: 'private-key', firstLine: 5, count: 1 },
  ]);
  expect(lines('cloudify-rest-service.log')).toEqual([
    '1 cloudify-token high',
    '2 authorization-basic high',
    '3 url-password high',
  ]);
  expect(lines('cloudify.access.log')).toEqual(['1 query-password high']);
  expect(lines('rabbit@manager.log')).toEqual(['1 erlang-password high']);
  expect(lines('postgresql-%a.log')).toEqual(['2 sql-password high']);
});

test('one secret has one fingerprint, in whatever form and log it stands', async () => {
  const evidence = await search([join(fixtures, 'soiled')]);
  const fingerprint = (end: string, detector: string): string | undefined =>
    observed(evidence, end).leaks.find((leak) => leak.detector === detector)?.fingerprint;
  const plain = fingerprint('cfy_manager.log', 'password-field');
  expect(plain).toMatch(/^[0-9a-f]{32}$/);
  expect(fingerprint('cloudify-rest-service.log', 'authorization-basic')).toBe(plain);
  expect(fingerprint('cloudify.access.log', 'query-password')).toBe(plain);
  expect(fingerprint('postgresql-%a.log', 'sql-password')).not.toBe(plain);
});

test('the layout tells component and kind', async () => {
  const evidence = await search([join(fixtures, 'clean')]);
  const kinds = evidence.flatMap((entry) =>
    entry.state === 'observed'
      ? [`${entry.data.component} ${entry.data.kind} ${entry.data.path.split('/').at(-1) ?? ''}`]
      : [],
  );
  expect(kinds.sort()).toEqual([
    'cloudify access audit.log',
    'cloudify service cloudify-rest-service.log',
    'installer service cfy_manager.log',
    'nginx access cloudify.access.log',
    'postgresql service postgresql-%a.log',
    'rabbitmq service rabbit@manager.log',
    'system service secure',
  ]);
});

test('a target without logs says what to supply', () => {
  const work = logSecrets.work(targetWith([]));
  expect(work.tasks).toEqual([]);
  expect(work.missing).toMatchObject([
    { type: 'log.secrets', supply: expect.stringContaining('logs:') as string },
  ]);
});
