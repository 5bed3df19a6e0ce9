import { createServer, type TLSSocket } from 'node:tls';
import type { AddressInfo } from 'node:net';
import { startAnomaly } from '../../fixtures/anomalies/server';
import { collectors } from '../../src/collect';
import type { EvidenceBundle } from '../../src/model/evidence';
import { secret, type Target, type User } from '../../src/model/target';
import { makePki, type Pki } from '../protocol/http/pki';
import { managerOf, runTarget, targetOf } from './run-target';

/** Those that send requests to a manager. */
const asking = [
  'http-surface',
  'default-credentials',
  'api-authentication',
  'api-authorization',
  'rest-contents',
  'write-guards',
  'manager-state',
  'signed-in-surface',
  'api-isolation',
] as const;

let pki: Pki;
beforeAll(() => {
  pki = makePki();
});
afterAll(() => {
  pki.remove();
});

/** A listener of which every connection is kept and no request answered. */
interface Silent {
  readonly port: number;
  connections(): number;
  stop(): Promise<void>;
}

/** Shakes hands, takes whatever is sent, and says nothing. */
async function startDeaf(): Promise<Silent> {
  const sockets: TLSSocket[] = [];
  const server = createServer({ key: pki.key, cert: pki.cert }, (socket) => {
    sockets.push(socket.on('error', () => undefined).resume());
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => sockets.length,
    stop: () =>
      new Promise((done) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => {
          done();
        });
      }),
  };
}

const person = (name: string, tenants: User['tenants'], systemRole: string): User => ({
  name,
  username: name,
  password: secret('a password of nobody'),
  token: secret(`ctok-${'a'.repeat(10)}-${'b'.repeat(40)}`),
  tenants,
  systemRole,
});

function targetAt({ port }: Silent): Target {
  const ports = { http: port, https: port, internal: port, monitoring: port };
  return targetOf({
    managers: [managerOf({ ports })],
    tenants: ['tenant_a', 'tenant_b'],
    ca: { internal: [pki.caDer], external: null },
    users: [
      person('admin', {}, 'sys_admin'),
      person('alice', { tenant_a: 'user' }, 'default'),
      person('bob', { tenant_b: 'user' }, 'default'),
      person('vera', { tenant_a: 'viewer' }, 'default'),
    ],
    limits: { requestsPerSecond: 1000, connectTimeoutMs: 500, subjectTimeoutMs: 60_000, concurrency: 8 },
  });
}

/** Subjects of which something is said that nobody can know, or of which no reason is told. */
function claimsOf({ evidence }: EvidenceBundle): readonly string[] {
  return evidence.flatMap((each) => {
    if (each.state !== 'observed') return each.state === 'unavailable' ? [] : [each.subject.id];
    const { attempts = [], notAsked } = each.data as {
      attempts?: readonly { answer: string; reason: string | null }[];
      notAsked?: string;
    };
    // Never sent, which is no claim.
    if (attempts.length === 0 && notAsked !== undefined) return [];
    const isSilent = attempts.every(({ answer, reason }) => answer === 'none' && reason !== null);
    return isSilent && attempts.length > 0 ? [] : [each.subject.id];
  });
}

describe.each([
  ['accepts and stays silent', () => startAnomaly({ kind: 'accept', then: 'stall' })],
  ['shakes hands and answers no request', startDeaf],
])('a manager that %s', (_name, start) => {
  test.each(asking)('%s gives up after a few tries, and says why', async (id) => {
    const collector = collectors.find((each) => each.id === id);
    if (collector === undefined) throw new Error(`there is no ${id}`);
    const silent = await start();
    try {
      const target = targetAt(silent);
      const bundle = await runTarget(target, collector);
      expect(claimsOf(bundle)).toEqual([]);
      // However many subjects there are; http-surface looks at four listeners, twice each.
      expect(silent.connections()).toBeGreaterThan(0);
      expect(silent.connections()).toBeLessThanOrEqual(id === 'http-surface' ? 8 : 4);
    } finally {
      await silent.stop();
    }
  });
});
