import type { IsolationPlan } from './api-isolation';
import type { Canaries } from './canaries';
import type { Endpoint } from './endpoint';
import type { Vantage } from './evidence';
import type { Purpose } from './target-file';

/** A credential. Never serialises, prints or inspects as its value; only `reveal()` tells, to the wire that needs it. */
export interface Secret {
  reveal(): string;
  toString(): string;
  toJSON(): string;
}

/** Wraps a value so that no accident (JSON, template string, util.inspect) can print it. */
export function secret(value: string): Secret {
  const masked = (): string => '[secret]';
  return Object.freeze({
    reveal: () => value,
    toString: masked,
    toJSON: masked,
    [Symbol.for('nodejs.util.inspect.custom')]: masked,
  });
}

/** Ports of a manager, by service; defaults are the documented ones (Cloudify 7.1). */
export interface ManagerPorts {
  readonly http: number;
  readonly https: number;
  readonly internal: number;
  readonly monitoring: number;
}
export interface BrokerPorts {
  readonly amqps: number;
  readonly management: number;
}
export interface DatabasePorts {
  readonly postgresql: number;
}

export interface Node<P> {
  readonly name: string;
  /** What is dialled: the first address, resolved to IP addresses before the first packet. */
  readonly address: string;
  readonly resolved: readonly string[];
  /** Every address and name that agents, services or users dial, with the place of its declaration. */
  readonly hosts: readonly DeclaredHost[];
  readonly ports: P;
  /** Documented port → port to dial instead, for NAT and forwards. */
  readonly portMap: Readonly<Record<number, number>>;
}

export interface DeclaredHost {
  readonly host: string;
  readonly kind: 'dns' | 'ip';
  readonly declaredAt: string;
  /** Who dials it: the internal certificate must cover `internal`, the external one `external`. */
  readonly scope: 'internal' | 'external';
}

export interface Manager extends Node<ManagerPorts> {
  /** Host name users dial when it differs (manager.public_ip); asked for with SNI. null: none declared. */
  readonly publicName: string | null;
  readonly networks: Readonly<Record<string, string>>;
}
export type Broker = Node<BrokerPorts>;
export type Database = Node<DatabasePorts>;

export interface User {
  readonly name: string;
  readonly username: string;
  readonly password: Secret | null;
  readonly token: Secret | null;
  /** Tenant name → role. */
  readonly tenants: Readonly<Record<string, string>>;
  readonly systemRole: string | null;
  /** What the auditor lets the account be used for beside logging in. */
  readonly purposes?: readonly Purpose[];
}

/** The account that opens port 8009 of every manager. */
export interface MonitoringAccount {
  readonly username: string;
  readonly password: Secret;
}

export interface LogSource {
  readonly node: string | null;
  /** Files, directories or globs; directories are searched recursively. */
  readonly paths: readonly string[];
}

/** Certificate files of one holder, on this machine. */
export interface CertificateSource {
  /** Declared node, or what an agent or CLI profile is called; null: not told. */
  readonly node: string | null;
  readonly holder: 'node' | 'agent' | 'cli';
  readonly paths: readonly string[];
  /** For PKCS#12. */
  readonly password: Secret | null;
}

/** A value that the auditor supplies to be searched for. `name` is what reports call it. */
export interface KnownSecret {
  readonly name: string;
  readonly value: Secret;
}

/** Settings of the isolation tests; what is left out has the default of its plan. */
export interface IsolationSettings {
  readonly plan?: IsolationPlan | 'skip';
  /** Most requests that are sent. */
  readonly requests?: number;
  /** Of plan `sampled`: which sample; the same word draws the same one. */
  readonly sample?: string;
}

/** What is downloaded at most: archives a tenant, and bytes of one archive as it is sent. */
export interface ArchiveBounds {
  readonly blueprints: number;
  readonly plugins: number;
  readonly bytes: number;
}

/** A credential that may stand where it stands until the end of a day (UTC). null: whatever it is. */
export interface AllowedLeak {
  readonly detector: string | null;
  readonly path: string | null;
  readonly fingerprint: string | null;
  readonly reason: string;
  readonly expires: string;
}

/** Key size in bits → entries of Debian's list of weak keys (protocol/x509/weaknesses.ts says what they are). */
export type WeakKeyLists = ReadonlyMap<number, ReadonlySet<string>>;

/** A deployment to audit, loaded and checked: nothing below has to doubt it. */
export interface Target {
  readonly name: string;
  readonly version: string | null;
  readonly managers: readonly Manager[];
  readonly brokers: readonly Broker[];
  readonly databases: readonly Database[];
  readonly tenants: readonly string[];
  readonly ca: {
    /** DER certificates. null: not declared, so nothing can be said about the chain. */
    readonly internal: readonly Uint8Array[] | null;
    /** `system`: the trust store that Node ships. */
    readonly external: readonly Uint8Array[] | 'system' | null;
    /** CRLs, DER. Left out: none declared. */
    readonly crls?: readonly Uint8Array[];
    /** Hosts of CRL and OCSP services that may be asked, lower case, `:port` where it is not 80. Left out: none. */
    readonly online?: readonly string[];
  };
  readonly users: readonly User[];
  readonly logs: readonly LogSource[];
  /** Opens the logs that managers serve on 8009; left out: none declared. */
  readonly monitoring?: MonitoringAccount;
  /** Left out: none declared. */
  readonly certificates?: readonly CertificateSource[];
  /** Left out: none given, so nothing can be said of Debian's keys. */
  readonly weakKeys?: WeakKeyLists;
  /** Secrets of the deployment that its logs must not hold, in no encoding. Never sent anywhere. */
  readonly knownSecrets?: readonly KnownSecret[];
  /** Credentials that may stand where they stand, for a while. */
  readonly allowedLeaks?: readonly AllowedLeak[];
  /** File that remembers what was searched: logs are gone on with where the last run stopped. */
  readonly sinceLast?: string;
  /** Key of fingerprints; left out, each run has a new one. */
  readonly fingerprintKey?: Secret;
  /** Archives that are downloaded and searched for credentials; left out: none. */
  readonly archives?: ArchiveBounds;
  /** Whether documented default passwords may be tried; left out, they are. */
  readonly defaults?: 'try' | 'skip';
  /** Endpoints that the catalogue of the product does not have. */
  readonly endpoints?: readonly Endpoint[];
  /** How tenants are tried against each other; left out: `quick`. */
  readonly isolation?: IsolationSettings;
  /** Whether the run may write, canaries and nothing else; left out: it may not. */
  readonly writes?: true;
  /** Whether it may also make accounts and tenants of its own, where the edition has them; left out: it may not. */
  readonly canaryAccounts?: { readonly users: boolean; readonly tenants: boolean };
  /** What this run planted; left out: nothing. */
  readonly canaries?: Canaries;
  /** Product → last day of support by contract (ISO 8601), where it differs from what publishers say. */
  readonly support?: Readonly<Record<string, string>>;
  /** null: derive it from socket addresses. */
  readonly vantage: Vantage | null;
  readonly limits: {
    /** Requests per second and address; the manager's own limit is 10 (Cloudify 7.1). */
    readonly requestsPerSecond: number;
    readonly connectTimeoutMs: number;
    readonly subjectTimeoutMs: number;
    readonly concurrency: number;
    /** How thoroughly the REST API is asked; left out: `standard`. */
    readonly apiRequests?: 'smoke' | 'standard' | 'full';
    /** Whether a burst of requests may show that the manager limits their rate; left out, it may not. */
    readonly rateLimitTest?: boolean;
  };
}
