import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';

/** A listener on loopback that does with each connection what the test says, and counts them. */
export interface Peer {
  readonly port: number;
  /** Everything the clients sent, as latin1. */
  readonly received: () => string;
  readonly connections: () => number;
  close(): Promise<void>;
}

export interface TlsFiles {
  readonly key: string;
  readonly cert: string;
}

/** Starts a peer on an ephemeral port. `onRequest` runs at each blank line, with the number of requests so far. */
export async function startPeer(
  play: {
    readonly onConnect?: (socket: Socket) => void;
    readonly onRequest?: (socket: Socket, count: number) => void;
  },
  tls?: TlsFiles,
): Promise<Peer> {
  const sockets = new Set<Socket>();
  let received = '';
  let connections = 0;
  let requests = 0;
  const serve = (socket: Socket): void => {
    connections++;
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    let head = '';
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1');
      head += chunk.toString('latin1');
      while (head.includes('\r\n\r\n')) {
        head = head.slice(head.indexOf('\r\n\r\n') + 4);
        play.onRequest?.(socket, ++requests);
      }
    });
    play.onConnect?.(socket);
  };
  const server: Server = tls ? createTlsServer(tls, serve) : createServer(serve);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    received: () => received,
    connections: () => connections,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** A port of loopback on which nobody listens (it was free a moment ago). */
export async function freePort(): Promise<number> {
  const peer = await startPeer({});
  await peer.close();
  return peer.port;
}
