import { recogniseClearText } from '../tcp/clear-text';
import type { Outcome, Trouble } from '../tcp/connect';
import { endTrouble, exchange } from '../tcp/receive';
import { clientHello } from './client-hello';
import { openForTls, type TlsRoute } from './open';
import { readServerFlight, type ServerFlight } from './server-flight';
import { nameAlert, type TlsVersion } from './versions';

/** How much of the answer to wait for: the ServerHello, or the whole plaintext flight of TLS ≤ 1.2. */
export type Depth = 'hello' | 'flight';

/** The listener's answer to one hello: TLS in any case, a ServerHello or an alert. */
export type HelloAnswer =
  | { readonly kind: 'hello'; readonly flight: ServerFlight }
  | { readonly kind: 'alert'; readonly alert: number };

/** Sends one hand-made ClientHello on a connection of its own and reads the answer. The handshake goes no further. */
export async function offer(
  route: TlsRoute,
  version: TlsVersion,
  depth: Depth = 'hello',
  compact = false,
): Promise<Outcome<HelloAnswer>> {
  const opened = await openForTls(route);
  if (!opened.ok) return opened;
  const received = await exchange(opened.value, clientHello(version, route.serverName, compact), {
    enough: (bytes) => isEnough(bytes, depth),
    // A chain of OpenSSL's largest size, and some more.
    limit: 192 * 1024,
    timeoutMs: route.timeoutMs,
    signal: route.signal,
  });
  opened.value.destroy();
  const flight = readServerFlight(received.bytes);
  if (received.bytes.length > 0 && !flight.tls) return { ok: false, trouble: notTls(received.bytes) };
  if (flight.broken !== null) {
    return {
      ok: false,
      trouble: { kind: 'malformed', detail: `the answer to the TLS hello has ${flight.broken}` },
    };
  }
  if (flight.hello && (depth === 'hello' || flight.done))
    return { ok: true, value: { kind: 'hello', flight } };
  if (flight.alert !== null) return { ok: true, value: { kind: 'alert', alert: flight.alert } };
  return { ok: false, trouble: endTrouble(received, 'the TLS hello', route.timeoutMs) };
}

/** The answer of a listener that an alert, and nothing else, came from. */
export function alertTrouble(alert: number): Trouble {
  return { kind: 'alert', detail: `the listener answered the TLS hello with the alert ${nameAlert(alert)}` };
}

/** Clear text is named by a few dozen bytes; a warning alert may be followed by the handshake. */
function isEnough(bytes: Buffer, depth: Depth): boolean {
  const flight = readServerFlight(bytes);
  if (!flight.tls) return bytes.length >= 64 || recogniseClearText(bytes) !== null;
  if (flight.broken !== null || flight.fatal) return true;
  return flight.hello !== null && (depth === 'hello' || flight.done);
}

function notTls(bytes: Buffer): Trouble {
  const protocol = recogniseClearText(bytes);
  return protocol === null
    ? { kind: 'not-tls', detail: 'the listener answered the TLS hello with bytes that are no TLS record' }
    : { kind: 'clear-text', detail: `the listener answers in clear text (${protocol})` };
}
