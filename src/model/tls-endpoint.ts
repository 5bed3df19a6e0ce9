/** Services of a deployment that speak TLS, by what they are for (Cloudify 7.1). */
export type TlsService =
  | 'rest-external'
  | 'rest-internal'
  | 'monitoring'
  | 'amqp'
  | 'amqp-management'
  | 'postgresql'
  | 'patroni'
  | 'etcd';

/** How one offered protocol version was answered. `inconclusive` carries why in `protocolNotes`. */
export type ProtocolAnswer = 'accepted' | 'refused' | 'inconclusive' | 'not-tested';

/** A public key, as facts. `bits`: RSA/DSA modulus or EC field size. */
export interface KeyFacts {
  readonly algorithm: 'rsa' | 'rsa-pss' | 'ec' | 'ed25519' | 'ed448' | 'dsa' | 'other';
  readonly bits: number | null;
  /** NIST name or OID for EC, else null. */
  readonly curve: string | null;
  /** SHA-256 over the SubjectPublicKeyInfo, hex: equal keys have equal hashes. */
  readonly spkiSha256: string;
  /** RSA only, hex: keys of several audits can be searched for shared primes. */
  readonly modulus: string | null;
  /** Known weaknesses, whatever the size of the key. */
  readonly weaknesses: readonly KeyWeakness[];
  /** `debian`: no list of the keys of this size of Debian's generator of 2006 to 2008 was given, so nothing can be said. */
  readonly notChecked: readonly 'debian'[];
}

/**
 * `small-factor`: divisible by a prime below 752. `close-primes`: Fermat's method factors it (CVE-2022-26320). `roca`:
 * Infineon's generator (CVE-2017-15361). `debian`: Debian's (CVE-2008-0166). `explicit-curve`: parameters are written
 * out (CVE-2020-0601).
 */
export type KeyWeakness =
  'small-factor' | 'close-primes' | 'roca' | 'debian' | 'bad-exponent' | 'even-modulus' | 'explicit-curve';

/** A lint that a certificate breaks; ids with `e_`, `w_` or `n_` mean what zlint's lint of that name means. */
export interface LintFact {
  readonly id: string;
  readonly severity: 'high' | 'medium' | 'low' | 'info';
  /** A predicate, e.g. `has no subjectAltName`. */
  readonly says: string;
}

/** One certificate as it was presented, in the order in which it was sent. */
export interface CertificateFacts {
  readonly position: number;
  readonly sha256: string;
  readonly subject: string;
  readonly issuer: string;
  readonly serial: string;
  /** ISO 8601 UTC. */
  readonly notBefore: string;
  readonly notAfter: string;
  /** Whole days between observation and notAfter, rounded down; negative once it is past. */
  readonly daysToExpiry: number;
  /** Observation time is at or after notBefore. */
  readonly hasStarted: boolean;
  /** Observation time is after notAfter (RFC 5280 §4.1.2.5: notAfter itself is still inside). */
  readonly hasEnded: boolean;
  readonly lifetimeDays: number;
  readonly selfIssued: boolean;
  /** The certificate's own key verifies its signature. */
  readonly selfSigned: boolean;
  readonly key: KeyFacts;
  /** Hash of the signature algorithm, e.g. `sha256`; null when the algorithm has none (EdDSA) or is unknown. */
  readonly signatureHash: string | null;
  readonly signatureAlgorithm: string;
  /** null: no basicConstraints extension. */
  readonly basicConstraintsCa: boolean | null;
  readonly keyUsage: readonly string[] | null;
  readonly extendedKeyUsage: readonly string[] | null;
  readonly sanDns: readonly string[];
  readonly sanIp: readonly string[];
  readonly lints: readonly LintFact[];
  /** What is wrong with the encoding, as far as it could be read all the same. */
  readonly faults: readonly string[];
  /**
   * The path of the listener ends here: it is trusted because it is declared, and nobody relies on its own signature. Left out
   * where that is not so.
   */
  readonly isAnchor?: true;
}

/** How a declared name or address is covered by the leaf (RFC 9525: only the SAN counts). */
export interface HostCoverage {
  readonly host: string;
  readonly kind: 'dns' | 'ip';
  /** Where the target file declares it, e.g. `managers[0].networks.default`. */
  readonly declaredAt: string;
  /** `ip-as-dns`: the address stands in the SAN only as a dNSName, which RFC 9525 clients ignore. */
  readonly match: 'dns' | 'ip' | 'ip-as-dns' | 'common-name' | 'none';
}

