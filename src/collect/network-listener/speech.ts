import type { Socket } from 'node:net';
import type { NetworkListener } from '../../model/network-listener';
import { greetBroker } from '../../protocol/amqp/preface';
import { startInClear } from '../../protocol/postgres/startup';
import {
  neverOpened,
  openTcp,
  trouble,
  type Destination,
  type Outcome,
  type Trouble,
} from '../../protocol/tcp/connect';
import { greetEpmd } from '../../protocol/tcp/epmd';
import { greetHttp } from '../../protocol/tcp/http-probe';
import { offer } from '../../protocol/tls/offer';
import type { ListedPort } from './ports';

/** What a port turned out to be. */
export type Speech = Pick<NetworkListener, 'state' | 'speaks' | 'clearProtocol' | 'httpStatus'>;

/** Connections that `listen` opens at most. */
export const speechConnections = 2;

/**
 * Two connections at most: one with a TLS hello, one with the clear-text request of the port's protocol. Both are
 * asked even when the first was answered, because a listener may take either.
 */
export async function listen(port: ListedPort, to: Destination, userAgent: string): Promise<Outcome<Speech>> {
  const start = port.probe === 'postgresql' ? 'postgresql' : 'direct';
  const hello = await offer({ ...to, start, serverName: null }, 'TLSv1.2');
  if (!hello.ok && hello.trouble.kind === 'aborted') return hello;
  // Once a connection was accepted the port is open, whatever comes of the second one.
  const state = hello.ok ? null : neverOpened(hello.trouble);
  if (state) return { ok: true, value: { state, speaks: null, clearProtocol: null, httpStatus: null } };
  const tls = hello.ok;
  const named = hello.ok ? null : nameOf(hello.trouble, port);
  // A PostgreSQL that answered the SSLRequest with N has no other way than clear text.
  const clear =
    named === 'postgresql'
      ? { ok: true as const, value: nothing }
      : await askInClear(port, to, userAgent, tls);
  if (!clear.ok) return clear;
  const clearProtocol = clear.value.protocol ?? named;
  const speaks = clearProtocol === null ? (tls ? 'tls' : 'silent') : tls ? 'tls-and-clear' : 'clear';
  return { ok: true, value: { state: 'open', speaks, clearProtocol, httpStatus: clear.value.httpStatus } };
}

interface ClearAnswer {
  readonly protocol: string | null;
  readonly httpStatus: number | null;
}

const nothing: ClearAnswer = { protocol: null, httpStatus: null };

/** No answer is an answer here; only what leaves the question open is an outcome that is not ok. */
async function askInClear(
  port: ListedPort,
  to: Destination,
  userAgent: string,
  tls: boolean,
): Promise<Outcome<ClearAnswer>> {
  const said = (protocol: string | null, httpStatus: number | null = null): Outcome<ClearAnswer> => ({
    ok: true,
    value: { protocol, httpStatus },
  });
  const unanswered = (why: Trouble): Outcome<ClearAnswer> =>
    why.kind === 'aborted' ? { ok: false, trouble: why } : said(null);
  const opened = await openTcp(to);
  if (!opened.ok) {
    // "TLS alone" is a claim about clear text too: without the second connection nothing supports it.
    if (!tls) return unanswered(opened.trouble);
    const { kind, detail } = opened.trouble;
    return trouble(kind, `TLS is spoken, but whether clear text is too could not be asked: ${detail}`);
  }
  const socket = opened.value;
  try {
    switch (port.probe) {
      case 'http': {
        const greeting = await greetHttp(socket, hostHeader(to), userAgent, to);
        if (!greeting.ok) return unanswered(greeting.trouble);
        const { status, wantsTls } = greeting.value;
        // A TLS listener's complaint about plain HTTP is no service in clear text, and without an answer to the TLS offer
        // no proof of TLS either.
        if (wantsTls && !tls)
          return trouble('timeout', 'the listener asks for TLS, but did not answer the TLS offer');
        return said(wantsTls ? null : 'http', status);
      }
      case 'amqp': {
        const greeting = await greetBroker(socket, to);
        if (!greeting.ok) return unanswered(greeting.trouble);
        return said(greeting.value === 'other' ? null : 'amqp');
      }
      case 'epmd': {
        const greeting = await greetEpmd(socket, to);
        return greeting.ok ? said('epmd') : unanswered(greeting.trouble);
      }
      case 'postgresql':
        return await startSession(socket, to);
    }
  } finally {
    socket.destroy();
  }
}

/** Behind TLS, only PostgreSQL's own word says whether clear text is taken too; without it the question stays open. */
async function startSession(socket: Socket, to: Destination): Promise<Outcome<ClearAnswer>> {
  const answer = await startInClear(socket, 'cfy_audit_probe', to);
  if (!answer.ok) return answer;
  const { kind, sqlState } = answer.value;
  if (kind === 'undecided') {
    const detail = `PostgreSQL refused a clear-text session for a reason that is not its policy (${sqlState ?? 'no SQLSTATE'})`;
    return trouble('alert', detail);
  }
  return { ok: true, value: { protocol: kind === 'accepted' ? 'postgresql' : null, httpStatus: null } };
}

function nameOf({ kind, detail }: Trouble, port: ListedPort): string | null {
  if (kind !== 'clear-text') return null;
  if (port.probe === 'postgresql') return 'postgresql';
  return /\((\w+)\)$/.exec(detail)?.[1] ?? 'other';
}

function hostHeader({ address, port }: Destination): string {
  return `${address.includes(':') ? `[${address}]` : address}:${port}`;
}
