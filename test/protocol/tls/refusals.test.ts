import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer, type TlsOptions } from 'node:tls';
import { makePair, type Pair } from '../../../fixtures/servers/certificates';
import { describeWith } from '../../../fixtures/servers/needs';
import { removeFolder, temporaryFolder } from '../../../fixtures/servers/process';
import type { Outcome } from '../../../src/protocol/tcp/connect';
import { handshake, type Handshake } from '../../../src/protocol/tls/handshake';

describeWith(['openssl'], 'a TLS server that does not finish with us', () => {
  const folder = temporaryFolder('pki');
  let pair: Pair, ca: Pair;
  beforeAll(async () => {
    ca = await makePair(folder, { name: 'ca', subject: '/CN=ca', isCa: true });
    pair = await makePair(folder, { name: 'a', subject: '/CN=a', san: 'DNS:a', key: 'rsa:2048' });
  });
  afterAll(() => {
    removeFolder(folder);
  });

  async function shake(options: TlsOptions): Promise<Outcome<Handshake>> {
    const server = createServer({
      cert: readFileSync(pair.certificate),
      key: readFileSync(pair.key),
      ca: readFileSync(ca.certificate),
      ...options,
    });
    server
      .on('tlsClientError', () => undefined)
      .on('secureConnection', (socket) => socket.on('error', () => undefined));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const signal = new AbortController().signal;
    const outcome = await handshake(
      { address: '127.0.0.1', port, timeoutMs: 2000, signal, start: 'direct', serverName: null },
      [],
    );
    server.close();
    return outcome;
  }

  it.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'shows its chain although it demands a certificate in %s',
    async (version) => {
      const demanding = {
        requestCert: true,
        rejectUnauthorized: true,
        minVersion: version,
        maxVersion: version,
      };
      expect(await shake(demanding)).toMatchObject({
        ok: true,
        value: { protocol: version, chain: [pair.der] },
      });
    },
  );

  it('shows its chain with a suite that OpenSSL does not offer by default', async () => {
    const outcome = await shake({
      ciphers: 'NULL-SHA256:@SECLEVEL=0',
      minVersion: 'TLSv1.2',
      maxVersion: 'TLSv1.2',
    });
    expect(outcome).toMatchObject({
      ok: true,
      value: { protocol: 'TLSv1.2', cipher: '0x003b', chain: [pair.der] },
    });
  });

  it('presents nothing where nobody is authenticated', async () => {
    const outcome = await shake({ ciphers: 'ADH-AES128-SHA256:@SECLEVEL=0', maxVersion: 'TLSv1.2' });
    expect(outcome).toMatchObject({ ok: false, trouble: { kind: 'alert' } });
  });
});