/** What path validation (RFC 5280 §6) of the presented chain against the declared anchors came to. */
export interface PathVerdict {
  /** `none-declared`: the target names no CA for this scope, so nothing can be said. */
  readonly anchors: 'internal-ca' | 'external-ca' | 'system' | 'none-declared';
  /**
   * The chain leads to a declared CA by signatures, constraints and usages. Dates, weak digests and revocation that could
   * not be established are left out of this: they stand in `asideProblems` and have rules of their own.
   */
  readonly anchored: boolean | null;
  /** Why not, in a word; null when anchored or when there are no anchors. */
  readonly failure: PathFailure | null;
  /** A sentence that names the edge that failed. */
  readonly detail: string | null;
  /** SHA-256 fingerprints from leaf to anchor, when anchored. */
  readonly path: readonly string[];
  /** Declared CAs that the path goes through, sent along or not, the anchor last; none where no declared CA was reached. */
  readonly authorities: readonly AnchorFacts[];
  /** Subjects of the declared certificates that the chain was held against, the first five; none of the public store. */
  readonly trusted: readonly string[];
  /** What a client on OpenSSL says to the chain now, dates and digests included. */
  readonly acceptedNow: boolean | null;
  /**
   * The path that came furthest, from the leaf on, and how each certificate of it was judged. Where no CA is declared: how
   * far signatures lead through what was sent, without judgement.
   */
  readonly steps: readonly PathStep[];
  /** What other paths that were tried failed of. */
  readonly alternatives: readonly string[];
}

/**
 * A declared CA on a path. An anchor that is not self-signed is an intermediate, trusted because it is declared itself
 * (RFC 5280 §6.1.1 d), and no declared CA has signed it.
 */
export type AnchorFacts = Pick<
  CertificateFacts,
  | 'sha256'
  | 'subject'
  | 'issuer'
  | 'serial'
  | 'notBefore'
  | 'notAfter'
  | 'daysToExpiry'
  | 'hasStarted'
  | 'hasEnded'
  | 'selfSigned'
  | 'signatureHash'
  | 'key'
  | 'isAnchor'
>;

export type PathFailure =
  | 'unknown-root'
  | 'incomplete'
  | 'bad-signature'
  | 'expired'
  | 'not-yet-valid'
  | 'not-a-ca'
  | 'constraint'
  | 'algorithm'
  | 'malformed'
  | 'other';

/** One certificate of a path. */
export interface PathStep {
  readonly sha256: string;
  readonly subject: string;
  /** `presented` by the listener, or taken from the `declared` CA files. */
  readonly source: 'presented' | 'declared';
  /** SHA-256 of the certificate whose key signed it; null for the last one. */
  readonly signedBy: string | null;
  readonly problems: readonly string[];
  /** Problems that did not count for `anchored`. */
  readonly asideProblems: readonly string[];
}

/** `tls.endpoint`: one listener × one server name, as a client sees it. */
export interface TlsEndpoint {
  readonly service: TlsService;
  /** Internal: agents, services and other nodes dial it. External: users do. */
  readonly scope: 'internal' | 'external';
  readonly node: string;
  readonly address: string;
  readonly port: number;
  readonly serverName: string | null;
  /** How TLS was reached. */
  readonly start: 'direct' | 'postgresql';
  readonly negotiated: { readonly protocol: string; readonly cipher: string; readonly alpn: string | null };
  readonly protocols: Readonly<Record<'SSLv3' | 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3', ProtocolAnswer>>;
  readonly protocolNotes: readonly string[];
  /** Exactly as sent: order, duplicates and strangers included. */
  readonly chain: readonly CertificateFacts[];
  readonly chainOrder: 'ordered' | 'unordered';
  /** Presented certificates that no path from the leaf needs. */
  readonly unusedCertificates: number;
  /** A declared CA is itself among the presented certificates: allowed, but needless. */
  readonly anchorSent: boolean;
  readonly path: PathVerdict;
  readonly hosts: readonly HostCoverage[];
  /** One entry a certificate of the path but the anchor. */
  readonly revocation: readonly RevocationFact[];
  /** CRL and OCSP services that the certificates of the path name; none where the target allows none (ca.online). */
  readonly revocationServices: readonly RevocationService[];
  /** The OCSP response that was stapled: none, one that was used, or one that is no use and why. */
  readonly staple: { readonly state: 'none' | 'used' | 'useless'; readonly reason: string | null };
  readonly clientCertificates: ClientCertificates;
  readonly disk: DiskComparison;
  readonly pins: readonly PinVerdict[];
}

/** One question about revocation, and what came of it. */
export interface RevocationService {
  /** SHA-256 of the certificate that names it. */
  readonly sha256: string;
  readonly kind: 'crl' | 'ocsp';
  /** As the certificate has it, made harmless and cut. */
  readonly url: string;
  readonly asked: boolean;
  /** What came back, or why it was not asked. Whether it may be relied on stands in the revocation of its certificate. */
  readonly answer: string;
}

