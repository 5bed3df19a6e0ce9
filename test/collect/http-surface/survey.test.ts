import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ManagerPorts } from '../../../src/model/target';
import { survey, targetOn, type Survey } from './run';

/** Port 80 is surveyed by six requests: GET /api/v3.1/ok (the control), two of the API, a file, / and TRACE /. */
const surveyRequests = 6;

async function surveyed(
  answer: (request: IncomingMessage, response: ServerResponse, count: number) => void,
  options: Parameters<typeof survey>[1] = {},
): Promise<Survey & { readonly asked: readonly IncomingMessage[] }> {
  const asked: IncomingMessage[] = [];
  const server: Server = createServer((request, response) => {
    asked.push(request);
    answer(request, response, asked.length);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const ports: ManagerPorts = {
    http: (server.address() as AddressInfo).port,
    https: 1,
    internal: 1,
    monitoring: 1,
  };
  try {
    const found = await survey(targetOn(ports), { only: (id) => id.includes('/http '), ...options });
    return { ...found, asked };
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const limited =
  '<html>\r\n<head><title>503 Service Temporarily Unavailable</title></head>\r\n<body>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n';
const sayLimited = (response: ServerResponse): void => {
  response.writeHead(503, { 'Content-Type': 'text/html', 'Retry-After': '0' }).end(limited);
};
const saySslRequired = (response: ServerResponse): void => {
  response.writeHead(400).end('{"message": "m", "error_code": "SSL_REQUIRED"}');
};

test('where the request limit never lets go, nothing is observed, and nobody keeps knocking', async () => {
  const found = await surveyed((_request, response) => {
    sayLimited(response);
  });
  for (const e of found.evidence) {
    expect(e).toMatchObject({ state: 'unavailable', reason: 'answered 503 (request rate limit)' });
  }
  // The first is tried three times, each of the others once.
  expect(found.asked).toHaveLength(3 + surveyRequests - 1);
  expect(found.requests).toBe(3 + surveyRequests - 1);
});

test('a limit that lets go is no loss', async () => {
  const found = await surveyed((_request, response, count) => {
    // As often as the plan has requests to spare.
    if (count > 2) saySslRequired(response);
    else sayLimited(response);
  });
  expect(found.evidence.map((e) => e.state)).toEqual(Array(surveyRequests).fill('observed'));
});

test('what goes out is anonymous and names the tool', async () => {
  const { asked } = await surveyed((_request, response) => {
    saySslRequired(response);
  });
  expect(asked.map((r) => `${r.method ?? ''} ${r.url ?? ''}`).sort()).toEqual([
    'GET /',
    'GET /api/v3.1/blueprints',
    'GET /api/v3.1/ok',
    'GET /api/v3.1/status',
    'GET /resources/blueprints/',
    'TRACE /',
  ]);
  for (const { headers } of asked) {
    expect(Object.keys(headers).sort()).toEqual(['accept', 'connection', 'host', 'origin', 'user-agent']);
    expect(headers['user-agent']).toBe('cfy-audit/test (run r1)');
  }
});

test('a control older than a minute is asked again, as often as that happens', async () => {
  let minutes = 0;
  const found = await surveyed(
    (_request, response) => {
      minutes += 2;
      saySslRequired(response);
    },
    { now: () => new Date(minutes * 60_000), lanes: 1 },
  );
  expect(found.evidence.map((e) => e.state)).toEqual(Array(surveyRequests).fill('observed'));
  const controls = found.asked.filter((r) => r.url === '/api/v3.1/ok');
  expect(controls).toHaveLength(surveyRequests - 1);
});

test('a control that got no answer once is asked again', async () => {
  const found = await surveyed((_request, response, count) => {
    if (count === 1) response.destroy();
    else saySslRequired(response);
  });
  expect(found.evidence.map((e) => e.state)).toEqual(Array(surveyRequests).fill('observed'));
});

describe('a body without end', () => {
  const pour = (response: ServerResponse): void => {
    const chunk = Buffer.alloc(256 * 1024, 'x');
    const more = (): void => {
      while (!response.destroyed && response.write(chunk));
    };
    response.on('drain', more);
    more();
  };
  const endless = (status: number): Promise<Survey> =>
    surveyed((request, response) => {
      if (request.url !== '/api/v3.1/status') {
        saySslRequired(response);
        return;
      }
      response.writeHead(status, { 'Content-Type': 'application/octet-stream' });
      pour(response);
    });
  const id = 'manager-1/http GET /api/v3.1/status';

  test('that is served was served', async () => {
    const evidence = (await endless(200)).of(id);
    expect(evidence).toMatchObject({ state: 'observed', data: { answer: 'ok' } });
    expect(evidence.state === 'observed' && evidence.data.bodyBytes).toBeGreaterThan(8_000_000);
  });

  test('that comes with a refusal refuses nothing', async () => {
    const evidence = (await endless(403)).of(id);
    expect(evidence).toMatchObject({ state: 'unavailable', reason: 'the body did not end' });
  });
});
