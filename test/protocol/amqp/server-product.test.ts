import { endings, startAnomaly, type Behaviour } from '../../../fixtures/anomalies/server';
import { askServerProduct, type ServerProduct } from '../../../src/protocol/amqp/server-product';
import { openTcp, type Outcome } from '../../../src/protocol/tcp/connect';

async function greet(behaviour: Behaviour): Promise<Outcome<ServerProduct>> {
  const server = await startAnomaly(behaviour);
  const signal = new AbortController().signal;
  const to = { address: '127.0.0.1', port: server.port, timeoutMs: 1000, signal };
  const opened = await openTcp(to);
  if (!opened.ok) return opened;
  const answer = await askServerProduct(opened.value, to);
  opened.value.destroy();
  await server.stop();
  return answer;
}

const sized = (bytes: Buffer): Buffer => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
};
const field = (name: string, type: string, value: Buffer): Buffer =>
  Buffer.concat([Buffer.from([name.length]), Buffer.from(`${name}${type}`, 'latin1'), value]);
const text = (value: string): Buffer => sized(Buffer.from(value, 'utf8'));
const start = (table: Buffer): Buffer =>
  Buffer.concat([
    Buffer.from([1, 0, 0]),
    sized(Buffer.concat([Buffer.from([0, 10, 0, 10, 0, 9]), table, text('PLAIN'), text('en_US')])),
    Buffer.from([0xce]),
  ]);
const say = (bytes: Buffer): Promise<Outcome<ServerProduct>> => greet({ kind: 'say', bytes, then: 'stall' });

test('product and version, whatever else the table holds', async () => {
  const flags = sized(field('basic.nack', 't', Buffer.from([1])));
  const table = sized(
    Buffer.concat([
      field('capabilities', 'F', flags),
      field('product', 'S', text('RabbitMQ')),
      field('version', 'S', text('3.10.8')),
    ]),
  );
  expect(await say(start(table))).toEqual({ ok: true, value: { product: 'RabbitMQ', version: '3.10.8' } });
  const other = sized(
    Buffer.concat([field('flag', 't', Buffer.from([1])), field('version', 'S', text('4'))]),
  );
  expect(await say(start(other))).toEqual({ ok: true, value: { product: null, version: null } });
});

test('a table whose lengths lie yields nothing, and neither hangs nor throws', async () => {
  const long = Buffer.from([0, 0, 0, 12, 7, ...Buffer.from('versionS'), 0xff, 0xff, 0xff, 0xff]);
  expect(await say(start(long))).toEqual({ ok: true, value: { product: null, version: null } });
  const huge = Buffer.concat([Buffer.from([0xff, 0xff, 0xff, 0xff]), field('version', 'S', text('1'))]);
  expect((await say(start(huge))).ok).toBe(true);
});

test('what is no greeting is trouble', async () => {
  expect(await say(Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'))).toMatchObject({ ok: false });
  const tune = Buffer.from([1, 0, 0, 0, 0, 0, 4, 0, 10, 0, 30, 0xce]);
  expect(await say(tune)).toMatchObject({
    ok: false,
    trouble: { detail: expect.stringContaining('connection.start') as string },
  });
  for (const then of endings) {
    const cut = start(sized(field('version', 'S', text('1')))).subarray(0, 20);
    expect(await greet({ kind: 'say', bytes: cut, then })).toMatchObject({ ok: false });
  }
});
