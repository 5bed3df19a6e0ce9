import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { sequence, context as tagged, oid } from '../../../fixtures/pki/der-writer';
import { issueCrl } from '../../../fixtures/pki/write-crl';
import { type Issued, keyPem, type RawExtension } from '../../../fixtures/pki/write-certificate';
import { describeWith } from '../../../fixtures/servers/needs';
import {
  freePort,
  removeFolder,
  start,
  temporaryFolder,
  type Running,
} from '../../../fixtures/servers/process';
import { tlsEndpoint } from '../../../src/collect/tls-endpoint';
import type { EvidenceBundle } from '../../../src/model/evidence';
import type { TlsEndpoint } from '../../../src/model/tls-endpoint';
import { parseCertificate } from '../../../src/protocol/x509';
import { day, issueCa, issueLeaf, keyOf, now } from '../../protocol/x509/chain';
import { brokerOf, evidenceOn, runTarget, targetOf } from '../run-target';

const root = issueCa('root');
const stranger = issueCa('root', undefined, { key: keyOf('stranger') });
const uri = (url: string): Uint8Array => tagged(6, false, Buffer.from(url));
const distributionPoint = (url: string): RawExtension => ({
  oid: '2.5.29.31',
  value: sequence(sequence(tagged(0, true, tagged(0, true, uri(url))))),
});
const responder = (url: string): RawExtension => ({
  oid: '1.3.6.1.5.5.7.1.1',
  value: sequence(sequence(oid('1.3.6.1.5.5.7.48.1'), uri(url))),
});
const serialOf = (leaf: Issued): bigint => BigInt(`0x${parseCertificate(leaf.der).serial}`);

/** Serves a leaf, audits it with `online` hosts allowed, and tells what came of the leaf's revocation. */
async function audit(
  leaf: Issued,
  online: readonly string[] | undefined,
  crls?: readonly Uint8Array[],
): Promise<{ data: TlsEndpoint; bundle: EvidenceBundle; state: string | undefined }> {
  const server = createTlsServer({ cert: leaf.pem, key: keyPem(leaf.key) }, (socket) =>
    socket.on('error', () => undefined),
  );
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  try {
    const { port: amqps } = server.address() as AddressInfo;
    const bundle = await runTarget(
      targetOf({
        brokers: [brokerOf({ ports: { amqps, management: 1 } })],
        ca: {
          internal: [root.der],
          external: null,
          ...(online === undefined ? {} : { online }),
          ...(crls === undefined ? {} : { crls }),
        },
        limits: { requestsPerSecond: 1000, connectTimeoutMs: 1500, subjectTimeoutMs: 60_000, concurrency: 4 },
      }),
      tlsEndpoint,
    );
    const evidence = evidenceOn(bundle, 'broker-1/amqp/5671');
    if (evidence.type !== 'tls.endpoint' || evidence.state !== 'observed')
      throw new Error(JSON.stringify(evidence));
    return { data: evidence.data, bundle, state: evidence.data.revocation[0]?.state };
  } finally {
    server.close();
  }
}

