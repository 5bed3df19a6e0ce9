import fc from 'fast-check';
import { clientHello } from '../../../src/protocol/tls/client-hello';
import { readServerFlight } from '../../../src/protocol/tls/server-flight';
import { tlsVersions, type TlsVersion } from '../../../src/protocol/tls/versions';

const record = (type: number, content: Buffer): Buffer => {
  const head = Buffer.from([type, 3, 3, 0, 0]);
  head.writeUInt16BE(content.length, 3);
  return Buffer.concat([head, content]);
};
const message = (type: number, body: Buffer): Buffer => {
  const head = Buffer.from([type, 0, 0, 0]);
  head.writeUIntBE(body.length, 1, 3);
  return Buffer.concat([head, body]);
};
const certificateList = (...ders: Buffer[]): Buffer => {
  const items = Buffer.concat(ders.map((der) => Buffer.concat([Buffer.from([0, 0, der.length]), der])));
  return Buffer.concat([Buffer.from([0, 0, items.length]), items]);
};

const hello = message(
  2,
  Buffer.concat([Buffer.from([3, 3]), Buffer.alloc(32, 1), Buffer.from([0, 0xc0, 0x2f, 0])]),
);
const helloWith = (extensions: string): Buffer =>
  message(
    2,
    Buffer.concat([
      Buffer.from([3, 3]),
      Buffer.alloc(32, 1),
      Buffer.from([0, 0x13, 0x01, 0]),
      Buffer.from(extensions, 'hex'),
    ]),
  );
const certificates = message(11, certificateList(Buffer.from('leaf'), Buffer.from('ca'), Buffer.from('ca')));
const done = message(14, Buffer.alloc(0));
const flight = Buffer.concat([hello, certificates, done]);

describe('the plaintext flight of a server', () => {
  it('is the same however the messages are cut into records', () => {
    const cuts = fc.array(fc.integer({ min: 1, max: flight.length - 1 }), { maxLength: 6 });
    fc.assert(
      fc.property(cuts, (places) => {
        const ends = [...new Set(places)].sort((a, b) => a - b);
        const parts = [0, ...ends].map((from, i) => flight.subarray(from, ends[i] ?? flight.length));
        const read = readServerFlight(Buffer.concat(parts.map((part) => record(22, part))));
        expect(read).toMatchObject({ tls: true, broken: null, done: true, alert: null });
        expect(read.hello).toEqual({ version: 0x0303, cipher: 0xc02f, helloRetryRequest: false });
        expect(read.certificates?.map((der) => Buffer.from(der).toString())).toEqual(['leaf', 'ca', 'ca']);
      }),
    );
  });

  it('is never done, nor broken, before its last byte', () => {
    const bytes = record(22, flight);
    for (let length = 0; length < bytes.length; length++) {
      expect(readServerFlight(bytes.subarray(0, length))).toMatchObject({
        tls: true,
        broken: null,
        done: false,
      });
    }
  });

  it('survives any bytes, and any change to its own', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        readServerFlight(Buffer.from(bytes));
        readServerFlight(Buffer.concat([Buffer.from([22, 3, 3]), Buffer.from(bytes)]));
        readServerFlight(record(22, Buffer.from(bytes)));
        readServerFlight(record(22, message(2, Buffer.from(bytes))));
        readServerFlight(record(22, Buffer.concat([hello, message(11, Buffer.from(bytes))])));
      }),
      { numRuns: 2000 },
    );
    fc.assert(
      fc.property(fc.nat(flight.length + 4), fc.nat(255), (at, value) => {
        const bytes = record(22, flight);
        bytes[at] = value;
        const { certificates: list } = readServerFlight(bytes);
        // What is taken for the chain never reaches beyond what was sent.
        for (const der of list ?? []) expect(der.length).toBeLessThan(bytes.length);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    [
      'a certificate longer than its list',
      Buffer.concat([hello, message(11, Buffer.from('0000040000ff41', 'hex'))]),
    ],
    [
      'a list longer than its message',
      Buffer.concat([hello, message(11, Buffer.from('00000500000141', 'hex'))]),
    ],
    ['an empty certificate', Buffer.concat([hello, message(11, Buffer.from('000003000000', 'hex'))])],
    ['half a version', helloWith('0004002b0000')],
    ['a version and more', helloWith('0007002b0003030400')],
    ['an extension longer than all of them', helloWith('0006002b00ff0304')],
    ['extensions longer than the message', helloWith('00ff002b00020304')],
    [
      'a session id too long',
      message(2, Buffer.concat([Buffer.from([3, 3]), Buffer.alloc(32), Buffer.from([33]), Buffer.alloc(60)])),
    ],
  ])('takes %s for broken', (_title, bytes) => {
    expect(readServerFlight(record(22, bytes))).toMatchObject({
      tls: true,
      broken: expect.any(String) as unknown,
    });
  });

  it('keeps a warning only while nothing follows it', () => {
    const warning = record(21, Buffer.from([1, 112]));
    expect(readServerFlight(warning)).toMatchObject({ alert: 112, fatal: false, hello: null });
    expect(readServerFlight(Buffer.concat([warning, record(22, flight)]))).toMatchObject({
      alert: null,
      done: true,
    });
    expect(readServerFlight(record(21, Buffer.from([2, 40])))).toMatchObject({ alert: 40, fatal: true });
  });

  it('takes the version in effect from supported_versions', () => {
    expect(readServerFlight(record(22, helloWith('0006002b00020304'))).hello?.version).toBe(0x0304);
  });
});

describe('a hello', () => {
  it.each(Object.keys(tlsVersions) as TlsVersion[])('for %s asks for it alone', (version) => {
    const bytes = clientHello(version, 'name.example');
    expect(bytes.readUInt16BE(3)).toBe(bytes.length - 5);
    expect(bytes.readUIntBE(6, 3)).toBe(bytes.length - 9);
    const wire = tlsVersions[version];
    expect(bytes.readUInt16BE(9)).toBe(Math.min(wire, 0x0303));
    // TLS 1.3 is asked for by supported_versions, and nothing else may send that extension.
    expect(bytes.includes(Buffer.from('002b0003020304', 'hex'))).toBe(version === 'TLSv1.3');
    expect(bytes.includes(Buffer.from('name.example'))).toBe(version !== 'SSLv3');
  });

  it('names no address as a server name', () => {
    expect(clientHello('TLSv1.2', '127.0.0.1').includes(Buffer.from('127.0.0.1'))).toBe(false);
  });

  it('sends signature_algorithms_cert with signature_algorithms', () => {
    const text = clientHello('TLSv1.2', null).toString('hex');
    const [, list = ''] = /000d(00..00..(?:....)+?)0032\1/.exec(text) ?? [];
    expect(list.length).toBeGreaterThan(80);
  });
});
