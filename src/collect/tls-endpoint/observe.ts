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
import type { Certificate } from '../../protocol/x509';
import type { CollectContext } from '../collector';
import { destinationOf } from '../destination';
import type { Anchors } from './anchors';
import { describeChain, type ReadChain, type Told } from './chain';
import { observeClientCertificates } from './client-certificates';
import type { CertificateLibrary } from './files';
import type { Endpoint } from './endpoints';
import { askServices, mostQuestions, type RevocationServices } from './revocation';

/** Connections that `observeEndpoint` opens where nothing out of the ordinary is asked. */
export const usualConnections = handshakeConnections + offeredVersionsConnections;

/** What it opens and sends at most; `online`: services of CAs may be asked. */
export function endpointCost(
  { alpn }: Endpoint,
  online: boolean,
): { readonly connections: number; readonly requests: number } {
  const questions = online ? mostQuestions : 0;
  return {
    connections: usualConnections + strangerConnections + questions,
    requests: (alpn.length > 0 ? strangerRequests : 0) + questions,
  };
}

/** What a listener is held against, and where what it presented is kept for a comparison with the others. */
export interface Against {
  readonly anchors: Anchors;
  readonly library: CertificateLibrary;
  readonly services: RevocationServices | null;
  /** By the id of the subject, the leaf first. */
  readonly seen: Map<string, readonly Certificate[]>;
}

/** Shakes hands as a client would, then asks for each protocol version by itself. */
export async function observeEndpoint(
  endpoint: Endpoint,
  subject: Subject,
  { anchors, library, services, seen }: Against,
  context: CollectContext,
): Promise<EvidenceOf<'tls.endpoint'>> {
  const { address, port, serverName, start, alpn, service, scope, node, hosts } = endpoint;
  const base = { type: 'tls.endpoint' as const, subject };
  const route: TlsRoute = {
    ...destinationOf({ address, port }, context),
    serverName,
    start,
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
  const judge = (told: Told): ReadChain | string => describeChain(done.value, anchors, told, hosts, now);
  const read = judge({ crls: [], ocsp: [] });
  if (typeof read === 'string') return unavailable(`TLS is spoken, but ${read}`);
  seen.set(subject.id, read.certificates);
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
      ...(await askServices(read, services, context, judge)),
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
