import type { Socket } from 'node:net';
import { trouble, type Destination, type Outcome } from '../tcp/connect';
import { endTrouble, exchange } from '../tcp/receive';
import {
  frameState,
  longString,
  maxFrameBytes,
  methodFrame,
  protocolHeader,
  readMethod,
  shortString,
  uint16,
  type Method,
} from './frame';

/** Who logs in, and where to. */
export interface BrokerLogin {
  readonly username: string;
  readonly password: string;
  readonly vhost: string;
}

/**
 * How far a log-in came. Refused at `login` with 403: name or password are wrong. Refused at `open` with 530: they are
 * right, the vhost is not for this user. `code` null: the broker said nothing, but was beyond the password by then.
 */
export type BrokerAnswer =
  | { readonly opened: true }
  | {
      readonly opened: false;
      readonly stage: 'login' | 'open';
      readonly code: number | null;
      readonly text: string;
    };

/** Logs in by PLAIN, opens the vhost, and takes leave at once: no channel, no queue, nothing declared. */
export async function logInToBroker(
  socket: Socket,
  { username, password, vhost }: BrokerLogin,
  to: Destination,
): Promise<Outcome<BrokerAnswer>> {
  const started = await ask(socket, protocolHeader, 'the AMQP header', to);
  if (!started.ok) return started;
  if (started.value.name !== methods.start) return unexpected('the AMQP header');
  if (!offersPlain(started.value.body)) return trouble('local', 'the broker does not offer log-in by PLAIN');
  const plain = longString(Buffer.from(`\0${username}\0${password}`, 'utf8'));
  const startOk = methodFrame(10, 11, clientProperties, shortString('PLAIN'), plain, shortString('en_US'));
  const tuned = await ask(socket, startOk, 'the AMQP log-in', to);
  if (!tuned.ok) return tuned;
  if (tuned.value.name === methods.close) return { ok: true, value: refusal('login', tuned.value.body) };
  if (tuned.value.name !== methods.tune) return unexpected('the AMQP log-in');
  const open = methodFrame(10, 40, shortString(vhost), shortString(''), Buffer.from([0]));
  const opened = await ask(socket, Buffer.concat([tuneOk(tuned.value.body), open]), 'connection.open', to);
  if (opened.ok && opened.value.name === methods.openOk) {
    socket.write(methodFrame(10, 50, uint16(200), shortString('bye'), uint16(0), uint16(0)));
    return { ok: true, value: { opened: true } };
  }
  const closed = opened.ok && opened.value.name === methods.close;
  const beyond = { opened: false, stage: 'open', code: null, text: '' } as const;
  return { ok: true, value: closed ? refusal('open', opened.value.body) : beyond };
}

const methods = { start: '10.10', tune: '10.30', openOk: '10.41', close: '10.50' } as const;

async function ask(
  socket: Socket,
  request: Buffer,
  asked: string,
  to: Destination,
): Promise<Outcome<Method>> {
  const received = await exchange(socket, request, {
    enough: (bytes) => frameState(bytes) !== 'part',
    limit: maxFrameBytes + 8,
    timeoutMs: to.timeoutMs,
    signal: to.signal,
  });
  const method = readMethod(received.bytes);
  return method === null
    ? { ok: false, trouble: endTrouble(received, asked, to.timeoutMs) }
    : { ok: true, value: method };
}

/** version (2 bytes), server-properties (table), mechanisms (long string of words). */
function offersPlain(body: Buffer): boolean {
  if (body.length < 6) return false;
  const at = 6 + body.readUInt32BE(2);
  if (body.length < at + 4) return false;
  const words = body.toString('latin1', at + 4, at + 4 + body.readUInt32BE(at));
  return words.split(' ').includes('PLAIN');
}

/** Takes the broker's limits as they are and asks for no heartbeat: the connection lives for one more round trip. */
function tuneOk(tune: Buffer): Buffer {
  const limits = tune.length >= 6 ? tune.subarray(0, 6) : Buffer.alloc(6);
  return methodFrame(10, 31, limits, uint16(0));
}

/** connection.close: reply-code, reply-text, and the method that caused it. */
function refusal(stage: 'login' | 'open', body: Buffer): BrokerAnswer {
  const code = body.length >= 2 ? body.readUInt16BE(0) : null;
  const text = body.toString('utf8', 3, 3 + (body[2] ?? 0));
  return { opened: false, stage, code, text };
}

/** Without this capability RabbitMQ answers a wrong password by closing the socket, as it does anything else. */
const clientProperties = longString(
  Buffer.concat([
    shortString('capabilities'),
    Buffer.from('F'),
    longString(Buffer.concat([shortString('authentication_failure_close'), Buffer.from('t\x01', 'latin1')])),
  ]),
);

function unexpected(asked: string): Outcome<never> {
  return trouble('malformed', `the answer to ${asked} is not what AMQP 0-9-1 expects there`);
}
