import { createServer, type Server, type Socket } from 'node:net';
import { offeredVersions, type VersionAnswer } from '../../../src/protocol/tls/offered-versions';
import { tlsVersions, type TlsVersion } from '../../../src/protocol/tls/versions';

/** How a scripted server answers one version: at first, and from the second hello for it on. */
type Reply = TlsVersion | number | 'close' | 'reset' | 'stall' | 'garbage';
type Script = Partial<Record<TlsVersion, Reply | readonly Reply[]>>;

describe('offered versions', () => {
  const close = {
    SSLv3: 'close',
    TLSv1: 'close',
    'TLSv1.1': 'close',
    'TLSv1.2': 'close',
    'TLSv1.3': 'close',
  } as const;

  it.each<[string, Script, Partial<Record<TlsVersion, VersionAnswer['answer']>>]>([
    [
      'alert 70 beside an accepted version',
      { ...all(70), 'TLSv1.2': 'TLSv1.2' },
      { TLSv1: 'refused', SSLv3: 'refused' },
    ],
    [
      'alert 40 and 71 beside one',
      { ...all(40), TLSv1: 71, 'TLSv1.2': 'TLSv1.2' },
      { TLSv1: 'refused', 'TLSv1.1': 'refused' },
    ],
    ['alert 40 to everything', all(40), { 'TLSv1.2': 'inconclusive', TLSv1: 'inconclusive' }],
    ['alert 70 to everything', all(70), { 'TLSv1.2': 'inconclusive', TLSv1: 'inconclusive' }],
    [
      'alert 80, 47, 112',
      { ...all(80), TLSv1: 47, SSLv3: 112, 'TLSv1.2': 'TLSv1.2' },
      { TLSv1: 'inconclusive', SSLv3: 'inconclusive', 'TLSv1.1': 'inconclusive' },
    ],
    [
      'a close that repeats',
      { ...close, 'TLSv1.2': 'TLSv1.2' },
      { TLSv1: 'refused', SSLv3: 'refused', 'TLSv1.3': 'refused' },
    ],
    ['a reset that repeats', { ...all(70), TLSv1: 'reset', 'TLSv1.3': 'TLSv1.3' }, { TLSv1: 'refused' }],
    [
      'a close that does not repeat',
      { ...all(70), TLSv1: ['close', 'TLSv1'], 'TLSv1.2': 'TLSv1.2' },
      { TLSv1: 'accepted' },
    ],
    [
      'a close that stalls when repeated',
      { ...all(70), TLSv1: ['close', 'stall'], 'TLSv1.2': 'TLSv1.2' },
      { TLSv1: 'inconclusive' },
    ],
    ['a close of everything', close, { TLSv1: 'inconclusive', 'TLSv1.2': 'inconclusive' }],
    [
      'a server that dies in between',
      { ...all(70), TLSv1: 'close', 'TLSv1.2': ['TLSv1.2', 'close'] },
      { 'TLSv1.2': 'accepted', TLSv1: 'inconclusive' },
    ],
    [
      'a stall',
      { ...all(70), TLSv1: 'stall', 'TLSv1.2': 'TLSv1.2' },
      { TLSv1: 'inconclusive', SSLv3: 'refused' },
    ],
    ['garbage', { ...all(70), TLSv1: 'garbage', 'TLSv1.2': 'TLSv1.2' }, { TLSv1: 'inconclusive' }],
    [
      'an older version instead',
      { ...all(70), 'TLSv1.3': 'TLSv1.2', 'TLSv1.2': 'TLSv1.2' },
      { 'TLSv1.3': 'refused' },
    ],
    [
      'a newer version than asked for',
      { ...all(70), TLSv1: 'TLSv1.1', 'TLSv1.2': 'TLSv1.2' },
      { TLSv1: 'inconclusive' },
    ],
    [
      'SSLv3',
      { ...all(70), SSLv3: 'SSLv3', TLSv1: 'TLSv1' },
      { SSLv3: 'accepted', TLSv1: 'accepted', 'TLSv1.2': 'refused' },
    ],
  ])('%s', async (_title, script, expected) => {
    const server = scripted(script);
    const port = await listening(server);
    const answers = await offeredVersions({
      address: '127.0.0.1',
      port,
      timeoutMs: 1000,
      signal: new AbortController().signal,
      start: 'direct',
      serverName: null,
    });
    server.close();
    for (const [version, answer] of Object.entries(expected)) {
      expect(`${version} ${answers[version as TlsVersion].answer}`).toBe(`${version} ${answer}`);
    }
  });
});

function all(reply: Reply): Record<TlsVersion, Reply> {
  return { SSLv3: reply, TLSv1: reply, 'TLSv1.1': reply, 'TLSv1.2': reply, 'TLSv1.3': reply };
}

function scripted(script: Script): Server {
  const counts = new Map<TlsVersion, number>();
  return createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', (hello) => {
      const version = askedFor(hello);
      const count = counts.get(version) ?? 0;
      counts.set(version, count + 1);
      const reply = script[version] ?? 'close';
      act(
        socket,
        Array.isArray(reply)
          ? ((reply[Math.min(count, reply.length - 1)] as Reply | undefined) ?? 'close')
          : (reply as Reply),
      );
    });
  });
}

/** supported_versions (43) with 0x0304 makes it TLS 1.3; else the version field of the hello says it. */
function askedFor(hello: Buffer): TlsVersion {
  if (hello.includes(Buffer.from('002b0003020304', 'hex'))) return 'TLSv1.3';
  const wire = hello.readUInt16BE(9);
  const found = Object.entries(tlsVersions).find(([, value]) => value === wire);
  if (!found) throw new Error(`unknown version ${wire.toString(16)}`);
  return found[0] as TlsVersion;
}

function act(socket: Socket, reply: Reply): void {
  if (reply === 'stall') return;
  if (reply === 'close') socket.end();
  else if (reply === 'reset') socket.resetAndDestroy();
  else if (reply === 'garbage') socket.end(Buffer.alloc(200, 0xa5));
  else if (typeof reply === 'number') socket.end(Buffer.from([21, 3, 1, 0, 2, 2, reply]));
  else socket.end(serverHello(reply));
}

function serverHello(version: TlsVersion): Buffer {
  const wire = tlsVersions[version];
  const field = Buffer.from([3, Math.min(wire & 0xff, 3)]);
  const supported = wire === 0x0304 ? Buffer.from('0006002b00020304', 'hex') : Buffer.alloc(0);
  const body = Buffer.concat([field, Buffer.alloc(32, 7), Buffer.from([0, 0x00, 0x2f, 0]), supported]);
  const message = Buffer.concat([Buffer.from([2, 0, 0, body.length]), body]);
  return Buffer.concat([Buffer.from([22, 3, field[1] ?? 0, 0, message.length]), message]);
}

function listening(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : 0);
    });
  });
}
