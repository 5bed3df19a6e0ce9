import type { Socket } from 'node:net';
import { endings, startAnomaly, type Behaviour } from '../../../fixtures/anomalies/server';
import { openTcp, type Destination, type Outcome } from '../../../src/protocol/tcp/connect';
import { greetEpmd } from '../../../src/protocol/tcp/epmd';
import { greetHttp } from '../../../src/protocol/tcp/http-probe';
import { exchange } from '../../../src/protocol/tcp/receive';

async function on<T>(
  behaviour: Behaviour,
  ask: (socket: Socket, to: Destination) => Promise<T>,
  signal = new AbortController().signal,
): Promise<T> {
  const server = await startAnomaly(behaviour);
  const to = { address: '127.0.0.1', port: server.port, timeoutMs: 1000, signal };
  const opened = await openTcp(to);
  if (!opened.ok) throw new Error(opened.trouble.detail);
  const answer = await ask(opened.value, to);
  opened.value.destroy();
  await server.stop();
  return answer;
}

const http = (behaviour: Behaviour) => on(behaviour, (socket, to) => greetHttp(socket, 'h', 'agent', to));
const say = (text: string, then: (typeof endings)[number] = 'close'): Behaviour => ({
  kind: 'say',
  bytes: Buffer.from(text, 'latin1'),
  then,
});

describe('a plain HTTP request', () => {
  it('tells a status, and a TLS listener that complains', async () => {
    expect(await http(say('HTTP/1.1 308 Permanent Redirect\r\n\r\n'))).toEqual({
      ok: true,
      value: { status: 308, wantsTls: false, certificate: null },
    });
    const nginx =
      'HTTP/1.1 400 Bad Request\r\n\r\n<center>The plain HTTP request was sent to HTTPS port</center>';
    expect(await http(say(nginx))).toEqual({
      ok: true,
      value: { status: 400, wantsTls: true, certificate: null },
    });
    const go = 'HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n';
    expect(await http(say(go))).toEqual({
      ok: true,
      value: { status: 400, wantsTls: true, certificate: null },
    });
    const manager = 'HTTP/1.1 400 Bad Request\r\n\r\n{"message": "SSL must be used for API access"}';
    expect(await http(say(manager))).toEqual({
      ok: true,
      value: { status: 400, wantsTls: false, certificate: null },
    });
  });

  it.each(endings)('ends when the listener accepts, and %s', async (then) => {
    expect((await http({ kind: 'accept', then })).ok).toBe(false);
  });

  it.each(endings)('ends when the status line is cut anywhere, then %s', async (then) => {
    for (const text of ['H', 'HTTP/1.1', 'HTTP/1.1 40', 'HTTP/1.1 \0\0\0 OK']) {
      expect((await http(say(text, then))).ok).toBe(false);
    }
  });

  it.each(endings)('is answered once the status is known, even if the rest ends in %s', async (then) => {
    const answer = await http(say('HTTP/1.1 400 Bad Request\r\n', then));
    expect(answer).toEqual({ ok: true, value: { status: 400, wantsTls: false, certificate: null } });
  });
});

describe('the Erlang port mapper', () => {
  const epmd = (behaviour: Behaviour): Promise<Outcome<null>> => on(behaviour, greetEpmd);
  it('answers with its port and names', async () => {
    expect((await epmd(say('\0\0\x11\x11name rabbit at port 25672\n'))).ok).toBe(true);
    expect((await epmd(say('\0\0\x11\x11'))).ok).toBe(true);
  });
  it.each(endings)('is not what accepts, and %s', async (then) => {
    expect((await epmd({ kind: 'accept', then })).ok).toBe(false);
  });
  it.each([
    '\0\0\0\0',
    'HTTP/1.1 400 Bad Request\r\n',
    '\0\0\x11\x11name',
    '\0\0\x11\x11name rabbit at port x\n',
  ])('is not what says %j', async (text) => {
    expect((await epmd(say(text))).ok).toBe(false);
  });
});

describe('an exchange', () => {
  const reading = (to: Destination, more: Partial<Parameters<typeof exchange>[2]> = {}) => ({
    enough: () => false,
    limit: 100_000,
    timeoutMs: to.timeoutMs,
    signal: to.signal,
    ...more,
  });

  it('holds no more than its limit and one read of endless data', async () => {
    const { bytes, end } = await on({ kind: 'accept', then: 'endless' }, (socket, to) =>
      exchange(socket, null, reading(to, { timeoutMs: 20_000 })),
    );
    expect(end).toBe('limit');
    expect(bytes.length).toBeLessThan(100_000 + 65_537);
  });

  it('is not prolonged by a drip', async () => {
    const { end } = await on({ kind: 'accept', then: 'drip' }, (socket, to) =>
      exchange(socket, null, reading(to)),
    );
    expect(end).toBe('timeout');
  });

  it('stops at its signal', async () => {
    const stop = new AbortController();
    const running = on(
      { kind: 'accept', then: 'stall' },
      (socket, to) => exchange(socket, null, reading(to, { timeoutMs: 600_000 })),
      stop.signal,
    );
    setTimeout(() => {
      stop.abort();
    }, 50);
    expect((await running).end).toBe('aborted');
  });

  it('may be followed by a reset that nobody waits for', async () => {
    const said = await on(say('enough', 'reset'), async (socket, to) => {
      const received = await exchange(
        socket,
        Buffer.from('?'),
        reading(to, { enough: (bytes) => bytes.length === 6 }),
      );
      // Without a listener on the socket the process would die of the error here.
      socket.resume();
      await new Promise((resolve) => socket.once('close', resolve));
      return received.bytes.toString();
    });
    expect(said).toBe('enough');
  });

  it('does not connect once its signal is aborted', async () => {
    const server = await startAnomaly({ kind: 'accept', then: 'stall' });
    const to = { address: '127.0.0.1', port: server.port, timeoutMs: 1000, signal: AbortSignal.abort() };
    expect(await openTcp(to)).toMatchObject({ ok: false, trouble: { kind: 'aborted' } });
    await server.stop();
    expect(server.connections()).toBe(0);
  });
});
