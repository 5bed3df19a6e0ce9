import type { Socket } from 'node:net';
import { startAnomaly, endings, type Behaviour } from '../../fixtures/anomalies/server';
import type { Listener } from '../../fixtures/deployment/listen';
import { listenAmqp } from '../../fixtures/deployment/services/amqp';
import { listenPostgresql } from '../../fixtures/deployment/services/postgresql';
import { turnOn } from '../../fixtures/deployment/weaknesses';
import { logInToBroker } from '../../src/protocol/amqp/log-in';
import { logInToDatabase } from '../../src/protocol/postgres/log-in';
import { openTcp, type Destination, type Outcome } from '../../src/protocol/tcp/connect';

/** One log-in to a port; how it ended, in a word. */
type LogIn = (port: number, password?: string) => Promise<string>;

function destination(port: number): Destination {
  return { address: '127.0.0.1', port, timeoutMs: 400, signal: new AbortController().signal };
}

async function over<T>(
  port: number,
  logIn: (socket: Socket, to: Destination) => Promise<Outcome<T>>,
  word: (value: T) => string,
): Promise<string> {
  const to = destination(port);
  const opened = await openTcp(to);
  if (!opened.ok) return 'trouble';
  const answered = await logIn(opened.value, to);
  opened.value.destroy();
  return answered.ok ? word(answered.value) : 'trouble';
}

const broker: LogIn = (port, password = 'c10udify') =>
  over(
    port,
    (socket, to) => logInToBroker(socket, { username: 'cloudify', password, vhost: '/' }, to),
    (value) => (value.opened ? 'opened' : `${value.stage} ${value.code ?? '-'}`),
  );

const database: LogIn = (port, password = 'cloudify') =>
  over(
    port,
    (socket, to) => logInToDatabase(socket, { username: 'cloudify', password, database: 'cloudify_db' }, to),
    (value) => (value.accepted ? 'accepted' : value.sqlState),
  );

const services = [
  {
    name: 'RabbitMQ',
    logIn: broker,
    listen: listenAmqp,
    good: 'opened',
    bad: 'login 403',
    beyond: ['open -'],
  },
  {
    name: 'PostgreSQL',
    logIn: database,
    listen: (dials: ReturnType<typeof turnOn>) => listenPostgresql({ cert: '', key: '' }, dials),
    good: 'accepted',
    bad: '28P01',
    beyond: [],
  },
] as const;

describe.each(services)('a log-in to $name', ({ logIn, listen, good, bad, beyond }) => {
  let sound: Listener;
  beforeAll(async () => {
    sound = await listen(
      turnOn(['default-broker-password', 'default-database-password', 'postgresql-clear']),
    );
  });
  afterAll(() => sound.stop());

  test('with the right password, and with a wrong one', async () => {
    expect(await logIn(sound.port)).toBe(good);
    expect(await logIn(sound.port, 'wrong')).toBe(bad);
  });

  async function meets(behaviour: Behaviour, password?: string): Promise<string> {
    const server = await startAnomaly(behaviour);
    try {
      return await logIn(server.port, password);
    } finally {
      await server.stop();
    }
  }

  test.each(endings)(
    'cut at any byte and ended by %s: never another answer than the whole one',
    async (then) => {
      const step = then === 'stall' || then === 'drip' || then === 'endless' ? 61 : 7;
      for (const [password, whole] of [
        [undefined, good],
        ['wrong', bad],
      ] as const) {
        const met = new Set<string>();
        for (let after = 0; after < 700; after += step) {
          met.add(await meets({ kind: 'cut', port: sound.port, after, then }, password));
        }
        expect([...met].filter((end) => end !== 'trouble' && end !== '' && end !== whole)).toEqual(
          password === undefined ? [...beyond].filter((end) => met.has(end)) : [],
        );
        expect(met).toContain('trouble');
      }
    },
  );

  test.each([
    ['nothing', Buffer.alloc(0)],
    ['noise', Buffer.from('SSH-2.0-OpenSSH_9.2\r\n')],
    ['a message of an unknown kind of log-in', Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 99])],
    ['a message of impossible length', Buffer.from([0x52, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0])],
    ['a frame of impossible length', Buffer.from([1, 0, 0, 0xff, 0xff, 0xff, 0xff, 0, 10, 0, 10])],
    ['a start without its arguments', Buffer.from([1, 0, 0, 0, 0, 0, 4, 0, 10, 0, 10, 0xce])],
    ['an error without fields', Buffer.from([0x45, 0, 0, 0, 4])],
    [
      'SCRAM of which it never ends',
      Buffer.concat([Buffer.from([0x52, 0, 0, 0, 23, 0, 0, 0, 10]), Buffer.from('SCRAM-SHA-256\0\0')]),
    ],
  ])('%s is trouble, or an error without a code', async (_name, bytes) => {
    expect(['trouble', '']).toContain(await meets({ kind: 'say', bytes, then: 'stall' }));
    expect(['trouble', '']).toContain(await meets({ kind: 'say', bytes, then: 'close' }));
  });
});
