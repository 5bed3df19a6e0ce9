import { makeBundle, makePair, type Pair } from '../../../fixtures/servers/certificates';
import { describeWith } from '../../../fixtures/servers/needs';
import { startNginx, type Nginx } from '../../../fixtures/servers/nginx';
import { removeFolder, temporaryFolder } from '../../../fixtures/servers/process';
import { handshake, type Handshake } from '../../../src/protocol/tls/handshake';
import { offer } from '../../../src/protocol/tls/offer';
import { offeredVersions } from '../../../src/protocol/tls/offered-versions';
import type { TlsRoute } from '../../../src/protocol/tls/open';
import { tlsVersions } from '../../../src/protocol/tls/versions';

describeWith(['nginx', 'openssl'], 'TLS of a real nginx', () => {
  const folder = temporaryFolder('pki');
  let nginx: Nginx;
  let ca: Pair, intermediate: Pair, stranger: Pair, rsa: Pair, ecdsa: Pair, named: Pair;
  let odd: readonly Pair[];

  beforeAll(async () => {
    ca = await makePair(folder, { name: 'ca', subject: '/CN=root', isCa: true });
    intermediate = await makePair(folder, { name: 'intermediate', subject: '/CN=middle', isCa: true, ca });
    stranger = await makePair(folder, { name: 'stranger', subject: '/CN=stranger', isCa: true });
    rsa = await makePair(folder, {
      name: 'rsa',
      subject: '/CN=rsa',
      ca: intermediate,
      key: 'rsa:2048',
      san: 'DNS:rsa',
    });
    ecdsa = await makePair(folder, {
      name: 'ecdsa',
      subject: '/CN=ecdsa',
      ca: intermediate,
      san: 'DNS:ecdsa',
    });
    named = await makePair(folder, { name: 'named', subject: '/CN=named', ca, san: 'DNS:public.example' });
    odd = [rsa, ca, stranger, intermediate, intermediate];
    const oddBundle = makeBundle(folder, 'odd.pem', odd);
    const all = 'TLSv1 TLSv1.1 TLSv1.2 TLSv1.3';
    nginx = await startNginx([
      { listener: 'manager', tls: { pairs: [rsa] } },
      { listener: 'manager', name: 'public.example', tls: { pairs: [named] } },
      // Nobody may get this one: an address is no server name (RFC 6066 §3).
      { listener: 'manager', name: '127.0.0.1', tls: { pairs: [ecdsa] } },
      { listener: 'wide', tls: { pairs: [rsa, ecdsa], protocols: all, ciphers: 'ALL:@SECLEVEL=0' } },
      { listener: 'modern', tls: { pairs: [ecdsa], protocols: 'TLSv1.3' } },
      { listener: 'old', tls: { pairs: [rsa], protocols: 'TLSv1 TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' } },
      { listener: 'odd12', tls: { pairs: [{ certificate: oddBundle, key: rsa.key }] } },
      { listener: 'odd13', tls: { pairs: [{ certificate: oddBundle, key: rsa.key }], protocols: 'TLSv1.3' } },
      { listener: 'mutual', tls: { pairs: [rsa], clientCa: ca.certificate } },
      { listener: 'clear' },
    ]);
  });
  afterAll(async () => {
    await nginx.stop();
    removeFolder(folder);
  });

  const route = (listener: string, serverName: string | null = null): TlsRoute => ({
    address: '127.0.0.1',
    port: nginx.ports[listener] ?? 0,
    timeoutMs: 5000,
    signal: new AbortController().signal,
    start: 'direct',
    serverName,
  });
  const shake = async (listener: string, serverName: string | null = null): Promise<Handshake> => {
    const outcome = await handshake(route(listener, serverName), ['h2', 'http/1.1']);
    if (!outcome.ok) throw new Error(outcome.trouble.detail);
    return outcome.value;
  };
  const versions = async (listener: string): Promise<Record<string, string>> =>
    Object.fromEntries(Object.entries(await offeredVersions(route(listener))).map(([v, a]) => [v, a.answer]));

  it('shakes hands as the manager is configured: TLS 1.2, h2, the default certificate', async () => {
    const done = await shake('manager');
    expect(done.protocol).toBe('TLSv1.2');
    expect(done.cipher).toMatch(/^TLS_ECDHE_RSA_WITH_/);
    expect(done.alpn).toBe('h2');
    expect(done.chain).toEqual([rsa.der]);
  });

  it('asks by SNI and gets the other certificate; an address is never sent as a name', async () => {
    expect((await shake('manager', 'public.example')).chain).toEqual([named.der]);
    expect((await shake('manager', 'other.example')).chain).toEqual([rsa.der]);
    expect((await shake('manager', '127.0.0.1')).chain).toEqual([rsa.der]);
  });

  it('finds exactly the versions that are switched on', async () => {
    const [none, off, on] = ['SSLv3', 'refused', 'accepted'];
    expect(await versions('manager')).toEqual({
      [none]: off,
      TLSv1: off,
      'TLSv1.1': off,
      'TLSv1.2': on,
      'TLSv1.3': off,
    });
    expect(await versions('wide')).toEqual({
      [none]: off,
      TLSv1: on,
      'TLSv1.1': on,
      'TLSv1.2': on,
      'TLSv1.3': on,
    });
    expect(await versions('modern')).toEqual({
      [none]: off,
      TLSv1: off,
      'TLSv1.1': off,
      'TLSv1.2': off,
      'TLSv1.3': on,
    });
    expect(await versions('old')).toEqual({
      [none]: off,
      TLSv1: on,
      'TLSv1.1': on,
      'TLSv1.2': off,
      'TLSv1.3': off,
    });
  });

  it('says nothing about versions of a listener that speaks no TLS', async () => {
    const answers = await offeredVersions(route('clear'));
    for (const answer of Object.values(answers)) {
      expect(answer.answer).toBe('inconclusive');
      expect(answer.note).toContain('clear text (http)');
    }
  });

  it.each(['odd12', 'odd13'])(
    'returns the chain exactly as %s sends it, duplicates and strangers included',
    async (l) => {
      expect((await shake(l)).chain).toEqual(odd.map((pair) => pair.der));
    },
  );

  it('agrees with the Certificate message on the wire, byte for byte', async () => {
    const outcome = await offer(route('odd12'), 'TLSv1.2', 'flight');
    if (!outcome.ok || outcome.value.kind !== 'hello') throw new Error('no flight');
    expect(outcome.value.flight.certificates).toEqual((await shake('odd12')).chain);
  });

  it('shakes hands with TLS 1.3 only, TLS 1.1 at best, and where a client certificate is wanted', async () => {
    expect((await shake('modern')).protocol).toBe('TLSv1.3');
    expect((await shake('old')).protocol).toBe('TLSv1.1');
    expect((await shake('mutual')).chain).toEqual([rsa.der]);
  });

  it('answers TLS 1.3 without a key share by a retry request, so nothing is signed', async () => {
    const outcome = await offer(route('modern'), 'TLSv1.3');
    if (!outcome.ok || outcome.value.kind !== 'hello') throw new Error('no hello');
    expect(outcome.value.flight.hello).toMatchObject({
      version: tlsVersions['TLSv1.3'],
      helloRetryRequest: true,
    });
  });

  it('calls clear text clear text', async () => {
    const outcome = await handshake(route('clear'), []);
    expect(outcome).toMatchObject({ ok: false, trouble: { kind: 'clear-text' } });
  });
});
