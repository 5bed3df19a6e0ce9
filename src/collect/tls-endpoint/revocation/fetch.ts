import { openHttp } from '../../../protocol/http';
import type { CollectContext } from '../../collector';

/** A service that may be asked. */
export interface ServicePlace {
  /** `name` or `name:port`, as it goes into Host. */
  readonly host: string;
  readonly address: string;
  readonly port: number;
  readonly path: string;
}

/** A service URL that a certificate names: strangers choose it, so only hosts that the target lists are ever dialled. */
export function readServiceUrl(
  url: string,
  allowed: ReadonlySet<string>,
): ServicePlace | { readonly refusal: string } {
  let parsed: URL;
  try {
    if (url.length > 2000) return { refusal: 'not asked: a URL of more than 2000 characters' };
    parsed = new URL(url);
  } catch {
    return { refusal: 'not asked: no URL' };
  }
  const { protocol, hostname, port, username, password, pathname, search } = parsed;
  if (protocol !== 'http:')
    return { refusal: `not asked: ${protocol.slice(0, 20)} is not asked, only http:` };
  if (username !== '' || password !== '') return { refusal: 'not asked: a URL with credentials' };
  const host = port === '' ? hostname : `${hostname}:${port}`;
  if (!allowed.has(host)) return { refusal: 'not asked: ca.online of the target does not list its host' };
  return {
    host,
    address: hostname.replace(/^\[(.*)\]$/, '$1'),
    port: port === '' ? 80 : Number(port),
    path: `${pathname}${search}`,
  };
}

/** GET, or POST of an OCSP request. The body of a 200, or why there is none. Redirects are not followed. */
export async function fetchFrom(
  { host, address, port, path }: ServicePlace,
  { body, limit }: { readonly body: Uint8Array | null; readonly limit: number },
  context: CollectContext,
): Promise<Uint8Array | string> {
  const timeoutMs = context.connectTimeoutMs;
  const client = openHttp(
    { address, port, tls: null },
    {
      connectMs: timeoutMs,
      headersMs: timeoutMs,
      bodyMs: timeoutMs,
      keptBodyBytes: limit + 1,
      countedBodyBytes: limit + 1,
    },
  );
  try {
    await context.pace(address);
    context.countRequest();
    const result = await client.send(
      {
        method: body === null ? 'GET' : 'POST',
        path,
        headers: [
          ['Host', host],
          ['User-Agent', context.userAgent],
          ['Connection', 'close'],
          ...(body === null
            ? []
            : ([
                ['Content-Type', 'application/ocsp-request'],
                ['Content-Length', String(body.length)],
              ] as const)),
        ],
        ...(body === null ? {} : { body }),
      },
      context.signal,
      () => {
        context.countConnection();
      },
    );
    if (result.kind === 'failure') return result.reason;
    if (!result.complete || result.bodyBytes > limit) return `more than ${String(limit >> 20)} MiB`;
    return result.status === 200 ? result.body : `HTTP ${String(result.status)}`;
  } finally {
    client.close();
  }
}
