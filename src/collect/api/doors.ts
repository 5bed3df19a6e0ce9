import type { ApiListener } from '../../model/api-authentication';
import type { HttpSurface } from '../../model/http-surface';
import type { Manager, Target } from '../../model/target';
import type { HttpEndpoint } from '../../protocol/http';
import { bracketed, dialledAt, serverNameOf } from '../destination';

/** One listener of one manager behind which the REST API stands, or may stand. */
export interface Door {
  readonly node: string;
  readonly listener: ApiListener;
  readonly title: string;
  /** IP address that is sent to. */
  readonly address: string;
  readonly port: number;
  readonly scheme: 'http' | 'https';
  /** Value of the Host header. */
  readonly host: string;
  /** How http.surface calls a listener that answers alike. */
  readonly likeness: HttpSurface['listener'];
  /** Unverified: certificates are judged elsewhere, and a bad one must not hide what is served behind it. */
  readonly open: HttpEndpoint;
  /** Verified, for requests that carry a credential; or why none may be sent here. */
  readonly trusted: HttpEndpoint | { readonly refused: string; readonly supply?: string };
}

/** 443 and 53333 serve the API; the others must not, or not without what they guard it with. */
export function doorsOf(manager: Manager, target: Target): readonly Door[] {
  const { http, https, internal } = manager.ports;
  const users = manager.publicName ?? manager.address;
  const agents = manager.hosts.find(({ scope }) => scope === 'internal')?.host ?? manager.address;
  const outside =
    manager.publicName ?? manager.hosts.find(({ scope }) => scope === 'external')?.host ?? manager.address;
  const make = (
    listener: ApiListener,
    documented: number,
    likeness: Door['likeness'],
    name: string,
    trust: { readonly anchors: readonly Uint8Array[] | 'system' | null; readonly host: string } | null,
  ): Door => {
    const at = dialledAt(manager, documented);
    const { port } = at;
    const isDefault = port === (trust === null ? 80 : 443);
    return {
      node: manager.name,
      listener,
      title: `${manager.name} · ${titles[listener]}`,
      ...at,
      scheme: trust === null ? 'http' : 'https',
      host: isDefault ? bracketed(name) : `${bracketed(name)}:${port}`,
      likeness,
      open: { ...at, tls: trust === null ? null : { serverName: serverNameOf(name), verify: null } },
      trusted:
        trust === null
          ? { refused: 'credentials are not sent in clear text' }
          : trust.anchors === null
            ? { refused: 'no authority to verify the certificate by', supply: 'ca.internal' }
            : {
                ...at,
                tls: {
                  serverName: serverNameOf(trust.host),
                  verify: { anchors: trust.anchors, host: trust.host },
                },
              },
    };
  };
  const { ca } = target;
  // The manager signs its external certificate with the internal CA unless it was given another one (Cloudify 7.1).
  const external =
    ca.external === 'system' || ca.internal === null ? ca.external : [...(ca.external ?? []), ...ca.internal];
  return [
    make('rest-external', https, 'rest-external', users, { anchors: external ?? null, host: outside }),
    make('rest-internal', internal, 'rest-internal', manager.address, { anchors: ca.internal, host: agents }),
    make('http', http, 'http', users, null),
    make('rest-local', 8100, 'rest-internal', manager.address, null),
    make('api-local', 8101, 'rest-internal', manager.address, null),
  ];
}

const titles: Readonly<Record<ApiListener, string>> = {
  'rest-external': 'REST (external)',
  'rest-internal': 'REST (internal)',
  http: 'HTTP',
  'rest-local': 'REST service behind nginx',
  'api-local': 'Cloudify API behind nginx',
};
