import { connect as connectTcp, type Socket } from 'node:net';
import { checkServerIdentity, connect as connectTls, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { failure, type HttpFailure } from './result';

/** How to speak TLS. `verify: null` is for observation only: nothing secret may be sent over such a connection. */
export interface TlsChoice {
  /** SNI; null sends none. */
  readonly serverName: string | null;
  readonly verify: {
    /** DER certificates, or the trust store that Node ships. */
    readonly anchors: readonly Uint8Array[] | 'system';
    /** Name or IP address the certificate must cover. */
    readonly host: string;
  } | null;
}

export interface HttpEndpoint {
  /** IP address (or name) that is dialled. */
  readonly address: string;
  readonly port: number;
  readonly tls: TlsChoice | null;
}

/** Carries a failure through undici's error path. */
export class ConnectError extends Error {
  constructor(readonly failure: HttpFailure) {
    super(failure.reason);
    this.name = 'ConnectError';
  }
}

/** Opens a TCP connection and, where chosen, TLS on it. Each of both steps may take `timeoutMs`. Rejects with ConnectError. */
export async function connect(
  endpoint: HttpEndpoint,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Socket> {
  const tcp = connectTcp({ host: endpoint.address, port: endpoint.port, noDelay: true });
  await ready(tcp, 'connect', timeoutMs, signal);
  if (endpoint.tls === null) return tcp;
  const tls = startTls(tcp, endpoint.tls);
  await ready(tls, 'secureConnect', timeoutMs, signal);
  if (endpoint.tls.verify !== null && !tls.authorized) {
    tls.destroy();
    throw new ConnectError(
      failure('tls-untrusted', `the certificate is not trusted: ${untrustedBecause(tls)}`),
    );
  }
  return tls;
}

function startTls(socket: Socket, { serverName, verify }: TlsChoice): TLSSocket {
  // Certificates are judged after the handshake, so that an untrusted one is told apart from a broken handshake.
  const options: ConnectionOptions = {
    socket,
    rejectUnauthorized: false,
    ALPNProtocols: ['http/1.1'],
    ...(serverName === null ? {} : { servername: serverName }),
  };
  try {
    if (verify === null) {
      return connectTls({ ...options, minVersion: 'TLSv1', ciphers: 'DEFAULT:@SECLEVEL=0' });
    }
    return connectTls({
      ...options,
      ...(verify.anchors === 'system' ? {} : { ca: verify.anchors.map(toPem) }),
      checkServerIdentity: (_host, certificate) => checkServerIdentity(verify.host, certificate),
    });
  } catch (error) {
    socket.destroy();
    throw new ConnectError(failure('tls-failed', `TLS could not be set up (${codeOf(error)})`));
  }
}

function ready(
  socket: Socket,
  event: 'connect' | 'secureConnect',
  timeoutMs: number,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (wrong: HttpFailure | null): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      socket.off(event, onReady).off('error', onError).off('close', onClose);
      if (wrong === null) {
        resolve();
        return;
      }
      socket.on('error', () => undefined).destroy();
      reject(new ConnectError(wrong));
    };
    const onReady = (): void => {
      end(null);
    };
    const onError = (error: Error): void => {
      end(explainConnect(error, event));
    };
    const onClose = (): void => {
      end(failure('closed', 'the connection was closed before it was ready'));
    };
    const onAbort = (): void => {
      end(failure('aborted', 'aborted'));
    };
    const timer = setTimeout(() => {
      const code = event === 'connect' ? 'connect-timeout' : 'tls-timeout';
      const what = event === 'connect' ? 'no connection' : 'no TLS handshake';
      end(failure(code, `${what} within ${timeoutMs} ms`));
    }, timeoutMs);
    socket.once(event, onReady).once('error', onError).once('close', onClose);
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
  });
}

/** Maps an error of node:net or node:tls to a failure; also used for errors on an established TLS connection. */
export function explainConnect(error: Error, event: 'connect' | 'secureConnect'): HttpFailure {
  const code = codeOf(error);
  if (code === 'ECONNREFUSED') return failure('refused', 'connection refused');
  if (code === 'ETIMEDOUT') return failure('connect-timeout', 'no connection: the system gave up');
  if (unreachable.has(code)) return failure('unreachable', `not reachable (${code})`);
  if (event === 'secureConnect') {
    if (error.message.startsWith('Client network socket disconnected')) {
      return failure('closed', 'closed during the TLS handshake');
    }
    if (code === 'ECONNRESET' || code === 'EPIPE') return failure('reset', 'reset during the TLS handshake');
  }
  if (code === 'ECONNRESET' || code === 'EPIPE') return failure('reset', 'connection reset');
  if (code.includes('ALERT')) return failure('tls-alert', `TLS alert (${code})`);
  if (notTls.has(code)) return failure('not-tls', 'answered something that is not TLS');
  if (code.startsWith('ERR_SSL') || code.startsWith('ERR_TLS')) {
    return failure('tls-failed', `TLS failed (${code})`);
  }
  return failure('failed', `connection failed (${code})`);
}

/** The code of a system or library error, never its message: messages can quote what was sent or received. */
export function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : error instanceof Error ? error.name : 'unknown';
}

const unreachable = new Set([
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
  'EHOSTDOWN',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EACCES',
]);

/** What OpenSSL says when the bytes after the ClientHello are no TLS record. */
const notTls = new Set([
  'ERR_SSL_WRONG_VERSION_NUMBER',
  'ERR_SSL_PACKET_LENGTH_TOO_LONG',
  'ERR_SSL_HTTP_REQUEST',
  'ERR_SSL_UNEXPECTED_MESSAGE',
  'ERR_SSL_RECORD_LAYER_FAILURE',
]);

function untrustedBecause(socket: TLSSocket): string {
  // Typed as Error; Node stores the OpenSSL code as a string, or the error of checkServerIdentity.
  const cause: unknown = socket.authorizationError;
  return typeof cause === 'string' ? cause : codeOf(cause);
}

function toPem(der: Uint8Array): string {
  // No empty line at the end, whatever the length: OpenSSL stops reading there and forgets the certificate.
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}
