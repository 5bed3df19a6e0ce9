import type { Socket } from 'node:net';
import type { Destination, Outcome } from '../tcp/connect';
import { endTrouble, exchange } from '../tcp/receive';

/**
 * What a server says to a clear-text StartupMessage: `authentication` it goes on to authenticate, so clear text is
 * accepted; `encryption-required` pg_hba.conf has no line for it ("no encryption"); `error` anything else it refuses.
 */
export type StartupAnswer = 'authentication' | 'encryption-required' | 'error';

/** Starts a session in clear text as a user that does not exist, and hangs up at the first answer. */
export async function startInClear(
  socket: Socket,
  user: string,
  to: Destination,
): Promise<Outcome<StartupAnswer>> {
  const asked = 'a clear-text PostgreSQL start-up';
  const received = await exchange(socket, startupMessage(user), {
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
  if (bytes[0] === 0x52) return { ok: true, value: 'authentication' };
  return {
    ok: true,
    value: wantsEncryption(bytes.subarray(5, messageLength(bytes))) ? 'encryption-required' : 'error',
  };
}

/** Protocol 3.0 with user and database; parameters end with a zero byte. */
function startupMessage(user: string): Buffer {
  const parameters = Buffer.from(`user\0${user}\0database\0postgres\0\0`, 'latin1');
  const head = Buffer.alloc(8);
  head.writeUInt32BE(8 + parameters.length, 0);
  head.writeUInt32BE(0x00030000, 4);
  return Buffer.concat([head, parameters]);
}

/** AuthenticationRequest (`R`) or ErrorResponse (`E`), of a credible length. */
function isMessage(bytes: Buffer): boolean {
  const length = bytes.readUInt32BE(1);
  return (
    (bytes[0] === 0x52 && length >= 8 && length <= 2048) ||
    (bytes[0] === 0x45 && length >= 5 && length <= 65_000)
  );
}

function messageLength(bytes: Buffer): number {
  return 1 + bytes.readUInt32BE(1);
}

/** SQLSTATE 28000 with "no encryption" (PostgreSQL ≥ 12.?) or "SSL off" (before) in the message of auth.c. */
function wantsEncryption(fields: Buffer): boolean {
  const texts = fields.toString('utf8').split('\0');
  const code = texts.find((text) => text.startsWith('C'));
  const message = texts.find((text) => text.startsWith('M'));
  return code === 'C28000' && message !== undefined && /no encryption|SSL off/i.test(message);
}
