import { setTimeout as sleep } from 'node:timers/promises';
import type { Manager, MonitoringAccount } from '../../../model/target';
import { failure, openHttp, type HttpResult } from '../../../protocol/http';
import type { CollectContext } from '../../collector';
import { bracketed, dialledAt, serverNameOf } from '../../destination';

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
/** How often a request is sent again that was one too many, or whose connection was lost before an answer. */
const mostRetries = 2;

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
  const ask: LogServer['ask'] = async (path, context, stream) => {
    for (let retry = 0; ; retry++) {
      await context.pace(address);
      context.countRequest();
      let streamed = 0;
      const result = await client.send(
        {
          method: 'GET',
          path,
          headers: [
            ['Host', host],
            ['User-Agent', context.userAgent],
            ['Accept', '*/*'],
            ['Authorization', `Basic ${basic}`],
          ],
          ...(stream === undefined
            ? {}
            : {
                stream: (piece: Uint8Array) => {
                  streamed += piece.length;
                  return stream(piece);
                },
              }),
        },
        context.signal,
        () => {
          context.countConnection();
        },
      );
      const again = streamed === 0 && retry < mostRetries ? waitMs(result, retry) : null;
      if (again === null) return result;
      if (again > 0) context.slowDown(address);
      await sleep(again, undefined, { signal: context.signal });
    }
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

/** How long to wait before the request is sent again; null: it would come to the same. */
function waitMs(result: HttpResult, retry: number): number | null {
  if (result.kind === 'failure') return result.code === 'closed' || result.code === 'reset' ? 0 : null;
  return result.status === 503 || result.status === 429 ? 1000 * 3 ** retry : null;
}
