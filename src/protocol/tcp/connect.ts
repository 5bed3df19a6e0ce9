import { connect, type Socket } from 'node:net';

/** Where to connect to, and how long any single wait there may last. */
export interface Destination {
  readonly address: string;
  readonly port: number;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Awaited before every connection: pace and counting. Throws nothing but an abort. */
  before?(): Promise<void>;
  /** Told the two ends of every connection that was accepted. */
  connected?(local: string | undefined, remote: string | undefined): void;
}

/** Why a listener could not be talked to. `detail` is a sentence without a full stop, fit for a report. */
export interface Trouble {
  readonly kind:
    | 'refused' // RST in answer to SYN: nothing listens
    | 'unreachable' // ICMP, no route, or a local policy
    | 'filtered' // no answer to SYN
    | 'timeout' // accepted, but no answer in time
    | 'closed' // orderly end where an answer was due, before its first byte
    | 'reset' // the same by RST
    | 'cut' // either of them within an answer
    | 'clear-text' // it answered, in a protocol without TLS
    | 'not-tls' // it answered with bytes that no TLS record starts with
    | 'alert' // an alert, or an error of the protocol before TLS
    | 'malformed'
    | 'too-much' // more bytes than any answer needs
    | 'local' // our own library would not go on
    | 'aborted';
  readonly detail: string;
}

export type Outcome<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly trouble: Trouble };

/** Opens a TCP connection. Resolves with the socket, or with why there is none; never rejects. */
export async function openTcp(to: Destination): Promise<Outcome<Socket>> {
  try {
    to.signal.throwIfAborted();
    await to.before?.();
    to.signal.throwIfAborted();
  } catch (error) {
    if (to.signal.aborted) return trouble('aborted', 'the run was stopped before the connection');
    throw error;
  }
  return new Promise((resolve) => {
    const socket = connect({ host: to.address, port: to.port, autoSelectFamily: false });
    const settle = (outcome: Outcome<Socket>): void => {
      clearTimeout(timer);
      to.signal.removeEventListener('abort', abort);
      socket.off('connect', connected);
      socket.off('error', failed);
      // A reset may arrive at any later time; without a listener it would crash the process.
      socket.on('error', ignore);
      if (!outcome.ok) socket.destroy();
      resolve(outcome);
    };
    const connected = (): void => {
      socket.setNoDelay(true);
      socket.pause();
      to.connected?.(socket.localAddress, socket.remoteAddress);
      settle({ ok: true, value: socket });
    };
    const failed = (error: NodeJS.ErrnoException): void => {
      settle(connectTrouble(error));
    };
    const abort = (): void => {
      settle(trouble('aborted', 'the run was stopped while connecting'));
    };
    const timer = setTimeout(() => {
      settle(trouble('filtered', `no answer to the connection attempt within ${to.timeoutMs} ms`));
    }, to.timeoutMs);
    socket.once('connect', connected);
    socket.once('error', failed);
    to.signal.addEventListener('abort', abort, { once: true });
  });
}

/** The port is closed, or nothing at all came back from it: no connection was ever accepted. */
export function neverOpened({ kind }: Trouble): 'closed' | 'filtered' | null {
  if (kind === 'refused') return 'closed';
  return kind === 'unreachable' || kind === 'filtered' ? 'filtered' : null;
}

/** A failed outcome. */
export function trouble(
  kind: Trouble['kind'],
  detail: string,
): { readonly ok: false; readonly trouble: Trouble } {
  return { ok: false, trouble: { kind, detail } };
}

function connectTrouble({ code, message }: NodeJS.ErrnoException): Outcome<never> {
  if (code === 'ECONNREFUSED') return trouble('refused', 'the connection was refused: nothing listens there');
  if (code === 'ECONNRESET') return trouble('reset', 'the connection was reset while it was being opened');
  if (code === 'ETIMEDOUT') return trouble('filtered', 'no answer to the connection attempt');
  // EHOSTUNREACH, ENETUNREACH, EACCES, EPERM …: a router or firewall answered for the port, or we have no route.
  return trouble('unreachable', `the address cannot be reached (${code ?? message})`);
}

function ignore(): void {
  // The reader that was waiting has its own listener; what comes later concerns nobody.
}
