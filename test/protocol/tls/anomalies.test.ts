import { endings, startAnomaly, type Behaviour, type Ending } from '../../../fixtures/anomalies/server';
import { makePair, type Pair } from '../../../fixtures/servers/certificates';
import { describeWith } from '../../../fixtures/servers/needs';
import { startNginx, type Nginx } from '../../../fixtures/servers/nginx';
import { removeFolder, temporaryFolder } from '../../../fixtures/servers/process';
import { startPostgres, type Postgres } from '../../../fixtures/servers/postgres';
import type { Outcome, Trouble } from '../../../src/protocol/tcp/connect';
import { handshake, type Handshake } from '../../../src/protocol/tls/handshake';
import { offeredVersions } from '../../../src/protocol/tls/offered-versions';
import type { TlsRoute } from '../../../src/protocol/tls/open';

const routeTo = (port: number, more: Partial<TlsRoute> = {}): TlsRoute => ({
  address: '127.0.0.1',
  port,
  timeoutMs: 500,
  signal: new AbortController().signal,
  start: 'direct',
  serverName: null,
  ...more,
});

async function shakeWith(behaviour: Behaviour, more: Partial<TlsRoute> = {}): Promise<Outcome<Handshake>> {
  const server = await startAnomaly(behaviour);
  try {
    return await handshake(routeTo(server.port, more), ['h2']);
  } finally {
    await server.stop();
  }
}

