import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { supportOf } from '../../src/collect/support';
import type { SoftwareVersion } from '../../src/model/manager-state';
import type { Target } from '../../src/model/target';
import { compileSchema } from '../../src/schema/ajv';
import { readDocument } from '../../src/schema/document';
import { packageRoot } from '../../src/schema/package-root';
import { targetOf } from './run-target';

const of = (
  product: string,
  version: string | null,
  day: string,
  support: Target['support'] = {},
): SoftwareVersion =>
  supportOf({ node: 'n', product, version, toldBy: 'rest' }, targetOf({ support }), new Date(day));

test('the table fits its schema', () => {
  const schema = JSON.parse(readFileSync(join(packageRoot(), 'rules/support.schema.json'), 'utf8')) as object;
  const { value } = readDocument(join(packageRoot(), 'rules/support.yaml'));
  expect(compileSchema({ ...schema })(value)).toEqual([]);
});

test.each([
  ['cloudify-manager', '7.0.4', '7.0'],
  ['cloudify-manager', '7.0.0.dev1', '7.0'],
  ['cloudify-manager', '7.1.0.dev1', null],
  ['cloudify-manager', '17.0.4', null],
  ['operating-system', 'redhat Ootpa', 'Red Hat Enterprise Linux 8'],
  ['operating-system', 'rocky Blue Onyx', 'Rocky Linux 9'],
  ['operating-system', 'centos', null],
  ['rabbitmq', '3.10.8', '3.10'],
  ['rabbitmq', '3.1.0', null],
  ['nginx', '1.0', null],
])('%s %s is of the release %s', (product, version, release) => {
  expect(of(product, version, '2026-01-01').release).toBe(release);
});

test('the last day counts, a contract goes first, and what nobody told has no end', () => {
  expect(of('cloudify-manager', '7.0.4', '2026-04-30T23:59:00Z').daysOfSupport).toBe(0);
  expect(of('cloudify-manager', '7.0.4', '2026-05-01T00:00:00Z').daysOfSupport).toBe(0);
  expect(of('cloudify-manager', '7.0.4', '2026-05-01T00:00:01Z').daysOfSupport).toBe(-1);
  const contract = { 'cloudify-manager': '2030-01-01' };
  expect(of('cloudify-manager', '7.1.0', '2029-12-31T12:00:00Z', contract)).toMatchObject({
    daysOfSupport: 1,
    source: 'contract',
  });
  expect(of('cloudify-manager', null, '2026-01-01')).toMatchObject({ supportEnds: null, source: null });
});

test('a release without a published end counts as supported for a year from the day of the table', () => {
  const { supportEnds } = of('rabbitmq', '4.2.5', '2026-01-01');
  expect(supportEnds).toBe('2027-09-30');
});
