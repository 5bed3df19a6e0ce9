import type { Socket } from 'node:net';
import { trouble, type Destination, type Outcome } from '../tcp/connect';
import { endTrouble, exchange } from '../tcp/receive';

/** SSLRequest: length 8, code 80877103 (PostgreSQL protocol, "Message Formats"). */
const sslRequest = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f]);

/** Asks a PostgreSQL server for TLS on this connection. It answers with one byte: `S` go on, `N` not offered. */
export async function requestTls(socket: Socket, to: Destination): Promise<Outcome<null>> {
  const asked = 'the PostgreSQL SSLRequest';
  const received = await exchange(socket, sslRequest, {
    enough: (bytes) => bytes.length > 0,
    limit: 1,
    timeoutMs: to.timeoutMs,
    signal: to.signal,
  });
  if (received.end !== 'enough') return { ok: false, trouble: endTrouble(received, asked, to.timeoutMs) };
  const answer = String.fromCharCode(received.bytes[0] ?? 0);
  if (answer === 'N') {
    return trouble('clear-text', 'the listener answers in clear text: PostgreSQL without TLS');
  }
  // An error in place of the byte says nothing of TLS: the server could not fork, or does not know the request.
  if (answer === 'E') return trouble('alert', `the listener answered ${asked} with an error`);
  if (answer !== 'S') {
    return trouble('not-tls', `the listener answered ${asked} with bytes that mean nothing`);
  }
  // Bytes after the S came before TLS: somebody injected them (CVE-2021-23222), or it is no PostgreSQL.
  if (received.bytes.length > 1) {
    return trouble('malformed', 'the listener sent clear text after agreeing to TLS');
  }
  return { ok: true, value: null };
}
