import { endings, startAnomaly, type Behaviour } from '../../../fixtures/anomalies/server';
import { greetBroker, type PrefaceAnswer } from '../../../src/protocol/amqp/preface';
import { openTcp, type Outcome } from '../../../src/protocol/tcp/connect';

async function greet(behaviour: Behaviour): Promise<Outcome<PrefaceAnswer>> {
  const server = await startAnomaly(behaviour);
  const to = {
    address: '127.0.0.1',
    port: server.port,
    timeoutMs: 1000,
    signal: new AbortController().signal,
  };
  const opened = await openTcp(to);
  if (!opened.ok) return opened;
  const answer = await greetBroker(opened.value, to);
  opened.value.destroy();
  await server.stop();
  return answer;
}

const start = Buffer.from('0100000000000c000a000a00090000000000', 'hex');

describe('the AMQP greeting', () => {
  it('recognises connection.start, and a header with other versions', async () => {
    expect(await greet({ kind: 'say', bytes: start, then: 'stall' })).toEqual({ ok: true, value: 'start' });
    const header = Buffer.from('AMQP\x03\x01\0\0', 'latin1');
    expect(await greet({ kind: 'say', bytes: header, then: 'stall' })).toEqual({ ok: true, value: 'header' });
  });

  it('takes nothing else for a broker', async () => {
    for (const text of [
      'HTTP/1.1 400 Bad Request\r\n\r\n',
      '\x15\x03\x03\0\x02\x02\x0a and more',
      'AMQ-is-not-it',
    ]) {
      const bytes = Buffer.from(text, 'latin1');
      expect(await greet({ kind: 'say', bytes, then: 'close' })).toEqual({ ok: true, value: 'other' });
    }
  });

  it.each(endings)('ends when the listener accepts, and %s', async (then) => {
    const answer = await greet({ kind: 'accept', then });
    if (answer.ok) expect(answer.value).toBe('other');
    else expect(['closed', 'reset', 'timeout']).toContain(answer.trouble.kind);
  });

  it.each(endings)('ends when the answer is cut anywhere, then %s', async (then) => {
    for (let length = 1; length < 11; length++) {
      const answer = await greet({ kind: 'say', bytes: start.subarray(0, length), then });
      if (answer.ok && then !== 'drip') expect(answer.value).toBe('other');
    }
  });
});
