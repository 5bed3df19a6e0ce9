import { createServer, type AddressInfo } from 'node:net';
import { endings, startAnomaly, type Behaviour, type Ending } from '../../../fixtures/anomalies/server';
import { networkListener } from '../../../src/collect/network-listener';
import { tlsEndpoint } from '../../../src/collect/tls-endpoint';
import type { EvidenceBundle } from '../../../src/model/evidence';
import type { Target } from '../../../src/model/target';
import { brokerOf, databaseOf, evidenceOn, managerOf, runTarget, targetOf } from '../run-target';

/** Every port of a small deployment is the same misbehaving server. */
async function look(behaviour: Behaviour): Promise<Record<'listeners' | 'tls', EvidenceBundle>> {
  const servers = await Promise.all(Array.from({ length: 8 }, () => startAnomaly(behaviour)));
  const [
    http = 0,
    https = 0,
    internal = 0,
    monitoring = 0,
    amqps = 0,
    management = 0,
    clear = 0,
    postgresql = 0,
  ] = servers.map(({ port }) => port);
  const closed = Object.fromEntries(
    [22000, 8100, 8101, 8088, 3000, 9090, 9100, 9115].map((p) => [p, p - p + 1]),
  );
  const target: Target = targetOf({
    managers: [managerOf({ ports: { http, https, internal, monitoring }, portMap: closed })],
    brokers: [
      brokerOf({
        ports: { amqps, management },
        portMap: { 5672: clear, 4369: 2, 25672: 3, 15672: 4, 15692: 5 },
      }),
    ],
    databases: [databaseOf({ ports: { postgresql }, portMap: { 8008: 6, 2379: 7, 2380: 8, 9187: 9 } })],
    vantage: 'network',
    limits: { requestsPerSecond: 1000, connectTimeoutMs: 1000, subjectTimeoutMs: 30_000, concurrency: 8 },
  });
  try {
    const [listeners, tls] = [await runTarget(target, networkListener), await runTarget(target, tlsEndpoint)];
    return { listeners, tls };
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
  }
}

const ports = ['manager-1/port/80', 'manager-1/port/443', 'broker-1/port/5671', 'broker-1/port/5672'];

test('a TLS listener too busy to answer the offer is not taken for one that speaks clear text', async () => {
  const busy = createServer((socket) => {
    socket
      .on('error', () => undefined)
      .once('data', (bytes: Buffer) => {
        // nginx's own words to plain HTTP on a TLS port; the TLS hello gets no answer in time.
        if (bytes[0] !== 22) {
          socket.end(
            'HTTP/1.1 400 Bad Request\r\n\r\n<center>The plain HTTP request was sent to HTTPS port</center>',
          );
        }
      });
  });
  await new Promise<void>((resolve) => busy.listen(0, '127.0.0.1', resolve));
  const https = (busy.address() as AddressInfo).port;
  const limits = {
    requestsPerSecond: 1000,
    connectTimeoutMs: 1000,
    subjectTimeoutMs: 30_000,
    concurrency: 8,
  };
  const target = targetOf({
    managers: [managerOf({ ports: { http: 1, https, internal: 2, monitoring: 3 } })],
    vantage: 'network',
    limits,
  });
  try {
    const evidence = evidenceOn(await runTarget(target, networkListener), 'manager-1/port/443');
    expect(evidence.state).toBe('unavailable');
    expect(JSON.stringify(evidence)).toContain('asks for TLS');
  } finally {
    busy.close();
  }
});

describe('a listener that goes away after one connection', () => {
  it.each([
    ['an alert', [21, 3, 3, 0, 2, 2, 40], 'unavailable'],
    [
      'nothing known',
      [...Buffer.from('hello there, this is a greeting without a protocol to it, and it is long')],
      'observed',
    ],
  ] as const)('after %s is %s', async (_title, bytes, state) => {
    const once = createServer((socket) => {
      once.close();
      socket.on('error', () => undefined).once('data', () => socket.end(Buffer.from(bytes)));
    });
    await new Promise<void>((resolve) => once.listen(0, '127.0.0.1', resolve));
    const https = (once.address() as AddressInfo).port;
    const closed = await startAnomaly({ kind: 'refuse' });
    const ports = { http: closed.port, https, internal: closed.port, monitoring: closed.port };
    // The port asked for is no control of its own, so its first connection is the TLS hello.
    const target = targetOf({ managers: [managerOf({ ports })], vantage: 'network' });
    const [task] = networkListener
      .work(target)
      .tasks.filter(({ subject }) => subject.id === 'manager-1/port/443');
    const only = { ...networkListener, work: () => ({ tasks: task ? [task] : [], missing: [] }) };
    expect(evidenceOn(await runTarget(target, only), 'manager-1/port/443').state).toBe(state);
  });
});

describe('a deployment that misbehaves everywhere', () => {
  const behaviours: readonly (readonly [string, Behaviour])[] = [
    ['refuses', { kind: 'refuse' }],
    ...endings.map((then: Ending) => [`accepts, and ${then}`, { kind: 'accept', then }] as const),
    ...endings.map(
      (then: Ending) =>
        [
          `says half a word, and ${then}`,
          { kind: 'say', bytes: Buffer.from([22, 3, 3, 0, 80, 2]), then },
        ] as const,
    ),
  ];

  it.each(behaviours)('%s', async (_title, behaviour) => {
    const { listeners, tls } = await look(behaviour);
    const endpoints = tls.evidence.filter(({ type }) => type === 'tls.endpoint');
    expect(endpoints).toHaveLength(6);
    for (const evidence of tls.evidence) {
      expect(`${evidence.subject.id} ${evidence.state}`).toBe(`${evidence.subject.id} unavailable`);
    }
    for (const evidence of listeners.evidence) expect(evidence.state).not.toBe('failed');
    for (const id of ports) {
      const evidence = evidenceOn(listeners, id);
      const open = { state: 'open', speaks: 'silent', clearProtocol: null, httpStatus: null };
      const shut = { state: 'closed', speaks: null, clearProtocol: null, httpStatus: null };
      expect(evidence).toMatchObject({ state: 'observed', data: behaviour.kind === 'refuse' ? shut : open });
    }
    // Whether PostgreSQL takes clear text can only be said by a PostgreSQL.
    const database = evidenceOn(listeners, 'database-1/port/5432');
    expect(database.state).toBe(behaviour.kind === 'refuse' ? 'observed' : 'unavailable');
  });
});
