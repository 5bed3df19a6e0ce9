import { createServer, type Server } from 'node:net';
import { makePair, type Pair } from '../../../fixtures/servers/certificates';
import { describeWith } from '../../../fixtures/servers/needs';
import { startNginx, type Nginx } from '../../../fixtures/servers/nginx';
import { freePort, removeFolder, temporaryFolder } from '../../../fixtures/servers/process';
import { networkListener } from '../../../src/collect/network-listener';
import { documentedPorts } from '../../../src/collect/network-listener/ports';
import { vantageOf } from '../../../src/collect/network-listener/vantage';
import type { EvidenceBundle } from '../../../src/model/evidence';
import type { NetworkListener } from '../../../src/model/network-listener';
import type { Target } from '../../../src/model/target';
import { brokerOf, evidenceOn, managerOf, runTarget, targetOf } from '../run-target';

describeWith(['nginx', 'openssl'], 'network.listener', () => {
  const folder = temporaryFolder('pki');
  let nginx: Nginx, amqp: Server, silent: Server;
  let pair: Pair;
  let target: Target;
  let seen: EvidenceBundle;

  beforeAll(async () => {
    pair = await makePair(folder, { name: 'a', subject: '/CN=a', san: 'DNS:a' });
    nginx = await startNginx([
      { listener: 'http', body: 'return 308 https://$host$request_uri;' },
      { listener: 'https', tls: { pairs: [pair] } },
      { listener: 'legacy', body: 'return 200 open;' },
    ]);
    // Debian's broker takes half a minute to start; its first bytes are enough here, the real one has its own test.
    amqp = createServer((socket) => {
      socket.on('error', () => undefined).once('data', () => socket.end(connectionStart));
    });
    silent = createServer((socket) => socket.on('error', () => undefined).resume());
    const closed = await freePort();
    const portMap: Record<number, number> = Object.fromEntries(
      documentedPorts.map(({ port }) => [port, closed]),
    );
    // Every documented port needs a port of its own here, or subjects of one address would be taken for one.
    for (const port of Object.keys(portMap)) portMap[Number(port)] = await freePort();
    portMap[8101] = nginx.ports.legacy ?? 0;
    portMap[5672] = await listening(amqp);
    portMap[22000] = await listening(silent);
    const { http = 0, https = 0 } = nginx.ports;
    target = targetOf({
      managers: [
        managerOf({
          ports: { http, https, internal: portMap[53333] ?? 0, monitoring: portMap[8009] ?? 0 },
          portMap,
        }),
      ],
      brokers: [brokerOf({ ports: { amqps: portMap[5671] ?? 0, management: portMap[15671] ?? 0 }, portMap })],
      vantage: 'network',
      limits: { requestsPerSecond: 1000, connectTimeoutMs: 1000, subjectTimeoutMs: 20_000, concurrency: 4 },
    });
    seen = await runTarget(target, networkListener);
  });
  afterAll(async () => {
    await nginx.stop();
    amqp.close();
    silent.close();
    removeFolder(folder);
  });

  const listener = (id: string, bundle = seen): NetworkListener => {
    const evidence = evidenceOn(bundle, id);
    if (evidence.type !== 'network.listener' || evidence.state !== 'observed')
      throw new Error(JSON.stringify(evidence));
    return evidence.data;
  };

  it('looks at every documented port of the declared roles, and at no other', () => {
    const wanted = documentedPorts
      .filter(({ role }) => role !== 'database')
      .map(({ role, port }) => `${role}-1/port/${String(port)}`);
    const found = seen.evidence.filter(({ state }) => state === 'observed').map(({ subject }) => subject.id);
    expect([...found].sort()).toEqual([...wanted].sort());
  });

  it('tells TLS, clear text, AMQP, silence and closed apart', () => {
    expect(listener('manager-1/port/80')).toMatchObject({
      speaks: 'clear',
      clearProtocol: 'http',
      httpStatus: 308,
    });
    // nginx complains in clear text, with 400, that its port is for HTTPS: that is no service in clear text.
    expect(listener('manager-1/port/443')).toMatchObject({
      speaks: 'tls',
      clearProtocol: null,
      httpStatus: 400,
    });
    expect(listener('manager-1/port/8101')).toMatchObject({
      speaks: 'clear',
      httpStatus: 200,
      exposure: 'loopback',
    });
    expect(listener('broker-1/port/5672')).toMatchObject({ speaks: 'clear', clearProtocol: 'amqp' });
    expect(listener('manager-1/port/22000')).toMatchObject({
      state: 'open',
      speaks: 'silent',
      clearProtocol: null,
    });
    expect(listener('manager-1/port/8100')).toMatchObject({
      state: 'closed',
      speaks: null,
      httpStatus: null,
    });
  });

  it('holds a control of another port beside every answer', () => {
    const { https, http } = nginx.ports;
    expect(listener('manager-1/port/8100').control).toEqual({ reachable: true, port: https });
    expect(listener('manager-1/port/443').control).toEqual({ reachable: true, port: http });
  });

  it('has no control where nothing answers', async () => {
    const closed = { http: 1, https: await freePort(), internal: await freePort(), monitoring: 2 };
    const bundle = await runTarget(
      { ...target, managers: [managerOf({ ports: closed })], brokers: [] },
      networkListener,
    );
    expect(listener('manager-1/port/443', bundle)).toMatchObject({
      state: 'closed',
      control: { reachable: false, port: null },
    });
  });

  it('says nothing of loopback ports from the manager itself', async () => {
    const bundle = await runTarget({ ...target, vantage: null }, networkListener);
    for (const id of ['manager-1/port/8101', 'manager-1/port/8100', 'broker-1/port/5672']) {
      expect(evidenceOn(bundle, id)).toMatchObject({
        state: 'unavailable',
        reason: expect.stringContaining('we stand on') as unknown,
        supply: expect.stringContaining('vantage: network') as unknown,
      });
    }
    expect(listener('manager-1/port/443', bundle)).toMatchObject({ vantage: 'same-host', speaks: 'tls' });
    // What proves nothing is not asked for either: 3 controls, and 2 connections for each of the 3 open ports among the rest.
    const observed = bundle.evidence.filter(({ state }) => state === 'observed').length;
    expect(bundle.traffic[0]?.connections).toBe(3 + observed + 3);
  });

  it('does not judge one node by the answer of another', async () => {
    const [manager] = target.managers;
    if (!manager) throw new Error('no manager');
    const twins = [
      manager,
      { ...manager, name: 'manager-2', ports: { ...manager.ports, http: manager.ports.https } },
    ];
    const bundle = await runTarget({ ...target, managers: twins, brokers: [] }, networkListener);
    expect(listener('manager-1/port/8101', bundle).speaks).toBe('clear');
    expect(evidenceOn(bundle, 'manager-2/port/8101')).toMatchObject({
      state: 'unavailable',
      supply: expect.stringContaining('portMap of manager-2') as unknown,
    });
  });

  it('asks for brokers and databases that the target does not declare', () => {
    const { missing } = networkListener.work(targetOf({}));
    expect(missing.map(({ supply }) => supply)).toEqual([
      'brokers in target.yaml',
      'databases in target.yaml',
    ]);
  });

  it('keeps to two connections an open port, and one for each control candidate of the address', () => {
    const open = 5;
    const [traffic] = seen.traffic;
    const ports = seen.evidence.filter(({ state }) => state === 'observed').length;
    expect(traffic?.connections).toBe(ports + open + 3);
    expect(traffic?.requests).toBe(4);
  });
});

describe('vantage', () => {
  it.each([
    ['10.0.0.5', '10.0.0.5', 'same-host'],
    ['127.0.0.1', '127.0.0.2', 'same-host'],
    ['::ffff:10.0.0.5', '10.0.0.5', 'same-host'],
    ['::1', '::1', 'same-host'],
    ['10.0.0.5', '10.0.0.6', 'network'],
  ])('from %s to %s is %s', (local, remote, vantage) => {
    expect(vantageOf(local, remote)).toBe(vantage);
  });
});

/** A method frame with connection.start, cut after the version fields. */
const connectionStart = Buffer.from('0100000000000c000a000a00090000000000', 'hex');

function listening(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : 0);
    });
  });
}