describe('CRLs that certificates name', () => {
  let http: Server;
  let host: string;
  let answer: (path: string) => {
    status?: number;
    body?: Uint8Array | string;
    location?: string;
    hang?: true;
  };
  let seen: string[] = [];
  beforeAll(async () => {
    http = createServer((request, response) => {
      seen.push(`${request.method ?? ''} ${request.headers.host ?? ''}${request.url ?? ''}`);
      const { status = 200, body = '', location, hang } = answer(request.url ?? '');
      if (hang) return;
      response.writeHead(status, location === undefined ? {} : { location });
      response.end(body);
    });
    await new Promise<void>((done) => http.listen(0, '127.0.0.1', done));
    host = `127.0.0.1:${String((http.address() as AddressInfo).port)}`;
  });
  afterAll(() => {
    http.closeAllConnections();
    http.close();
  });
  beforeEach(() => {
    seen = [];
  });

  const leafWith = (url: string): Issued => issueLeaf(root, { extensions: [distributionPoint(url)] });
  const crlOf = (leaf: Issued, more: Partial<Parameters<typeof issueCrl>[0]> = {}): Uint8Array =>
    issueCrl({
      issuer: root,
      thisUpdate: new Date(now.getTime() - day),
      nextUpdate: new Date(now.getTime() + day),
      number: 1n,
      revoked: [{ serial: serialOf(leaf), at: new Date(now.getTime() - day) }],
      ...more,
    }).der;

  it('are not fetched unless their host is listed', async () => {
    answer = () => ({ body: '' });
    const leaf = leafWith(`http://${host}/a.crl`);
    const quiet = await audit(leaf, undefined);
    expect([quiet.state, quiet.data.revocationServices]).toEqual(['not-checked', []]);
    const elsewhere = await audit(leaf, ['pki.example.org']);
    expect(elsewhere.state).toBe('not-checked');
    expect(elsewhere.data.revocationServices).toMatchObject([
      { asked: false, answer: expect.stringContaining('ca.online') as unknown },
    ]);
    expect(seen).toEqual([]);
  });

  it('tell what is revoked and what is not, in DER and in PEM', async () => {
    const leaf = leafWith(`http://${host}/a.crl?x=1`);
    answer = () => ({ body: crlOf(leaf) });
    const revoked = await audit(leaf, [host]);
    expect(revoked.state).toBe('revoked');
    expect(revoked.data.path).toMatchObject({
      anchored: false,
      acceptedNow: false,
      detail: expect.stringContaining('revoked') as unknown,
    });
    expect(seen).toEqual([`GET ${host}/a.crl?x=1`]);
    expect(revoked.bundle.traffic[0]).toMatchObject({ requests: 1 });
    answer = () => ({
      body: issueCrl({ issuer: root, thisUpdate: now, nextUpdate: new Date(now.getTime() + day), number: 2n })
        .pem,
    });
    expect((await audit(leaf, [host])).state).toBe('good');
  });

  it.each<[string, (leaf: Issued) => ReturnType<typeof answer>, RegExp]>([
    ['404', () => ({ status: 404 }), /HTTP 404/],
    [
      'a redirect, which is not followed',
      () => ({ status: 302, location: `http://${host}/else` }),
      /HTTP 302/,
    ],
    ['garbage', () => ({ body: '<html>sorry</html>' }), /neither PEM nor DER/],
    ['DER that is no CRL', () => ({ body: root.der }), /CRL/],
    ['one that is cut off', (leaf) => ({ body: crlOf(leaf).slice(0, 60) }), /neither PEM nor DER/],
    ['more than any CRL needs', () => ({ body: Buffer.alloc(9 << 20, 0x30) }), /more than 8 MiB/],
    ['silence', () => ({ hang: true }), /no answer within/],
    [
      'one that is out of date',
      (leaf) => ({
        body: crlOf(leaf, {
          thisUpdate: new Date(now.getTime() - 3 * day),
          nextUpdate: new Date(now.getTime() - day),
        }),
      }),
      /out of date/,
    ],
    [
      'one that another key signed',
      (leaf) => ({ body: crlOf(leaf, { issuer: stranger }) }),
      /not signed by a CA of this path/,
    ],
    [
      'one of another CA',
      (leaf) => ({ body: crlOf(leaf, { issuer: issueCa('other') }) }),
      /a CRL of 1 entries/,
    ],
  ])('%s leaves it undetermined, with the reason', async (_name, given, reason) => {
    const leaf = leafWith(`http://${host}/a.crl`);
    answer = () => given(leaf);
    const { state, data } = await audit(leaf, [host]);
    expect(state).toBe('undetermined');
    expect(data.revocation[0]?.reason).toMatch(reason);
    // Clients fetch nothing: to them the certificate is as good as before.
    expect(data.path).toMatchObject({ anchored: true, acceptedNow: true });
    expect(seen).toHaveLength(1);
  });

  it.each<[string, string, RegExp]>([
    ['https', 'https://127.0.0.1/a.crl', /https: is not asked/],
    ['LDAP', 'ldap://127.0.0.1/cn=x', /ldap: is not asked/],
    ['a file', 'file:///etc/passwd', /file: is not asked/],
    ['a URL with credentials', 'http://user:pw@127.0.0.1/a.crl', /credentials/],
    ['a host that is not listed', 'http://169.254.169.254/latest/meta-data', /ca\.online/],
    ['a listed host in disguise', 'http://0x7f000001:81/a.crl', /ca\.online/],
    ['what is no URL', 'no\u0007 URL', /no URL/],
    ['a very long URL', `http://127.0.0.1/${'a'.repeat(3000)}`, /more than 2000/],
  ])('%s is not dialled', async (_name, url, reason) => {
    answer = () => ({ body: '' });
    const { state, data } = await audit(leafWith(url), [host, '127.0.0.1']);
    expect(state).toBe('not-checked');
    expect(data.revocationServices).toMatchObject([
      { asked: false, answer: expect.stringMatching(reason) as unknown },
    ]);
    const [service] = data.revocationServices;
    expect(service?.url.length).toBeLessThan(1200);
    expect(service?.url).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(seen).toEqual([]);
  });

  it('that were declared and cannot be read leave it undetermined', async () => {
    const { state, data } = await audit(issueLeaf(root), undefined, [Uint8Array.of(0x30, 0x00)]);
    expect(state).toBe('undetermined');
    expect(data.revocation[0]?.reason).toMatch(/^a declared CRL cannot be read: CRL/);
  });

  it('that nobody serves leave it undetermined', async () => {
    const closed = `127.0.0.1:${String(await freePort())}`;
    const { state, data } = await audit(leafWith(`http://${closed}/a.crl`), [closed]);
    expect(state).toBe('undetermined');
    expect(data.revocation[0]?.reason).toContain('refused');
  });
});

