import type { Issued } from '../../fixtures/pki/write-certificate';
import { anchorsOf } from '../../src/collect/tls-endpoint/anchors';
import { describeChain } from '../../src/collect/tls-endpoint/chain';
import { concludeDeployment } from '../../src/collect/tls-endpoint/deployment';
import type { EvidenceOf } from '../../src/model/evidence';
import type { Outcome } from '../../src/model/rule';
import type { DeclaredHost, Target } from '../../src/model/target';
import type { TlsEndpoint, TlsService } from '../../src/model/tls-endpoint';
import { compileRule } from '../../src/evaluate/compile';
import { loadCatalogue } from '../../src/evaluate/index';
import { judgeEvidence, type Verdict } from '../../src/evaluate/judge';
import type { Certificate } from '../../src/protocol/x509';
import { packageRoot } from '../../src/schema/package-root';
import { checkEvidence } from '../../src/schema/evidence';
import { targetOf } from '../collect/run-target';
import { join } from 'node:path';

/** One listener and the certificates that it sends, leaf first. */
export interface Presented {
  readonly chain: readonly (Issued | Uint8Array)[];
  readonly node?: string;
  readonly service?: TlsService;
  readonly hosts?: readonly DeclaredHost[];
}

/** What the target declares and when it is looked at. */
export interface Declared {
  readonly internal?: readonly Issued[];
  readonly external?: readonly Issued[];
  readonly crls?: readonly Uint8Array[];
  readonly at?: Date;
  /** Listeners that did not answer. */
  readonly silent?: number;
}

const catalogue = loadCatalogue(join(packageRoot(), 'rules'));
const rules = catalogue.rules.filter(({ id }) => id.startsWith('CFY-CRT'));

const derOf = (item: Issued | Uint8Array): Uint8Array => (item instanceof Uint8Array ? item : item.der);

/** What every rule on certificates makes of these listeners: rule id → the verdict on each subject, `tls` for all together. */
export function judgePresented(
  listeners: readonly Presented[],
  { internal, external, crls = [], at = new Date(), silent = 0 }: Declared,
): ReadonlyMap<string, Verdict> {
  const target: Target = targetOf({
    ca: {
      internal: internal?.map(derOf) ?? null,
      external: external?.map(derOf) ?? null,
      ...(crls.length > 0 ? { crls } : {}),
    },
  });
  const seen = new Map<string, readonly Certificate[]>();
  const observed = listeners.map((listener, i) => endpointOf(listener, i, target, at, seen));
  const unavailable = Array.from({ length: silent }, (_, i): EvidenceOf<'tls.endpoint'> => ({
    type: 'tls.endpoint',
    subject: { id: `silent-${String(i)}`, kind: 'listener', title: 'silent' },
    observedAt: at.toISOString(),
    state: 'unavailable',
    reason: 'the connection was refused',
  }));
  const all = [
    ...observed,
    concludeDeployment([...observed, ...unavailable], { target, anchors: anchorsOf(target), seen }, at),
  ];
  return new Map(
    all.flatMap((evidence) => {
      const [misfit] = checkEvidence(evidence);
      if (misfit) throw new Error(`${misfit.pointer}: ${misfit.message}`);
      return rules
        .filter((rule) => rule.evidence === evidence.type)
        .map(
          (rule) =>
            [
              `${rule.id.slice(4)} ${evidence.subject.id}`,
              judgeEvidence(compileRule(rule), evidence),
            ] as const,
        );
    }),
  );
}

/** Rules without a subject: the one listener, or all listeners together. */
export function outcomeOf(verdicts: ReadonlyMap<string, Verdict>, rule: string, subject?: string): Outcome {
  const key = [...verdicts.keys()].find((one) => one.startsWith(rule) && one.endsWith(subject ?? ''));
  const verdict = key === undefined ? undefined : verdicts.get(key);
  if (verdict === undefined) throw new Error(`nothing was judged by ${rule}`);
  return verdict.outcome;
}

function endpointOf(
  { chain, node = 'manager-1', service = 'rest-internal', hosts = [] }: Presented,
  index: number,
  target: Target,
  at: Date,
  seen: Map<string, readonly Certificate[]>,
): EvidenceOf<'tls.endpoint'> & { readonly state: 'observed' } {
  const scope = service === 'rest-external' ? 'external' : 'internal';
  const read = describeChain(
    { chain: chain.map(derOf), staple: null },
    anchorsOf(target)[scope],
    { crls: [], ocsp: [] },
    hosts,
    at,
  );
  if (typeof read === 'string') throw new Error(read);
  const id = `${node}/${service}/${String(index)}`;
  seen.set(id, read.certificates);
  return {
    type: 'tls.endpoint',
    subject: { id, kind: 'listener', title: node, node },
    observedAt: at.toISOString(),
    state: 'observed',
    data: { ...surroundings, service, scope, node, ...read.facts },
  };
}

/** What a listener shows beside its certificates; nothing of it is judged here. */
const surroundings: Omit<TlsEndpoint, 'service' | 'scope' | 'node' | keyof Facts> = {
  address: '127.0.0.1',
  port: 443,
  serverName: null,
  start: 'direct',
  negotiated: { protocol: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384', alpn: null },
  protocols: {
    SSLv3: 'refused',
    TLSv1: 'refused',
    'TLSv1.1': 'refused',
    'TLSv1.2': 'accepted',
    'TLSv1.3': 'accepted',
  },
  protocolNotes: [],
  revocationServices: [],
  clientCertificates: { asked: 'no', stranger: 'not-tested', authorities: null, note: null },
  disk: { state: 'not-declared', files: [], key: 'not-found', mismatch: null, testCa: null },
  pins: [],
};

type Facts = Exclude<ReturnType<typeof describeChain>, string>['facts'];
