import type { Evidence, EvidenceOf, Observed } from '../../model/evidence';
import type { Target } from '../../model/target';
import type { AnchorFacts, TlsDeployment } from '../../model/tls-endpoint';
import { type Certificate, isSelfSigned, validatePath } from '../../protocol/x509';
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
      internalIssuers: issuersOf(observed, target, now),
      keys: keysOf(observed, target),
      unseenIssuers: unseenIssuers(observed),
      ...compareCertificates(observed),
    },
  };
}

type Issuer = TlsDeployment['internalIssuers'][number];

/** `declared`: it is a declared CA. `refused`: there are declared ones, and none of them signed. */
interface Found {
  readonly entry: Issuer & { readonly endpoints: string[] };
  readonly declared: boolean;
  readonly refused: boolean;
}

function issuersOf(
  observed: readonly ObservedEndpoint[],
  target: Target,
  now: Date,
): TlsDeployment['internalIssuers'] {
  const declared = anchorsOf(target).internal.certificates;
  const found = new Map<string, Found>();
  for (const { data, subject } of observed) {
    if (data.scope !== 'internal') continue;
    const { anchor, anchored } = data.path;
    const { issuer, sha256 } = anchor === null ? topOf(data) : highest(anchor, declared, now);
    const own = { declared: anchor !== null, refused: anchor === null && anchored === false };
    const key = [issuer, sha256 ?? '', String(own.refused)].join(' ');
    const known = found.get(key) ?? { entry: { issuer, sha256, endpoints: [] }, ...own };
    known.entry.endpoints.push(subject.id);
    found.set(key, known);
  }
  return sameName([...found.values()]);
}

/**
 * Where only the issuer's name is known, and the CA of another listener has that name, they are probably one, but that is
 * not proven: they become one entry without a fingerprint. A declared CA that did not sign is another one for certain.
 */
function sameName(all: readonly Found[]): TlsDeployment['internalIssuers'] {
  return all.flatMap((found) => {
    const { entry } = found;
    const namesakes = all.filter((other) => other.entry.issuer === entry.issuer);
    const unproven = namesakes.find((other) => other.entry.sha256 === null);
    const [one, two] = namesakes;
    if (unproven === undefined || one === undefined || two === undefined || namesakes.length > 2)
      return [entry];
    if (unproven.refused && (one.declared || two.declared)) return [entry];
    if (found === unproven) return [];
    return [{ ...entry, sha256: null, endpoints: [...entry.endpoints, ...unproven.entry.endpoints].sort() }];
  });
}

/** The declared CA above an anchor, where the anchor is an intermediate and that CA is declared too. */
function highest(
  { sha256, subject }: AnchorFacts,
  declared: readonly Certificate[],
  at: Date,
): Pick<Issuer, 'issuer' | 'sha256'> {
  const own = declared.find((certificate) => certificate.sha256 === sha256);
  if (own === undefined) return { issuer: subject, sha256 };
  const { anchor } = validatePath({
    ...{ leaf: own, intermediates: declared, anchors: declared.filter(isSelfSigned), at },
    ...{ purpose: 'serverAuth', profile: 'path', setAside: ['dates', 'digests', 'revocation'] },
  });
  return { issuer: anchor?.subject.text ?? subject, sha256: anchor?.sha256 ?? sha256 };
}

/** How far signatures lead from the leaf through what was sent. */
function topOf({ chain, path }: ObservedEndpoint['data']): Pick<Issuer, 'issuer' | 'sha256'> {
  const last = path.steps.at(-1)?.sha256;
  const top = chain.find(({ sha256 }) => sha256 === last) ?? chain[0];
  if (top === undefined) throw new Error('an observed endpoint without a certificate');
  return { issuer: top.issuer, sha256: top.selfSigned ? top.sha256 : null };
}

/** Listeners of which nobody knows the certificate of the CA that signed the server's. */
function unseenIssuers(observed: readonly ObservedEndpoint[]): readonly string[] {
  return observed
    .filter(
      ({ data }) => data.chain[0]?.selfSigned !== true && (data.path.steps[0]?.signedBy ?? null) === null,
    )
    .map(({ subject }) => subject.id);
}

function keysOf(observed: readonly ObservedEndpoint[], target: Target): TlsDeployment['keys'] {
  const { internal, external } = anchorsOf(target);
  const authorities = new Set<string>([
    // A server's own certificate among the declared ones is a mistake of the target file, not a CA.
    ...[internal, external].flatMap(({ certificates }) =>
      certificates
        .filter((one) => one.extensions.basicConstraints?.value.ca === true || isSelfSigned(one))
        .map(({ key }) => key.spkiSha256),
    ),
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
