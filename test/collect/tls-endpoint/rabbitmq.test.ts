import { makePair, type Pair } from '../../../fixtures/servers/certificates';
import { describeWith } from '../../../fixtures/servers/needs';
import { removeFolder, temporaryFolder } from '../../../fixtures/servers/process';
import { startRabbitMq, type RabbitMq } from '../../../fixtures/servers/rabbitmq';
import { networkListener } from '../../../src/collect/network-listener';
import { tlsEndpoint } from '../../../src/collect/tls-endpoint';
import type { EvidenceBundle } from '../../../src/model/evidence';
import type { Target } from '../../../src/model/target';
import { brokerOf, evidenceOn, hostOf, runTarget, targetOf } from '../run-target';

describeWith(
  ['rabbitmq-server', 'epmd', 'openssl'],
  'a real RabbitMQ with the settings of the manager',
  () => {
    const folder = temporaryFolder('pki');
    let broker: RabbitMq;
    let ca: Pair, leaf: Pair;
    let target: Target;
    let tls: EvidenceBundle, listeners: EvidenceBundle;

    beforeAll(async () => {
      ca = await makePair(folder, { name: 'ca', subject: '/CN=Internal', isCa: true, key: 'rsa:2048' });
      leaf = await makePair(folder, {
        name: 'mq',
        subject: '/CN=mq',
        ca,
        san: 'IP:127.0.0.1',
        key: 'rsa:2048',
      });
      broker = await startRabbitMq({ tls: { ...leaf, ca: ca.certificate }, clear: true });
      target = targetOf({
        brokers: [
          brokerOf({
            ports: { amqps: broker.amqps, management: broker.management },
            hosts: [hostOf('127.0.0.1', 'internal')],
            portMap: { 5672: broker.amqp ?? 0, 4369: broker.epmd, 25672: broker.distribution },
          }),
        ],
        ca: { internal: [ca.der], external: null },
        vantage: 'network',
      });
      tls = await runTarget(target, tlsEndpoint);
      listeners = await runTarget(target, networkListener);
    });
    afterAll(async () => {
      await broker.stop();
      removeFolder(folder);
    });

    it.each(['amqp', 'amqp-management'] as const)('presents its chain on %s', (service) => {
      const port = service === 'amqp' ? 5671 : 15671;
      expect(evidenceOn(tls, `broker-1/${service}/${String(port)}`)).toMatchObject({
        state: 'observed',
        data: {
          negotiated: { protocol: 'TLSv1.2' },
          path: { anchored: true },
          hosts: [{ host: '127.0.0.1', match: 'ip' }],
          protocols: {
            SSLv3: 'refused',
            TLSv1: 'refused',
            'TLSv1.1': 'refused',
            'TLSv1.2': 'accepted',
            'TLSv1.3': 'refused',
          },
        },
      });
    });

    it('says that TLS 1.1 is switched on there, although no suite is left for it', () => {
      const evidence = evidenceOn(tls, 'broker-1/amqp/5671');
      if (evidence.type !== 'tls.endpoint' || evidence.state !== 'observed')
        throw new Error(JSON.stringify(evidence));
      expect(evidence.data.protocolNotes).toEqual([
        expect.stringMatching(/^TLSv1\.1: .*\(71\).*switched on/),
      ]);
    });

    it.each([
      [5671, 'tls', null, null],
      [5672, 'clear', 'amqp', null],
      [15671, 'tls', null, null],
      [4369, 'clear', 'epmd', null],
      [25672, 'silent', null, null],
    ])('on port %d speaks %s', (port, speaks, clearProtocol, httpStatus) => {
      expect(evidenceOn(listeners, `broker-1/port/${String(port)}`)).toMatchObject({
        state: 'observed',
        data: { state: 'open', speaks, clearProtocol, httpStatus },
      });
    });
  },
);
