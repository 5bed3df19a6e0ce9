import type { Socket } from 'node:net';
import { isIP } from 'node:net';
import { connect as tlsConnect, type TLSSocket } from 'node:tls';
import { greetHttp, type HttpGreeting } from '../tcp/http-probe';
import { anyServer } from './handshake';
import { offer } from './offer';
import { openForTls, type TlsRoute } from './open';
import { makeStranger, type Stranger } from './stranger';

/** What a listener that asks for client certificates makes of one that nobody vouches for. */
export interface StrangerAnswer {
  readonly answer: 'accepted' | 'refused' | 'inconclusive';
  /** Why, in a sentence's second half. */
  readonly note: string;
  /** DER names of the CAs that it says to accept; null: not told (TLS 1.3 keeps them from us). */
  readonly authorities: readonly Uint8Array[] | null;
}

/** Connections that `presentStranger` opens at most, and HTTP requests among them. */
export const strangerConnections = 4;
export const strangerRequests = 3;

/** How to present it. */
export interface Presenting {
  readonly version: 'TLSv1.2' | 'TLSv1.3';
  /** nginx finishes the handshake with whatever comes, and refuses in HTTP: its answers have to be read. null: no HTTP. */
  readonly http: { readonly host: string; readonly userAgent: string; readonly count: () => void } | null;
}

/**
 * Presents a certificate that signed itself, then one under the name of a CA that is accepted here, signed by a key of our
 * own: nginx's `optional_no_ca` takes the one and not the other. `refused` only where both are.
 */
export async function presentStranger(route: TlsRoute, how: Presenting): Promise<StrangerAnswer> {
  const asked = how.version === 'TLSv1.2' ? await offer(route, 'TLSv1.2', 'flight') : null;
  const flight = asked?.ok === true && asked.value.kind === 'hello' ? asked.value.flight : null;
  const authorities = flight?.certificateRequest?.authorities ?? null;
  const bare = how.http === null ? null : await visit(route, how, null);
  const [issuer] = authorities ?? [];
  let worst: Pick<StrangerAnswer, 'answer' | 'note'> | null = null;
  for (const each of issuer === undefined ? [null] : [null, issuer]) {
    const judged = judge(bare, await visit(route, how, await makeStranger(each)));
    if (worst === null || worst.answer === 'refused') worst = judged;
    if (judged.answer === 'accepted') return { ...judged, authorities };
  }
  return { ...(worst ?? { answer: 'inconclusive', note: 'nothing was presented' }), authorities };
}

/** How a connection went: refused for the certificate, let in (and what HTTP said), or neither. */
type Visit =
  | { readonly kind: 'refused'; readonly note: string }
  | { readonly kind: 'in'; readonly http: HttpGreeting | null }
  | { readonly kind: 'unclear'; readonly note: string };

function judge(bare: Visit | null, mine: Visit): Pick<StrangerAnswer, 'answer' | 'note'> {
  if (mine.kind === 'refused') return { answer: 'refused', note: mine.note };
  if (mine.kind === 'unclear') return { answer: 'inconclusive', note: mine.note };
  if (mine.http === null)
    return {
      answer: 'accepted',
      note: 'the handshake was finished with a certificate that nobody vouches for',
    };
  const { status, certificate } = mine.http;
  if (certificate === 'refused')
    return { answer: 'refused', note: `HTTP ${String(status)} says that the certificate is in error` };
  // What is let through without a certificate is answered alike with one: the certificate changed nothing.
  const alike = bare?.kind === 'in' && bare.http?.status === status && bare.http.certificate === null;
  const opened = bare?.kind === 'refused' || (bare?.kind === 'in' && bare.http?.certificate === 'missing');
  if (certificate === null && (alike || (opened && status !== 400 && status !== 403)))
    return {
      answer: 'accepted',
      note: `HTTP ${String(status)} came with a certificate that nobody vouches for${opened ? ', and not without' : ' as without any'}`,
    };
  return {
    answer: 'inconclusive',
    note: `HTTP ${String(status)} came with a certificate that nobody vouches for, which does not tell whether it was refused`,
  };
}

