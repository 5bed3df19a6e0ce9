import type { Socket } from 'node:net';
import type { Destination, Outcome } from '../tcp/connect';
import { endTrouble, exchange } from '../tcp/receive';
import { protocolHeader } from './frame';

/** What came back: `start` is connection.start (class 10, method 10), `header` the versions it speaks instead. */
export type PrefaceAnswer = 'start' | 'header' | 'other';

/** Sends the AMQP header in clear text and says whether a broker answered. No frame is sent, so no session begins. */
export async function greetBroker(socket: Socket, to: Destination): Promise<Outcome<PrefaceAnswer>> {
  const received = await exchange(socket, protocolHeader, {
    enough: (bytes) => bytes.length >= 11 || readPreface(bytes) === 'header',
    limit: 64 * 1024,
    timeoutMs: to.timeoutMs,
    signal: to.signal,
  });
  const answer = readPreface(received.bytes);
  if (answer !== 'other' || received.end === 'enough') return { ok: true, value: answer };
  return { ok: false, trouble: endTrouble(received, 'the AMQP header', to.timeoutMs) };
}

/** Recognises a broker's first bytes: a method frame on channel 0 with connection.start, or a protocol header. */
function readPreface(bytes: Buffer): PrefaceAnswer {
  if (bytes.length >= 8 && bytes.toString('latin1', 0, 4) === 'AMQP') return 'header';
  const start =
    bytes.length >= 11 &&
    bytes[0] === 1 &&
    bytes.readUInt16BE(1) === 0 &&
    bytes.readUInt16BE(7) === 10 &&
    bytes.readUInt16BE(9) === 10;
  return start ? 'start' : 'other';
}
