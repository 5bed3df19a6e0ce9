import type { Socket } from 'node:net';
import type { Destination, Outcome } from '../tcp/connect';
import { endTrouble, exchange } from '../tcp/receive';

/**
 * What a server says to a clear-text StartupMessage. `accepted`: it goes on to authenticate, or got beyond that: clear
 * text is allowed. `rejected`: pg_hba.conf has no line for it. `undecided`: it refused for another reason.
 */
export interface StartupAnswer {
  readonly kind: 'accepted' | 'rejected' | 'undecided';
  /** SQLSTATE of the refusal. */
  readonly sqlState: string | null;
}

/** Starts a session in clear text as a user that does not exist, and hangs up at the first answer. */
export async function startInClear(
  socket: Socket,
  user: string,
  to: Destination,
): Promise<Outcome<StartupAnswer>> {
  const asked = 'a clear-text PostgreSQL start-up';
  const received = await exchange(socket, startupMessage(user, 'cloudify_db'), {
    enough: (bytes) => bytes.length >= 5 && (!isMessage(bytes) || bytes.length >= messageLength(bytes)),
    limit: 64 * 1024,
    timeoutMs: to.timeoutMs,
    signal: to.signal,
  });
  const { bytes } = received;
  if (received.end !== 'enough') return { ok: false, trouble: endTrouble(received, asked, to.timeoutMs) };
  if (!isMessage(bytes)) {
    return {
      ok: false,
      trouble: { kind: 'malformed', detail: `the answer to ${asked} is no PostgreSQL message` },
    };
  }
  if (bytes[0] === 0x52) return { ok: true, value: { kind: 'accepted', sqlState: null } };
  return { ok: true, value: readRefusal(bytes.subarray(5, messageLength(bytes))) };
}

/** StartupMessage of protocol 3.0 with user and database; parameters end with a zero byte. */
export function startupMessage(user: string, database: string): Buffer {
  const parameters = Buffer.from(`user\0${user}\0database\0${database}\0\0`, 'latin1');
  const head = Buffer.alloc(8);
  head.writeUInt32BE(8 + parameters.length, 0);
  head.writeUInt32BE(0x00030000, 4);
  return Buffer.concat([head, parameters]);
}

/** AuthenticationRequest (`R`, methods 0 to 12 so far) or ErrorResponse (`E`), of a credible length. */
function isMessage(bytes: Buffer): boolean {
  const length = bytes.readUInt32BE(1);
  const method = bytes.length >= 9 ? bytes.readUInt32BE(5) : 0;
  return (
    (bytes[0] === 0x52 && length >= 8 && length <= 2048 && method <= 12) ||
    (bytes[0] === 0x45 && length >= 5 && length <= 65_000)
  );
}

function messageLength(bytes: Buffer): number {
  return 1 + bytes.readUInt32BE(1);
}

/**
 * Judged by SQLSTATE and by the name of the function that complains (fields C and R), because messages are translated.
 * ClientAuthentication (auth.c) is where pg_hba.conf is read; the role and the database are looked up after it.
 */
function readRefusal(fields: Buffer): StartupAnswer {
  const texts = fields.toString('utf8').split('\0');
  const field = (letter: string): string => texts.find((text) => text.startsWith(letter))?.slice(1) ?? '';
  const sqlState = field('C');
  const undefinedRole = sqlState === '28000' && field('R') === 'InitializeSessionUserId';
  if (undefinedRole || sqlState === '3D000' || sqlState === '28P01') return { kind: 'accepted', sqlState };
  const byHba = sqlState === '28000' && field('R') === 'ClientAuthentication';
  return { kind: byHba ? 'rejected' : 'undecided', sqlState: sqlState || null };
}
