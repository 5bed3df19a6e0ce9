import { createServer } from 'node:tls';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { makePair, type Pair } from '../../../fixtures/servers/certificates';
import { describeWith } from '../../../fixtures/servers/needs';
import { startNginx, type Nginx } from '../../../fixtures/servers/nginx';
import { startPostgres } from '../../../fixtures/servers/postgres';
import { removeFolder, temporaryFolder } from '../../../fixtures/servers/process';
import { startRabbitMq } from '../../../fixtures/servers/rabbitmq';
import { tlsEndpoint } from '../../../src/collect/tls-endpoint';
import type { EvidenceBundle } from '../../../src/model/evidence';
import type { ClientCertificates } from '../../../src/model/tls-endpoint';
import { brokerOf, databaseOf, evidenceOn, hostOf, managerOf, runTarget, targetOf } from '../run-target';

const folder = temporaryFolder('pki');
let ca: Pair, leaf: Pair;
const pki = async (): Promise<void> => {
  ca = await makePair(folder, { name: 'ca', subject: '/CN=Internal', isCa: true, key: 'rsa:2048' });
  leaf = await makePair(folder, {
    name: 'leaf',
    subject: '/CN=leaf',
    ca,
    san: 'IP:127.0.0.1',
    key: 'rsa:2048',
  });
};
afterAll(() => {
  removeFolder(folder);
});

const factsOn = (bundle: EvidenceBundle, id: string): ClientCertificates => {
  const evidence = evidenceOn(bundle, id);
  if (evidence.type !== 'tls.endpoint' || evidence.state !== 'observed')
    throw new Error(JSON.stringify(evidence));
  return evidence.data.clientCertificates;
};

const look = (ports: { https: number; internal: number; monitoring: number }): Promise<EvidenceBundle> =>
  runTarget(
    targetOf({
      managers: [managerOf({ ports: { http: 1, ...ports }, hosts: [hostOf('127.0.0.1', 'internal')] })],
    }),
    tlsEndpoint,
  );

describeWith(['nginx', 'openssl'], 'client certificates at a real nginx', () => {
  let nginx: Nginx;
  const port = (name: string): number => nginx.ports[name] ?? 0;
  beforeAll(async () => {
    await pki();
    const tls = { pairs: [leaf], clientCa: ca.certificate };
    nginx = await startNginx([
      { listener: 'none', tls: { pairs: [leaf] } },
      { listener: 'on', tls },
      { listener: 'optional', tls: { ...tls, verifyClient: 'optional' } },
      { listener: 'any', tls: { ...tls, verifyClient: 'optional_no_ca' } },
      { listener: 'any13', tls: { ...tls, verifyClient: 'optional_no_ca', protocols: 'TLSv1.3' } },
      { listener: 'on13', tls: { ...tls, protocols: 'TLSv1.3' } },
      {
        listener: 'page',
        tls: { ...tls, verifyClient: 'optional' },
        // Certificates are looked at before any location is.
        body: 'return 200 ok; } error_page 495 =302 https://other.example/; location /x {',
      },
    ]);
  });
  afterAll(() => nginx.stop());

  it('tells none, required, optional and unchecked ones apart, in TLS 1.2', async () => {
    const first = await look({ https: port('none'), internal: port('on'), monitoring: port('optional') });
    expect(factsOn(first, 'manager-1/rest-internal/443')).toEqual({
      asked: 'no',
      stranger: 'not-tested',
      authorities: null,
      note: null,
    });
    const refused = { asked: 'yes', stranger: 'refused', authorities: ['CN=Internal'] };
    expect(factsOn(first, 'manager-1/rest-internal/53333')).toMatchObject(refused);
    expect(factsOn(first, 'manager-1/monitoring/8009')).toMatchObject(refused);
    // Three requests and a look at the names, and none where nothing is asked for. What is required takes two more: the
    // handshake does not end, and is looked at by hand.
    expect(first.traffic[0]).toMatchObject({ connections: 6 + 2 * (6 + 4), requests: 6 });
  });

  it('sees any certificate taken, and what does not tell, in TLS 1.2 and 1.3', async () => {
    const bundle = await look({ https: port('any'), internal: port('any13'), monitoring: port('page') });
    expect(factsOn(bundle, 'manager-1/rest-internal/443')).toMatchObject({
      asked: 'yes',
      stranger: 'accepted',
    });
    expect(factsOn(bundle, 'manager-1/rest-internal/53333')).toMatchObject({
      asked: 'yes',
      stranger: 'accepted',
      authorities: null,
    });
    expect(factsOn(bundle, 'manager-1/monitoring/8009')).toMatchObject({
      asked: 'yes',
      stranger: 'inconclusive',
    });
  });

  it('sees a refusal in TLS 1.3, where it comes after the handshake', async () => {
    const bundle = await look({ https: port('on13'), internal: port('none'), monitoring: port('none') });
    expect(factsOn(bundle, 'manager-1/rest-internal/443')).toMatchObject({
      asked: 'yes',
      stranger: 'refused',
    });
  });
});

