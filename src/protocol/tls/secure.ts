import type { Socket } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import { trouble, type Destination, type Outcome } from '../tcp/connect';

/**
 * TLS on an open connection, the certificate unjudged: it is judged elsewhere, and a bad one must not hide what is
 * behind it. Nothing secret may be sent over it. Resolves with the secured socket or with why there is none.
 */
export function secureUnverified(
  socket: Socket,
  serverName: string | null,
  to: Destination,
): Promise<Outcome<TLSSocket>> {
  return new Promise((resolve) => {
    const tls = connect({
      socket,
      rejectUnauthorized: false,
      minVersion: 'TLSv1',
      ciphers: 'DEFAULT:@SECLEVEL=0',
      ...(serverName === null ? {} : { servername: serverName }),
    });
    const settle = (outcome: Outcome<TLSSocket>): void => {
      clearTimeout(timer);
      to.signal.removeEventListener('abort', abort);
      tls.off('secureConnect', ready).off('close', closed).off('error', failed);
      // A reset may arrive at any later time; without a listener it would crash the process.
      tls.on('error', () => undefined);
      if (!outcome.ok) tls.destroy();
      resolve(outcome);
    };
    const ready = (): void => {
      settle({ ok: true, value: tls });
    };
    const closed = (): void => {
      settle(trouble('closed', 'the listener closed the connection during the TLS handshake'));
    };
    // The code alone: messages can quote what was received.
    const failed = ({ code, name }: NodeJS.ErrnoException): void => {
      settle(trouble('not-tls', `the TLS handshake failed (${code ?? name})`));
    };
    const abort = (): void => {
      settle(trouble('aborted', 'the run was stopped during the TLS handshake'));
    };
    const timer = setTimeout(() => {
      settle(trouble('timeout', `no TLS handshake within ${to.timeoutMs} ms`));
    }, to.timeoutMs);
    tls.once('secureConnect', ready).once('close', closed).once('error', failed);
    to.signal.addEventListener('abort', abort, { once: true });
    if (to.signal.aborted) abort();
  });
}
