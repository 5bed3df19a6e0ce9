import type { Collector, Task } from '../../src/collect/collector';
import { collect } from '../../src/collect/run';
import { secret, type Target } from '../../src/model/target';
import { digest } from '../../src/schema/canonical';
import { readBundle } from '../../src/schema/evidence';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const target: Target = {
  name: 't',
  version: null,
  managers: [],
  brokers: [],
  databases: [],
  tenants: [],
  ca: { internal: null, external: null },
  users: [
    {
      name: 'admin',
      username: 'admin',
      password: secret('S3cret-Canary'),
      token: null,
      tenants: {},
      systemRole: null,
    },
  ],
  logs: [],
  vantage: 'network',
  limits: { requestsPerSecond: 1000, connectTimeoutMs: 1000, subjectTimeoutMs: 1000, concurrency: 2 },
};

type Look = Task['collect'];

function collectorOf(looks: Readonly<Record<string, Look>>): Collector {
  return {
    id: 'trial',
    title: 'trial',
    types: ['network.listener'],
    impact: 'observe',
    work: () => ({
      missing: [],
      tasks: Object.entries(looks).map(([id, look]) => ({
        subject: { id, kind: 'listener', title: id },
        type: 'network.listener',
        address: null,
        connections: 0,
        requests: 0,
        identities: [],
        collect: look,
      })),
    }),
  };
}

function run(looks: Readonly<Record<string, Look>>, signal = new AbortController().signal) {
  const options = { version: '0', runId: 'r', now: () => new Date(0), signal, onProgress: () => undefined };
  return collect(target, [collectorOf(looks)], options);
}

const say =
  (id: string, reason: string): Look =>
  () =>
    Promise.resolve({
      type: 'network.listener',
      subject: { id, kind: 'listener', title: id },
      observedAt: new Date(0).toISOString(),
      state: 'unavailable',
      reason,
    });

test('a collector that throws fails alone; the others keep what they found', async () => {
  const bundle = await run({ a: () => Promise.reject(new Error('bug')), b: say('b', 'closed') });
  expect(bundle.evidence.map((e) => [e.subject.id, e.state])).toEqual([
    ['a', 'failed'],
    ['b', 'unavailable'],
  ]);
});

test('a task that outlives its deadline is unavailable', async () => {
  const bundle = await run({
    a: (context) =>
      new Promise((_resolve, reject) => {
        context.signal.addEventListener('abort', () => {
          reject(new Error('aborted'));
        });
      }),
  });
  expect(bundle.evidence[0]).toMatchObject({ state: 'unavailable', reason: 'no result within the deadline' });
});

test('a task that never heeds its deadline does not stall the run', async () => {
  const bundle = await run({ a: () => new Promise(() => undefined), b: say('b', 'closed') });
  expect(bundle.evidence.map((e) => e.state)).toEqual(['unavailable', 'unavailable']);
});

test('an interrupted run keeps what it has and says so', async () => {
  const stop = new AbortController();
  const bundle = await run(
    {
      a: say('a', 'closed'),
      b: () => {
        stop.abort();
        return say('b', 'closed')({} as never);
      },
      c: say('c', 'closed'),
    },
    stop.signal,
  );
  expect(bundle.run.interrupted).toBe(true);
  expect(bundle.evidence.find((e) => e.subject.id === 'a')).toMatchObject({ reason: 'closed' });
  expect(bundle.evidence.find((e) => e.subject.id === 'c')).toMatchObject({
    reason: 'the run was interrupted',
  });
});

test('evidence that breaks its own schema never passes the seam as observed', async () => {
  const bundle = await run({
    a: () =>
      Promise.resolve({
        type: 'network.listener',
        subject: { id: 'a', kind: 'listener', title: 'a' },
        observedAt: '',
        state: 'observed',
        data: { port: 'eighty' },
      } as never),
  });
  expect(bundle.evidence[0]).toMatchObject({ state: 'failed' });
});

test('a declared credential that a collector lets slip is not in the bundle', async () => {
  const bundle = await run({ a: say('a', 'login as admin:S3cret-Canary failed') });
  expect(JSON.stringify(bundle)).not.toContain('S3cret-Canary');
});

test('the digest covers the content, and a changed bundle is refused', async () => {
  const bundle = await run({ a: say('a', 'closed') });
  const { digest: claimed, ...body } = bundle;
  expect(claimed).toBe(digest(body));
  const file = join(mkdtempSync(join(tmpdir(), 'cfy-audit-')), 'evidence.json');
  writeFileSync(file, JSON.stringify(bundle));
  expect(readBundle(file)).toEqual(bundle);
  writeFileSync(file, JSON.stringify(bundle).replace('closed', 'opened'));
  expect(() => readBundle(file)).toThrow(/digest/);
});
