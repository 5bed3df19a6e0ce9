import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makePair } from '../../../fixtures/servers/certificates';
import { describeWith } from '../../../fixtures/servers/needs';
import { startNginx, type Nginx } from '../../../fixtures/servers/nginx';
import { removeFolder, temporaryFolder } from '../../../fixtures/servers/process';
import { defaultCredentials } from '../../../src/collect/default-credentials';
import { brokerOf, databaseOf, evidenceOn, managerOf, runTarget, targetOf } from '../run-target';
import type { Evidence } from '../../../src/model/evidence';

describeWith(['nginx', 'openssl'], 'the default password of monitoring on a real nginx', () => {
  const folder = temporaryFolder('default-monitoring');
  let nginx: Nginx;
  beforeAll(async () => {
    const pair = await makePair(folder, { name: 'm', subject: '/CN=m', san: 'IP:127.0.0.1' });
    mkdirSync(join(folder, 'www/monitoring'), { recursive: true });
    writeFileSync(join(folder, 'www/monitoring/index.html'), 'up 1\n');
    const server = (name: string, password: string | null) => {
      const file = join(folder, `${name}.htpasswd`);
      writeFileSync(file, `monitoring_user:{PLAIN}${password ?? ''}\n`);
      const basic = password === null ? '' : `auth_basic Monitoring; auth_basic_user_file ${file};`;
      return {
        listener: name,
        tls: { pairs: [pair] },
        body: `root ${folder}/www; index index.html; ${basic}`,
      };
    };
    nginx = await startNginx([
      server('default', 'm0n1torify'),
      server('changed', 'changed'),
      server('open', null),
      { listener: 'broken', tls: { pairs: [pair] }, body: 'return 502;' },
    ]);
  });
  afterAll(async () => {
    await nginx.stop();
    removeFolder(folder);
  });

  const tried = async (name: string): Promise<Evidence> => {
    const ports = { http: 1, https: 1, internal: 1, monitoring: nginx.ports[name] ?? 0 };
    const bundle = await runTarget(targetOf({ managers: [managerOf({ ports })] }), defaultCredentials);
    expect(JSON.stringify(bundle)).not.toContain('m0n1torify');
    return evidenceOn(bundle, 'manager-1/monitoring monitoring-service');
  };

  test('the default opens it', async () => {
    expect(await tried('default')).toMatchObject({
      state: 'observed',
      data: { answer: 'accepted', proof: 'log-in', code: '200' },
    });
  });

  test('a changed one refuses it, in the words of nginx', async () => {
    expect(await tried('changed')).toMatchObject({
      state: 'observed',
      data: { answer: 'refused', proof: 'own-refusal', code: '401' },
    });
  });

  test('it is tried on nodes that are no managers too, each once, and where nothing listens there is none', async () => {
    const port = (name: string): number => nginx.ports[name] ?? 0;
    const ports = { http: 1, https: 1, internal: 1, monitoring: port('changed') };
    const target = targetOf({
      managers: [managerOf({ ports })],
      brokers: [brokerOf({ ports: { amqps: 1, management: 1 }, portMap: { 8009: port('default') } })],
      databases: [
        databaseOf({ ports: { postgresql: 1 }, portMap: { 8009: port('default') } }),
        { ...databaseOf({ ports: { postgresql: 1 }, portMap: { 8009: 1 } }), name: 'database-2' },
        { ...databaseOf({ ports: { postgresql: 1 } }), name: 'manager-1' },
      ],
    });
    const bundle = await runTarget(target, defaultCredentials);
    const found = bundle.evidence.filter(({ subject }) =>
      subject.id.endsWith('/monitoring monitoring-service'),
    );
    expect(found.map((e) => [e.subject.id.split('/')[0], e.state === 'observed' ? e.data : e.state])).toEqual(
      [
        ['broker-1', expect.objectContaining({ answer: 'accepted' })],
        ['database-2', 'absent'],
        ['manager-1', expect.objectContaining({ answer: 'refused' })],
      ],
    );
  });

  test.each(['open', 'broken'])('%s: proves nothing of a password', async (name) => {
    expect(await tried(name)).toMatchObject({
      state: 'unavailable',
      reason: expect.stringContaining('would prove nothing') as unknown,
    });
  });
});
