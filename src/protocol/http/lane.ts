import type { Socket } from 'node:net';
import { Client } from 'undici';
import { connect, ConnectError, type HttpEndpoint } from './connect';
import { failure } from './result';

/** One keep-alive connection (re-opened by undici when the peer closes it), and what came in for the current request. */
export interface Lane {
  readonly client: Client;
  /** Bytes received for the current request, the first few of them, and connections opened for it. */
  readonly seen: { first: Buffer; bytes: number; connections: number };
  /** Called before each connection is opened. */
  onConnection: () => void;
  close(): void;
}

/** Connections one request may open: undici dials again, unasked, for a request that is not on the wire yet. */
export const connectionsPerRequest = 2;
const idleMs = 15_000;

/** Opens a lane to an endpoint; nothing is sent before the first request. */
export function openLane(endpoint: HttpEndpoint, connectMs: number, headerBytes: number): Lane {
  const ending = new AbortController();
  const seen: Lane['seen'] = { first: Buffer.alloc(0), bytes: 0, connections: 0 };
  const dial = async (): Promise<Socket> => {
    if (++seen.connections > connectionsPerRequest) {
      throw new ConnectError(failure('closed', 'every connection was closed at once'));
    }
    lane.onConnection();
    const socket = await connect(endpoint, connectMs, ending.signal);
    watchReads(socket, (chunk) => {
      if (seen.bytes < 16) seen.first = Buffer.concat([seen.first, chunk.subarray(0, 16)]).subarray(0, 16);
      seen.bytes += chunk.length;
    });
    return socket;
  };
  // The origin never reaches the wire: `dial` decides where to and whether by TLS, the caller gives the Host header.
  const client = new Client('http://endpoint.invalid', {
    connect: (_options, callback) => {
      dial().then(
        (socket) => {
          callback(null, socket);
        },
        (error: unknown) => {
          callback(error as Error, null);
        },
      );
    },
    pipelining: 1,
    maxHeaderSize: headerBytes,
    // Deadlines are ours: undici's timers tick coarsely and cannot tell the phases apart.
    headersTimeout: 0,
    bodyTimeout: 0,
    keepAliveTimeout: idleMs,
    keepAliveMaxTimeout: idleMs,
  });
  const lane: Lane = {
    client,
    seen,
    onConnection: () => undefined,
    close: () => {
      ending.abort();
      void client.destroy().catch(() => undefined);
    },
  };
  return lane;
}

/** undici pulls from the socket by `read()` and does not tell the HTTP version or how many bytes came: look over its shoulder. */
function watchReads(socket: Socket, see: (chunk: Buffer) => void): void {
  const read = socket.read.bind(socket) as (size?: number) => unknown;
  socket.read = (size?: number): unknown => {
    const chunk = read(size);
    if (Buffer.isBuffer(chunk)) see(chunk);
    return chunk;
  };
}
