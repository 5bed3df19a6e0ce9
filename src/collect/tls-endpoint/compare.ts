import type { Observed } from '../../model/evidence';
import type { CertificateFacts, TlsDeployment, TlsService } from '../../model/tls-endpoint';
import { sharedPrimes } from '../../protocol/x509';

type Compared = Pick<TlsDeployment, 'sharedPrimes' | 'repeatedSerials' | 'drift'>;

/** What the certificates of several listeners say together: shared primes, serials given twice, nodes that differ. */
export function compareCertificates(observed: readonly Observed<'tls.endpoint'>[]): Compared {
  const certificates = new Map(
    observed.flatMap(({ data }) => data.chain.map((facts) => [facts.sha256, facts] as const)),
  );
  const all = [...certificates.values()].sort((a, b) => (a.sha256 < b.sha256 ? -1 : 1));
  return {
    sharedPrimes: pairsOf(all),
    repeatedSerials: repeatedSerials(all),
    drift: driftOf(observed),
  };
}

function pairsOf(certificates: readonly CertificateFacts[]): TlsDeployment['sharedPrimes'] {
  const keys = new Map(certificates.map(({ key }) => [key.modulus ?? '', key.spkiSha256]));
  return sharedPrimes([...keys.keys()]).map((pair) => pair.map((modulus) => keys.get(modulus) ?? modulus));
}

function repeatedSerials(certificates: readonly CertificateFacts[]): TlsDeployment['repeatedSerials'] {
  const found = new Map<string, { issuer: string; serial: string; certificates: string[] }>();
  for (const { issuer, serial, sha256 } of certificates) {
    const entry = found.get(`${serial} ${issuer}`) ?? { issuer, serial, certificates: [] };
    entry.certificates.push(sha256);
    found.set(`${serial} ${issuer}`, entry);
  }
  return [...found.values()].filter((entry) => entry.certificates.length > 1);
}

type Attribute = TlsDeployment['drift'][number]['attribute'];

const attributes: readonly (readonly [Attribute, (leaf: CertificateFacts) => string])[] = [
  ['issuer', ({ issuer }) => issuer],
  ['key', ({ key }) => [key.algorithm, key.curve ?? key.bits ?? 'size unknown'].join(' ')],
  ['signature', ({ signatureAlgorithm }) => signatureAlgorithm],
  ['lifetime', ({ lifetimeDays }) => `${String(lifetimeDays)} days`],
  [
    'subject form',
    ({ subject }) => [...subject.matchAll(/(?:^|[,+])([A-Za-z0-9.]+)=/g)].map(([, type]) => type).join(', '),
  ],
];

/** Attributes in which the leaves of one service differ between its nodes: one node was forgotten, or swapped in. */
function driftOf(observed: readonly Observed<'tls.endpoint'>[]): TlsDeployment['drift'] {
  const services = new Map<TlsService, Map<string, CertificateFacts>>();
  for (const { data } of observed) {
    const [leaf] = data.chain;
    if (leaf === undefined) continue;
    const nodes = services.get(data.service) ?? new Map<string, CertificateFacts>();
    services.set(data.service, nodes.set(data.node, leaf));
  }
  return [...services].flatMap(([service, nodes]) =>
    attributes.flatMap(([attribute, read]) => {
      const values = new Map<string, string[]>();
      for (const [node, leaf] of nodes) values.set(read(leaf), [...(values.get(read(leaf)) ?? []), node]);
      if (values.size < 2) return [];
      return [{ service, attribute, values: [...values].map(([value, of]) => ({ value, nodes: of })) }];
    }),
  );
}
