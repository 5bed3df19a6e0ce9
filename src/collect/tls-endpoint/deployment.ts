import type { Evidence, EvidenceOf, Observed } from '../../model/evidence';
import type { Target } from '../../model/target';
import type { CertificateFacts, TlsDeployment } from '../../model/tls-endpoint';
import { anchorsOf } from './anchors';
import { compareCertificates } from './compare';

type ObservedEndpoint = Observed<'tls.endpoint'>;

/** What only all endpoints together show: how many issuers the internal listeners have, and which keys are shared. */
export function concludeDeployment(
  collected: readonly Evidence[],
  target: Target,
  now: Date,
): EvidenceOf<'tls.deployment'> {
  const base = {
    type: 'tls.deployment' as const,
    subject: { id: 'target/tls', kind: 'target' as const, title: `${target.name} · all TLS listeners` },
    observedAt: now.toISOString(),
  };
  const endpoints = collected.filter((evidence) => evidence.type === 'tls.endpoint');
  // Tasks end in any order; what is said of them together must not depend on it.
  const observed = endpoints
    .filter((evidence) => evidence.state === 'observed')
    .sort((a, b) => (a.subject.id < b.subject.id ? -1 : 1));
  if (observed.length === 0) {
    return { ...base, state: 'unavailable', reason: 'no TLS listener of the target could be observed' };
  }
  return {
    ...base,
    state: 'observed',
    data: {
      endpointsObserved: observed.length,
      endpointsUnavailable: endpoints.length - observed.length,
      internalIssuers: issuersOf(observed, target),
      keys: keysOf(observed, target),
      ...compareCertificates(observed),
    },
  };
}

function issuersOf(observed: readonly ObservedEndpoint[], target: Target): TlsDeployment['internalIssuers'] {
  const anchors = new Map(anchorsOf(target).internal.certificates.map((c) => [c.sha256, c.subject.text]));
  const found = new Map<string, { issuer: string; sha256: string | null; endpoints: string[] }>();
  for (const { data, subject } of observed) {
    if (data.scope !== 'internal') continue;
    const top = topOf(data.chain);
    const { anchorSha256 } = data.path;
    const issuer = (anchorSha256 === null ? undefined : anchors.get(anchorSha256)) ?? top.issuer;
    const sha256 = anchorSha256 ?? (top.selfSigned ? top.sha256 : null);
    const entry = found.get(`${issuer} ${sha256 ?? ''}`) ?? { issuer, sha256, endpoints: [] };
    entry.endpoints.push(subject.id);
    found.set(`${issuer} ${sha256 ?? ''}`, entry);
  }
  return sameName([...found.values()]);
}

/**
 * Listeners that sent no root are only known by their issuer's name. Where another listener's root has that name they
 * are probably one, but that is not proven: they become one entry without a fingerprint.
 */
function sameName(entries: TlsDeployment['internalIssuers']): TlsDeployment['internalIssuers'] {
  return entries.flatMap((entry) => {
    const namesakes = entries.filter(({ issuer }) => issuer === entry.issuer);
    const unproven = namesakes.find(({ sha256 }) => sha256 === null);
    if (unproven === undefined || namesakes.length !== 2) return [entry];
    if (entry === unproven) return [];
    return [{ ...entry, sha256: null, endpoints: [...entry.endpoints, ...unproven.endpoints].sort() }];
  });
}

/** Follows the presented certificates from the leaf by name as far as they go. */
function topOf(chain: readonly CertificateFacts[]): CertificateFacts {
  const [leaf] = chain;
  if (leaf === undefined) throw new Error('an observed endpoint without a certificate');
  let top = leaf;
  for (const seen = new Set<string>(); !top.selfIssued && !seen.has(top.sha256);) {
    seen.add(top.sha256);
    const { issuer } = top;
    top = chain.find(({ subject, sha256 }) => subject === issuer && !seen.has(sha256)) ?? top;
  }
  return top;
}

function keysOf(observed: readonly ObservedEndpoint[], target: Target): TlsDeployment['keys'] {
  const { internal, external } = anchorsOf(target);
  const authorities = new Set<string>([
    ...[internal, external].flatMap(({ certificates }) => certificates.map(({ key }) => key.spkiSha256)),
    ...observed.flatMap(({ data }) =>
      data.chain
        .filter(({ basicConstraintsCa }) => basicConstraintsCa === true)
        .map(({ key }) => key.spkiSha256),
    ),
  ]);
  const found = new Map<string, { nodes: Set<string>; endpoints: string[] }>();
  for (const { data, subject } of observed) {
    const spki = data.chain[0]?.key.spkiSha256;
    if (spki === undefined) continue;
    const entry = found.get(spki) ?? { nodes: new Set<string>(), endpoints: [] };
    entry.nodes.add(data.node);
    entry.endpoints.push(subject.id);
    found.set(spki, entry);
  }
  return [...found.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([spkiSha256, { nodes, endpoints }]) => ({
      spkiSha256,
      nodes: [...nodes].sort(),
      endpoints,
      usedByCa: authorities.has(spkiSha256),
    }));
}
