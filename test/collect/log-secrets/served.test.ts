import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import type { RequestListener } from 'node:http';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { servedLogs } from '../../../src/collect/log-secrets/served';
import type { EvidenceBundle } from '../../../src/model/evidence';
import type { LogSecrets } from '../../../src/model/log-secrets';
import { secret, type Target } from '../../../src/model/target';
import { makePki, type Pki } from '../../protocol/http/pki';
import { managerOf, runTarget, targetOf } from '../run-target';
import { startLogNginx, type LogNginx } from './served-nginx';

const password = randomBytes(12).toString('hex');
const leaked = `Xq7${randomBytes(9).toString('hex')}`;
const line = `2026-11-22 02:14:50 INFO Connecting with {'username': 'svc', 'password': '${leaked}'}\n`;

function targetAt(port: number, caDer: Uint8Array, given = password): Target {
  const ports = { http: 80, https: 443, internal: 53333, monitoring: port };
  return targetOf({
    managers: [managerOf({ ports })],
    ca: { internal: [caDer], external: null },
    monitoring: { username: 'monitoring_user', password: secret(given) },
  });
}

const read = (port: number, caDer: Uint8Array, given?: string): Promise<EvidenceBundle> =>
  runTarget(targetAt(port, caDer, given), servedLogs);

function dataOf({ evidence }: EvidenceBundle): Readonly<Record<string, LogSecrets>> {
  return Object.fromEntries(
    evidence.flatMap((each) =>
      each.type === 'log.secrets' && each.state === 'observed' ? [[each.data.path, each.data]] : [],
    ),
  );
}

function reasonsOf({ evidence }: EvidenceBundle): Readonly<Record<string, string>> {
  return Object.fromEntries(
    evidence.flatMap((each) =>
      'reason' in each ? [[each.subject.id.replace(/^logs:manager-1:/, ''), each.reason]] : [],
    ),
  );
}

describe.each(['json', 'html'] as const)('what nginx serves with an index in %s', (format) => {
  let nginx: LogNginx;
  beforeAll(async () => {
    nginx = await startLogNginx(format, password);
    const at = (path: string): string => join(nginx.logs, path);
    for (const folder of ['rest', 'nginx', 'mgmtworker/logs', 'empty', 'closed'])
      mkdirSync(at(folder), { recursive: true });
    writeFileSync(at('rest/cloudify-rest-service.log'), `nothing here\n${line}`);
    writeFileSync(at('rest/cloudify-rest-service.log-20261122-1763776800.gz'), gzipSync(line));
    writeFileSync(at('nginx/cloudify.access.log'), '10.0.0.1 - - "GET /api/v3.1/blueprints HTTP/1.1" 200\n');
    for (const name of [
      'a b%20c.log',
      '50%.log',
      'q?x=1#y.log',
      '"quoted" & <b>.log',
      'new\nline\x1b[31m.log',
    ])
      writeFileSync(at(`mgmtworker/logs/${name}`), line);
    writeFileSync(
      Buffer.concat([Buffer.from(at('mgmtworker/logs/')), Buffer.from([0xe9, 0xff]), Buffer.from('.log')]),
      line,
    );
    symlinkSync('..', at('mgmtworker/up'));
    writeFileSync(at('closed/x.log'), line);
    if (process.getuid?.() === 0) chmodSync(at('closed'), 0o700);
  });
  afterAll(() => nginx.stop());

  it('is read file by file, with rotations, and found in at its place', async () => {
    const bundle = await read(nginx.port, nginx.caDer);
    const data = dataOf(bundle);
    const rest = data['8009/cfylogs/rest/cloudify-rest-service.log'];
    expect(rest).toMatchObject({
      node: 'manager-1',
      component: 'cloudify',
      kind: 'service',
      files: [
        { lines: 2, complete: true },
        { compressed: true, complete: true },
      ],
      notRead: [],
      leaks: [{ firstLine: 2, count: 2, file: '8009/cfylogs/rest/cloudify-rest-service.log' }],
    });
    expect(data['8009/cfylogs/nginx/cloudify.access.log']).toMatchObject({
      component: 'nginx',
      kind: 'access',
      leaks: [],
    });
    expect(JSON.stringify(bundle)).not.toContain(leaked.slice(0, 8));
    expect(JSON.stringify(bundle)).not.toContain(password);
  });

  it('asks for names as they are, and prints them escaped', async () => {
    const data = dataOf(await read(nginx.port, nginx.caDer));
    const names = Object.keys(data).filter((path) => path.startsWith('8009/cfylogs/mgmtworker/logs/'));
    expect(names).toHaveLength(6);
    for (const name of names) expect(data[name]).toMatchObject({ leaks: [{ count: 1 }] });
    expect(names.join('')).not.toMatch(/\p{Cc}/u);
    expect(names).toContainEqual(expect.stringContaining('\\xe9\\xff.log'));
  });

  it('names what cannot be read, and comes to an end where a link leads up', async () => {
    const bundle = await read(nginx.port, nginx.caDer);
    const reasons = Object.entries(reasonsOf(bundle));
    expect(reasons).toContainEqual([
      expect.stringContaining('/up/mgmtworker/up/'),
      expect.stringContaining('folders deep'),
    ]);
    if (process.getuid?.() === 0)
      expect(reasons).toContainEqual(['8009/cfylogs/closed/', expect.stringContaining('(403)')]);
  });

  it('is not established with a wrong password', async () => {
    const bundle = await read(nginx.port, nginx.caDer, 'wrong-password-1');
    expect(dataOf(bundle)).toEqual({});
    expect(bundle.evidence).toEqual([
      expect.objectContaining({
        state: 'unavailable',
        reason: expect.stringContaining('(401)') as string,
        supply: expect.stringContaining('monitoring') as string,
      }),
    ]);
    expect(bundle.traffic[0]).toMatchObject({ requests: 1 });
  });
});

