import { apiAuthentication } from '../../../../src/collect/api/authentication';
import type { Collector } from '../../../../src/collect/collector';
import { canaryPlan, expectCanaries } from '../../../../src/collect/index';
import type { Target } from '../../../../src/model/target';
import { observed, prepare, runWith, type Ground } from './garden';

const started: Ground[] = [];
const start = async (...options: Parameters<typeof prepare>): Promise<Ground> => {
  const ground = await prepare(...options);
  started.push(ground);
  return ground;
};
afterAll(() => Promise.all(started.map((ground) => ground.stop())));

/** Sees what collectors see of the canaries, and touches nothing. */
function witness(seen: Target[]): Collector {
  return {
    id: 'witness',
    title: 'Witness',
    types: ['http.surface'],
    impact: 'authenticate',
    work: (target) => {
      seen.push(target);
      return { tasks: [], missing: [] };
    },
  };
}

/** The canaries as the collectors were given them. */
const planted = (seen: readonly Target[]): Target['canaries'] =>
  seen.find(({ canaries }) => canaries !== undefined)?.canaries;

test('canaries are there while accounts are used, as planned, and gone afterwards', async () => {
  const ground = await start();
  const before = ground.state();
  const during: string[] = [];
  const seen: Target[] = [];
  const looking: Collector = {
    ...witness(seen),
    work: (target) => {
      seen.push(target);
      during.push(ground.state());
      return { tasks: [], missing: [] };
    },
  };
  const run = await runWith(ground, ground.target, [looking]);
  const [ledger] = observed(run, 'canary.ledger');
  const objects = planted(seen)?.objects ?? [];
  const planned = expectCanaries(ground.target).canaries?.objects ?? [];
  const tell = ({ kind, tenant, visibility, owner, hidden }: (typeof planned)[number]): string =>
    `${kind} ${tenant} ${visibility} ${owner} ${String(hidden)}`;
  expect(objects.map(tell)).toEqual(planned.map(tell));
  expect(new Set(objects.map(({ visibility }) => visibility))).toEqual(
    new Set(['private', 'tenant', 'global']),
  );
  for (const { id, markers, kind } of objects) {
    expect(during.join()).toContain(id);
    // What is told to collectors is what the manager keeps; the archive of a blueprint is in its files.
    if (kind !== 'blueprint') for (const marker of markers) expect(during.join()).toContain(marker);
  }
  expect(ground.state()).toBe(before);
  expect(ledger).toMatchObject({ left: 0 });
  expect(ledger?.entries.every(({ end }) => end === 'removed')).toBe(true);
  expect(ledger?.lists.every(({ before: was, after, ours }) => was === after && ours === 0)).toBe(true);
  const sent = run.bundle.traffic.find(({ collector }) => collector === 'canaries')?.requests ?? 0;
  const [task] = canaryPlan.work(expectCanaries(ground.target)).tasks;
  expect(sent).toBeLessThanOrEqual(task?.requests ?? 0);
});

test('nothing of what canaries hold is in the evidence or in the journal', async () => {
  const ground = await start();
  const seen: Target[] = [];
  const { bundle, journal } = await runWith(ground, ground.target, [witness(seen)]);
  const { objects = [], users = [] } = planted(seen) ?? {};
  const markers = objects.flatMap((object) => object.markers);
  const tokens = users.flatMap(({ token }) => (token === null ? [] : [token.reveal()]));
  expect(markers.length).toBeGreaterThan(20);
  expect(tokens.length).toBeGreaterThan(0);
  for (const text of [JSON.stringify(bundle), journal]) {
    for (const hidden of [...markers, ...tokens]) expect(text).not.toContain(hidden);
    for (const { password, token } of ground.target.users) {
      if (password !== null) expect(text).not.toContain(password.reveal());
      if (token !== null) expect(text).not.toContain(token.reveal());
    }
  }
});

test('a token that has expired by the manager’s clock and one that was revoked are tried, and refused', async () => {
  const ground = await start();
  const users = ground.target.users.filter(({ purposes }) => purposes === undefined);
  const before = ground.state();
  const run = await runWith(ground, { ...ground.target, users }, [apiAuthentication]);
  const attempts = observed(run, 'api.credential').flatMap((each) => each.attempts);
  for (const credential of ['expired-token', 'revoked-token'] as const) {
    const [attempt] = attempts.filter((each) => each.credential === credential && each.identity !== null);
    expect(attempt).toMatchObject({ answer: 'unauthorized', control: { succeeded: true } });
  }
  expect(ground.state()).toBe(before);
});

test('of a manager that accepts what has expired or was revoked, that is what is found', async () => {
  const ground = await start({ weaknesses: ['token-expiry-ignored'] });
  const users = ground.target.users.filter(({ purposes }) => purposes === undefined);
  const run = await runWith(ground, { ...ground.target, users }, [apiAuthentication]);
  const attempts = observed(run, 'api.credential').flatMap((each) => each.attempts);
  const tried = attempts.filter(
    ({ credential, identity }) => credential === 'expired-token' && identity !== null,
  );
  expect(tried.map(({ answer }) => answer)).toContain('ok');
});

