import type { HttpSurface } from '../../../src/model/http-surface';
import { describeWith } from '../../../fixtures/servers/needs';
import { startManagerNginx, type ManagerNginx, type Upstream, type Weakness } from './manager-nginx';
import { survey, targetOn, type Survey } from './run';

async function surveyed(
  weakness: Weakness,
  upstream: Upstream = {},
  options: Parameters<typeof survey>[1] = {},
): Promise<Survey> {
  const nginx = await startManagerNginx({ unlimited: true, ...weakness }, upstream);
  try {
    return await survey(targetOn(nginx.ports), options);
  } finally {
    await nginx.stop();
  }
}

function dataOf(found: Survey, id: string): HttpSurface {
  const evidence = found.of(`manager-1/${id}`);
  if (evidence.state !== 'observed') throw new Error(`${id} is ${evidence.state}`);
  return evidence.data;
}

describeWith(['nginx', 'openssl'], 'a sound manager behind nginx', () => {
  let nginx: ManagerNginx;
  let found: Survey;
  beforeAll(async () => {
    nginx = await startManagerNginx({ unlimited: true });
    found = await survey(targetOn(nginx.ports));
  });
  afterAll(() => nginx.stop());

  test('every request is observed, with a live control', () => {
    const not = found.evidence.filter((e) => e.state !== 'observed').map((e) => e.subject.id);
    expect(not).toEqual([]);
    expect(found.evidence.length).toBeGreaterThan(90);
    expect(found.evidence.every((e) => e.state === 'observed' && e.data.control.alive)).toBe(true);
  });

  test('the promise of the plan is kept: one request a subject, one connection a listener', () => {
    expect(found.requests).toBe(found.evidence.length);
    expect(found.connections).toBe(4);
  });

  test('nothing secured is served, and each answer is called what it is', () => {
    const answers = new Set<string>();
    for (const e of found.evidence) {
      if (e.state === 'observed') answers.add(`${e.data.expectation} ${e.data.answer}`);
    }
    expect([...answers].sort()).toEqual([
      'clear-text-api ssl-required',
      'open ok',
      'open unauthorized',
      'other method-not-allowed',
      'other not-found',
      'page login-page',
      'page redirect-https',
      'secured not-found',
      'secured premium-missing',
      'secured redirect',
      'secured unauthorized',
    ]);
  });

  test.each<[string, Partial<HttpSurface>]>([
    ['rest-external GET /api/v3.1/ok', { expectation: 'open', status: 200, answer: 'ok' }],
    ['rest-external GET /api/v3.1/version', { expectation: 'open', status: 401, answer: 'unauthorized' }],
    [
      'rest-external GET /api/v3.1/blueprints',
      {
        status: 401,
        answer: 'unauthorized',
        errorCode: 'unauthorized_error',
        discloses: [],
        httpVersion: '1.1',
      },
    ],
    ['rest-internal GET /blueprints', { status: 401, answer: 'unauthorized' }],
    ['rest-external GET /resources/blueprints/', { status: 401, answer: 'unauthorized', errorCode: null }],
    ['rest-external GET /api/v3.1/audit', { status: 401, answer: 'unauthorized', contentType: 'text/html' }],
    ['rest-external GET /resources-local/', { status: 404, answer: 'not-found', errorCode: null }],
    ['rest-internal GET /monitoring/api/v1/query?query=up', { status: 307, answer: 'redirect' }],
    ['rest-external GET /api/v3.1/users', { status: 404, answer: 'premium-missing' }],
    ['rest-external TRACE /', { status: 405, answer: 'method-not-allowed', expectation: 'other' }],
    ['http GET /api/v3.1/status', { status: 400, answer: 'ssl-required', errorCode: 'SSL_REQUIRED' }],
    ['http GET /', { status: 308, answer: 'redirect-https', location: '127.0.0.1' }],
    ['monitoring GET /cfylogs/', { status: 401, answer: 'unauthorized', expectation: 'secured' }],
    ['monitoring GET /monitoring/', { status: 401, answer: 'unauthorized' }],
    ['monitoring GET /', { status: 404, answer: 'not-found', expectation: 'other' }],
  ])('%s', (id, expected) => {
    expect(dataOf(found, id)).toMatchObject(expected);
  });

  test('headers are those in effect at that location: nginx drops inherited ones where a location adds its own', () => {
    const hsts = 'max-age=31536000; includeSubDomains';
    const api = dataOf(found, 'rest-external GET /api/v3.1/blueprints').headers;
    expect(api).toMatchObject({ 'strict-transport-security': hsts, server: 'nginx', vary: 'Cookie' });
    expect(api).not.toHaveProperty('x-content-type-options');
    expect(api).not.toHaveProperty('x-cloudify-audit-username');
    expect(dataOf(found, 'rest-external GET /').headers).toHaveProperty('x-frame-options', 'SAMEORIGIN');
    expect(dataOf(found, 'http GET /').headers).toMatchObject({ 'x-content-type-options': 'nosniff' });
  });
});

