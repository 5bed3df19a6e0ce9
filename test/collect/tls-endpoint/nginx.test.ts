import { makeBundle, makePair, type Pair } from '../../../fixtures/servers/certificates';
import { describeWith } from '../../../fixtures/servers/needs';
import { startNginx, type Nginx } from '../../../fixtures/servers/nginx';
import { freePort, removeFolder, temporaryFolder } from '../../../fixtures/servers/process';
import { tlsEndpoint } from '../../../src/collect/tls-endpoint';
import type { EvidenceBundle, Observed } from '../../../src/model/evidence';
import type { Target } from '../../../src/model/target';
import { evidenceOn, hostOf, managerOf, runTarget, targetOf } from '../run-target';

describeWith(['nginx', 'openssl'], 'tls.endpoint over a real nginx', () => {
  const folder = temporaryFolder('pki');
  let nginx: Nginx;
  let ca: Pair, otherCa: Pair, internal: Pair, external: Pair, monitoring: Pair;
  let target: Target;
  let bundle: EvidenceBundle;
  let closed: number;

  beforeAll(async () => {
    ca = await makePair(folder, { name: 'ca', subject: '/CN=Internal', isCa: true });
    otherCa = await makePair(folder, { name: 'other', subject: '/CN=Other', isCa: true });
    const san = 'IP:127.0.0.1,DNS:127.0.0.1,DNS:10.0.0.7,DNS:manager-1';
    internal = await makePair(folder, {
      name: 'internal',
      subject: '/CN=manager-1',
      ca,
      san,
      key: 'rsa:2048',
    });
    external = await makePair(folder, { name: 'external', subject: '/CN=x', ca, san: 'DNS:public.example' });
    monitoring = await makePair(folder, {
      name: 'monitoring',
      subject: '/CN=m',
      ca: otherCa,
      san: 'IP:127.0.0.1',
    });
    const chained = makeBundle(folder, 'chained.pem', [monitoring, ca, otherCa]);
    closed = await freePort();
    nginx = await startNginx([
      { listener: 'https', tls: { pairs: [internal] } },
      { listener: 'https', name: 'public.example', tls: { pairs: [external] } },
      { listener: 'monitoring', tls: { pairs: [{ certificate: chained, key: monitoring.key }] } },
      { listener: 'http' },
    ]);
    target = targetOf({
      managers: [
        managerOf({
          ports: {
            http: nginx.ports.http ?? 0,
            https: nginx.ports.https ?? 0,
            internal: closed,
            monitoring: nginx.ports.monitoring ?? 0,
          },
          publicName: 'public.example',
          hosts: [
            hostOf('127.0.0.1', 'internal', 'managers[0].address'),
            hostOf('10.0.0.7', 'internal', 'managers[0].networks.dmz'),
            hostOf('10.0.0.8', 'internal', 'managers[0].networks.far'),
            hostOf('manager-1', 'internal', 'managers[0].hostname'),
            hostOf('public.example', 'external', 'managers[0].publicName'),
          ],
        }),
      ],
      ca: { internal: [ca.der], external: null },
    });
    bundle = await runTarget(target, tlsEndpoint);
  });
  afterAll(async () => {
    await nginx.stop();
    removeFolder(folder);
  });

  const data = (on: EvidenceBundle, service: string, port: number): Observed<'tls.endpoint'>['data'] => {
    const evidence = evidenceOn(on, `manager-1/${service}/${port}`);
    if (evidence.type !== 'tls.endpoint' || evidence.state !== 'observed')
      throw new Error(JSON.stringify(evidence));
    return evidence.data;
  };

  it('covers declared hosts by the certificate that their clients meet', () => {
    const matches = (service: string, port: number): unknown =>
      Object.fromEntries(data(bundle, service, port).hosts.map(({ host, match }) => [host, match]));
    expect(matches('rest-internal', 443)).toEqual({
      '127.0.0.1': 'ip',
      '10.0.0.7': 'ip-as-dns',
      '10.0.0.8': 'none',
      'manager-1': 'dns',
    });
    expect(matches('rest-external', 443)).toEqual({ 'public.example': 'dns' });
    // Only the private address and the host name are dialled there.
    expect(matches('monitoring', 8009)).toEqual({ '127.0.0.1': 'ip', 'manager-1': 'none' });
  });

  it('validates each path against the declared CA, and the external one too when it has no CA of its own', () => {
    expect(data(bundle, 'rest-internal', 443).path).toMatchObject({
      anchors: 'internal-ca',
      anchored: true,
    });
    expect(data(bundle, 'rest-external', 443).path).toMatchObject({
      anchors: 'internal-ca',
      anchored: true,
    });
    const stranger = data(bundle, 'monitoring', 8009).path;
    expect(stranger).toMatchObject({ anchored: false, failure: 'unknown-root', path: [] });
    expect(stranger.detail).toContain('Other');
  });

  it('reports the chain as it was sent', () => {
    const sent = data(bundle, 'monitoring', 8009);
    expect(sent.chain.map(({ subject, position }) => [subject, position])).toEqual([
      ['CN=m', 0],
      ['CN=Internal', 1],
      ['CN=Other', 2],
    ]);
    expect(sent.chainOrder).toBe('unordered');
    expect(sent.unusedCertificates).toBe(1);
    expect(data(bundle, 'rest-internal', 443).chain[0]?.key).toMatchObject({
      algorithm: 'rsa',
      bits: 2048,
    });
  });

  it('knows the versions and what was negotiated', () => {
    const { negotiated, protocols, protocolNotes, serverName } = data(bundle, 'rest-external', 443);
    expect(negotiated).toMatchObject({ protocol: 'TLSv1.2', alpn: 'h2' });
    expect(protocols).toEqual({
      SSLv3: 'refused',
      TLSv1: 'refused',
      'TLSv1.1': 'refused',
      'TLSv1.2': 'accepted',
      'TLSv1.3': 'refused',
    });
    expect(protocolNotes).toEqual([]);
    expect(serverName).toBe('public.example');
  });

  it('calls a closed listener unavailable', () => {
    expect(evidenceOn(bundle, 'manager-1/rest-internal/53333')).toMatchObject({
      state: 'unavailable',
      reason: expect.stringContaining('refused') as unknown,
    });
  });

  it('draws the conclusions of the whole deployment', () => {
    const deployment = evidenceOn(bundle, 'target/tls');
    if (deployment.type !== 'tls.deployment' || deployment.state !== 'observed')
      throw new Error('not observed');
    const { data: facts } = deployment;
    // The broker and the database that are not declared count as unavailable too.
    expect([facts.endpointsObserved, facts.endpointsUnavailable]).toEqual([3, 3]);
    expect(facts.internalIssuers.map(({ issuer }) => issuer).sort()).toEqual(['CN=Internal', 'CN=Other']);
    expect(facts.keys).toHaveLength(3);
    expect(facts.keys.every(({ usedByCa }) => !usedByCa)).toBe(true);
  });

  it('keeps the promise of its plan', () => {
    const promised = tlsEndpoint.work(target).tasks.reduce((sum, { connections }) => sum + connections, 0);
    const [traffic] = bundle.traffic;
    // 3 endpoints with a handshake and five hellos, one attempt on the closed port.
    expect(traffic?.connections).toBe(3 * 6 + 1);
    expect(promised).toBeGreaterThanOrEqual(19);
  });

  it('judges nothing where no CA is declared, and reports clear text as such', async () => {
    const [manager] = target.managers;
    if (!manager) throw new Error('no manager');
    const ports = { ...manager.ports, internal: nginx.ports.http ?? 0 };
    const other = await runTarget(targetOf({ managers: [{ ...manager, ports }] }), tlsEndpoint);
    expect(data(other, 'rest-internal', 443).path).toMatchObject({
      anchors: 'none-declared',
      anchored: null,
    });
    expect(evidenceOn(other, 'manager-1/rest-internal/53333')).toMatchObject({
      state: 'unavailable',
      reason: expect.stringContaining('answers in clear text') as unknown,
    });
  });

  it('does not anchor a private external certificate in the public trust store', async () => {
    const system = await runTarget(
      { ...target, ca: { internal: [ca.der], external: 'system' } },
      tlsEndpoint,
    );
    expect(data(system, 'rest-external', 443).path).toMatchObject({ anchors: 'system', anchored: false });
    expect(data(system, 'rest-internal', 443).path).toMatchObject({
      anchors: 'internal-ca',
      anchored: true,
    });
  });

  it('sees a key that serves twice, and one that is also the CA', async () => {
    const shared = await startNginx([
      { listener: 'a', tls: { pairs: [ca] } },
      { listener: 'b', tls: { pairs: [ca] } },
    ]);
    try {
      const ports = {
        http: 1,
        https: shared.ports.a ?? 0,
        internal: shared.ports.b ?? 0,
        monitoring: closed,
      };
      const result = await runTarget(
        targetOf({ managers: [managerOf({ ports, hosts: [hostOf('127.0.0.1', 'internal')] })] }),
        tlsEndpoint,
      );
      const deployment = evidenceOn(result, 'target/tls');
      if (deployment.type !== 'tls.deployment' || deployment.state !== 'observed')
        throw new Error('not observed');
      expect(deployment.data.keys).toMatchObject([{ nodes: ['manager-1'], usedByCa: true }]);
      expect(deployment.data.keys[0]?.endpoints).toHaveLength(2);
    } finally {
      await shared.stop();
    }
  });
});
