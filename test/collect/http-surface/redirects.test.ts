import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startDeployment } from '../../../fixtures/deployment';
import { httpRedirects } from '../../../src/collect/http-surface/redirects';
import type { EvidenceBundle } from '../../../src/model/evidence';
import type { HttpRedirect } from '../../../src/model/http-redirect';
import { loadTarget } from '../../../src/plan/index';
import { makePki } from '../../protocol/http/pki';
import { evidenceOn, managerOf, runTarget, targetOf } from '../run-target';

function dataOf(bundle: EvidenceBundle, id: string): HttpRedirect {
  const found = evidenceOn(bundle, `manager-1/${id}`);
  if (found.state !== 'observed' || found.type !== 'http.redirect') throw new Error(JSON.stringify(found));
  return found.data;
}

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** Port 80 of a manager whose other ports are closed. */
async function chains(answer: Answer): Promise<{
  readonly bundle: EvidenceBundle;
  readonly asked: readonly IncomingMessage[];
  /** The chain that begins at `/`. */
  readonly root: HttpRedirect;
}> {
  const asked: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    asked.push(request);
    answer(request, response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  try {
    const manager = managerOf({ ports: { http: port, https: 1, internal: 1, monitoring: 1 } });
    const bundle = await runTarget(targetOf({ managers: [manager] }), httpRedirects);
    return { bundle, asked, root: dataOf(bundle, 'http redirects of /') };
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

/** Port 443 of a manager at 127.0.0.1 whose certificate also names `localhost`, which the target does not. */
async function overTls(answer: Answer): Promise<EvidenceBundle> {
  const pki = makePki();
  const { cert, key } = pki;
  pki.remove();
  const server = createTlsServer({ cert, key }, answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  try {
    const manager = managerOf({ ports: { http: 1, https: port, internal: 1, monitoring: 1 } });
    return await runTarget(targetOf({ managers: [manager] }), httpRedirects);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

/** Redirects `/` only, so that other chains and forgeries add nothing. */
const leading =
  (location: string, more: Readonly<Record<string, string>> = {}): Answer =>
  ({ url }, response) => {
    response.writeHead(url === '/' ? 302 : 200, url === '/' ? { ...more, Location: location } : {}).end();
  };

/** `http>https://host/path place` of each redirect. */
const led = ({ hops }: HttpRedirect): readonly string[] =>
  hops.map(({ from, to }) => `${from}>${to.scheme}://${to.host}${to.path} ${to.place}`);

describe('the fixture deployment', () => {
  const redirectsWith = async (weaknesses: readonly string[]): Promise<EvidenceBundle> => {
    const folder = mkdtempSync(join(tmpdir(), 'cfy-audit-redirects-'));
    const deployment = await startDeployment({ weaknesses, folder, rateLimit: false });
    try {
      const loaded = await loadTarget(deployment.targetFile, {
        environment: {},
        prompt: () => Promise.reject(new Error('nothing to ask')),
      });
      const target = { ...loaded.target, limits: { ...loaded.target.limits, requestsPerSecond: 1000 } };
      const bundle = await runTarget(target, httpRedirects);
      const { tasks } = httpRedirects.work(target);
      const promised = tasks.reduce((sum, { requests }) => sum + requests, 0);
      expect(bundle.traffic[0]?.requests).toBeLessThanOrEqual(promised);
      return bundle;
    } finally {
      await deployment.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  };

  test('sound: port 80 leads to the console over HTTPS, and only the Host header is obeyed', async () => {
    const root = dataOf(await redirectsWith([]), 'http redirects of /');
    expect(led(root)).toEqual([
      'http>https://cloudify.example.com/ declared',
      'https>https://cloudify.example.com/console declared',
    ]);
    expect(root).toMatchObject({ status: 308, end: 'answer', reason: null });
    expect(root.forgeries.map(({ by, obeyed }) => `${by} ${String(obeyed)}`)).toEqual([
      'host true',
      'proxy-headers false',
      'path false',
      'path false',
      'path false',
    ]);
  });

  test('a host that neither target nor certificate names is not followed', async () => {
    const root = dataOf(await redirectsWith(['redirect-elsewhere']), 'http redirects of /');
    expect(led(root)).toEqual(['http>https://cloudify.example.net/ elsewhere']);
    expect(root.end).toBe('left');
  });
});

test('a name that only the certificate of the listener has is of the deployment', async () => {
  const root = dataOf(await overTls(leading('https://localhost/console')), 'rest-external redirects of /');
  expect(led(root)).toEqual(['https>https://localhost/console certified']);
  expect(root.end).toBe('answer');
});

test.each([
  ['itself', '/', 'loop'],
  ['another site', 'https://elsewhere.example/x?token=ctok-abcdefghij-0123456789', 'left'],
  ['another site without a scheme', '//elsewhere.example/', 'left'],
  ['another site with backslashes', '/\\elsewhere.example/', 'left'],
  ['another site behind a name of ours', 'http://127.0.0.1@elsewhere.example/', 'left'],
  ['a program', 'javascript:alert(1)', 'left'],
  ['nonsense', 'http://[::', 'unreadable'],
  ['a port that nobody declares', 'https://127.0.0.1:9/', 'not-followed'],
  ['a listener that is closed', 'https://127.0.0.1/', 'not-followed'],
  ['a page of its own', '/console', 'answer'],
])('a redirect to %s', async (_name, location, end) => {
  const { root } = await chains(leading(location));
  expect(root.end).toBe(end);
  expect(root.hops).toHaveLength(end === 'unreadable' ? 0 : 1);
  expect(JSON.stringify(root)).not.toContain('0123456789');
});

test('ten redirects are followed and no more', async () => {
  const { root, asked } = await chains(({ url = '' }, response) => {
    if (/stage|api|invalid/.test(url)) response.writeHead(200).end();
    else response.writeHead(302, { Location: `${url}x` }).end();
  });
  expect(root).toMatchObject({ end: 'endless', reason: null });
  expect(root.hops).toHaveLength(10);
  expect(asked.length).toBeLessThan(20);
});

test('where every path leads on and on, no more is sent than was promised', async () => {
  const { bundle, asked } = await chains(({ url = '' }, response) => {
    response.writeHead(302, { Location: `${url.slice(0, 200)}x` }).end();
  });
  expect(asked.length).toBeLessThan(50);
  const ends = ['/', '/stage/', '/api/v3.1/status'].map((path) =>
    dataOf(bundle, `http redirects of ${path}`),
  );
  expect(ends.map(({ reason }) => reason)).toContain('the planned number of requests was used up');
});

test('who redirects to the same page with a cookie set goes in no circle, and no cookie is told', async () => {
  const value = 'balancer-secret-value';
  const { root, bundle } = await chains(({ url, headers }, response) => {
    if (url !== '/' || headers.cookie === `node=${value}`) response.writeHead(200).end();
    else response.writeHead(302, { Location: '/', 'Set-Cookie': `node=${value}; Path=/` }).end();
  });
  expect(root).toMatchObject({ end: 'answer' });
  expect(root.hops).toHaveLength(1);
  expect(JSON.stringify(bundle)).not.toContain(value);
});

test('a cookie for HTTPS alone is not sent in clear text', async () => {
  const { asked } = await chains(leading('/console', { 'Set-Cookie': 'node=1; Secure' }));
  expect(asked.filter(({ headers }) => headers.cookie !== undefined)).toEqual([]);
});

test.each([
  [500, 'server-error'],
  [404, 'answer'],
  [304, 'answer'],
])('%i at the end', async (status, end) => {
  const { root } = await chains(({ url }, response) => {
    if (url === '/') response.writeHead(302, { Location: '/next' }).end();
    else response.writeHead(url === '/next' ? status : 200).end();
  });
  expect(root).toMatchObject({ end, status: 302 });
});

test('headers that proxies add, and paths, are tried in the name of nobody', async () => {
  const { root, asked } = await chains(({ url = '', headers }, response) => {
    const host = String(headers['x-forwarded-host'] ?? '127.0.0.1');
    if (url.startsWith('/stage//')) response.writeHead(302, { Location: url.slice('/stage'.length) }).end();
    else if (url === '/') response.writeHead(302, { Location: `http://${host}/console` }).end();
    else response.writeHead(200).end();
  });
  expect(root.forgeries.map(({ by, path, obeyed }) => `${by} ${path} ${String(obeyed)}`)).toEqual([
    'host / false',
    'proxy-headers / true',
    'path //cfy-audit.invalid/ false',
    'path /stage//cfy-audit.invalid/ true',
    'path /%5ccfy-audit.invalid/ false',
  ]);
  expect(asked.every(({ method, headers }) => method === 'GET' && !('authorization' in headers))).toBe(true);
});

test('a forgery that nobody answers, or a server that is out of order, shows nothing', async () => {
  const { root } = await chains((request, response) => {
    const { headers } = request;
    if (headers.host === 'cfy-audit.invalid') response.destroy();
    else if (headers['x-forwarded-host'] !== undefined) response.writeHead(502).end();
    else leading('/console')(request, response);
  });
  expect(root.forgeries.slice(0, 2)).toMatchObject([
    { by: 'host', obeyed: null, reason: expect.stringMatching(/\w+/) as string },
    { by: 'proxy-headers', status: 502, obeyed: null, reason: 'answered 502' },
  ]);
});

test('where nothing answers, nothing is observed', async () => {
  const manager = managerOf({ ports: { http: 1, https: 1, internal: 1, monitoring: 1 } });
  const bundle = await runTarget(targetOf({ managers: [manager] }), httpRedirects);
  expect(bundle.evidence.map(({ state }) => state)).toEqual(Array(12).fill('unavailable'));
});
