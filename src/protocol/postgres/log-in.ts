import type { Socket } from 'node:net';
import { trouble, type Destination, type Outcome } from '../tcp/connect';
import { endTrouble, exchange } from '../tcp/receive';
import { beginScram, hashMd5, type Scram } from './password';
import { startupMessage } from './startup';

/** How the server asked for the password; `none`: it did not (trust, or a client certificate). */
export type PasswordMethod = 'none' | 'clear' | 'md5' | 'scram-sha-256';

/** How a log-in ended: at AuthenticationOk, or with the server's ErrorResponse. */
export type DatabaseAnswer =
  | { readonly accepted: true; readonly method: PasswordMethod }
  | { readonly accepted: false; readonly method: PasswordMethod; readonly sqlState: string };

/** Who logs in, and to which database (looked up only after the password). */
export interface DatabaseLogin {
  readonly username: string;
  readonly password: string;
  readonly database: string;
}

/**
 * Logs in and takes leave at AuthenticationOk: no session begins, no query is sent. Our own few messages and not the
 * `pg` library, whose parser throws out of a socket event (and so ends the process) at a message it does not know.
 */
export async function logInToDatabase(
  socket: Socket,
  { username, password, database }: DatabaseLogin,
  to: Destination,
): Promise<Outcome<DatabaseAnswer>> {
  const next = makeReader(socket, to);
  let method: PasswordMethod = 'none';
  let scram: Scram | null = null;
  let reply: Buffer | null = startupMessage(username, database);
  for (let round = 0; round < maxRounds; round++) {
    const read: Outcome<Message> = await next(reply);
    if (!read.ok) return read;
    const { type, body } = read.value;
    reply = null;
    if (type === 'N' || type === 'v') continue;
    if (type === 'E') return { ok: true, value: { accepted: false, method, sqlState: sqlStateOf(body) } };
    if (type !== 'R' || body.length < 4) return unexpected;
    const code = body.readUInt32BE(0);
    const detail = body.subarray(4);
    if (code === 0) {
      socket.write(Buffer.from([0x58, 0, 0, 0, 4])); // Terminate
      return { ok: true, value: { accepted: true, method } };
    }
    if (code === 3) {
      method = 'clear';
      reply = passwordMessage(Buffer.from(`${password}\0`, 'utf8'));
    } else if (code === 5 && detail.length === 4) {
      method = 'md5';
      reply = passwordMessage(Buffer.from(`${hashMd5(username, password, detail)}\0`, 'latin1'));
    } else if (code === 10 && detail.toString('latin1').split('\0').includes('SCRAM-SHA-256')) {
      method = 'scram-sha-256';
      scram = beginScram(password);
      reply = passwordMessage(scram.first);
    } else if (code === 11 && scram !== null) {
      const final = await scram.answer(detail.toString('utf8'));
      if (final === null) return unexpected;
      reply = passwordMessage(final);
    } else if (code !== 12) {
      return trouble(
        'local',
        'the server asks for a kind of log-in that is not tried (GSSAPI, SSPI or other)',
      );
    }
  }
  return unexpected;
}

interface Message {
  readonly type: string;
  readonly body: Buffer;
}

const maxRounds = 16;
const maxMessageBytes = 64 * 1024;

const unexpected = trouble('malformed', 'the answer to a PostgreSQL log-in is not what its protocol expects');

/** Reads message after message, keeping what came beyond the one that was asked for. */
function makeReader(socket: Socket, to: Destination): (request: Buffer | null) => Promise<Outcome<Message>> {
  let kept: Buffer = Buffer.alloc(0);
  return async (request) => {
    if (request !== null || lengthOf(kept) === null) {
      const before = kept;
      const received = await exchange(socket, request, {
        enough: (bytes) => lengthOf(Buffer.concat([before, bytes])) !== null,
        limit: maxMessageBytes,
        timeoutMs: to.timeoutMs,
        signal: to.signal,
      });
      kept = Buffer.concat([before, received.bytes]);
      if (lengthOf(kept) === null) {
        return { ok: false, trouble: endTrouble(received, 'a PostgreSQL log-in', to.timeoutMs) };
      }
    }
    const length = lengthOf(kept) ?? 0;
    if (length === 0) return unexpected;
    const message = { type: String.fromCharCode(kept[0] ?? 0), body: kept.subarray(5, length) };
    kept = kept.subarray(length);
    return { ok: true, value: message };
  };
}

/** Bytes of the first message, type and length included; null while it is not complete; 0 when it never can be. */
function lengthOf(bytes: Buffer): number | null {
  if (bytes.length < 5) return null;
  const length = 1 + bytes.readUInt32BE(1);
  if (length < 5 || length > maxMessageBytes) return 0;
  return bytes.length < length ? null : length;
}

/** PasswordMessage, SASLInitialResponse and SASLResponse share type `p`. */
function passwordMessage(body: Buffer): Buffer {
  const head = Buffer.alloc(5, 'p');
  head.writeUInt32BE(4 + body.length, 1);
  return Buffer.concat([head, body]);
}

/** Field C of an ErrorResponse; empty when there is none. */
function sqlStateOf(fields: Buffer): string {
  const code = fields
    .toString('latin1')
    .split('\0')
    .find((text) => /^C[0-9A-Z]{5}$/.test(text));
  return code?.slice(1) ?? '';
}