describeWith(['openssl'], 'a real OCSP responder that a certificate names', () => {
  const folder = temporaryFolder('ocsp');
  const running: Running[] = [];
  afterAll(async () => {
    await Promise.all(running.map((each) => each.stop()));
    removeFolder(folder);
  });
  const put = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const stamp = (date: Date): string => `${date.toISOString().replace(/[-:T]/g, '').slice(2, 14)}Z`;

  /** A leaf that names an `openssl ocsp` of its own, which knows it as told. */
  async function leafAt(
    status: 'good' | 'revoked' | 'unknown',
    signer: Issued = root,
  ): Promise<{ leaf: Issued; host: string }> {
    const port = await freePort();
    const host = `127.0.0.1:${String(port)}`;
    const leaf = issueLeaf(root, { extensions: [responder(`http://${host}/`)] });
    const serial = parseCertificate(leaf.der).serial.toUpperCase();
    const end = stamp(new Date(now.getTime() + 9 * day));
    const lines = {
      good: `V\t${end}\t\t${serial}\tunknown\t/CN=host.example.com\n`,
      revoked: `R\t${end}\t${stamp(now)},keyCompromise\t${serial}\tunknown\t/CN=host.example.com\n`,
      unknown: '',
    };
    const server = start('openssl', [
      ...['ocsp', '-index', put(`index-${port}`, lines[status]), '-port', String(port)],
      ...['-CA', put(`ca-${port}.pem`, root.pem), '-rsigner', put(`signer-${port}.pem`, signer.pem)],
      ...['-rkey', put(`signer-${port}.key`, keyPem(signer.key)), '-ndays', '1'],
    ]);
    running.push(server);
    // It serves one after the other, and waits for the request of whoever only looks whether it is up.
    while (!server.output().includes('waiting for OCSP')) {
      if (server.child.exitCode !== null) throw new Error(server.output());
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return { leaf, host };
  }
  const delegate = issueLeaf(root, {
    subject: 'CN=responder',
    key: keyOf('responder'),
    extendedKeyUsage: ['OCSPSigning'],
    san: undefined,
  });

  it.each<[string, Parameters<typeof leafAt>, string, RegExp]>([
    ['good', ['good'], 'good', /says good/],
    ['good by its delegate', ['good', delegate], 'good', /says good/],
    ['revoked', ['revoked'], 'revoked', /says revoked/],
    ['unknown', ['unknown'], 'undetermined', /says unknown/],
    ['good by a stranger', ['good', stranger], 'undetermined', /not signed by the issuer/],
  ])('%s', async (_name, how, state, reason) => {
    const { leaf, host } = await leafAt(...how);
    const audited = await audit(leaf, [host]);
    expect(audited.data.revocationServices).toMatchObject([
      { kind: 'ocsp', asked: true, answer: 'an OCSP response' },
    ]);
    expect(audited.state).toBe(state);
    expect(audited.data.revocation[0]?.reason).toMatch(reason);
    expect(audited.data.staple.state).toBe('none');
  });

  it('understands a request that openssl made the same of', async () => {
    const { leaf } = await leafAt('good');
    const file = put('leaf.pem', leaf.pem);
    execFileSync('openssl', [
      'ocsp',
      '-issuer',
      put('root.pem', root.pem),
      '-cert',
      file,
      '-no_nonce',
      '-reqout',
      join(folder, 'request'),
    ]);
    const { ocspRequest } = await import('../../../src/protocol/x509');
    const ours = ocspRequest(parseCertificate(leaf.der), parseCertificate(root.der));
    expect(Buffer.from(ours ?? []).toString('hex')).toBe(
      readFileSync(join(folder, 'request')).toString('hex'),
    );
  });
});
