import type { Socket } from 'node:net';
import type { Destination, Outcome } from './connect';
import { endTrouble, exchange } from './receive';

/** NAMES_REQ of the Erlang port mapper: length 1, request 110. */
const namesRequest = Buffer.from([0, 1, 110]);

/** Asks the Erlang port mapper for its names and reads its answer: its port number and lines of text. */
export async function greetEpmd(socket: Socket, to: Destination): Promise<Outcome<null>> {
  const received = await exchange(socket, namesRequest, {
    enough: () => false, // it answers and closes
    limit: 64 * 1024,
    timeoutMs: to.timeoutMs,
    signal: to.signal,
  });
  const { bytes } = received;
  const names = bytes.toString('latin1', 4);
  const port = bytes.length >= 4 ? bytes.readUInt32BE(0) : 0;
  if (received.end === 'closed' && port > 0 && port < 65_536 && /^(?:name \S+ at port \d+\n)*$/.test(names)) {
    return { ok: true, value: null };
  }
  return { ok: false, trouble: endTrouble(received, 'a request to the Erlang port mapper', to.timeoutMs) };
}
