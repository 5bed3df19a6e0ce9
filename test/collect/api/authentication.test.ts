import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startDeployment } from '../../../fixtures/deployment';
import { apiAuthentication } from '../../../src/collect/api/authentication';
import { strangerHeaders } from '../../../src/collect/api/strangers';
import { collect } from '../../../src/collect/run';
import type { EvidenceBundle, EvidenceOf } from '../../../src/model/evidence';
import type { Target } from '../../../src/model/target';
import { loadTarget } from '../../../src/plan/index';

interface Seen {
  readonly bundle: EvidenceBundle;
  readonly promised: number;
  readonly secrets: readonly string[];
}

async function look(
  weaknesses: readonly string[],
  change: (target: Target) => Target = (t) => t,
): Promise<Seen> {
  const folder = mkdtempSync(join(tmpdir(), 'cfy-audit-api-'));
  const deployment = await startDeployment({ weaknesses, folder, rateLimit: false });
  try {
    const { target } = await loadTarget(deployment.targetFile, {
      environment: {},
      prompt: () => Promise.reject(new Error('nothing to ask')),
    });
    const limits = { ...target.limits, requestsPerSecond: 10_000 };
    const changed = change({ ...target, limits });
    const bundle = await collect(changed, [apiAuthentication], {
      version: '0.0.0-test',
      runId: 'test',
      now: () => new Date(),
      signal: new AbortController().signal,
      onProgress: () => undefined,
    });
    const { tasks } = apiAuthentication.work(changed);
    return {
      bundle,
      promised: tasks.reduce((sum, { requests }) => sum + requests, 0),
      secrets: deployment.accounts.flatMap(({ password, token }) => [password, token, token.slice(0, -1)]),
    };
  } finally {
    await deployment.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function of<T extends 'api.authentication' | 'api.credential'>(
  bundle: EvidenceBundle,
  type: T,
): readonly EvidenceOf<T>[] {
  return bundle.evidence.filter((e) => e.type === type) as unknown as readonly EvidenceOf<T>[];
}

let sound: Seen;
beforeAll(async () => {
  sound = await look([]);
});

test('the standard plan asks every endpoint that may be asked, those with GET by HEAD too, and plans what it sends', () => {
  const [traffic] = sound.bundle.traffic;
  expect(of(sound.bundle, 'api.authentication')).toHaveLength(457);
  const heads = of(sound.bundle, 'api.authentication').filter(
    (e) => e.state === 'observed' && e.data.attempts.some(({ method }) => method === 'HEAD'),
  );
  expect(heads.length).toBeGreaterThan(180);
  expect(traffic?.requests).toBeGreaterThan(426 + heads.length);
  expect(traffic?.requests).toBeLessThanOrEqual(775 + heads.length);
  const promised = sound.promised;
  expect(Math.abs(promised - (traffic?.requests ?? 0)) / promised).toBeLessThan(0.05);
});

test('endpoints that no form makes harmless are sent nothing, and the evidence says why', () => {
  const silent = of(sound.bundle, 'api.authentication').flatMap((e) =>
    e.state === 'observed' && e.data.notAsked !== undefined ? [e.data] : [],
  );
  expect(silent).toHaveLength(27);
  expect(silent.filter(({ attempts, notAsked = '' }) => attempts.length > 0 || notAsked.length < 20)).toEqual(
    [],
  );
  const asked = of(sound.bundle, 'api.authentication').flatMap((e) =>
    e.state === 'observed' && /maintenance\/|DELETE .*validate/.test(`${e.data.method} ${e.data.endpoint}`)
      ? e.data.attempts.map(({ method, path, answer }) => `${method} ${path} ${answer}`)
      : [],
  );
  expect(new Set(asked.filter((each) => !each.startsWith('GET')))).toEqual(
    new Set([
      'DELETE /api/v3.1/blueprints/cfy-audit-no-such-object/validate unauthorized',
      'POST /api/v2.1/maintenance/cfy-audit-no-such-action unauthorized',
      'POST /api/v3/maintenance/cfy-audit-no-such-action unauthorized',
      'POST /api/v3.1/maintenance/cfy-audit-no-such-action unauthorized',
    ]),
  );
});

test('all kinds of callers, paths and listeners are refused, each beside a control', () => {
  const attempts = sound.bundle.evidence.flatMap((e) =>
    (e.type === 'api.authentication' || e.type === 'api.credential') && e.state === 'observed'
      ? e.data.attempts
      : [],
  );
  expect(new Set(attempts.map(({ credential }) => credential)).size).toBe(23);
  expect(new Set(attempts.map(({ form }) => form)).size).toBe(11);
  expect(new Set(attempts.flatMap(({ listeners }) => listeners))).toEqual(
    new Set(['rest-external', 'rest-internal', 'http']),
  );
  expect(attempts.filter(({ control }) => !control.succeeded)).toEqual([]);
  const answers = attempts.filter(({ form, listeners }) => form === 'plain' && !listeners.includes('http'));
  expect(answers.filter(({ answer }) => answer === 'none' || answer === 'rate-limited')).toEqual([]);
});

test('cookies that nobody has are shown one by one: where Flask-Login finds its own it looks at nothing else', () => {
  const [cookie] = strangerHeaders('unknown-cookie');
  const [remembered] = strangerHeaders('unknown-remember-cookie');
  expect(cookie?.[1]).toMatch(/^XSRF-TOKEN=ctok-[^;]+; session=\w+$/);
  expect(remembered?.[1]).toMatch(/^remember_token=0\|[\w-]+$/);
});

test('a method in a header is tried with the method that the endpoint has, too', () => {
  const listed = of(sound.bundle, 'api.authentication').find(({ subject }) =>
    subject.id.endsWith('GET /api/v3.1/blueprints'),
  );
  const attempts = listed?.state === 'observed' ? listed.data.attempts : [];
  const overridden = attempts.filter(({ credential }) => credential === 'method-override');
  expect(overridden.map(({ method }) => method).sort()).toEqual(['GET', 'POST']);
});

test('each read of the newest version is shown one credential that is dead, in turn, and some all of them', () => {
  const tried = of(sound.bundle, 'api.credential').flatMap((e) =>
    e.state === 'observed'
      ? [{ at: e.data.endpoint, shown: e.data.attempts.map(({ credential }) => credential) }]
      : [],
  );
  const every = ['deactivated-password', 'deactivated-token', 'expired-token', 'tampered-token'];
  const complete = tried.filter(({ shown }) => new Set(shown).size === every.length).map(({ at }) => at);
  expect(complete).toEqual(
    expect.arrayContaining(
      ['file-server-auth', 'tokens', 'secrets', 'nodes'].map((path) => `/api/v3.1/${path}`),
    ),
  );
  const others = tried.filter(({ at }) => !complete.includes(at));
  expect(others.length).toBeGreaterThan(70);
  expect(others.filter(({ at }) => !at.startsWith('/api/v3.1/') || at.includes('/permissions'))).toEqual([]);
  expect(new Set(others.map(({ shown }) => shown.length))).toEqual(new Set([1]));
  const times = every.map((kind) => others.filter(({ shown }) => shown[0] === kind).length);
  expect(Math.min(...times)).toBeGreaterThan(14);
});

test('no credential is in the evidence, not even most of one', () => {
  const text = JSON.stringify(sound.bundle.evidence);
  expect(sound.secrets.filter((secret) => text.includes(secret))).toEqual([]);
});

test('without users the controls are liveness, and what needs one says so', async () => {
  const { bundle } = await look([], (target) => ({ ...target, users: [] }));
  const kinds = of(bundle, 'api.authentication').flatMap((e) =>
    e.state === 'observed' ? e.data.attempts.map(({ control }) => control.kind) : [],
  );
  expect(new Set(kinds)).toEqual(new Set(['liveness']));
  const main = of(bundle, 'api.credential').find((e) => e.subject.id.endsWith('/api/v3.1/blueprints'));
  expect(main?.state === 'observed' ? main.data.attempts.map(({ reason }) => reason) : []).toEqual([
    'no declared user has a token',
    'no declared user has the purpose expired-token',
    'no declared user has the purpose deactivated',
  ]);
});

test('without an authority no credential is sent', async () => {
  const { bundle } = await look([], (target) => ({ ...target, ca: { internal: null, external: null } }));
  const attempts = of(bundle, 'api.credential').flatMap((e) =>
    e.state === 'observed' ? e.data.attempts : [],
  );
  expect(new Set(attempts.map(({ answer, reason }) => `${answer}: ${reason ?? ''}`))).toEqual(
    new Set(['none: no authority to verify the certificate by']),
  );
});

test('a manager that refuses every request by its rate limit is left alone after a few, and nothing is known', async () => {
  const { bundle } = await look(['rate-limited-everything']);
  expect(bundle.traffic[0]?.requests).toBeLessThan(60);
  const strangers = of(bundle, 'api.authentication').flatMap((e) =>
    e.state === 'observed' ? e.data.attempts.map(({ answer }) => answer) : [],
  );
  expect(strangers.length).toBeGreaterThan(400);
  expect(new Set(strangers)).toEqual(new Set(['none', 'rate-limited']));
});

describe('whether accounts are told apart', () => {
  const found = ({ bundle }: Seen): EvidenceBundle['evidence'][number] | undefined =>
    bundle.evidence.find(({ type }) => type === 'api.account-existence');

  test('a sound manager refuses both alike, and the right password works afterwards', () => {
    expect(found(sound)).toMatchObject({
      state: 'observed',
      data: { as: 'dora', differences: [], control: { as: 'dora', succeeded: true } },
    });
  });

  test('Cloudify 7.1 names the account in its refusal', async () => {
    expect(found(await look(['accounts-told-apart']))).toMatchObject({ data: { differences: ['body'] } });
  });

  test('where any password is let in there is nothing to compare', async () => {
    expect(found(await look(['any-password-accepted']))).toMatchObject({
      state: 'unavailable',
      reason: 'a wrong password was answered with 200 (ok), which is no refusal',
    });
  });

  test('no wrong password is sent to an account that is not declared for it', async () => {
    const seen = await look([], (target) => ({
      ...target,
      users: target.users.map((user) => ({ ...user, purposes: [] })),
    }));
    expect(found(seen)).toMatchObject({
      state: 'unavailable',
      supply: 'purpose: [wrong-password] of a user in target.yaml',
    });
    const tried = of(seen.bundle, 'api.authentication').flatMap((e) =>
      e.state === 'observed' ? e.data.attempts.map(({ credential }) => credential) : [],
    );
    expect(tried).not.toContain('wrong-password');
  });
});