describeWith(['nginx', 'openssl'], 'a manager with a weakness', () => {
  const external = (path: string) => (id: string) =>
    id.includes('rest-external') && (id.endsWith(` ${path}`) || id.endsWith('/ok'));

  test('port 80 serves the API', async () => {
    const found = await surveyed({ clearTextApi: true }, {}, { only: (id) => id.includes('/http ') });
    expect(dataOf(found, 'http GET /api/v3.1/status')).toMatchObject({ status: 401, answer: 'unauthorized' });
  });

  test('a secured endpoint is open', async () => {
    const upstream = { '/api/v3.1/secrets': { status: 200, body: '{"items": [], "metadata": {}}' } };
    const found = await surveyed({}, upstream, { only: external('/api/v3.1/secrets') });
    expect(dataOf(found, 'rest-external GET /api/v3.1/secrets')).toMatchObject({
      expectation: 'secured',
      answer: 'ok',
    });
  });

  test('a traceback in a 500 is a server error that discloses, not a refusal', async () => {
    const body = JSON.stringify({
      error_code: 'internal_server_error',
      message: 'x',
      server_traceback:
        'Traceback (most recent call last):\n  File "/opt/manager/env/lib/python3.11/site-packages/a.py", line 1\n',
    });
    const path = '/api/v3.1/tenants/default_tenant';
    const found = await surveyed({}, { [path]: { status: 500, body } }, { only: external(path) });
    expect(dataOf(found, `rest-external GET ${path}`)).toMatchObject({
      answer: 'server-error',
      errorCode: 'internal_server_error',
      discloses: ['stack-trace', 'file-path'],
    });
    expect(JSON.stringify(found.evidence)).not.toContain('site-packages');
  });

  test('version disclosure, by nginx and by the product', async () => {
    const upstream = {
      '/api/v3.1/version': { status: 200, body: '{"version": "7.1.0", "edition": "community"}' },
    };
    const found = await surveyed({ serverTokens: true }, upstream, { only: external('/api/v3.1/version') });
    expect(dataOf(found, 'rest-external GET /api/v3.1/version')).toMatchObject({
      answer: 'ok',
      discloses: ['product-version', 'server-version'],
    });
  });

  test('a directory listing', async () => {
    const path = '/resources/blueprints/';
    const found = await surveyed({ autoindex: true }, {}, { only: external(path) });
    expect(dataOf(found, `rest-external GET ${path}`)).toMatchObject({
      answer: 'ok',
      discloses: ['directory-listing'],
    });
  });

  test('REST is down: 502 is no refusal, and the control is dead', async () => {
    const upstream = { '/api/v3.1/ok': { status: 502, body: 'x' } };
    const found = await surveyed({}, upstream, { only: external('/api/v3.1/tokens') });
    expect(dataOf(found, 'rest-external GET /api/v3.1/tokens').control).toEqual({
      path: '/api/v3.1/ok',
      status: 502,
      alive: false,
    });
  });
});

describeWith(['nginx', 'openssl'], "the manager's request limit", () => {
  test('at the default pace nothing is refused', async () => {
    const nginx = await startManagerNginx();
    try {
      const found = await survey(targetOn(nginx.ports), {
        perSecond: 8,
        only: (id) => /\/http |\/monitoring |\/ok$|secrets|TRACE|\/$/.test(id),
      });
      expect(found.evidence.filter((e) => e.state !== 'observed')).toEqual([]);
      expect(found.requests).toBe(found.evidence.length);
    } finally {
      await nginx.stop();
    }
  });

  test('its 503 is waited out, and never taken for an answer', async () => {
    const nginx = await startManagerNginx({ rate: 2 });
    try {
      // Without a burst, every second request at 4/s is over a limit of 2/s.
      const found = await survey(targetOn(nginx.ports), {
        perSecond: 4,
        only: (id) => /rest-external .*(\/ok|secrets|tokens|config)$/.test(id),
      });
      expect(found.evidence.map((e) => e.state)).toEqual(Array(5).fill('observed'));
      expect(found.requests).toBeGreaterThan(5);
    } finally {
      await nginx.stop();
    }
  });
});