describe('a server that misbehaves', () => {
  let pki: Pki;
  let server: Server | undefined;
  const serve = async (listener: RequestListener): Promise<number> => {
    server = createServer({ key: pki.key, cert: pki.cert }, listener);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  };
  /** Answers by path; what is not there is 404. */
  const serveFiles = (files: Readonly<Record<string, string | Buffer | RequestListener>>): Promise<number> =>
    serve((request, response) => {
      const answer = files[request.url ?? ''];
      if (typeof answer === 'function') answer(request, response);
      else if (answer === undefined) response.writeHead(404).end();
      else response.end(answer);
    });
  const listing = (...entries: readonly object[]): string => JSON.stringify(entries);
  const file = (name: string, size?: number): object => ({
    name,
    type: 'file',
    mtime: 'x',
    ...(size === undefined ? {} : { size }),
  });
  beforeAll(() => {
    pki = makePki();
  });
  afterEach(async () => {
    server?.closeAllConnections();
    const closed = server === undefined ? null : once(server, 'close');
    server?.close();
    await closed;
  });
  afterAll(() => {
    pki.remove();
  });

  it('cannot have other paths asked for by the names it lists', async () => {
    const asked: string[] = [];
    const port = await serve((request, response) => {
      asked.push(request.url ?? '');
      const names = ['../../etc/passwd', '..', '.', '', '/etc/shadow', 'a\0b', 'x'.repeat(300)];
      response.end(
        request.url === '/cfylogs/' ? listing(...names.map((name) => file(name)), file('ok.log')) : line,
      );
    });
    const bundle = await read(port, pki.caDer);
    expect([...new Set(asked)]).toEqual(['/cfylogs/', '/cfylogs/ok.log']);
    expect(Object.keys(reasonsOf(bundle))).toHaveLength(7);
    expect(Object.keys(dataOf(bundle))).toEqual(['8009/cfylogs/ok.log']);
  });

  it.each([
    [503, 'was answered with 503'],
    [404, 'was answered with 404'],
    [403, '(403)'],
    [302, 'was answered with 302'],
  ])('is not established when the listing is answered with %i', async (status, reason) => {
    const port = await serve((_request, response) => {
      response.writeHead(status, { Location: 'https://elsewhere.example/' }).end();
    });
    const bundle = await read(port, pki.caDer);
    expect(bundle.evidence).toEqual([
      expect.objectContaining({ state: 'unavailable', reason: expect.stringContaining(reason) as string }),
    ]);
  });

  it.each(['<html><title>Log in</title></html>', '{"a": 1}', '[1, 2]', '', '[{"name": 7, "type": "file"}]'])(
    'is not established when it answers with %p',
    async (body) => {
      const port = await serve((_request, response) => {
        response.end(body);
      });
      expect((await read(port, pki.caDer)).evidence).toEqual([
        expect.objectContaining({
          state: 'unavailable',
          reason: expect.stringContaining('not with a listing') as string,
        }),
      ]);
    },
  );

  it('has no logs where it lists none', async () => {
    const port = await serveFiles({ '/cfylogs/': '[]' });
    expect((await read(port, pki.caDer)).evidence).toEqual([expect.objectContaining({ state: 'absent' })]);
  });

  it('keeps what came before a connection broke, and says so', async () => {
    const port = await serveFiles({
      '/cfylogs/': listing(file('cut.log', 5000), file('whole.log')),
      '/cfylogs/cut.log': (_request, response) => {
        response.writeHead(200, { 'Content-Length': '5000' });
        response.write(line, () => response.destroy());
      },
      '/cfylogs/whole.log': line,
    });
    const data = dataOf(await read(port, pki.caDer));
    expect(data['8009/cfylogs/cut.log']).toMatchObject({
      leaks: [{ count: 1 }],
      files: [{ complete: false }],
      notRead: [{ reason: expect.stringContaining('over 8009') as string }],
    });
    expect(data['8009/cfylogs/whole.log']).toMatchObject({ notRead: [], files: [{ complete: true }] });
  });

  it('is asked again after a 503, and once more where it took the file away', async () => {
    let refusals = 0;
    const port = await serveFiles({
      '/cfylogs/': listing(file('busy.log'), file('gone.log')),
      '/cfylogs/busy.log': (_request, response) => {
        if (refusals++ === 0) response.writeHead(503).end();
        else response.end(line);
      },
    });
    const bundle = await read(port, pki.caDer);
    expect(dataOf(bundle)['8009/cfylogs/busy.log']).toMatchObject({ leaks: [{ count: 1 }] });
    expect(reasonsOf(bundle)['8009/cfylogs/gone.log']).toContain('vanished before it was read (404)');
  });

  it('reads a log that was rotated meanwhile under its new name', async () => {
    let lists = 0;
    const old = 'x.log-20261122-1763776800';
    const port = await serveFiles({
      '/cfylogs/': (_request, response) => {
        response.end(
          lists++ === 0
            ? listing(file('x.log', line.length * 3))
            : listing(file('x.log', 6), file(old, line.length * 3)),
        );
      },
      '/cfylogs/x.log': 'fresh\n',
      [`/cfylogs/${old}`]: line.repeat(3),
    });
    expect(dataOf(await read(port, pki.caDer))['8009/cfylogs/x.log']).toMatchObject({
      leaks: [{ count: 3 }],
      notRead: [],
      files: [{ complete: true }, { complete: true }],
    });
  });

  it('does not take a log for read whose old content is nowhere', async () => {
    const port = await serveFiles({ '/cfylogs/': listing(file('x.log', 900)), '/cfylogs/x.log': 'fresh\n' });
    expect(dataOf(await read(port, pki.caDer))['8009/cfylogs/x.log']).toMatchObject({
      notRead: [{ reason: expect.stringContaining('replaced') as string }],
      files: [{ complete: false }],
    });
  });

  it('gets no password over a certificate that the internal CA did not sign', async () => {
    const other = makePki('another CA');
    const sent: string[] = [];
    const port = await serve((request, response) => {
      sent.push(request.headers.authorization ?? '');
      response.end('[]');
    });
    const bundle = await read(port, other.caDer);
    other.remove();
    expect(sent).toEqual([]);
    expect(bundle.evidence).toEqual([
      expect.objectContaining({
        state: 'unavailable',
        reason: expect.stringContaining('not trusted') as string,
      }),
    ]);
  });

  it('sends a log of any size through little memory', async () => {
    const size = 512 * 1024 * 1024;
    const filler = Buffer.from(`${'nothing to see in this line of a log '.repeat(28)}\n`);
    const port = await serveFiles({
      '/cfylogs/': listing(file('big.log', size)),
      '/cfylogs/big.log': (_request, response) => {
        response.writeHead(200);
        let left = size;
        const go = (): void => {
          for (; left > 0; left -= filler.length) if (!response.write(filler)) return;
          response.end(line);
        };
        response.on('drain', go);
        go();
      },
    });
    const before = process.memoryUsage().rss;
    const data = dataOf(await read(port, pki.caDer));
    expect(data['8009/cfylogs/big.log']).toMatchObject({
      leaks: [{ count: 1 }],
      files: [{ complete: true }],
    });
    // The garbage of a process that runs tests varies by 200 MiB.
    expect((process.memoryUsage().rss - before) / 1024 / 1024).toBeLessThan(350);
  });
});

test('without a monitoring account nothing is asked, and without a CA it is said what is missing', () => {
  const whole = targetAt(8009, new Uint8Array());
  const { monitoring, ...without } = whole;
  expect(monitoring).toBeDefined();
  expect(servedLogs.work(without)).toEqual({ tasks: [], missing: [] });
  expect(servedLogs.work({ ...whole, ca: { internal: null, external: null } })).toMatchObject({
    tasks: [],
    missing: [{ type: 'log.secrets', supply: 'ca.internal' }],
  });
});
