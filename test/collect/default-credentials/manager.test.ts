import { createServer, type Server } from 'node:https';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { X509Certificate } from 'node:crypto';
import { makePair, type Pair } from '../../../fixtures/servers/certificates';
import { describeWith } from '../../../fixtures/servers/needs';
import { removeFolder, temporaryFolder } from '../../../fixtures/servers/process';
import { defaultCredentials } from '../../../src/collect/default-credentials';
import type { Evidence } from '../../../src/model/evidence';
import { secret, type Target, type User } from '../../../src/model/target';
import { makePlan } from '../../../src/plan/index';
import { evidenceOn, managerOf, runTarget, targetOf } from '../run-target';

describeWith(['openssl'], 'the initial password of the administrator', () => {
  const folder = temporaryFolder('default-manager');
  let pair: Pair;
  let server: Server;
  /** User-info of every request, in order; `-` for none. */
  let asked: string[] = [];
  let respond: (userinfo: string | null) => { status: number; body: unknown };

  beforeAll(async () => {
    pair = await makePair(folder, { name: 'm', subject: '/CN=m', san: 'IP:127.0.0.1', isCa: true });
    const tls = { cert: readFileSync(pair.certificate), key: readFileSync(pair.key) };
    server = createServer(tls, (request, response) => {
      const [, encoded] = (request.headers.authorization ?? '').split(' ');
      const userinfo = encoded === undefined ? null : Buffer.from(encoded, 'base64').toString('utf8');
      asked.push(userinfo ?? '-');
      const { status, body } = respond(userinfo);
      response.writeHead(status, { 'Content-Type': 'application/json' });
      response.end(JSON.stringify(body));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
    removeFolder(folder);
  });

  const refusal = (message: string) => ({
    status: 401,
    body: {
      error_code: 'unauthorized_error',
      message: `User unauthorized: ${message}`,
      server_traceback: null,
    },
  });
  const anonymous = refusal('No authentication info provided');
  const wrong = refusal(
    'Authentication failed for <User username=`admin`>. Wrong credentials or locked account',
  );
  const status = { status: 200, body: { status: 'OK', services: {} } };

  /** A manager whose admin has this password; null: there is no admin. */
  const manager = (password: string | null) => (userinfo: string | null) => {
    if (userinfo === null || password === null) return anonymous;
    return userinfo === `admin:${password}` ? status : wrong;
  };

  const admin = (password: string | null): User => ({
    name: 'root-of-all',
    username: 'Admin',
    password: password === null ? null : secret(password),
    token: null,
    tenants: {},
    systemRole: null,
  });

  const trusted = (): Target['ca'] => {
    const anchors = [new Uint8Array(new X509Certificate(readFileSync(pair.certificate)).raw)];
    return { internal: anchors, external: anchors };
  };

  async function tried(answer: typeof respond, parts: Partial<Target> = {}): Promise<Evidence> {
    respond = answer;
    asked = [];
    const { port } = server.address() as AddressInfo;
    const ports = { http: 1, https: port, internal: 1, monitoring: 1 };
    const target = targetOf({ managers: [managerOf({ ports }), managerOf({ ports })], ...parts });
    return evidenceOn(await runTarget(target, defaultCredentials), 'manager-1/rest manager-initial');
  }

  test('accepted: a log-in, tried once on the first manager of the cluster', async () => {
    expect(await tried(manager('admin'))).toMatchObject({
      type: 'default.manager',
      state: 'observed',
      data: { answer: 'accepted', proof: 'log-in', code: '200' },
    });
    expect(asked).toEqual(['-', 'admin:admin']);
  });

  test('refused: by the manager, naming the account', async () => {
    expect(await tried(manager('other'))).toMatchObject({
      state: 'observed',
      data: { answer: 'refused', proof: 'own-refusal', code: '401' },
    });
    expect(asked).toEqual(['-', 'admin:admin']);
  });

  test('a role that may not see the status has logged in all the same', async () => {
    const forbidden = { status: 403, body: { error_code: 'forbidden_error', message: 'no' } };
    expect(await tried((u) => (u === null ? anonymous : forbidden))).toMatchObject({
      data: { answer: 'accepted' },
    });
  });

  test.each([
    ['the answer of a caller without credentials', anonymous],
    ['an error', { status: 500, body: { error_code: 'internal_server_error' } }],
    ['a 401 of somebody else', { status: 401, body: 'Wrong credentials' }],
    ['a page', { status: 200, body: '<html>' }],
    ['the rate limit', { status: 429, body: {} }],
  ])('%s is neither', async (_name, answer) => {
    expect(await tried((u) => (u === null ? anonymous : answer))).toMatchObject({ state: 'unavailable' });
    expect(asked).toEqual(['-', 'admin:admin']);
  });

  test('where anybody is let in, no password is sent', async () => {
    expect(await tried(() => status)).toMatchObject({ state: 'unavailable' });
    expect(asked).toEqual(['-']);
  });

  test('another declared password that works refutes the default, and no wrong one is sent', async () => {
    const parts = { users: [admin('of-its-own')], ca: trusted() };
    expect(await tried(manager('of-its-own'), parts)).toMatchObject({
      state: 'observed',
      data: { answer: 'refused', proof: 'other-password', code: '200' },
    });
    expect(asked).toEqual(['admin:of-its-own']);
  });

  test('after a declared password that is wrong, no second one is tried', async () => {
    const parts = { users: [admin('mistyped')], ca: trusted() };
    const found = await tried(manager('admin'), parts);
    expect(found).toMatchObject({ state: 'unavailable', supply: expect.any(String) as unknown });
    expect(asked).toEqual(['admin:mistyped']);
    expect(JSON.stringify(found)).not.toContain('mistyped');
  });

  test('a declared password that is the default is tried as such', async () => {
    const found = await tried(manager('admin'), { users: [admin('admin')], ca: trusted() });
    expect(found).toMatchObject({ data: { answer: 'accepted', proof: 'log-in' } });
    expect(asked).toEqual(['-', 'admin:admin']);
  });

  test.each<[string, Partial<Target>]>([
    ['of a listener that no declared CA vouches for', { ca: { internal: null, external: 'system' } }],
    ['where no CA is declared', {}],
  ])('the declared password is not sent to a listener %s', async (_name, parts) => {
    const found = await tried(manager('of-its-own'), { users: [admin('of-its-own')], ...parts });
    expect(found).toMatchObject({ data: { answer: 'refused', proof: 'own-refusal' } });
    expect(asked).toEqual(['-', 'admin:admin']);
  });

  test('defaults: skip sends nothing and says what is missing', async () => {
    respond = manager('admin');
    asked = [];
    const { port } = server.address() as AddressInfo;
    const ports = { http: 1, https: port, internal: 1, monitoring: 1 };
    const target = targetOf({ managers: [managerOf({ ports })], defaults: 'skip' });
    const bundle = await runTarget(target, defaultCredentials);
    expect(asked).toEqual([]);
    expect(bundle.evidence.map((e) => [e.type, e.state])).toEqual(
      ['broker', 'database', 'manager', 'monitoring'].map((t) => [`default.${t}`, 'unavailable']),
    );
  });

  test('the plan says as whom, and how often at most', async () => {
    const ports = { http: 1, https: 1, internal: 1, monitoring: 1 };
    const plan = makePlan(targetOf({ managers: [managerOf({ ports })] }), [defaultCredentials]);
    expect(plan.identities).toEqual(['admin (documented default)', 'monitoring_user (documented default)']);
    expect(plan.collectors[0]).toMatchObject({ impact: 'authenticate', subjects: 3, requests: 8 });
    expect(JSON.stringify(plan)).not.toContain('m0n1torify');
    await tried(manager('other'));
  });
});
