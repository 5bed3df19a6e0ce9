import type { Socket } from 'node:net';
import { trouble, type Destination, type Outcome } from '../tcp/connect';
import { endTrouble, exchange } from '../tcp/receive';
import { frameState, maxFrameBytes, protocolHeader, readMethod } from './frame';

/** What a broker calls itself in connection.start, which it sends before any log-in; null: it leaves it out. */
export interface ServerProduct {
  readonly product: string | null;
  readonly version: string | null;
}

/** Asks a broker for its greeting and leaves: no log-in, nothing opened. */
export async function askServerProduct(socket: Socket, to: Destination): Promise<Outcome<ServerProduct>> {
  const received = await exchange(socket, protocolHeader, {
    enough: (bytes) => frameState(bytes) !== 'part',
    limit: maxFrameBytes + 8,
    timeoutMs: to.timeoutMs,
    signal: to.signal,
  });
  const method = readMethod(received.bytes);
  if (method === null) return { ok: false, trouble: endTrouble(received, 'the AMQP header', to.timeoutMs) };
  if (method.name !== '10.10') return trouble('malformed', 'the broker does not begin with connection.start');
  // version-major, version-minor (1 byte each), then server-properties: a table with its length (AMQP 0-9-1 §1.4.2.1).
  const { body } = method;
  if (body.length < 6) return trouble('malformed', 'connection.start ends too early');
  const strings = readStrings(body.subarray(6, 6 + body.readUInt32BE(2)));
  return {
    ok: true,
    value: { product: strings.get('product') ?? null, version: strings.get('version') ?? null },
  };
}

/**
 * The long strings (`S`) of a table; tables inside it are stepped over by their length, and the first value of another
 * type ends the reading, because its length is not known here. RabbitMQ sends only these two types.
 */
function readStrings(table: Buffer): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  let at = 0;
  while (at < table.length) {
    const length = table[at] ?? 0;
    const name = table.toString('utf8', at + 1, at + 1 + length);
    const type = table.toString('latin1', at + 1 + length, at + 2 + length);
    const start = at + 6 + length;
    if ((type !== 'S' && type !== 'F') || start > table.length) break;
    const end = start + table.readUInt32BE(start - 4);
    if (end > table.length) break;
    if (type === 'S') found.set(name, table.toString('utf8', start, end));
    at = end;
  }
  return found;
}
