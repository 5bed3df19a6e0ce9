import type { Evidence, EvidenceOf, Observed } from '../../model/evidence';
import type { Target } from '../../model/target';
import type { KeyFacts, TlsDeployment } from '../../model/tls-endpoint';
import { type Certificate, isSelfSigned } from '../../protocol/x509';
import type { Anchors } from './anchors';
import { compareCertificates } from './compare';
import { findSigners, type Signers } from './signers';

type ObservedEndpoint = Observed<'tls.endpoint'>;

/** What is known beside the evidence. */
export interface Known {
  readonly target: Target;
  readonly anchors: Readonly<Record<'internal' | 'external', Anchors>>;
  /** What listeners presented, leaf first, by the id of the subject; nothing of those that an earlier run looked at. */
  readonly seen: ReadonlyMap<string, readonly Certificate[]>;
}

/** What only all endpoints together show: how many issuers the internal listeners have, and which keys are shared. */
export function concludeDeployment(
  collected: readonly Evidence[],
  known: Known,
  now: Date,
): EvidenceOf<'tls.deployment'> {
  const { target, anchors } = known;
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
  const tops = observed.map((endpoint) => unseenIssuerOf(endpoint)).filter((top) => top !== null);
  const signers = trySigners(observed, tops, known);
  return {
    ...base,
    state: 'observed',
    data: {
      endpointsObserved: observed.length,
      endpointsUnavailable: endpoints.length - observed.length,
      internalIssuers: issuersOf(observed),
      keys: keysOf(observed, anchors, signers),
      unseenIssuers: tops.map((top) => ({ ...top, notTried: signers.doubts.get(top.sha256) ?? null })),
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

function issuersOf(observed: readonly ObservedEndpoint[]): TlsDeployment['internalIssuers'] {
  const found = new Map<string, Found>();
  for (const { data, subject } of observed) {
    if (data.scope !== 'internal') continue;
    const { authorities, anchored } = data.path;
    const anchor = authorities.at(-1) ?? null;
    const { issuer, sha256 } =
      anchor === null ? topOf(data) : { issuer: anchor.subject, sha256: anchor.sha256 };
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

/** How far signatures lead from the leaf through what was sent. */
function topOf({ chain, path }: ObservedEndpoint['data']): Pick<Issuer, 'issuer' | 'sha256'> {
  const last = path.steps.at(-1)?.sha256;
  const top = chain.find(({ sha256 }) => sha256 === last) ?? chain[0];
  if (top === undefined) throw new Error('an observed endpoint without a certificate');
  return { issuer: top.issuer, sha256: top.selfSigned ? top.sha256 : null };
}

type Unseen = Omit<TlsDeployment['unseenIssuers'][number], 'notTried'>;

/** The CA above the last certificate of a listener's path; null where that one signs itself. */
function unseenIssuerOf({ data: { chain, path }, subject: listener }: ObservedEndpoint): Unseen | null {
  const last = path.steps.at(-1)?.sha256;
  const top = [...path.authorities, ...chain].find(({ sha256 }) => sha256 === last) ?? chain[0];
  if (top === undefined) throw new Error('an observed endpoint without a certificate');
  const { issuer, subject, sha256, selfSigned } = top;
  return selfSigned ? null : { endpoint: listener.id, issuer, subject, sha256 };
}

/** Tries the keys of all servers on the tops of all paths, then on whatever else was presented or declared. */
function trySigners(
  observed: readonly ObservedEndpoint[],
  tops: readonly Unseen[],
  { seen, anchors: { internal, external } }: Known,
): Signers {
  const chains = observed.map(({ subject }) => seen.get(subject.id) ?? []);
  const declared = [...internal.certificates, ...external.certificates];
  const urgent = new Set(tops.map(({ sha256 }) => sha256));
  // Nobody has the keys of the public CAs.
  const others = [...internal.certificates, ...(external.from === 'system' ? [] : external.certificates)];
  const all = new Map(
    [...chains.flat(), ...declared].map((certificate) => [certificate.sha256, certificate]),
  );
  const tried = [...urgent, ...[...chains.flat(), ...others].map(({ sha256 }) => sha256)];
  const keys = new Map(
    chains.flatMap(([leaf]) => (leaf === undefined ? [] : [[leaf.key.spkiSha256, leaf.key]])),
  );
  const signers = findSigners(
    [...keys.values()],
    [...new Set(tried)].flatMap((sha256) => all.get(sha256) ?? []),
  );
  if (chains.every((chain) => chain.length > 0)) return signers;
  const kept = 'a listener was looked at in an earlier run, of which the key itself is not kept';
  return { ...signers, doubts: new Map([...urgent].map((sha256) => [sha256, kept])) };
}

/** RSA keys are one if their moduli are, however their certificates write them. */
const identityOf = ({ modulus, spkiSha256 }: KeyFacts): string => modulus ?? spkiSha256;

function keysOf(
  observed: readonly ObservedEndpoint[],
  { internal, external }: Known['anchors'],
  { signed }: Signers,
): TlsDeployment['keys'] {
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
  const found = new Map<string, { spkis: Set<string>; nodes: Set<string>; endpoints: string[] }>();
  for (const { data, subject } of observed) {
    const key = data.chain[0]?.key;
    if (key === undefined) continue;
    const entry = found.get(identityOf(key)) ?? { spkis: new Set(), nodes: new Set(), endpoints: [] };
    entry.spkis.add(key.spkiSha256);
    entry.nodes.add(data.node);
    entry.endpoints.push(subject.id);
    found.set(identityOf(key), entry);
  }
  return [...found.values()]
    .map(({ spkis, nodes, endpoints }) => ({
      spkiSha256: [...spkis].sort()[0] ?? '',
      nodes: [...nodes].sort(),
      endpoints,
      usedByCa: [...spkis].some((spki) => authorities.has(spki)),
      signed: [...spkis].flatMap((spki) => signed.get(spki) ?? []),
    }))
    .sort((a, b) => (a.spkiSha256 < b.spkiSha256 ? -1 : 1));
}
