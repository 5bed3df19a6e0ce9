import { isIP, type Socket } from 'node:net';
import { connect as tlsConnect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { constants, type X509Certificate } from 'node:crypto';
import { trouble, type Outcome, type Trouble } from '../tcp/connect';
import { alertTrouble, offer } from './offer';
import { openForTls, type TlsRoute } from './open';
import { nameVersion } from './versions';

/** A finished handshake, as a client that accepts any certificate sees it. */
export interface Handshake {
  /** E.g. `TLSv1.2`. */
  readonly protocol: string;
  /** Suite name of RFC 8446 or the IANA registry; hex when only the number is known. */
  readonly cipher: string;
  readonly alpn: string | null;
  /** DER, exactly as sent: order, duplicates and strangers included. Never empty. */
  readonly chain: readonly Uint8Array[];
  /** The stapled OCSP response, DER; null: none was sent. */
  readonly staple: Uint8Array | null;
  /** The listener asked for a client certificate. null: not to be told (before TLS 1.2). */
  readonly asksForCertificate: boolean | null;
}

/** Connections that `handshake` opens at most. */
export const handshakeConnections = 2;

/**
 * Shakes hands and returns what was agreed and shown. When OpenSSL will not finish (a client certificate is demanded,
 * or all that is offered is too old for it), the server's plaintext flight to a hand-made TLS 1.2 hello is taken.
 */
export async function handshake(route: TlsRoute, alpn: readonly string[]): Promise<Outcome<Handshake>> {
  const opened = await openForTls(route);
  if (!opened.ok) return opened;
  const result = await finish(opened.value, route, alpn);
  opened.value.destroy();
  if (result.ok || !worthAnotherLook.has(result.trouble.kind)) return result;
  return explain(route, result.trouble);
}

const worthAnotherLook = new Set<Trouble['kind']>(['local', 'alert', 'closed', 'reset']);

/** Refusals to finish that say nothing against the flight: a client certificate is wanted, or OpenSSL is too modern. */
const flightStands =
  /alert (?:.*handshake_failure|.*certificate.*|unknown_ca)$|UNSUPPORTED_PROTOCOL|DH_KEY_TOO_SMALL|BAD_ECPOINT|WRONG_CURVE|UNKNOWN_CIPHER|WRONG_CIPHER|SIGNATURE_TYPE/;

/** How to connect to whatever there is: OpenSSL's own default list, but without the level that shuts out TLS 1.0, 1.1, SHA-1 and small keys. */
export const anyServer: ConnectionOptions & { readonly requestOCSP: boolean } = {
  rejectUnauthorized: false,
  // Stapling costs the client nothing, and nobody else is asked.
  requestOCSP: true,
  minVersion: 'TLSv1',
  maxVersion: 'TLSv1.3',
  ciphers: 'DEFAULT:@SECLEVEL=0',
  // OpenSSL 3 hangs up on servers without RFC 5746 unless told not to.
  secureOptions: constants.SSL_OP_LEGACY_SERVER_CONNECT,
  // The verdict on the name is ours (RFC 9525); Node would fall back to the common name.
  checkServerIdentity: () => undefined,
};

function finish(socket: Socket, route: TlsRoute, alpn: readonly string[]): Promise<Outcome<Handshake>> {
  return new Promise((resolve) => {
    const secure = tlsConnect({
      ...anyServer,
      socket,
      ALPNProtocols: [...alpn],
      ...(route.serverName !== null && isIP(route.serverName) === 0 ? { servername: route.serverName } : {}),
    });
    const settle = (outcome: Outcome<Handshake>): void => {
      clearTimeout(timer);
      route.signal.removeEventListener('abort', abort);
      secure.destroy();
      resolve(outcome);
    };
    const abort = (): void => {
      settle(trouble('aborted', 'the time for this subject ended during the TLS handshake'));
    };
    const timer = setTimeout(() => {
      const detail = `the listener accepted the connection but did not finish the TLS handshake within ${route.timeoutMs} ms`;
      settle(trouble('timeout', detail));
    }, route.timeoutMs);
    if (route.signal.aborted) {
      abort();
      return;
    }
    route.signal.addEventListener('abort', abort, { once: true });
    secure.on('error', (error: NodeJS.ErrnoException) => {
      settle({ ok: false, trouble: handshakeTrouble(error) });
    });
    secure.on('close', () => {
      settle(trouble('closed', 'the listener closed the connection during the TLS handshake'));
    });
    let staple: Uint8Array | null = null;
    secure.on('OCSPResponse', (response: Buffer | null) => {
      staple = response === null || response.length === 0 ? null : new Uint8Array(response);
    });
    secure.once('secureConnect', () => {
      settle(readHandshake(secure, staple));
    });
  });
}

function readHandshake(secure: TLSSocket, staple: Uint8Array | null): Outcome<Handshake> {
  const chain = presentedChain(secure);
  const protocol = secure.getProtocol();
  if (chain.length === 0 || protocol === null)
    return trouble('malformed', 'the listener presented no certificate');
  const cipher = secure.getCipher();
  const alpn = secure.alpnProtocol; // false: none agreed
  return {
    ok: true,
    value: {
      protocol,
      cipher: cipher.standardName,
      alpn: typeof alpn === 'string' ? alpn : null,
      chain,
      staple,
      // OpenSSL has algorithms in common with the server only where a CertificateRequest named some (TLS 1.2 and 1.3).
      asksForCertificate: /^TLSv1\.[23]$/.test(protocol) ? secure.getSharedSigalgs().length > 0 : null,
    },
  };
}

/**
 * `getPeerCertificate(true)` sorts and drops; the X509Certificate's issuerCertificate links are OpenSSL's list of the
 * certificates as they came. Node does not document that: test/protocol/tls pins it against the bytes on the wire.
 */
function presentedChain(secure: TLSSocket): readonly Uint8Array[] {
  const chain: Uint8Array[] = [];
  for (let next: X509Certificate | undefined = secure.getPeerX509Certificate(); next;) {
    chain.push(new Uint8Array(next.raw));
    next = next.issuerCertificate;
  }
  return chain;
}

async function explain(route: TlsRoute, first: Trouble): Promise<Outcome<Handshake>> {
  const second = await offer(route, 'TLSv1.2', 'flight');
  if (!second.ok) {
    // What the bytes are says more than that OpenSSL did not like them.
    return first.kind === 'local' || second.trouble.kind === 'clear-text'
      ? second
      : { ok: false, trouble: first };
  }
  if (second.value.kind === 'alert') {
    return { ok: false, trouble: first.kind === 'alert' ? first : alertTrouble(second.value.alert) };
  }
  const { hello, certificates, certificateRequest } = second.value.flight;
  if (
    hello === null ||
    certificates === null ||
    certificates.length === 0 ||
    !flightStands.test(first.detail)
  ) {
    return { ok: false, trouble: first };
  }
  const cipher = `0x${hello.cipher.toString(16).padStart(4, '0')}`;
  return {
    ok: true,
    value: {
      protocol: nameVersion(hello.version),
      cipher,
      alpn: null,
      chain: certificates,
      staple: null,
      asksForCertificate: certificateRequest !== null,
    },
  };
}

function handshakeTrouble(error: NodeJS.ErrnoException): Trouble {
  if (error.code === 'ECONNRESET' && !error.message.includes('before secure TLS connection')) {
    return { kind: 'reset', detail: 'the listener reset the connection during the TLS handshake' };
  }
  // Node gives an orderly end before the handshake's end the same code.
  if (error.code === 'ECONNRESET' || error.code === 'EPIPE') {
    return { kind: 'closed', detail: 'the listener closed the connection during the TLS handshake' };
  }
  const alert = /ALERT_([A-Z_]+)$/.exec(error.code ?? '')?.[1];
  if (alert !== undefined) {
    const name = alert.toLowerCase();
    return { kind: 'alert', detail: `the listener ended the TLS handshake with the alert ${name}` };
  }
  // OpenSSL's codes are constants such as ERR_SSL_WRONG_VERSION_NUMBER; its message holds addresses of our memory.
  return { kind: 'local', detail: `the TLS handshake failed (${error.code ?? 'no code'})` };
}
