import { anchorsOf } from '../../../src/collect/tls-endpoint/anchors';
import { concludeDeployment } from '../../../src/collect/tls-endpoint/deployment';
import type { Evidence } from '../../../src/model/evidence';
import type { AnchorFacts, CertificateFacts, PathStep, TlsDeployment } from '../../../src/model/tls-endpoint';
import { targetOf } from '../run-target';

const certificate = (
  subject: string,
  issuer: string,
  more: Partial<CertificateFacts> = {},
): CertificateFacts => ({
  position: 0,
  sha256: `hash of ${subject}`,
  subject,
  issuer,
  serial: '01',
  notBefore: '2026-01-01T00:00:00Z',
  notAfter: '2036-01-01T00:00:00Z',
  daysToExpiry: 1,
  hasStarted: true,
  hasEnded: false,
  lifetimeDays: 1,
  selfIssued: subject === issuer,
  selfSigned: subject === issuer,
  key: {
    algorithm: 'rsa',
    bits: 4096,
    curve: null,
    spkiSha256: `key of ${subject}`,
    modulus: null,
    weaknesses: [],
    notChecked: [],
  },
  signatureHash: 'sha256',
  signatureAlgorithm: 'sha256WithRSAEncryption',
  basicConstraintsCa: subject === issuer ? true : null,
  keyUsage: null,
  extendedKeyUsage: null,
  sanDns: [],
  sanIp: [],
  lints: [],
  faults: [],
  ...more,
});

/** `signatures`: how many of the edges between what was sent hold; left out, all. */
function endpoint(
  id: string,
  chain: readonly CertificateFacts[],
  anchor: AnchorFacts | null = null,
  signatures = chain.length - 1,
): Evidence {
  return {
    type: 'tls.endpoint',
    subject: { id, kind: 'listener', title: id },
    observedAt: '2026-11-23T00:00:00Z',
    state: 'observed',
    data: {
      service: 'rest-internal',
      scope: id.startsWith('external') ? 'external' : 'internal',
      node: id,
      address: '10.0.0.1',
      port: 443,
      serverName: null,
      start: 'direct',
      negotiated: { protocol: 'TLSv1.2', cipher: 'x', alpn: null },
      protocols: {
        SSLv3: 'refused',
        TLSv1: 'refused',
        'TLSv1.1': 'refused',
        'TLSv1.2': 'accepted',
        'TLSv1.3': 'refused',
      },
      protocolNotes: [],
      chain,
      chainOrder: 'ordered',
      unusedCertificates: 0,
      anchorSent: false,
      path: {
        anchors: 'none-declared',
        anchored: null,
        failure: null,
        detail: null,
        path: [],
        authorities: anchor === null ? [] : [anchor],
        trusted: [],
        acceptedNow: null,
        steps: [...chain.slice(0, signatures + 1), ...(anchor === null ? [] : [anchor])].map(
          ({ sha256, subject }, i, path): PathStep => ({
            ...{ sha256, subject, source: i < chain.length ? 'presented' : 'declared' },
            ...{ signedBy: path[i + 1]?.sha256 ?? null, problems: [], asideProblems: [] },
          }),
        ),
        alternatives: [],
      },
      hosts: [],
      revocation: [],
      revocationServices: [],
      staple: { state: 'none', reason: null },
      clientCertificates: { asked: 'no', stranger: 'not-tested', authorities: null, note: null },
      disk: { state: 'not-declared', files: [], key: 'not-found', mismatch: null, testCa: null },
      pins: [],
    },
  };
}

/** What an earlier run has left: evidence, and no certificate. */
const known = { target: targetOf({}), anchors: anchorsOf(targetOf({})), seen: new Map() };

function conclude(...collected: readonly Evidence[]): TlsDeployment {
  const result = concludeDeployment(collected, known, new Date(0));
  if (result.state !== 'observed') throw new Error(JSON.stringify(result));
  return result.data;
}

const root = certificate('CN=root', 'CN=root');
const leaf = certificate('CN=a', 'CN=root');
const otherLeaf = certificate('CN=b', 'CN=root');

