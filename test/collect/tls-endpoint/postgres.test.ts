import { makePair, type Pair } from '../../../fixtures/servers/certificates';
import { describeWith } from '../../../fixtures/servers/needs';
import { startPostgres, type Postgres } from '../../../fixtures/servers/postgres';
import { removeFolder, temporaryFolder } from '../../../fixtures/servers/process';
import { networkListener } from '../../../src/collect/network-listener';
import { tlsEndpoint } from '../../../src/collect/tls-endpoint';
import type { Evidence } from '../../../src/model/evidence';
import { databaseOf, evidenceOn, hostOf, runTarget, targetOf } from '../run-target';

describeWith(['postgres', 'initdb', 'openssl'], 'a real PostgreSQL', () => {
  const folder = temporaryFolder('pki');
  const servers: Record<string, Postgres> = {};
  let ca: Pair, leaf: Pair;

  beforeAll(async () => {
    ca = await makePair(folder, { name: 'ca', subject: '/CN=Internal', isCa: true });
    leaf = await makePair(folder, {
      name: 'db',
      subject: '/CN=db',
      ca,
      san: 'IP:127.0.0.1',
      key: 'rsa:2048',
    });
    servers.clear = await startPostgres();
    servers.both = await startPostgres({ tls: leaf });
    servers.tlsOnly = await startPostgres({ tls: leaf, hba: ['hostssl all all 127.0.0.1/32 md5'] });
    servers.open = await startPostgres({ tls: leaf, hba: ['host all all 127.0.0.1/32 trust'] });
  });
  afterAll(async () => {
    await Promise.all(Object.values(servers).map((server) => server.stop()));
    removeFolder(folder);
  });

  const look = async (which: string): Promise<{ tls: Evidence; listener: Evidence }> => {
    const port = servers[which]?.port ?? 0;
    const database = databaseOf({ ports: { postgresql: port }, hosts: [hostOf('127.0.0.1', 'internal')] });
    const target = targetOf({ databases: [database], ca: { internal: [ca.der], external: null } });
    return {
      tls: evidenceOn(await runTarget(target, tlsEndpoint), 'database-1/postgresql/5432'),
      listener: evidenceOn(await runTarget(target, networkListener), 'database-1/port/5432'),
    };
  };

  it('is reached by SSLRequest', async () => {
    const { tls } = await look('both');
    expect(tls).toMatchObject({
      state: 'observed',
      data: {
        start: 'postgresql',
        path: { anchored: true },
        hosts: [{ match: 'ip' }],
        protocols: { 'TLSv1.2': 'accepted', 'TLSv1.3': 'accepted', 'TLSv1.1': 'refused' },
      },
    });
  });

  it('without ssl answers in clear text', async () => {
    const { tls, listener } = await look('clear');
    expect(tls).toMatchObject({
      state: 'unavailable',
      reason: expect.stringContaining('answers in clear text') as unknown,
    });
    expect(listener).toMatchObject({
      state: 'observed',
      data: { speaks: 'clear', clearProtocol: 'postgresql' },
    });
  });

  it.each([
    ['both', 'tls-and-clear', 'postgresql'],
    ['open', 'tls-and-clear', 'postgresql'],
    ['tlsOnly', 'tls', null],
  ])('with ssl and pg_hba %s speaks %s', async (which, speaks, clearProtocol) => {
    const { listener } = await look(which);
    expect(listener).toMatchObject({ state: 'observed', data: { state: 'open', speaks, clearProtocol } });
  });
});
