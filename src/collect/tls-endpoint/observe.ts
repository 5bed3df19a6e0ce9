import type { EvidenceOf, Subject } from '../../model/evidence';
import type { TlsEndpoint } from '../../model/tls-endpoint';
import { strangerConnections, strangerRequests } from '../../protocol/tls/client-certificate';
import { handshake, handshakeConnections } from '../../protocol/tls/handshake';
import {
  offeredVersions,
  offeredVersionsConnections,
  type VersionAnswer,
} from '../../protocol/tls/offered-versions';
import type { TlsRoute } from '../../protocol/tls/open';
import type { CollectContext } from '../collector';
import type { Anchors } from './anchors';
import { describeChain } from './chain';
import { observeClientCertificates } from './client-certificates';
import type { CertificateLibrary } from './files';
import type { Endpoint } from './endpoints';

/** Connections that `observeEndpoint` opens where no client certificate is asked for, and at most. */
export const usualConnections = handshakeConnections + offeredVersionsConnections;
export const endpointConnections = usualConnections + strangerConnections;

/** HTTP requests that it sends at most: none where no client certificate is asked for. */
export const endpointRequests = ({ alpn }: Endpoint): number => (alpn.length > 0 ? strangerRequests : 0);

/** Shakes hands as a client would, then asks for each protocol version by itself. */
export async function observeEndpoint(
  endpoint: Endpoint,
  subject: Subject,
  anchors: Anchors,
  library: CertificateLibrary,
  context: CollectContext,
): Promise<EvidenceOf<'tls.endpoint'>> {
  const { address, port, serverName, start, alpn, service, scope, node, hosts } = endpoint;
  const base = { type: 'tls.endpoint' as const, subject };
  const route: TlsRoute = {
    address,
    port,
    serverName,
    start,
    timeoutMs: context.connectTimeoutMs,
    signal: context.signal,
    before: async () => {
      await context.pace(address);
      context.countConnection();
    },
  };
  const unavailable = (reason: string): EvidenceOf<'tls.endpoint'> => ({
    ...base,
    observedAt: context.now().toISOString(),
    state: 'unavailable',
    reason,
  });
  const done = await handshake(route, alpn);
  if (!done.ok) return unavailable(done.trouble.detail);
  const now = context.now();
  const read = describeChain(done.value, anchors, anchors.crls, hosts, now);
  if (typeof read === 'string') return unavailable(`TLS is spoken, but ${read}`);
  const { protocol, cipher, alpn: agreed, asksForCertificate } = done.value;
  const versions = protocolFacts(await offeredVersions(route));
  return {
    ...base,
    observedAt: now.toISOString(),
    state: 'observed',
    data: {
      ...{ service, scope, node, address, port, serverName, start },
      negotiated: { protocol, cipher, alpn: agreed },
      ...versions,
      ...read.facts,
      clientCertificates: await observeClientCertificates(
        asksForCertificate,
        versions.protocols,
        route,
        endpoint,
        context,
      ),
      ...(await library.compare(read.certificates, endpoint, now)),
    },
  };
}

function protocolFacts(
  answers: Readonly<Record<keyof TlsEndpoint['protocols'], VersionAnswer>>,
): Pick<TlsEndpoint, 'protocols' | 'protocolNotes'> {
  const { SSLv3, TLSv1, 'TLSv1.1': TLSv11, 'TLSv1.2': TLSv12, 'TLSv1.3': TLSv13 } = answers;
  return {
    protocols: {
      SSLv3: SSLv3.answer,
      TLSv1: TLSv1.answer,
      'TLSv1.1': TLSv11.answer,
      'TLSv1.2': TLSv12.answer,
      'TLSv1.3': TLSv13.answer,
    },
    protocolNotes: Object.entries(answers).flatMap(([version, { note }]) =>
      note === null ? [] : [`${version}: ${note}`],
    ),
  };
}
