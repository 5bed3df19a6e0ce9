import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makePair, type Pair } from '../../../fixtures/servers/certificates';
import { describeWith, needBinary } from '../../../fixtures/servers/needs';
import { startNginx, type Nginx } from '../../../fixtures/servers/nginx';
import { removeFolder, run, temporaryFolder } from '../../../fixtures/servers/process';
import { tlsEndpoint } from '../../../src/collect/tls-endpoint';
import type { TlsEndpoint } from '../../../src/model/tls-endpoint';
import { parseCertificate } from '../../../src/protocol/x509';
import { evidenceOn, hostOf, managerOf, runTarget, targetOf } from '../run-target';

describeWith(['nginx', 'openssl'], 'OCSP responses that a real nginx staples', () => {
  const folder = temporaryFolder('pki');
  let nginx: Nginx;
  let ca: Pair, leaf: Pair, other: Pair;

  /** A response of `openssl ocsp` about a certificate, as a file for nginx. */
  const respond = async (name: string, about: Pair, status: 'V' | 'R'): Promise<string> => {
    const serial = parseCertificate(about.der).serial.toUpperCase();
    const stamp = (days: number): string =>
      `${new Date(Date.now() + days * 86_400_000).toISOString().replace(/[-:T]/g, '').slice(2, 14)}Z`;
    const index = join(folder, `${name}.index`);
    writeFileSync(
      index,
      `${status}\t${stamp(9)}\t${status === 'R' ? stamp(-1) : ''}\t${serial}\tunknown\t/CN=x\n`,
    );
    const response = join(folder, `${name}.der`);
    await run(needBinary('openssl'), [
      ...['ocsp', '-index', index, '-CA', ca.certificate, '-issuer', ca.certificate],
      ...['-rsigner', ca.certificate, '-rkey', ca.key, '-cert', about.certificate],
      ...['-ndays', '2', '-noverify', '-respout', response],
    ]);
    return response;
  };

  beforeAll(async () => {
    ca = await makePair(folder, { name: 'ca', subject: '/CN=Internal', isCa: true });
    leaf = await makePair(folder, { name: 'leaf', subject: '/CN=leaf', ca, san: 'IP:127.0.0.1' });
    other = await makePair(folder, { name: 'other', subject: '/CN=other', ca, san: 'IP:127.0.0.1' });
    const tls = { pairs: [leaf] };
    nginx = await startNginx([
      { listener: 'good', tls: { ...tls, staple: await respond('good', leaf, 'V') } },
      { listener: 'good13', tls: { ...tls, staple: join(folder, 'good.der'), protocols: 'TLSv1.3' } },
      { listener: 'revoked', tls: { ...tls, staple: await respond('revoked', leaf, 'R') } },
      { listener: 'foreign', tls: { ...tls, staple: await respond('foreign', other, 'V') } },
      { listener: 'none', tls },
    ]);
  });
  afterAll(async () => {
    await nginx.stop();
    removeFolder(folder);
  });

  const look = async (listener: string): Promise<TlsEndpoint> => {
    const ports = { http: 1, https: nginx.ports[listener] ?? 0, internal: 1, monitoring: 1 };
    const bundle = await runTarget(
      targetOf({
        managers: [managerOf({ ports, hosts: [hostOf('127.0.0.1', 'internal')] })],
        ca: { internal: [ca.der], external: null },
      }),
      tlsEndpoint,
    );
    const evidence = evidenceOn(bundle, 'manager-1/rest-internal/443');
    if (evidence.type !== 'tls.endpoint' || evidence.state !== 'observed')
      throw new Error(JSON.stringify(evidence));
    return evidence.data;
  };

  it.each(['good', 'good13'])('are used where they are good (%s)', async (listener) => {
    expect(await look(listener)).toMatchObject({
      staple: { state: 'used', reason: null },
      revocation: [{ state: 'good' }],
      path: { anchored: true, acceptedNow: true },
    });
  });

  it('refuse the path where they say revoked', async () => {
    expect(await look('revoked')).toMatchObject({
      staple: { state: 'used' },
      revocation: [{ state: 'revoked' }],
      path: { anchored: false, detail: expect.stringContaining('revoked') as unknown },
    });
  });

  it('are of no use where they are about another certificate', async () => {
    expect(await look('foreign')).toMatchObject({
      staple: { state: 'useless' },
      revocation: [{ state: 'not-offered' }],
      path: { anchored: true },
    });
  });

  it('are missed by nobody where there are none', async () => {
    expect(readFileSync(join(folder, 'good.der')).length).toBeGreaterThan(100);
    expect((await look('none')).staple).toEqual({ state: 'none', reason: null });
  });
});
