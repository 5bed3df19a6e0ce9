import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { endings, startAnomaly, type Behaviour } from '../../../fixtures/anomalies/server';
import type { ManagerPorts } from '../../../src/model/target';
import { survey, targetOn, type Survey } from './run';

const body = '{"error_code": "unauthorized_error", "message": "User unauthorized", "server_traceback": null}';
let sound: Server;
let port: number;
let answered: number;
beforeAll(async () => {
  // Clear text: cut where the proxy cuts, TLS would hide the offsets; TLS itself is cut in the client's tests.
  sound = createServer((_request, response) => {
    response.sendDate = false;
    response.writeHead(401, { 'Content-Type': 'application/json', 'Content-Length': body.length });
    response.end(body);
  }).listen(0, '127.0.0.1');
  await once(sound, 'listening');
  port = (sound.address() as AddressInfo).port;
  const whole = await fetch(`http://127.0.0.1:${port}/`);
  answered =
    'HTTP/1.1 401 Unauthorized\r\n'.length +
    [...whole.headers].reduce((sum, [name, value]) => sum + name.length + value.length + 4, 2) +
    (await whole.text()).length;
});
afterAll(() => {
  sound.closeAllConnections();
  sound.close();
});

/** All requests of port 80 to a server that behaves so. */
async function surveyed(behaviour: Behaviour): Promise<Survey> {
  const server = await startAnomaly(behaviour);
  try {
    const ports: ManagerPorts = { http: server.port, https: 1, internal: 1, monitoring: 1 };
    return await survey(targetOn(ports), {
      only: (id) => id.includes('/http '),
      connectTimeoutMs: 500,
    });
  } finally {
    await server.stop();
  }
}

test('the sound server is observed', async () => {
  const found = await surveyed({ kind: 'cut', port, after: 1_000_000, then: 'close' });
  expect(found.evidence.map((e) => e.state)).toEqual(Array(6).fill('observed'));
});

const first: Behaviour[] = [
  { kind: 'refuse' },
  ...endings.map((then) => ({ kind: 'accept', then }) as const),
  ...endings.map((then) => ({ kind: 'say', bytes: Buffer.from('HTTP/1.1 401'), then }) as const),
  { kind: 'say', bytes: Buffer.from('SSH-2.0-x\r\n'), then: 'stall', unasked: true },
];
test.each(first.map((b) => [JSON.stringify({ ...b, bytes: undefined }), b] as const))(
  '%s',
  async (_name, behaviour) => {
    const found = await surveyed(behaviour);
    for (const e of found.evidence)
      expect(e).toMatchObject({ state: 'unavailable', reason: expect.stringMatching(/\w+ \w+/) as string });
    // A listener that does not even answer the control is left alone.
    expect(found.requests).toBeLessThanOrEqual(2);
  },
);

test.each(endings)('an answer cut anywhere, then %s, is not observed', async (then) => {
  const cuts = [
    0,
    1,
    8,
    12,
    20,
    40,
    answered - body.length - 3,
    answered - body.length,
    answered - 40,
    answered - 1,
  ];
  const states = await Promise.all(
    cuts.map(async (after) => {
      const found = await surveyed({ kind: 'cut', port, after, then });
      return {
        after,
        observed: found.evidence.filter((e) => e.state !== 'unavailable').map((e) => e.subject.id),
      };
    }),
  );
  // Padding the body with other bytes keeps its length but not its JSON: that is an answer, and an unrecognised one.
  const observed = states.filter((s) => s.observed.length > 0).map((s) => s.after);
  const padded = ['garbage', 'endless', 'drip'].includes(then);
  expect(observed.filter((after) => !padded || after < answered - body.length)).toEqual([]);
});

test('padded to its length by other bytes, a 401 is unrecognised', async () => {
  const found = await surveyed({ kind: 'cut', port, after: answered - 40, then: 'garbage' });
  for (const e of found.evidence) {
    expect(e.state === 'observed' ? e.data.answer : e.state).toMatch(/unrecognised|unavailable/);
  }
});

test('an interrupted survey says so, long before its own deadline', async () => {
  const server = await startAnomaly({ kind: 'accept', then: 'stall' });
  const stop = new AbortController();
  setTimeout(() => {
    stop.abort();
  }, 100);
  const ports: ManagerPorts = { http: server.port, https: 1, internal: 1, monitoring: 1 };
  const found = await survey(targetOn(ports), {
    only: (id) => id.includes('/http '),
    connectTimeoutMs: 3_600_000,
    signal: stop.signal,
  });
  expect(found.evidence.map((e) => e.state)).toEqual(Array(6).fill('unavailable'));
  await server.stop();
});
