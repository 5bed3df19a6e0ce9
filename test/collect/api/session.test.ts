import { setMaxListeners } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openSession, type ApiSession } from '../../../src/collect/api/session';
import type { Door } from '../../../src/collect/api/doors';
import type { CollectContext } from '../../../src/collect/collector';

let server: Server;
let connections = 0;
let asked = 0;
let answer: (request: IncomingMessage, response: ServerResponse) => void;

beforeEach(async () => {
  [connections, asked] = [0, 0];
  server = createServer((request, response) => {
    asked++;
    answer(request, response);
  });
  server.on('connection', () => connections++);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

function session(left = Infinity): ApiSession {
  const at = { address: '127.0.0.1', port: (server.address() as AddressInfo).port };
  const door: Door = {
    node: 'm',
    listener: 'rest-external',
    title: 'm',
    ...at,
    scheme: 'http',
    host: 'm',
    likeness: 'rest-external',
    open: { ...at, tls: null },
    trusted: { refused: 'clear text' },
  };
  return openSession(door, { left });
}

let slowed = 0;
const { signal } = new AbortController();
setMaxListeners(0, signal);
const context: CollectContext = {
  now: () => new Date(),
  signal,
  runId: 'r',
  userAgent: 'test',
  connectTimeoutMs: 2000,
  vantage: null,
  fingerprintKey: new Uint8Array(32),
  pace: () => Promise.resolve(),
  slowDown: () => {
    slowed++;
  },
  queued: (turn) => turn,
  countConnection: () => undefined,
  countRequest: () => undefined,
  progress: () => undefined,
};

const get = { method: 'GET', path: '/api/v3.1/blueprints', secret: false };
const busy =
  '<html>\r\n<head><title>503 Service Temporarily Unavailable</title></head>\r\n<body>\r\n<hr><center>nginx</center>';

function send(response: ServerResponse, status: number, body: string, type = 'application/json'): void {
  response.writeHead(status, { 'Content-Type': type }).end(body);
}

test('requests share a few kept connections', async () => {
  answer = (_request, response) => {
    send(response, 200, '{}');
  };
  const asking = session();
  for (let i = 0; i < 20; i++) {
    await Promise.all(Array.from({ length: 10 }, () => asking.ask(get, context)));
  }
  expect(asked).toBe(200);
  expect(connections).toBeLessThanOrEqual(8);
});

test('a refusal by the rate limit slows the pace down, and the request is asked again', async () => {
  let refusals = 2;
  answer = (_request, response) => {
    if (refusals-- > 0) send(response, 503, busy, 'text/html');
    else send(response, 401, '{"error_code":"unauthorized_error"}');
  };
  slowed = 0;
  const result = await session().ask(get, context);
  expect([result.status, asked, slowed]).toEqual([401, 3, 2]);
});

test('a connection that dies under a request, as when a worker is replaced, costs nothing', async () => {
  answer = (request, response) => {
    if (asked === 2) request.socket.destroy();
    else send(response, 200, '{}');
  };
  const asking = session();
  const results = [];
  for (let i = 0; i < 4; i++) results.push(await asking.ask({ ...get, method: 'DELETE' }, context));
  expect(results.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
});

test('a gateway that has nobody behind it for a moment is asked once more', async () => {
  answer = (_request, response) => {
    send(response, asked === 1 ? 502 : 200, '{}');
  };
  expect((await session().ask(get, context)).status).toBe(200);
});

test('no more is sent than may be, whatever comes back', async () => {
  answer = (_request, response) => {
    send(response, 502, 'bad gateway', 'text/html');
  };
  const asking = session(1);
  for (let i = 0; i < 3; i++) expect((await asking.ask(get, context)).status).toBe(502);
  expect(asked).toBe(4);
});

test('a manager that is away for a while is waited for, one that never answered is not', async () => {
  answer = (_request, response) => {
    send(response, 200, '{}');
  };
  const asking = session();
  await asking.ask(get, context);
  const { port } = server.address() as AddressInfo;
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
  const waiting = Promise.all(Array.from({ length: 4 }, () => asking.ask(get, context)));
  setTimeout(() => server.listen(port, '127.0.0.1'), 3000);
  const statuses = (await waiting).map(({ status }) => status);
  expect(statuses.filter((status) => status === 200).length).toBeGreaterThanOrEqual(2);
  expect((await asking.ask(get, context)).status).toBe(200);
});

test('what holds a credential is not sent where nothing vouches for the listener', async () => {
  answer = (_request, response) => {
    send(response, 200, '{}');
  };
  expect(await session().ask({ ...get, secret: true }, context)).toMatchObject({ reason: 'clear text' });
  expect(asked).toBe(0);
});
