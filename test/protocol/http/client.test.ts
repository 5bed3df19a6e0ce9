import type { Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { openHttp, type HttpLimits, type HttpRequest, type HttpResult } from '../../../src/protocol/http';
import { freePort, startPeer, type Peer } from './peer';
import { makePki, type Pki } from './pki';

const never = new AbortController().signal;
/** Small sizes; times that a busy machine keeps. */
const quick: Partial<HttpLimits> = {
  connectMs: 120_000,
  headersMs: 120_000,
  bodyMs: 120_000,
  keptBodyBytes: 1000,
  countedBodyBytes: 5000,
};
/** For peers that are slower than any deadline. */
const impatient: Partial<HttpLimits> = { ...quick, connectMs: 1000, headersMs: 1000, bodyMs: 1000 };
const patience = (code: string): Partial<HttpLimits> => (code.endsWith('-timeout') ? impatient : quick);
const get: HttpRequest = { method: 'GET', path: '/x', headers: [['Host', 'h']] };

let pki: Pki;
const open: Peer[] = [];
beforeAll(() => {
  pki = makePki();
});
afterAll(() => {
  pki.remove();
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((peer) => peer.close()));
});

async function peerThat(...args: Parameters<typeof startPeer>): Promise<Peer> {
  const peer = await startPeer(...args);
  open.push(peer);
  return peer;
}

/** What a client makes of a peer that answers each request with these bytes (and then does `after`). */
async function ask(
  reply: (socket: Socket) => void,
  request: HttpRequest = get,
  limits = quick,
): Promise<HttpResult> {
  const peer = await peerThat({ onRequest: reply });
  return askPort(peer.port, request, limits);
}

async function askPort(port: number, request = get, limits = quick): Promise<HttpResult> {
  const client = openHttp({ address: '127.0.0.1', port, tls: null }, limits);
  try {
    return await client.send(request, never);
  } finally {
    client.close();
  }
}

const says = (text: string | Uint8Array) => (socket: Socket) => {
  socket.write(text);
};
const saysAndEnds = (text: string | Uint8Array) => (socket: Socket) => {
  socket.end(text);
};
const ok = (body: string, headers = ''): string =>
  `HTTP/1.1 200 OK\r\n${headers}Content-Length: ${body.length}\r\n\r\n${body}`;
const text = (result: HttpResult): string =>
  result.kind === 'answer' ? Buffer.from(result.body).toString() : `${result.code}: ${result.reason}`;

describe('an answer', () => {
  test('comes with its headers as sent, version, body, count and hash', async () => {
    const result = await ask(
      says(Buffer.from(ok('hello', 'Set-Cookie: a=1\r\nset-cookie: b=2\r\nX: \xe9\r\n'), 'latin1')),
    );
    expect(result).toMatchObject({
      kind: 'answer',
      status: 200,
      statusText: 'OK',
      httpVersion: '1.1',
      headers: [
        ['Set-Cookie', 'a=1'],
        ['set-cookie', 'b=2'],
        ['X', 'é'],
        ['Content-Length', '5'],
      ],
      bodyBytes: 5,
      bodySha256: '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824',
      complete: true,
    });
    expect(text(result)).toBe('hello');
  });

  test.each([
    ['1.0, ended by the end', 'HTTP/1.0 404 Nope\r\n\r\nbody', '1.0', 404, 'body'],
    [
      'chunked',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n',
      '1.1',
      200,
      'abcde',
    ],
    [
      'after interim answers',
      'HTTP/1.1 102 P\r\n\r\nHTTP/1.1 103 E\r\nLink: x\r\n\r\n' + ok('abc'),
      '1.1',
      200,
      'abc',
    ],
    ['longer than it said', ok('abc') + 'GARBAGE', '1.1', 200, 'abc'],
  ])('%s', async (_name, bytes, version, status, body) => {
    const result = await ask(saysAndEnds(bytes));
    expect(result).toMatchObject({ kind: 'answer', httpVersion: version, status });
    expect(text(result)).toBe(body);
  });

  test('a body beyond what is kept is counted', async () => {
    const result = await ask(says(ok('y'.repeat(3000))));
    expect(result).toMatchObject({ kind: 'answer', bodyBytes: 3000, complete: true });
    expect(text(result)).toHaveLength(1000);
  });

  test('a gzip body is decoded, a bomb only as far as is kept', async () => {
    const gz = gzipSync(Buffer.alloc(1_000_000, 'z'));
    const head = `HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: ${gz.length}\r\n\r\n`;
    const result = await ask(says(Buffer.concat([Buffer.from(head), gz])));
    expect(text(result)).toBe('z'.repeat(1000));
    expect(result).toMatchObject({ bodyBytes: gz.length });
  });
});

