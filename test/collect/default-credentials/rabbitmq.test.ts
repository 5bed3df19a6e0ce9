import { makePair } from '../../../fixtures/servers/certificates';
import { describeWith } from '../../../fixtures/servers/needs';
import { removeFolder, temporaryFolder } from '../../../fixtures/servers/process';
import { startRabbitMq, type RabbitMq } from '../../../fixtures/servers/rabbitmq';
import { defaultCredentials } from '../../../src/collect/default-credentials';
import type { EvidenceBundle } from '../../../src/model/evidence';
import { openHttp } from '../../../src/protocol/http';
import { brokerOf, evidenceOn, runTarget, targetOf } from '../run-target';

describeWith(['rabbitmq-server', 'openssl'], 'default passwords on a real RabbitMQ', () => {
  const folder = temporaryFolder('default-broker');
  let broker: RabbitMq;
  beforeAll(async () => {
    const ca = await makePair(folder, { name: 'ca', subject: '/CN=CA', isCa: true });
    const { certificate, key } = await makePair(folder, {
      name: 'broker',
      subject: '/CN=broker',
      ca,
      san: 'IP:127.0.0.1',
    });
    broker = await startRabbitMq({ tls: { certificate, key, ca: ca.certificate } });
  });
  afterAll(async () => {
    await broker.stop();
    removeFolder(folder);
  });

  const tried = (): Promise<EvidenceBundle> => {
    const ports = { amqps: broker.amqps, management: broker.management };
    return runTarget(targetOf({ brokers: [brokerOf({ ports })] }), defaultCredentials);
  };

  /** As `guest` unless told otherwise. */
  async function manage(method: string, path: string, body?: object, as = 'guest:guest'): Promise<void> {
    const tls = { serverName: null, verify: null };
    const client = openHttp({ address: '127.0.0.1', port: broker.management, tls });
    const headers = [
      ['Host', 'localhost'],
      ['Authorization', `Basic ${Buffer.from(as).toString('base64')}`],
      ['Content-Type', 'application/json'],
    ] as const;
    const sent = { method, path, headers, ...(body ? { body: JSON.stringify(body) } : {}) };
    const answer = await client.send(sent, new AbortController().signal);
    client.close();
    if (answer.kind === 'failure' || answer.status >= 300)
      throw new Error(`${method} ${path}: ${JSON.stringify(answer)}`);
  }

  test('as it comes: guest is let in, an account that does not exist is refused', async () => {
    const bundle = await tried();
    for (const [service, method] of [
      ['amqp', 'plain'],
      ['amqp-management', 'basic'],
    ] as const) {
      expect(evidenceOn(bundle, `broker-1/${service} broker-factory`)).toMatchObject({
        type: 'default.broker',
        state: 'observed',
        data: { answer: 'accepted', proof: 'log-in', method, encrypted: true },
      });
      expect(evidenceOn(bundle, `broker-1/${service} broker-service`)).toMatchObject({
        state: 'observed',
        data: { answer: 'refused', proof: 'own-refusal', code: service === 'amqp' ? '403' : '401' },
      });
      // RabbitMQ lets nobody in without a password, whoever he is.
      for (const pair of ['broker-service-empty', 'broker-factory-empty']) {
        expect(evidenceOn(bundle, `broker-1/${service} ${pair}`)).toMatchObject({
          state: 'observed',
          data: { answer: 'refused', proof: 'own-refusal' },
        });
      }
    }
    expect(JSON.stringify(bundle)).not.toContain('c10udify');
  });

  test('the default of the manager is found, with or without rights on management or vhost', async () => {
    await manage('PUT', '/api/users/cloudify', { password: 'c10udify', tags: '' });
    const bundle = await tried();
    for (const service of ['amqp', 'amqp-management']) {
      expect(evidenceOn(bundle, `broker-1/${service} broker-service`)).toMatchObject({
        state: 'observed',
        data: { answer: 'accepted', proof: 'log-in' },
      });
    }
  });

  test('changed and removed, both are refused', async () => {
    await manage('PUT', '/api/users/cloudify', { password: 'changed', tags: 'administrator' });
    await manage('DELETE', '/api/users/guest', undefined, 'cloudify:changed');
    const bundle = await tried();
    const answers = bundle.evidence
      .filter((e) => e.type === 'default.broker')
      .map((e) => (e.state === 'observed' ? e.data.answer : e));
    expect(answers).toEqual(Array(8).fill('refused'));
  });
});
