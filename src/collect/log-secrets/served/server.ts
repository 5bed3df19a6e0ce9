import type { Manager, MonitoringAccount } from '../../../model/target';
import { failure, openHttp, type HttpResult } from '../../../protocol/http';
import type { CollectContext } from '../../collector';
import { bracketed, dialledAt, serverNameOf } from '../../destination';
import { sendPaced } from '../../send-paced';

/** The logs that one manager serves on 8009, behind Basic authentication of nginx (Cloudify 7.1 `/cfylogs`). */
export interface LogServer {
  /** GET of a path, over TLS that the internal CA verifies. Never rejects. */
  ask(
    path: string,
    context: CollectContext,
    stream?: (piece: Uint8Array) => Promise<void>,
  ): Promise<HttpResult>;
  close(): void;
}

/** A listing of some ten thousand names. */
const listingBytes = 4 * 1024 * 1024;

/** Opens nothing before the first question. `mostBytes`: no body may be longer. */
export function openLogServer(
  manager: Manager,
  { username, password }: MonitoringAccount,
  anchors: readonly Uint8Array[],
  connectMs: number,
  mostBytes: number,
): LogServer {
  const { address, port, name } = dialled(manager);
  const client = openHttp(
    { address, port, tls: { serverName: serverNameOf(name), verify: { anchors, host: name } } },
    {
      connectMs,
      headersMs: 2 * connectMs,
      bodyMs: 2 * connectMs,
      keptBodyBytes: listingBytes,
      countedBodyBytes: mostBytes,
    },
  );
  const host = `${bracketed(name)}:${String(port)}`;
  const basic = Buffer.from(`${username}:${password.reveal()}`, 'utf8').toString('base64');
  const ask: LogServer['ask'] = (path, context, stream) => {
    let streamed = 0;
    const counting = (piece: Uint8Array, take: NonNullable<typeof stream>): Promise<void> => {
      streamed += piece.length;
      return take(piece);
    };
    const headers = [
      ['Host', host],
      ['User-Agent', context.userAgent],
      ['Accept', '*/*'],
      ['Authorization', `Basic ${basic}`],
    ] as const;
    return sendPaced(
      () =>
        client.send(
          {
            method: 'GET',
            path,
            headers,
            ...(stream === undefined ? {} : { stream: (piece: Uint8Array) => counting(piece, stream) }),
          },
          context.signal,
          () => {
            context.countConnection();
          },
        ),
      {
        address,
        spare: { left: Infinity },
        isLimit: ({ status }) => status === 503 || status === 429,
        // What has been read must not be read again.
        mayRepeat: () => streamed === 0,
      },
      context,
    );
  };
  return {
    async ask(path, context, stream) {
      try {
        return await ask(path, context, stream);
      } catch (error) {
        if (context.signal.aborted) return failure('aborted', 'aborted');
        throw error;
      }
    },
    close: () => {
      client.close();
    },
  };
}

/** Where 8009 of a manager is dialled, and the name its certificate must have: the other nodes dial the private address. */
export function dialled(manager: Manager): {
  readonly address: string;
  readonly port: number;
  readonly name: string;
} {
  return {
    ...dialledAt(manager, manager.ports.monitoring),
    name: manager.hosts.find(({ scope }) => scope === 'internal')?.host ?? manager.address,
  };
}