describeWith(['openssl'], 'client certificates at listeners that speak no HTTP', () => {
  beforeAll(pki);
  const broker = async (more: object): Promise<ClientCertificates> => {
    const options = {
      cert: readFileSync(leaf.certificate),
      key: readFileSync(leaf.key),
      ca: readFileSync(ca.certificate),
      requestCert: true,
      ...more,
    };
    const server = createServer(options, (socket) => socket.on('error', () => undefined));
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    try {
      const { port: amqps } = server.address() as AddressInfo;
      const ports = { amqps, management: 1 };
      return factsOn(
        await runTarget(targetOf({ brokers: [brokerOf({ ports })] }), tlsEndpoint),
        'broker-1/amqp/5671',
      );
    } finally {
      server.close();
    }
  };
  const taken = { asked: 'yes', stranger: 'accepted' };

  it.each(['TLSv1.2', 'TLSv1.3'] as const)('sees any taken in %s', async (version) => {
    const only = { minVersion: version, maxVersion: version };
    expect(await broker({ ...only, rejectUnauthorized: false })).toMatchObject(taken);
  });

  it.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'takes a close without a reason for no answer in %s',
    async (version) => {
      // Node verifies after the handshake and hangs up; a client cannot tell that from a server that fell over.
      const only = { minVersion: version, maxVersion: version };
      const { asked, stranger } = await broker({ ...only, rejectUnauthorized: true });
      expect(asked).toBe('yes');
      expect(stranger).not.toBe('refused');
    },
  );

  it('says that another kind of key was asked for', async () => {
    expect(await broker({ rejectUnauthorized: false, sigalgs: 'ed25519:rsa_pss_rsae_sha512' })).toMatchObject(
      {
        asked: 'yes',
        stranger: 'inconclusive',
        note: expect.stringContaining('RSA key') as unknown,
      },
    );
  });
});

describeWith(['postgres', 'initdb', 'openssl'], 'client certificates at a real PostgreSQL', () => {
  it('are asked for where a CA is set, and validated', async () => {
    await pki();
    const server = await startPostgres({ tls: { ...leaf, clientCa: ca.certificate } });
    try {
      const database = databaseOf({ ports: { postgresql: server.port } });
      const bundle = await runTarget(targetOf({ databases: [database] }), tlsEndpoint);
      expect(factsOn(bundle, 'database-1/postgresql/5432')).toMatchObject({
        asked: 'yes',
        stranger: 'refused',
        authorities: ['CN=Internal'],
      });
    } finally {
      await server.stop();
    }
  });
});

describeWith(['rabbitmq-server', 'epmd', 'openssl'], 'client certificates at a real RabbitMQ', () => {
  it('are validated by AMQPS with verify_peer, and not asked for by its management', async () => {
    await pki();
    const server = await startRabbitMq({
      tls: { ...leaf, ca: ca.certificate },
      sslOptions: '{verify, verify_peer}, {fail_if_no_peer_cert, true}',
    });
    try {
      const ports = { amqps: server.amqps, management: server.management };
      const bundle = await runTarget(targetOf({ brokers: [brokerOf({ ports })] }), tlsEndpoint);
      expect(factsOn(bundle, 'broker-1/amqp/5671')).toMatchObject({ asked: 'yes', stranger: 'refused' });
      expect(factsOn(bundle, 'broker-1/amqp-management/15671')).toMatchObject({ asked: 'no' });
    } finally {
      await server.stop();
    }
  });
});
