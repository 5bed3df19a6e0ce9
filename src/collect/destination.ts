import type { Node } from '../model/target';
import type { Destination } from '../protocol/tcp/connect';
import type { CollectContext } from './collector';

/** Where a documented port of a node is dialled: its first address as it was resolved, and past any forward. */
export function dialledAt(
  { address, resolved, portMap }: Pick<Node<unknown>, 'address' | 'resolved' | 'portMap'>,
  documented: number,
): { readonly address: string; readonly port: number } {
  return { address: resolved[0] ?? address, port: portMap[documented] ?? documented };
}

/** Where the protocols of `protocol/` connect to: at the pace of the run, counted, within its time for connecting. */
export function destinationOf(
  { address, port }: Pick<Destination, 'address' | 'port'>,
  context: CollectContext,
): Destination {
  return {
    address,
    port,
    timeoutMs: context.connectTimeoutMs,
    signal: context.signal,
    before: async () => {
      await context.pace(address);
      context.countConnection();
    },
  };
}

/** The name for the TLS extension server_name, which holds no addresses (RFC 6066 §3); null: none is sent. */
export function serverNameOf(host: string): string | null {
  return host.includes(':') || /^\d+\.\d+\.\d+\.\d+$/.test(host) ? null : host;
}

/** A host as a URL and the Host header write it: IPv6 addresses in brackets (RFC 3986 §3.2.2). */
export function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
