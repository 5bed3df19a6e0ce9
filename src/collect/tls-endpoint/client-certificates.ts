import type { ClientCertificates, TlsEndpoint } from '../../model/tls-endpoint';
import { presentStranger } from '../../protocol/tls/client-certificate';
import type { TlsRoute } from '../../protocol/tls/open';
import { describeName } from '../../protocol/x509';
import type { CollectContext } from '../collector';
import type { Endpoint } from './endpoints';

const MOST = 20;

/** Nothing is sent to a listener that asks for no certificate. */
export async function observeClientCertificates(
  asks: boolean | null,
  protocols: TlsEndpoint['protocols'],
  route: TlsRoute,
  { alpn, address, hosts }: Endpoint,
  context: CollectContext,
): Promise<ClientCertificates> {
  const nothing = { stranger: 'not-tested', authorities: null } as const;
  if (asks === false) return { ...nothing, asked: 'no', note: null };
  if (asks === null)
    return { ...nothing, asked: 'inconclusive', note: 'the handshake was of a version older than TLS 1.2' };
  const version = (['TLSv1.2', 'TLSv1.3'] as const).find((each) => protocols[each] === 'accepted');
  if (version === undefined)
    return { ...nothing, asked: 'yes', note: 'neither TLS 1.2 nor TLS 1.3 was accepted again' };
  const host = route.serverName ?? hosts[0]?.host ?? address;
  const { answer, note, authorities } = await presentStranger(route, {
    version,
    http:
      alpn.length === 0
        ? null
        : {
            host,
            userAgent: context.userAgent,
            count: () => {
              context.countRequest();
            },
          },
  });
  return {
    asked: 'yes',
    stranger: answer,
    authorities: authorities?.flatMap((name) => describeName(name) ?? []).slice(0, MOST) ?? null,
    note,
  };
}