test('where the edition has them and the target asks for them, accounts and a tenant are made too', async () => {
  const ground = await start({ edition: 'premium' });
  const users = ground.target.users.filter(({ username }) => ['sysop', 'alice', 'bob'].includes(username));
  const seen: Target[] = [];
  const before = ground.state();
  const canaryAccounts = { users: true, tenants: true };
  const run = await runWith(ground, { ...ground.target, users, canaryAccounts }, [witness(seen)]);
  const made = planted(seen);
  expect(made?.tenants).toHaveLength(1);
  const roles = made?.users.map(
    ({ tenants, purposes }) => `${Object.values(tenants).join()} ${String(purposes)}`,
  );
  for (const role of ['manager undefined', 'viewer undefined', 'operations undefined', ' undefined']) {
    expect(roles).toContain(role);
  }
  expect(roles).toContain('user deactivated');
  expect(made?.users.every(({ systemRole }) => systemRole === 'default')).toBe(true);
  expect(made?.objects.some(({ tenant }) => tenant === made.tenants[0])).toBe(true);
  expect(ground.state()).toBe(before);
  expect(observed(run, 'canary.ledger')[0]).toMatchObject({ left: 0 });
});

test('in the community edition that is said, and nothing fails', async () => {
  const ground = await start();
  const before = ground.state();
  const target = { ...ground.target, canaryAccounts: { users: true, tenants: true } };
  const [ledger] = observed(await runWith(ground, target, []), 'canary.ledger');
  expect(ledger?.notWritten.map(({ reason }) => reason).join('\n')).toContain(
    'missing_premium_package_error',
  );
  expect(ledger?.left).toBe(0);
  expect(ground.state()).toBe(before);
});

test('interrupted while it plants, it takes away what it has planted', async () => {
  const ground = await start();
  const before = ground.state();
  const interrupt = new AbortController();
  const { store } = ground.deployment;
  const add = store.add.bind(store);
  let added = 0;
  store.add = (row) => {
    if (++added === 5) interrupt.abort();
    add(row);
  };
  const { bundle } = await runWith(ground, ground.target, [], interrupt);
  expect(added).toBe(5);
  expect(bundle.run.interrupted).toBe(true);
  expect(ground.state()).toBe(before);
  expect(observed({ bundle }, 'canary.ledger')[0]).toMatchObject({ left: 0 });
});

test('a manager that says it removed and does not is told, loudly', async () => {
  const ground = await start();
  const { store } = ground.deployment;
  const remove = store.remove.bind(store);
  store.remove = (row) => {
    if (row.kind !== 'site') remove(row);
  };
  const [ledger] = observed(await runWith(ground, ground.target, []), 'canary.ledger');
  const left = ledger?.entries.filter(({ end }) => end === 'left') ?? [];
  expect(new Set(left.map(({ kind }) => kind))).toEqual(new Set(['site']));
  expect(ledger?.left).toBe(left.length);
  expect(left[0]?.reason).toMatch(
    /DELETE \/sites\/cfy-audit-.* was answered with 204, and it is still there/,
  );
});

test('a creation that lands in another tenant is found there and taken away', async () => {
  const ground = await start({ weaknesses: ['write-lands-in-default-tenant'] });
  const before = ground.state();
  const [ledger] = observed(await runWith(ground, ground.target, []), 'canary.ledger');
  expect(ledger).toMatchObject({ left: 0 });
  expect(ground.state()).toBe(before);
});

test('a journal that cannot be written ends all writing', async () => {
  const ground = await start();
  const before = ground.state();
  const { canaryPlanting } = await import('../../../../src/collect/index');
  const { collect } = await import('../../../../src/collect/run');
  let lines = 0;
  const journal = {
    name: 'full.jsonl',
    write: () => {
      if (++lines > 12) throw new Error('ENOSPC: no space left on device');
    },
  };
  const bundle = await collect(ground.target, [], {
    version: '0.0.0-test',
    runId: 'test',
    now: () => new Date(),
    signal: new AbortController().signal,
    onProgress: () => undefined,
    planting: canaryPlanting(journal),
  });
  const [ledger] = observed({ bundle }, 'canary.ledger');
  expect(ledger?.created).toBeLessThan(8);
  expect(ledger?.notWritten.map(({ reason }) => reason).join('\n')).toContain('ENOSPC');
  expect(ground.state()).toBe(before);
});

test('without an account, or without a certificate to verify by, nothing is sent', async () => {
  const ground = await start();
  const none = await runWith(ground, { ...ground.target, users: [] }, []);
  expect(none.bundle.evidence).toMatchObject([{ type: 'canary.ledger', state: 'unavailable' }]);
  const blind = await runWith(ground, { ...ground.target, ca: { internal: null, external: null } }, []);
  expect(blind.bundle.evidence).toMatchObject([
    { state: 'unavailable', supply: 'ca.external or ca.internal' },
  ]);
  for (const { bundle, journal } of [none, blind]) {
    expect(bundle.traffic).toMatchObject([{ collector: 'canaries', requests: 0 }]);
    expect(journal).toBe('');
  }
});