test('a bomb costs no more memory than is kept of it', async () => {
  // Gzip members one after the other are one stream: 400 MB in 400 KB, without ever having had them in memory.
  const member = gzipSync(Buffer.alloc(1_000_000));
  const bomb = Buffer.concat(Array<Buffer>(400).fill(member));
  const head = `HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: ${bomb.length}\r\n\r\n`;
  const before = process.resourceUsage().maxRSS;
  const result = await ask(says(Buffer.concat([Buffer.from(head), bomb])), get, {
    ...quick,
    keptBodyBytes: 2_000_000,
    countedBodyBytes: 2_000_000,
  });
  expect(result).toMatchObject({ kind: 'answer', complete: true, bodyBytes: bomb.length });
  expect(result.kind === 'answer' && result.body.length).toBe(2_000_000);
  expect(process.resourceUsage().maxRSS - before).toBeLessThan(150_000);
});

test('path, header order and duplicates go out as given', async () => {
  const peer = await peerThat({ onRequest: says(ok('')) });
  const path = '/resources//./a/../%62;x=1/?q=%zz&r[]=<ok>';
  await askPort(peer.port, {
    method: 'GET',
    path,
    headers: [
      ['Host', 'some.name:8443'],
      ['Tenant', 'a'],
      ['Tenant', 'b'],
    ],
  });
  const lines = peer.received().split('\r\n');
  expect(lines[0]).toBe(`GET ${path} HTTP/1.1`);
  expect(lines).toEqual(expect.arrayContaining(['host: some.name:8443', 'Tenant: a', 'Tenant: b']));
  expect(lines.filter((l) => /^host:/i.test(l))).toHaveLength(1);
});

test('one connection serves many requests, and a closed one is replaced', async () => {
  const peer = await peerThat({
    onRequest: (socket, count) => {
      if (count === 4) socket.end(ok('4'));
      else socket.write(ok(String(count)));
    },
  });
  const client = openHttp({ address: '127.0.0.1', port: peer.port, tls: null }, quick);
  let opened = 0;
  const send = (): Promise<HttpResult> => client.send(get, never, () => opened++);
  const results = await Promise.all([send(), send(), send(), send()]);
  expect(results.map(text)).toEqual(['1', '2', '3', '4']);
  expect(opened).toBe(1);
  // The fifth may still have gone out on the closing connection, and then again.
  expect(text(await send())).toMatch(/^[56]$/);
  expect(opened).toBe(2);
  expect(peer.connections()).toBe(2);
  client.close();
});

test('a safe request on a kept connection that died meanwhile is sent once more; an unsafe one is not', async () => {
  for (const [method, expected] of [
    ['GET', 'answer'],
    ['POST', 'failure'],
  ] as const) {
    let sockets = 0;
    const peer = await peerThat({
      onConnect: (socket) => {
        const mine = ++sockets;
        let requests = 0;
        socket.on('data', () => {
          // The first connection answers once, then resets on the second request.
          if (mine === 1 && ++requests === 2) socket.resetAndDestroy();
          else socket.write(ok('fine'));
        });
      },
    });
    const client = openHttp({ address: '127.0.0.1', port: peer.port, tls: null }, quick);
    await client.send(get, never);
    expect((await client.send({ ...get, method }, never)).kind).toBe(expected);
    client.close();
  }
});

