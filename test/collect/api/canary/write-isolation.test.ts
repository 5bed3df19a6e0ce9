import { writeGuards, writeIsolation } from '../../../../src/collect/api/write-isolation';
import { expectCanaries } from '../../../../src/collect/index';
import { collect } from '../../../../src/collect/run';
import { observed, prepare, runWith, type Ground, type Run } from './garden';

const started: Ground[] = [];
const start = async (weaknesses: readonly string[] = []): Promise<Ground> => {
  const ground = await prepare({ weaknesses });
  started.push(ground);
  return ground;
};
afterAll(() => Promise.all(started.map((ground) => ground.stop())));

/** `action kind: naming → owner` of everything that came through. */
function effectsOf(run: Run): ReadonlySet<string> {
  const effects = observed(run, 'api.write-isolation').flatMap((each) => each.effects);
  return new Set(effects.map(({ action, naming, effect }) => `${action} ${naming} ${effect}`));
}

test('on a sound manager nothing comes through, each kind of write with its control, as planned', async () => {
  const ground = await start();
  const before = ground.state();
  const run = await runWith(ground, ground.target, [writeIsolation]);
  const actors = observed(run, 'api.write-isolation');
  expect(actors.map(({ actor }) => actor)).toEqual(['amanda', 'bruno', 'dual', 'nobody']);
  for (const { effects, unproven, proven, refused } of actors) {
    expect({ effects, unproven }).toEqual({ effects: [], unproven: [] });
    expect(Math.min(...Object.values(proven))).toBeGreaterThan(3);
    expect(refused).toHaveLength(Object.values(proven).reduce((sum, count) => sum + count, 0));
  }
  expect(ground.state()).toBe(before);
  expect(observed(run, 'canary.ledger')[0]).toMatchObject({ left: 0 });
  const sent = run.bundle.traffic.find(({ collector }) => collector === 'write-isolation')?.requests ?? 0;
  const [task] = writeIsolation.work(expectCanaries(ground.target)).tasks;
  expect(sent).toBeLessThanOrEqual(task?.requests ?? 0);
  expect(sent).toBeGreaterThanOrEqual(0.95 * (task?.requests ?? Infinity));
});

test.each([
  [
    'writes-skip-tenant-check',
    ['create foreign-header created', 'update foreign-header changed', 'delete foreign-header deleted'],
  ],
  ['update-across-tenants', ['update own-header changed']],
  ['delete-across-tenants', ['delete own-header deleted']],
  ['write-lands-in-default-tenant', ['create own-header created']],
])('%s is found, and the manager is as it was', async (weakness, expected) => {
  const ground = await start([weakness]);
  const before = ground.state();
  const run = await runWith(ground, ground.target, [writeIsolation]);
  const effects = effectsOf(run);
  for (const effect of expected) expect(effects).toContain(effect);
  expect([...effects].every((effect) => !effect.endsWith('none'))).toBe(true);
  expect(ground.state()).toBe(before);
  expect(observed(run, 'canary.ledger')[0]).toMatchObject({ left: 0 });
});

test('a manager on which the owners cannot write either proves nothing', async () => {
  const ground = await start();
  const { store } = ground.deployment;
  // Answers as if it had, and keeps what was there.
  store.replace = () => undefined;
  const run = await runWith(ground, ground.target, [writeIsolation]);
  for (const { unproven, proven } of observed(run, 'api.write-isolation')) {
    expect(proven.update).toBe(0);
    expect(unproven.some(({ reason }) => reason.includes('it was not changed either'))).toBe(true);
  }
});

test('read-only, guards are asked with requests that find nothing, and the manager stays as it is', async () => {
  for (const weakness of [null, 'writes-skip-tenant-check']) {
    const ground = await start(weakness === null ? [] : [weakness]);
    const before = ground.state();
    const target = ground.readOnly;
    expect(writeIsolation.work(target).tasks).toEqual([]);
    expect(writeGuards.work(ground.target).tasks).toEqual([]);
    const bundle = await collect(target, [writeGuards, writeIsolation], {
      version: '0.0.0-test',
      runId: 'test',
      now: () => new Date(),
      signal: new AbortController().signal,
      onProgress: () => undefined,
    });
    const actors = observed({ bundle }, 'api.write-isolation');
    expect(actors.length).toBeGreaterThan(2);
    for (const { mode, guarded, letIn, unproven } of actors) {
      expect(mode).toBe('guards');
      expect(unproven).toEqual([]);
      if (weakness === null) expect(letIn).toEqual([]);
      expect(guarded.length + letIn.length).toBeGreaterThan(0);
    }
    if (weakness !== null) expect(actors.some(({ letIn }) => letIn.length > 0)).toBe(true);
    expect(ground.state()).toBe(before);
  }
});
