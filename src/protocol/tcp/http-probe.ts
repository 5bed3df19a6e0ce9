import type { Socket } from 'node:net';
import type { Destination, Outcome } from './connect';
import { endTrouble, exchange } from './receive';

/** What a listener made of a bare HTTP request. */
export interface HttpGreeting {
  readonly status: number;
  /** It is a TLS listener that says so in clear text: nginx, Go and Apache do, with status 400. */
  readonly wantsTls: boolean;
  /** nginx names what it has against the client's certificate in the body of a 400 (its codes 495 and 496). */
  readonly certificate: 'missing' | 'refused' | null;
}

/** Sends `GET /` and reads the status line and the beginning of the body. */
export async function greetHttp(
  socket: Socket,
  host: string,
  userAgent: string,
  to: Destination,
): Promise<Outcome<HttpGreeting>> {
  const request = [
    'GET / HTTP/1.1',
    `Host: ${host}`,
    `User-Agent: ${userAgent.replace(/[^\x20-\x7e]/g, '')}`,
    'Accept: */*',
    'Connection: close',
    '',
    '',
  ].join('\r\n');
  const received = await exchange(socket, Buffer.from(request, 'latin1'), {
    enough: (bytes) => {
      const status = readStatus(bytes);
      // The sentence that tells a TLS listener from an HTTP server stands in the body of a 400.
      return bytes.length >= 16 && (status === null || status !== 400 || bytes.length >= 8192);
    },
    limit: 16 * 1024,
    timeoutMs: to.timeoutMs,
    signal: to.signal,
  });
  const status = readStatus(received.bytes);
  if (status === null) {
    return { ok: false, trouble: endTrouble(received, 'a plain HTTP request', to.timeoutMs) };
  }
  const text = received.bytes.toString('latin1');
  return {
    ok: true,
    value: {
      status,
      certificate: status === 400 ? complaint(text) : null,
      wantsTls: status === 400 && /HTTPS (?:port|server)|SSL-enabled server port/i.test(text),
    },
  };
}

function complaint(text: string): HttpGreeting['certificate'] {
  if (/No required SSL certificate was sent/i.test(text)) return 'missing';
  return /The SSL certificate error/i.test(text) ? 'refused' : null;
}

/** The status of an HTTP/1 status line; null while there is none. */
function readStatus(bytes: Buffer): number | null {
  const line = /^HTTP\/1\.[01] (\d{3})(?: |\r|\n)/.exec(bytes.toString('latin1', 0, 64));
  return line ? Number(line[1]) : null;
}