describe('the conclusions over all TLS endpoints', () => {
  it('are none without an endpoint', () => {
    expect(concludeDeployment([], known, new Date(0))).toMatchObject({ state: 'unavailable' });
  });

  it('know one issuer by name alone where no listener sends its root', () => {
    expect(conclude(endpoint('a', [leaf]), endpoint('b', [otherLeaf])).internalIssuers).toEqual([
      { issuer: 'CN=root', sha256: null, endpoints: ['a', 'b'] },
    ]);
  });

  it('do not take equal names for equal issuers where only one listener sends its root', () => {
    expect(conclude(endpoint('a', [leaf, root]), endpoint('b', [otherLeaf])).internalIssuers).toEqual([
      { issuer: 'CN=root', sha256: null, endpoints: ['a', 'b'] },
    ]);
  });

  it('tell two roots of one name apart', () => {
    const twin = { ...root, sha256: 'hash of the twin' };
    const issuers = conclude(endpoint('a', [leaf, root]), endpoint('b', [otherLeaf, twin])).internalIssuers;
    expect(issuers.map(({ sha256 }) => sha256)).toEqual(['hash of CN=root', 'hash of the twin']);
  });

  it('go by the anchor where one was reached, and leave out what users see', () => {
    const { internalIssuers, endpointsObserved } = conclude(
      endpoint('a', [leaf], root),
      endpoint('b', [otherLeaf, root]),
      endpoint('external', [certificate('CN=x', 'CN=public')]),
    );
    expect(internalIssuers).toEqual([
      { issuer: 'CN=root', sha256: 'hash of CN=root', endpoints: ['a', 'b'] },
    ]);
    expect(endpointsObserved).toBe(3);
  });

  it('do not depend on the order in which the endpoints were looked at', () => {
    const stranger = [certificate('CN=x', 'CN=other')];
    const parts = [
      endpoint('a', [leaf]),
      endpoint('b', [leaf]),
      endpoint('c', stranger),
      endpoint('d', stranger),
    ];
    expect(JSON.stringify(conclude(...[...parts].reverse()))).toBe(JSON.stringify(conclude(...parts)));
  });

  it('do not take a root for the issuer that was sent and has not signed', () => {
    expect(conclude(endpoint('a', [leaf, root], null, 0)).internalIssuers).toEqual([
      { issuer: 'CN=root', sha256: null, endpoints: ['a'] },
    ]);
  });

  it('name the listeners of which the CA is not known, whose key no certificate of an earlier run can be tried on', () => {
    const selfSigned = endpoint('c', [certificate('CN=c', 'CN=c')]);
    expect(
      conclude(
        endpoint('a', [leaf]),
        endpoint('b', [otherLeaf, root]),
        selfSigned,
        endpoint('d', [leaf], root),
      ).unseenIssuers,
    ).toMatchObject([
      {
        endpoint: 'a',
        issuer: 'CN=root',
        subject: 'CN=a',
        notTried: expect.stringContaining('earlier run') as string,
      },
    ]);
  });

  it('see shared keys, and keys of a CA', () => {
    const { keys } = conclude(endpoint('a', [leaf]), endpoint('b', [leaf]), endpoint('c', [root]));
    expect(keys).toEqual([
      { spkiSha256: 'key of CN=a', nodes: ['a', 'b'], endpoints: ['a', 'b'], usedByCa: false, signed: [] },
      { spkiSha256: 'key of CN=root', nodes: ['c'], endpoints: ['c'], usedByCa: true, signed: [] },
    ]);
  });

  it('tell keys with a common prime, serials given twice, and nodes that differ', () => {
    const key = (modulus: string): Partial<CertificateFacts> => ({
      key: { ...leaf.key, spkiSha256: `key ${modulus}`, modulus },
    });
    const a = certificate('CN=a', 'CN=root', { ...key((35).toString(16)), lifetimeDays: 3650 });
    const b = certificate('CN=b,O=x', 'CN=root', {
      ...key((77).toString(16)),
      serial: '02',
      lifetimeDays: 90,
    });
    const { sharedPrimes, repeatedSerials, drift } = conclude(
      endpoint('a', [a]),
      endpoint('b', [b]),
      endpoint('c', [{ ...a, sha256: 'a again' }]),
    );
    expect(sharedPrimes).toEqual([['key 23', 'key 4d']]);
    expect(repeatedSerials).toEqual([
      { issuer: 'CN=root', serial: '01', certificates: ['a again', 'hash of CN=a'] },
    ]);
    expect(drift.map(({ attribute, values }) => [attribute, values])).toEqual([
      [
        'lifetime',
        [
          { value: '3650 days', nodes: ['a', 'c'] },
          { value: '90 days', nodes: ['b'] },
        ],
      ],
      [
        'subject form',
        [
          { value: 'CN', nodes: ['a', 'c'] },
          { value: 'CN, O', nodes: ['b'] },
        ],
      ],
    ]);
  });
});
