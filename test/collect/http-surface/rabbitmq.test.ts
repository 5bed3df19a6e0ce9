import { makePair } from '../../../fixtures/servers/certificates';
import { describeWith } from '../../../fixtures/servers/needs';
import { removeFolder, temporaryFolder } from '../../../fixtures/servers/process';
import { startRabbitMq, type RabbitMq } from '../../../fixtures/servers/rabbitmq';
import { survey, targetOn, type Survey } from './run';

describeWith(['rabbitmq-server', 'openssl'], 'the management listener of a real RabbitMQ', () => {
  const folder = temporaryFolder('management');
  let broker: RabbitMq;
  let found: Survey;
  beforeAll(async () => {
    const ca = await makePair(folder, { name: 'ca', subject: '/CN=CA', isCa: true });
    const { certificate, key } = await makePair(folder, {
      name: 'broker',
      subject: '/CN=broker',
      ca,
      san: 'IP:127.0.0.1',
    });
    broker = await startRabbitMq({ tls: { certificate, key, ca: ca.certificate } });
    const ports = { http: 1, https: 1, internal: 1, monitoring: 1 };
    const node = { name: 'broker-1', address: '127.0.0.1', resolved: ['127.0.0.1'], hosts: [], portMap: {} };
    const brokers = [{ ...node, ports: { amqps: broker.amqps, management: broker.management } }];
    found = await survey(targetOn(ports, brokers), { only: (id) => id.startsWith('broker-1/') });
  });
  afterAll(async () => {
    await broker.stop();
    removeFolder(folder);
  });

  test('shows a page with a login and refuses its API', () => {
    expect(found.of('broker-1/amqp-management GET /')).toMatchObject({
      state: 'observed',
      data: {
        expectation: 'page',
        status: 200,
        answer: 'login-page',
        discloses: [],
        control: { alive: true },
      },
    });
    expect(found.of('broker-1/amqp-management GET /api/overview')).toMatchObject({
      state: 'observed',
      data: { expectation: 'secured', status: 401, answer: 'unauthorized', control: { alive: true } },
    });
    expect(found.connections).toBe(1);
  });
});