/** The trouble of an outcome that must not be a success, with a reason that a reader can use. */
function troubleOf(outcome: Outcome<unknown>): Trouble {
  if (outcome.ok) throw new Error(`observed nonsense: ${JSON.stringify(outcome.value).slice(0, 200)}`);
  expect(outcome.trouble.detail.length).toBeGreaterThan(20);
  expect(outcome.trouble.detail).not.toMatch(/undefined|\[object|0{8}:error/);
  return outcome.trouble;
}

describe('a handshake with a server that is none', () => {
  it('is refused where nothing listens', async () => {
    expect(troubleOf(await shakeWith({ kind: 'refuse' })).kind).toBe('refused');
  });

  const expected: Readonly<Record<Ending, readonly Trouble['kind'][]>> = {
    close: ['closed'],
    reset: ['reset', 'closed'],
    stall: ['timeout'],
    garbage: ['not-tls'],
    endless: ['not-tls'],
    drip: ['not-tls', 'timeout'],
  };
  it.each(endings)('accept and %s', async (then) => {
    expect(expected[then]).toContain(troubleOf(await shakeWith({ kind: 'accept', then })).kind);
  });

  const record = (type: number, ...content: number[]): number[] => [
    type,
    3,
    3,
    0,
    content.length,
    ...content,
  ];
  it.each([
    ['a fatal alert', record(21, 2, 70), 'alert'],
    ['half an alert', record(21, 2), undefined],
    ['a record without content', record(22), undefined],
    ['a record of impossible length', [22, 3, 3, 255, 255, 1, 2, 3], undefined],
    ['a message of impossible length', record(22, 2, 255, 255, 255), undefined],
    ['a ServerHello of nothing', record(22, 2, 0, 0, 0), undefined],
    ['a Certificate before any ServerHello', record(22, 11, 0, 0, 3, 0, 0, 0), undefined],
    ['an HTTP answer', [...Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')], 'clear-text'],
    ['an SSH banner', [...Buffer.from('SSH-2.0-OpenSSH_9.2\r\n')], 'clear-text'],
    ['an AMQP header', [...Buffer.from('AMQP\0\0\x09\x01', 'latin1')], 'clear-text'],
  ] as const)('%s', async (_title, bytes, kind) => {
    for (const then of ['close', 'stall'] as const) {
      const found = troubleOf(await shakeWith({ kind: 'say', bytes: Uint8Array.from(bytes), then }));
      if (kind !== undefined) expect(found.kind).toBe(kind);
    }
  });

  it('stops at its signal', async () => {
    const stop = new AbortController();
    const running = shakeWith({ kind: 'accept', then: 'stall' }, { signal: stop.signal, timeoutMs: 600_000 });
    setTimeout(() => {
      stop.abort();
    }, 50);
    expect(troubleOf(await running).kind).toBe('aborted');
  });
});

describeWith(['nginx', 'openssl'], 'a handshake that breaks off', () => {
  const folder = temporaryFolder('pki');
  let nginx: Nginx;
  let pair: Pair;
  beforeAll(async () => {
    pair = await makePair(folder, { name: 'a', subject: '/CN=a', san: 'DNS:a', key: 'rsa:2048' });
    nginx = await startNginx([
      { listener: 'tls12', tls: { pairs: [pair] } },
      { listener: 'tls13', tls: { pairs: [pair], protocols: 'TLSv1.3' } },
    ]);
  });
  afterAll(async () => {
    await nginx.stop();
    removeFolder(folder);
  });

  /** Bytes that the server sends in a whole handshake, as far as they matter to the client. */
  async function whole(listener: string): Promise<number> {
    const proxy = await startAnomaly({
      kind: 'cut',
      port: nginx.ports[listener] ?? 0,
      after: Infinity,
      then: 'close',
    });
    const done = await handshake(routeTo(proxy.port, { timeoutMs: 5000 }), []);
    const sent = proxy.sent();
    await proxy.stop();
    if (!done.ok) throw new Error(done.trouble.detail);
    return sent;
  }

  it.each(endings)('anywhere in TLS 1.2, then %s', async (then) => {
    const length = await whole('tls12');
    const steps = [1, 4, 5, 6, 9, 43, 80, 200, Math.floor(length / 2), length - 300, length - 60, length - 1];
    for (const after of steps) {
      const found = await shakeWith({ kind: 'cut', port: nginx.ports.tls12 ?? 0, after, then });
      expect(`${String(after)} ${troubleOf(found).kind}`).not.toContain('refused');
    }
  });

  it.each(endings)('anywhere in the first flight of TLS 1.3, then %s', async (then) => {
    for (const after of [1, 5, 6, 90, 130, 140, 600, 1000]) {
      troubleOf(await shakeWith({ kind: 'cut', port: nginx.ports.tls13 ?? 0, after, then }));
    }
  });

  it.each(endings)(
    'after it was done once: versions end in %s and are never called refused',
    async (then) => {
      for (const after of [0, 3, 7, 30]) {
        const proxy = await startAnomaly({ kind: 'cut', port: nginx.ports.tls12 ?? 0, after, then });
        const answers = await offeredVersions(routeTo(proxy.port));
        await proxy.stop();
        // An alert is 7 bytes long: cut after it, the refusals are real, but nothing accepted proves them.
        for (const { answer, note } of Object.values(answers)) {
          expect(answer).toBe('inconclusive');
          expect(note).not.toBeNull();
        }
      }
    },
  );

  it('keeps what it knows when the server stalls after the first hellos', async () => {
    const proxy = await startAnomaly({
      kind: 'cut',
      port: nginx.ports.tls12 ?? 0,
      after: 0,
      then: 'stall',
      sound: 2,
    });
    const answers = await offeredVersions(routeTo(proxy.port));
    await proxy.stop();
    expect(
      Object.fromEntries(Object.entries(answers).map(([version, { answer }]) => [version, answer])),
    ).toEqual({
      'TLSv1.2': 'accepted',
      'TLSv1.3': 'refused',
      'TLSv1.1': 'inconclusive',
      TLSv1: 'inconclusive',
      SSLv3: 'inconclusive',
    });
    // Two waits tell enough: the fifth version was not asked for.
    expect(proxy.connections()).toBe(4);
  });
});

describe('SSLRequest to a server that is no PostgreSQL', () => {
  const postgres = { start: 'postgresql' } as const;
  it.each(endings)('accept and %s', async (then) => {
    const found = troubleOf(await shakeWith({ kind: 'accept', then }, postgres));
    expect(['closed', 'reset', 'timeout', 'not-tls', 'clear-text']).toContain(found.kind);
  });
  it.each(endings)('agrees to TLS, then %s', async (then) => {
    const bytes = Buffer.from('S');
    const found = troubleOf(await shakeWith({ kind: 'say', bytes, then }, postgres));
    expect(['refused', 'clear-text']).not.toContain(found.kind);
  });
  it.each([
    ['N', 'clear-text'],
    ['E\0\0\0\x10SFATAL\0\0', 'alert'],
    ['HTTP/1.1 400 Bad Request\r\n', 'not-tls'],
    ['S\x16\x03\x03', 'malformed'],
  ])('answers %j', async (text, kind) => {
    const bytes = Buffer.from(text, 'latin1');
    expect(troubleOf(await shakeWith({ kind: 'say', bytes, then: 'close' }, postgres)).kind).toBe(kind);
  });
});

describeWith(['postgres', 'initdb', 'openssl'], 'a PostgreSQL handshake that breaks off', () => {
  const folder = temporaryFolder('pki');
  let postgres: Postgres;
  beforeAll(async () => {
    postgres = await startPostgres({
      tls: await makePair(folder, { name: 'db', subject: '/CN=db', key: 'rsa:2048' }),
    });
  });
  afterAll(async () => {
    await postgres.stop();
    removeFolder(folder);
  });
  it.each(endings)('at every step, then %s', async (then) => {
    for (const after of [0, 1, 2, 6, 90, 130, 600]) {
      const cut = { kind: 'cut', port: postgres.port, after, then } as const;
      troubleOf(await shakeWith(cut, { start: 'postgresql' }));
    }
  });
});