test('HEAD keeps the connection, and a body that wrongly comes with it is taken for nothing else', async () => {
  const asked = { ...get, method: 'HEAD' };
  const peer = await peerThat({ onRequest: (socket) => socket.write(ok('').replace(': 0', ': 7')) });
  const client = openHttp({ address: '127.0.0.1', port: peer.port, tls: null }, quick);
  for (let i = 0; i < 3; i++) {
    expect(await client.send(asked, never)).toMatchObject({ kind: 'answer', status: 200, bodyBytes: 0 });
  }
  expect(peer.connections()).toBe(1);
  client.close();

  for (const [when, body] of [
    ['at once', '{"message": "no"}'],
    ['later', '{"message": "no"}'],
    ['later', 'HTTP/1.1 is what this page is about'],
  ] as const) {
    const head = `HTTP/1.1 401 UNAUTHORIZED\r\nContent-Length: ${body.length}\r\n\r\n`;
    const wrong = await peerThat({
      onConnect: (socket) => {
        socket.on('data', (chunk) => {
          if (chunk.toString().startsWith('GET')) {
            // What comes late comes when the next request is on its way.
            if (pendingBody !== '') socket.write(pendingBody);
            else socket.write(ok('fine'));
            pendingBody = '';
          } else if (when === 'at once') socket.write(head + body);
          else {
            socket.write(head);
            pendingBody = body;
          }
        });
      },
    });
    let pendingBody = '';
    const other = openHttp({ address: '127.0.0.1', port: wrong.port, tls: null }, quick);
    expect(await other.send(asked, never)).toMatchObject({ kind: 'answer', status: 401 });
    expect(text(await other.send(get, never))).toBe('fine');
    expect(wrong.connections()).toBe(2);
    other.close();
  }
});

