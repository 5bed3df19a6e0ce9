import { setTimeout as sleep } from 'node:timers/promises';
import type { Manager, Target } from '../../../model/target';
import { failure, openHttp, type HttpEndpoint, type HttpResult } from '../../../protocol/http';
import type { CollectContext } from '../../collector';
import { credentialHeaders, tenantHeaders, workingCredential } from '../credentials';
import type { Actor } from './actors';

/** Where credentials may be sent: a listener whose certificate can be verified. */
export interface Place {
  readonly node: string;
  readonly title: string;
  readonly address: string;
  readonly port: number;
  readonly host: string;
  readonly endpoint: HttpEndpoint;
}

/** One request before it belongs to anybody. */
export interface Form {
  readonly method: string;
  readonly path: string;
  /** JSON; left out, no body and no Content-Type. */
  readonly body?: string;
}

/** Asks one listener as many actors, one request after the other on one connection. */
export interface Session {
  readonly place: Place;
  send(actor: Actor, form: Form, context: CollectContext): Promise<HttpResult>;
  close(): void;
}

/** The manager's listeners of which the target names the CA; the one that users dial first. */
export function placesOf(manager: Manager, { ca }: Target): readonly Place[] {
  const address = manager.resolved[0] ?? manager.address;
  const place = (
    title: string,
    documented: number,
    name: string,
    anchors: readonly Uint8Array[] | 'system' | null,
  ) => {
    if (anchors === null) return [];
    const port = manager.portMap[documented] ?? documented;
    const serverName = isIpAddress(name) ? null : name;
    const bracketed = name.includes(':') ? `[${name}]` : name;
    const tls = { serverName, verify: { anchors, host: name } };
    const host = port === 443 ? bracketed : `${bracketed}:${port}`;
    return [{ node: manager.name, title, address, port, host, endpoint: { address, port, tls } }];
  };
  return [
    ...place('REST (external)', manager.ports.https, manager.publicName ?? manager.address, ca.external),
    ...place('REST (internal)', manager.ports.internal, manager.address, ca.internal),
  ];
}

/** Opens a session; nothing is sent before the first question. */
export function openSession(place: Place, connectMs: number): Session {
  const client = openHttp(place.endpoint, {
    connectMs,
    // A busy manager takes longer to answer than to accept.
    headersMs: 2 * connectMs,
    bodyMs: 2 * connectMs,
    keptBodyBytes: 256 * 1024,
    countedBodyBytes: 1024 * 1024,
  });
  let isLimited = false;
  return {
    place,
    close: () => {
      client.close();
    },
    send: async (actor, form, context) => {
      for (let retry = 0; ; retry++) {
        const result = await once(actor, form, context);
        if (result.kind === 'failure' || !limited.has(result.status)) {
          if (result.kind === 'answer') isLimited = false;
          return result;
        }
        // Where waiting has not helped once, the next request does not wait before it has had an answer.
        if (isLimited || retry === waits.length) {
          isLimited = true;
          return result;
        }
        await sleep(waits[retry], undefined, { signal: context.signal });
      }
    },
  };

  async function once(
    actor: Actor,
    { method, path, body }: Form,
    context: CollectContext,
  ): Promise<HttpResult> {
    await context.pace(place.address);
    if (context.signal.aborted) return failure('aborted', 'aborted');
    context.countRequest();
    const credential = workingCredential(actor.user);
    const headers: (readonly [string, string])[] = [
      ['Host', place.host],
      ['User-Agent', context.userAgent],
      ['Accept', 'application/json'],
      ...(credential === null ? [] : credentialHeaders(credential)),
      ...tenantHeaders(actor.tenant),
    ];
    if (body !== undefined) headers.push(['Content-Type', 'application/json']);
    const request = { method, path, headers, ...(body === undefined ? {} : { body }) };
    return client.send(request, context.signal, () => {
      context.countConnection();
    });
  }
}

/** 503 is nginx's limit_req, or a manager that is not ready; 429 any other limit. */
const limited: ReadonlySet<number> = new Set([429, 503]);

/** Milliseconds before each retry. */
const waits = [1000, 3000];

/** SNI carries names only (RFC 6066 §3). */
function isIpAddress(name: string): boolean {
  return name.includes(':') || /^\d+\.\d+\.\d+\.\d+$/.test(name);
}