/** Whether the listener asks its clients for a certificate, and what it makes of one that nobody vouches for. */
export interface ClientCertificates {
  readonly asked: 'yes' | 'no' | 'inconclusive';
  /** A certificate under the name of a CA that is accepted here, signed by another key; `not-tested` where none is asked for. */
  readonly stranger: ProtocolAnswer;
  /** Names of the CAs that it says to accept, the first 20; null: not told. */
  readonly authorities: readonly string[] | null;
  /** What `stranger` rests on, or why nothing could be told; null where none is asked for. */
  readonly note: string | null;
}

/** What is known of the revocation of one certificate. */
export interface RevocationFact {
  readonly sha256: string;
  readonly subject: string;
  /**
   * `not-offered`: its CA names neither a CRL nor an OCSP service, and none was declared. `not-checked`: it names one, and
   * nothing was declared or stapled. `undetermined`: what there is cannot be relied on.
   */
  readonly state: 'good' | 'revoked' | 'not-offered' | 'not-checked' | 'undetermined';
  readonly reason: string;
}

/** What is served, compared with the documented file of the same node. */
export interface DiskComparison {
  /**
   * `same`, `other`: the documented file holds the presented certificate, or another one. `ambiguous`: several files of
   * that name, and only some hold it. `unreadable`: it could not be read. `not-found`: the declared files have none of
   * that name. `not-declared`: the target declares no files of this node.
   */
  readonly state: 'same' | 'other' | 'ambiguous' | 'unreadable' | 'not-found' | 'not-declared';
  readonly files: readonly string[];
  /** Whether the key file beside it belongs to it; `encrypted` ones are not opened. */
  readonly key: 'matches' | 'other' | 'encrypted' | 'not-found';
  /** A sentence when certificate or key differ; null otherwise. */
  readonly mismatch: string | null;
  /** A file of `cfy_manager generate-test-cert` whose CA signed what is served; null: none was found. */
  readonly testCa: string | null;
}

/** Whether the CA that an agent or a CLI profile trusts signs what this listener presents. */
export interface PinVerdict {
  readonly holder: 'agent' | 'cli';
  /** Which agent or profile. */
  readonly node: string | null;
  readonly path: string;
  /** null: the file holds no certificate, or could not be read. */
  readonly verifies: boolean | null;
  /** A sentence when it does not verify; null otherwise. */
  readonly refusal: string | null;
}

/** `tls.deployment`: what only a look at all listeners together shows. */
export interface TlsDeployment {
  readonly endpointsObserved: number;
  readonly endpointsUnavailable: number;
  /**
   * One entry a distinct CA that the internal listeners lead to: the declared one that was reached, or the declared one above
   * it; else the self-signed one that was sent, as far as signatures lead.
   */
  readonly internalIssuers: readonly {
    readonly issuer: string;
    /** null: its certificate is not known, only its name; two CAs may have one name. */
    readonly sha256: string | null;
    readonly endpoints: readonly string[];
  }[];
  readonly keys: readonly {
    readonly spkiSha256: string;
    readonly nodes: readonly string[];
    readonly endpoints: readonly string[];
    /** The same key also belongs to a CA certificate that was presented or declared. */
    readonly usedByCa: boolean;
    /** Certificates, presented or declared, that this key signed, the first twenty; none that sign themselves. */
    readonly signed: readonly { readonly sha256: string; readonly subject: string }[];
  }[];
  /**
   * Where the path of a listener ends below a CA of which the certificate was neither sent nor declared. That CA's key is then
   * known by one signature alone, and the keys of all servers are tried on that.
   */
  readonly unseenIssuers: readonly {
    readonly endpoint: string;
    /** The CA's name. */
    readonly issuer: string;
    /** What it signed. */
    readonly subject: string;
    readonly sha256: string;
    /** Why not every key could be tried; null: every one was. */
    readonly notTried: string | null;
  }[];
  /** Two different RSA keys, by their SubjectPublicKeyInfo, that share a prime: both can be factored. */
  readonly sharedPrimes: readonly (readonly string[])[];
  /** Different certificates of one issuer with the same serial number. */
  readonly repeatedSerials: readonly {
    readonly issuer: string;
    readonly serial: string;
    readonly certificates: readonly string[];
  }[];
  /** How the certificates of one service differ between nodes. Nothing here is wrong by itself. */
  readonly drift: readonly {
    readonly service: TlsService;
    readonly attribute: 'issuer' | 'key' | 'signature' | 'lifetime' | 'subject form';
    readonly values: readonly { readonly value: string; readonly nodes: readonly string[] }[];
  }[];
}
