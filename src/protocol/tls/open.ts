import type { Socket } from 'node:net';
import { requestTls } from '../postgres/ssl-request';
import { openTcp, type Destination, type Outcome } from '../tcp/connect';

/** A TLS listener and how its TLS is reached. */
export interface TlsRoute extends Destination {
  readonly start: 'direct' | 'postgresql';
  /** Sent as SNI; null: none. */
  readonly serverName: string | null;
}

/** Opens a connection on which the next bytes are a ClientHello. */
export async function openForTls(route: TlsRoute): Promise<Outcome<Socket>> {
  const opened = await openTcp(route);
  if (!opened.ok || route.start === 'direct') return opened;
  const agreed = await requestTls(opened.value, route);
  if (agreed.ok) return opened;
  opened.value.destroy();
  return agreed;
}