async function visit(route: TlsRoute, how: Presenting, stranger: Stranger | null): Promise<Visit> {
  const opened = await openForTls(route);
  if (!opened.ok) return { kind: 'unclear', note: opened.trouble.detail };
  const shaken = await shake(opened.value, route, how, stranger);
  if (shaken.kind !== 'in') {
    opened.value.destroy();
    return shaken;
  }
  const { secure } = shaken;
  const refusals: string[] = [];
  secure.on('error', (error: NodeJS.ErrnoException) => {
    const note = certificateAlert(error, stranger === null);
    if (note !== null) refusals.push(note);
  });
  try {
    if (how.http === null) return { kind: 'in', http: null };
    how.http.count();
    const answer = await greetHttp(secure, how.http.host, how.http.userAgent, route);
    if (answer.ok) return { kind: 'in', http: answer.value };
    // In TLS 1.3 the refusal comes after the client is through with the handshake.
    const [note] = refusals;
    return note === undefined ? { kind: 'unclear', note: answer.trouble.detail } : { kind: 'refused', note };
  } finally {
    secure.destroy();
    opened.value.destroy();
  }
}

type Shaken = Exclude<Visit, { kind: 'in' }> | { readonly kind: 'in'; readonly secure: TLSSocket };

/** Finishes a handshake; without HTTP in TLS 1.3 a session ticket has to prove that the server has, too. */
function shake(
  socket: Socket,
  route: TlsRoute,
  { version, http }: Presenting,
  stranger: Stranger | null,
): Promise<Shaken> {
  return new Promise((resolve) => {
    const secure = tlsConnect({
      ...anyServer,
      socket,
      minVersion: version,
      maxVersion: version,
      ...(http === null ? {} : { ALPNProtocols: ['http/1.1'] }),
      ...(stranger ?? {}),
      ...(route.serverName !== null && isIP(route.serverName) === 0 ? { servername: route.serverName } : {}),
    });
    const settle = (shaken: Shaken): void => {
      clearTimeout(timer);
      route.signal.removeEventListener('abort', abort);
      secure.off('error', failed).off('close', closed).removeAllListeners('session');
      secure.on('error', () => undefined);
      if (shaken.kind !== 'in') secure.destroy();
      resolve(shaken);
    };
    const unclear = (note: string) => (): void => {
      settle({ kind: 'unclear', note });
    };
    const abort = unclear('the time for this subject ended during the handshake');
    const closed = unclear('the listener closed the connection without saying why');
    const timer = setTimeout(
      unclear('the listener did not say what it makes of the certificate'),
      route.timeoutMs,
    );
    const failed = (error: NodeJS.ErrnoException): void => {
      const note = certificateAlert(error, stranger === null);
      settle(
        note === null
          ? { kind: 'unclear', note: `the handshake failed (${error.code ?? 'no code'})` }
          : { kind: 'refused', note },
      );
    };
    const done = (): void => {
      settle({ kind: 'in', secure });
    };
    secure.on('error', failed).once('close', closed);
    secure.once('secureConnect', () => {
      // Without an algorithm in common OpenSSL sends an empty list instead of the certificate.
      if (stranger !== null && !secure.getSharedSigalgs().some((name) => /^RSA(?:-PSS)?\+SHA256$/.test(name)))
        unclear('it takes no certificate with an RSA key, and another was not tried')();
      else if (version === 'TLSv1.2' || http !== null) done();
      else secure.once('session', done);
    });
    route.signal.addEventListener('abort', abort, { once: true });
    if (route.signal.aborted) abort();
  });
}

/** The alerts by which a server says that the client's certificate, or its absence, is the reason (RFC 8446 §6.2). */
function certificateAlert({ code = '' }: NodeJS.ErrnoException, bare: boolean): string | null {
  const alert = /ALERT_([A-Z_]+)$/.exec(code)?.[1]?.toLowerCase();
  // Before TLS 1.3 there is no better alert for a certificate that is missing.
  const says = bare ? /certificate|handshake_failure/ : /certificate|unknown_ca|access_denied|decrypt_error/;
  return alert !== undefined && says.test(alert) ? `the listener answered with the alert ${alert}` : null;
}
