import { makePair, type Pair } from '../../../fixtures/servers/certificates';
import { describeWith } from '../../../fixtures/servers/needs';
import { startPostgres, type Postgres } from '../../../fixtures/servers/postgres';
import { removeFolder, run, temporaryFolder } from '../../../fixtures/servers/process';
import { defaultCredentials } from '../../../src/collect/default-credentials';
import type { EvidenceBundle } from '../../../src/model/evidence';
import { databaseOf, evidenceOn, runTarget, targetOf } from '../run-target';

describeWith(['postgres', 'initdb', 'psql', 'openssl'], 'default passwords on a real PostgreSQL', () => {
  const folder = temporaryFolder('default-database');
  const servers: Record<string, Postgres> = {};
  let leaf: Pair;

  beforeAll(async () => {
    leaf = await makePair(folder, { name: 'db', subject: '/CN=db', san: 'IP:127.0.0.1', key: 'rsa:2048' });
    const admin = 'host all postgres 127.0.0.1/32 trust';
    const start = async (name: string, hba: string, encryption: string, tls: boolean): Promise<void> => {
      servers[name] = await startPostgres({
        ...(tls ? { tls: leaf } : {}),
        hba: [admin, ...(hba === '' ? [] : [hba])],
        settings: [`password_encryption=${encryption}`],
      });
    };
    await start('md5', 'hostssl all all 127.0.0.1/32 md5', 'md5', true);
    await start('scram', 'hostssl all all 127.0.0.1/32 scram-sha-256', 'scram-sha-256', true);
    await start('clear', 'host all all 127.0.0.1/32 password', 'scram-sha-256', false);
    await start('trust', 'host all all 127.0.0.1/32 trust', 'md5', true);
    await start('none', '', 'md5', true);
  });
  afterAll(async () => {
    await Promise.all(Object.values(servers).map((server) => server.stop()));
    removeFolder(folder);
  });

  async function query(which: string, ...statements: readonly string[]): Promise<void> {
    const { port = 0 } = servers[which] ?? {};
    const connection = `host=127.0.0.1 port=${port} user=postgres dbname=postgres`;
    for (const statement of statements) await run('psql', ['-qX', '-d', connection, '-c', statement]);
  }

  const tried = (which: string): Promise<EvidenceBundle> => {
    const database = databaseOf({ ports: { postgresql: servers[which]?.port ?? 0 } });
    return runTarget(targetOf({ databases: [database] }), defaultCredentials);
  };

  test.each([
    ['md5', 'md5', true],
    ['scram', 'scram-sha-256', true],
    ['clear', 'clear', false],
  ])('%s: refused, then accepted, then changed', async (which, method, encrypted) => {
    const answers = async (): Promise<readonly unknown[]> => {
      const bundle = await tried(which);
      return ['service', 'monitoring'].map((pair) => {
        const found = evidenceOn(bundle, `database-1/postgresql database-${pair}`);
        if (found.state !== 'observed') return found;
        expect(found.data).toMatchObject({ method, encrypted });
        expect(JSON.stringify(found)).not.toContain('c10udify');
        return found.type.startsWith('default.') && 'answer' in found.data ? found.data.answer : found;
      });
    };
    expect(await answers()).toEqual(['refused', 'refused']);
    await query(
      which,
      "CREATE ROLE cloudify LOGIN PASSWORD 'cloudify'",
      "CREATE ROLE cloudify_db_monitoring LOGIN PASSWORD 'c10udify_db_monitoring'",
    );
    expect(await answers()).toEqual(['accepted', 'accepted']);
    await query(which, "ALTER ROLE cloudify PASSWORD 'changed'");
    expect(await answers()).toEqual(['refused', 'accepted']);
  });

  test('whoever is let in without a password is let in', async () => {
    await query('trust', 'CREATE ROLE cloudify LOGIN');
    expect(evidenceOn(await tried('trust'), 'database-1/postgresql database-service')).toMatchObject({
      type: 'default.database',
      state: 'observed',
      data: { answer: 'accepted', proof: 'log-in', method: 'none' },
    });
  });

  test('an account without a password is let in nowhere that asks for one, and the password is not in the evidence', async () => {
    for (const which of ['md5', 'scram', 'clear']) {
      const bundle = await tried(which);
      for (const pair of ['service-empty', 'monitoring-empty']) {
        expect(evidenceOn(bundle, `database-1/postgresql database-${pair}`)).toMatchObject({
          state: 'observed',
          data: { answer: 'refused', proof: 'own-refusal', code: '28P01' },
        });
      }
    }
  });

  test('an address that pg_hba.conf does not know learns nothing of passwords', async () => {
    await query('none', "CREATE ROLE cloudify LOGIN PASSWORD 'cloudify'");
    expect(evidenceOn(await tried('none'), 'database-1/postgresql database-service')).toMatchObject({
      state: 'unavailable',
      reason: expect.stringContaining('SQLSTATE 28000') as unknown,
    });
  });
});
