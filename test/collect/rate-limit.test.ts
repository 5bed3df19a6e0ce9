import { rateLimit } from '../../src/collect/rate-limit';
import { describeWith } from '../../fixtures/servers/needs';
import { startManagerNginx, type Weakness } from './http-surface/manager-nginx';
import { targetOn } from './http-surface/run';
import { evidenceOn, runTarget } from './run-target';
import type { RateLimit } from '../../src/model/rate-limit';

async function burst(weakness: Weakness): Promise<RateLimit> {
  const nginx = await startManagerNginx(weakness);
  try {
    const target = targetOn(nginx.ports);
    const bundle = await runTarget(
      { ...target, limits: { ...target.limits, rateLimitTest: true } },
      rateLimit,
    );
    expect(bundle.traffic[0]?.requests).toBeLessThanOrEqual(60);
    const found = evidenceOn(bundle, 'manager-1/rate-limit');
    if (found.state !== 'observed') throw new Error(JSON.stringify(found));
    return found.data as RateLimit;
  } finally {
    await nginx.stop();
  }
}

describeWith(['nginx', 'openssl'], 'the burst against nginx with the product’s limit', () => {
  test('it is refused beyond the limit, and let through by any token, as installed', async () => {
    const found = await burst({ tokensFree: true });
    expect(found.refused).toBeGreaterThan(0);
    expect(found.answered + found.refused).toBe(found.sent);
    expect(found.evasion).toEqual({ sent: 6, refused: 0, evaded: true });
  });

  test('a token is no way around a limit that counts addresses', async () => {
    const found = await burst({});
    expect(found.evasion.refused).toBeGreaterThan(0);
    expect(found.evasion.evaded).toBe(false);
  });

  test('without a limit all are answered, and nothing is said of ways around it', async () => {
    const found = await burst({ unlimited: true });
    expect(found).toMatchObject({ refused: 0, answered: 48, evasion: { evaded: null } });
  });
});

test('nothing is sent where the target file does not ask for it', async () => {
  const bundle = await runTarget(targetOn({ http: 1, https: 2, internal: 3, monitoring: 4 }), rateLimit);
  expect(bundle.traffic[0]).toMatchObject({ requests: 0, connections: 0 });
  expect(bundle.evidence).toMatchObject([
    { state: 'unavailable', supply: 'limits: { rateLimitTest: true } in target.yaml' },
  ]);
});

test('a port that nobody listens on says nothing of a limit', async () => {
  const target = targetOn({ http: 1, https: 1, internal: 1, monitoring: 1 });
  const bundle = await runTarget({ ...target, limits: { ...target.limits, rateLimitTest: true } }, rateLimit);
  expect(bundle.evidence[0]?.state).toBe('unavailable');
});