describe('what is no answer is a failure with its reason', () => {
  const drip = (bytes: string) => (socket: Socket) => {
    const timer = setInterval(() => socket.write(bytes), 20);
    socket.on('close', () => {
      clearInterval(timer);
    });
  };
  const pour = (head: string, bytes: string) => (socket: Socket) => {
    socket.write(head);
    const more = (): void => {
      while (!socket.destroyed && socket.write(bytes));
    };
    socket.on('drain', more);
    more();
  };
  const okHead = 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n';
  const sayThenDrip = (socket: Socket): void => {
    socket.write(okHead);
    drip('z')(socket);
  };
  const chunkedHead = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';
  const gzHead = 'HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 9\r\n\r\n';

  test.each<[string, (socket: Socket) => void, string]>([
    ['accept and close', (s) => s.end(), 'closed'],
    ['accept and reset', (s) => s.resetAndDestroy(), 'reset'],
    ['silence', () => undefined, 'headers-timeout'],
    ['half a status line', says('HTTP/1.'), 'headers-timeout'],
    ['half the headers', says('HTTP/1.1 200 OK\r\nServer: ng'), 'headers-timeout'],
    ['headers cut', saysAndEnds('HTTP/1.1 200 OK\r\nServer: ng'), 'truncated'],
    [
      'headers that never end',
      pour('HTTP/1.1 200 OK\r\n', 'X-Filler: ' + 'y'.repeat(900) + '\r\n'),
      'headers-too-large',
    ],
    ['one header that never ends', pour('HTTP/1.1 200 OK\r\nX: ', 'y'.repeat(900)), 'headers-too-large'],
    ['headers that drip', drip('X: y\r\n'), 'not-http'],
    ['body cut', saysAndEnds(okHead + 'only this'), 'truncated'],
    ['body reset', (s) => s.write(okHead + 'part', () => setTimeout(() => s.resetAndDestroy(), 50)), 'reset'],
    ['body stalled', says(okHead + 'only this'), 'body-timeout'],
    ['body that drips past the deadline', sayThenDrip, 'body-timeout'],
    ['chunk cut', saysAndEnds(chunkedHead + '5\r\nab'), 'truncated'],
    [
      'last chunk cut',
      saysAndEnds(chunkedHead.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n') + '5\r\nab'),
      'truncated',
    ],
    ['chunk size that is none', says(chunkedHead + 'zz\r\nab'), 'malformed'],
    ['two lengths', says('HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'), 'malformed'],
    [
      'length and chunks',
      says('HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'),
      'malformed',
    ],
    ['garbage', says('\x00\x01\x02 what?\r\n\r\n'), 'not-http'],
    ['HTTP/0.9', saysAndEnds('<html>hello</html>'), 'not-http'],
    ['another protocol', saysAndEnds('AMQP\x00\x00\x09\x01'), 'not-http'],
    ['a TLS alert', saysAndEnds('\x15\x03\x01\x00\x02\x02\x46'), 'not-http'],
    ['bad gzip', says(gzHead + 'not gzip!'), 'bad-encoding'],
    ['a coding we never offered', says(gzHead.replace('gzip', 'zstd') + 'not zstd!'), 'bad-encoding'],
    ['1xx for ever', pour('', 'HTTP/1.1 102 Processing\r\n\r\n'), 'too-many-interim'],
    ['100', says('HTTP/1.1 100 Continue\r\n\r\n' + ok('x')), 'malformed'],
    ['101', says('HTTP/1.1 101 Switching\r\nUpgrade: h2c\r\nConnection: upgrade\r\n\r\n'), 'malformed'],
  ])('%s', async (_name, reply, code) => {
    const result = await ask(reply, get, patience(code));
    expect(result).toMatchObject({ kind: 'failure', code });
    expect(text(result)).toMatch(/: \S+ /);
  });

  test('a body without end is cut, and says so', async () => {
    const result = await ask(pour('HTTP/1.1 200 OK\r\n\r\n', 'z'.repeat(900)));
    expect(result).toMatchObject({ kind: 'answer', complete: false });
    expect(result).toHaveProperty('bodyBytes', expect.any(Number));
    if (result.kind === 'answer') expect(result.bodyBytes).toBeLessThan(200_000);
  });

  test('a closed port', async () => {
    expect(await askPort(await freePort())).toMatchObject({ kind: 'failure', code: 'refused' });
  });

  test('a peer that closes every connection at once is not dialled for ever', async () => {
    const peer = await peerThat({ onConnect: (s) => s.end() });
    expect(await askPort(peer.port)).toMatchObject({
      kind: 'failure',
      code: expect.stringMatching(/closed|reset/) as string,
    });
    expect(peer.connections()).toBeLessThanOrEqual(4);
  });

  test('a peer that speaks first, and not HTTP', async () => {
    const peer = await peerThat({ onConnect: saysAndEnds('SSH-2.0-OpenSSH_9.2\r\n') });
    expect(await askPort(peer.port)).toMatchObject({ kind: 'failure' });
    expect(peer.connections()).toBeLessThanOrEqual(4);
  });

  test('a path that cannot be sent', async () => {
    const peer = await peerThat({ onRequest: says(ok('')) });
    expect(await askPort(peer.port, { ...get, path: '/a b' })).toMatchObject({ code: 'invalid-request' });
    expect(peer.received()).toBe('');
  });

  test('after a failure the same client works again', async () => {
    const peer = await peerThat({
      onRequest: (socket, count) => {
        if (count > 1) socket.write(ok('again'));
      },
    });
    const client = openHttp({ address: '127.0.0.1', port: peer.port, tls: null }, impatient);
    expect(await client.send(get, never)).toMatchObject({ code: 'headers-timeout' });
    expect(text(await client.send(get, never))).toBe('again');
    client.close();
  });
});

describe('abort', () => {
  test('ends a request on the wire and one that waits for its turn, long before its deadline', async () => {
    const peer = await peerThat({});
    const hour = 3_600_000;
    const limits = { connectMs: hour, headersMs: hour, bodyMs: hour };
    const client = openHttp({ address: '127.0.0.1', port: peer.port, tls: null }, limits);
    const stop = new AbortController();
    const both = [client.send(get, stop.signal), client.send(get, stop.signal)];
    setTimeout(() => {
      stop.abort();
    }, 50);
    expect(await Promise.all(both)).toMatchObject([{ code: 'aborted' }, { code: 'aborted' }]);
    client.close();
  });

  test('before the start sends nothing', async () => {
    const peer = await peerThat({ onRequest: says(ok('')) });
    const client = openHttp({ address: '127.0.0.1', port: peer.port, tls: null });
    expect(await client.send(get, AbortSignal.abort())).toMatchObject({ code: 'aborted' });
    expect(peer.connections()).toBe(0);
    client.close();
  });
});

describe('TLS', () => {
  const askTls = async (
    port: number,
    verify: { anchors: readonly Uint8Array[] | 'system'; host: string } | null,
    limits = quick,
  ): Promise<HttpResult> => {
    const tls = { serverName: 'localhost', verify };
    const client = openHttp({ address: '127.0.0.1', port, tls }, limits);
    const result = await client.send(get, never);
    client.close();
    return result;
  };
  const serve = (): Promise<Peer> => peerThat({ onRequest: says(ok('safe')) }, pki);

  test('is verified against the given anchors and host', async () => {
    const { port } = await serve();
    expect(text(await askTls(port, { anchors: [pki.caDer], host: '127.0.0.1' }))).toBe('safe');
    expect(text(await askTls(port, { anchors: [pki.caDer], host: 'localhost' }))).toBe('safe');
    expect(text(await askTls(port, null))).toBe('safe');
  });

  test('nothing is sent to a peer that is not trusted', async () => {
    const peer = await serve();
    for (const verify of [
      { anchors: 'system', host: 'localhost' } as const,
      { anchors: [], host: 'localhost' },
      { anchors: [pki.caDer], host: 'other.name' },
      { anchors: [pki.caDer], host: '127.0.0.2' },
    ]) {
      expect(await askTls(peer.port, verify)).toMatchObject({ code: 'tls-untrusted' });
    }
    expect(peer.received()).toBe('');
  });

  test('an anchor counts whatever its length', async () => {
    // Base64 of it fills its last line: the next line must be the END line, not an empty one.
    const fills = (der: Uint8Array): boolean => (Math.ceil(der.length / 3) * 4) % 64 === 0;
    let filling = makePki();
    for (let n = 1; n < 60 && !fills(filling.caDer); n++) {
      filling.remove();
      filling = makePki('n'.repeat(n));
    }
    filling.remove();
    expect(fills(filling.caDer)).toBe(true);
    const { port } = await peerThat({ onRequest: says(ok('safe')) }, filling);
    expect(text(await askTls(port, { anchors: [filling.caDer], host: 'localhost' }))).toBe('safe');
  });

  test('an anchor that is no certificate', async () => {
    const peer = await serve();
    const result = await askTls(peer.port, { anchors: [Buffer.from('nonsense')], host: 'localhost' });
    expect(result).toMatchObject({ kind: 'failure', code: 'tls-untrusted' });
  });

  test.each<[string, (socket: Socket) => void, string]>([
    ['clear text HTTP', says('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n'), 'not-tls'],
    ['a banner', says('220 mail.example ESMTP\r\n'), 'not-tls'],
    ['an alert', says('\x15\x03\x01\x00\x02\x02\x28'), 'tls-alert'],
    ['close', (s) => s.end(), 'closed'],
    ['reset', (s) => s.resetAndDestroy(), 'reset'],
    ['silence', () => undefined, 'tls-timeout'],
  ])('where TLS was expected: %s', async (_name, reply, code) => {
    const peer = await peerThat({
      onConnect: (s) =>
        s.once('data', () => {
          reply(s);
        }),
    });
    expect(await askTls(peer.port, null, patience(code))).toMatchObject({ kind: 'failure', code });
  });

  test('clear text to a TLS port', async () => {
    const { port } = await serve();
    expect((await askPort(port)).kind).toBe('failure');
  });
});
