import type { AccountExistence } from './account-existence';
import type { DefaultCredential } from './default-credential';
import type { ApiAuthentication } from './api-authentication';
import type { ApiAuthorization } from './api-authorization';
import type { ApiWriteIsolation } from './api-write-isolation';
import type { CanaryLedger } from './canary-ledger';
import type { ApiIsolation, ApiTenancy } from './api-isolation';
import type { CertificateFiles } from './certificate-files';
import type { HttpRedirect } from './http-redirect';
import type { HttpSurface } from './http-surface';
import type { LogSecrets } from './log-secrets';
import type {
  ManagerAdministrators,
  ManagerCondition,
  ManagerSettings,
  ManagerTokens,
  SoftwareVersion,
} from './manager-state';
import type { LogSettings } from './log-settings';
import type { NetworkListener } from './network-listener';
import type { RestSecrets } from './rest-secrets';
import type { RateLimit } from './rate-limit';
import type { TlsDeployment, TlsEndpoint } from './tls-endpoint';

/** The facts each evidence type carries when it was observed. One entry a type; the keys are the type names. */
export interface EvidenceData {
  readonly 'tls.endpoint': TlsEndpoint;
  readonly 'tls.deployment': TlsDeployment;
  readonly 'certificate.file': CertificateFiles;
  readonly 'network.listener': NetworkListener;
  readonly 'http.surface': HttpSurface;
  readonly 'http.redirect': HttpRedirect;
  readonly 'default.manager': DefaultCredential;
  readonly 'default.broker': DefaultCredential;
  readonly 'default.database': DefaultCredential;
  readonly 'default.monitoring': DefaultCredential;
  readonly 'api.authentication': ApiAuthentication;
  readonly 'api.credential': ApiAuthentication;
  readonly 'api.account-existence': AccountExistence;
  readonly 'log.secrets': LogSecrets;
  readonly 'api.authorization': ApiAuthorization;
  readonly 'rest.secrets': RestSecrets;
  readonly 'api.write-isolation': ApiWriteIsolation;
  readonly 'canary.ledger': CanaryLedger;
  readonly 'manager.settings': ManagerSettings;
  readonly 'manager.tokens': ManagerTokens;
  readonly 'manager.administrators': ManagerAdministrators;
  readonly 'manager.condition': ManagerCondition;
  readonly 'software.version': SoftwareVersion;
  readonly 'http.rate-limit': RateLimit;
  readonly 'log.settings': LogSettings;
  readonly 'api.isolation': ApiIsolation;
  readonly 'api.tenancy': ApiTenancy;
}

export type EvidenceType = keyof EvidenceData;

/** What a finding is about. `id` is stable from run to run: it identifies the finding across reports. */
export interface Subject {
  readonly id: string;
  readonly kind: 'target' | 'listener' | 'request' | 'log-source' | 'certificate-source' | 'actor';
  /** One line for people, e.g. `manager-1 · REST (external) · 10.0.0.5:443`. */
  readonly title: string;
  /** Declared node the subject belongs to; absent for the target as a whole. */
  readonly node?: string;
}

interface EvidenceBase<T extends EvidenceType> {
  readonly type: T;
  readonly subject: Subject;
  /** ISO 8601, UTC: when we looked, whatever came of it. */
  readonly observedAt: string;
}

export interface Observed<T extends EvidenceType> extends EvidenceBase<T> {
  readonly state: 'observed';
  readonly data: EvidenceData[T];
}

/** We looked; it is not there. */
export interface Absent<T extends EvidenceType> extends EvidenceBase<T> {
  readonly state: 'absent';
  readonly reason: string;
}

/** We could not look: refused, timed out, not declared, no credentials, 503, unparsable. */
export interface Unavailable<T extends EvidenceType> extends EvidenceBase<T> {
  readonly state: 'unavailable';
  readonly reason: string;
  /** What the reader can supply so that the next run can look, e.g. a key of target.yaml. */
  readonly supply?: string;
}

/** Our own bug: the collector threw. */
export interface Failed<T extends EvidenceType> extends EvidenceBase<T> {
  readonly state: 'failed';
  readonly error: string;
}

/** One observation of one subject, of a known type. */
export type EvidenceOf<T extends EvidenceType> = Observed<T> | Absent<T> | Unavailable<T> | Failed<T>;

/** One observation of one subject: narrowing on `type` and `state` narrows `data`. */
export type Evidence = { [T in EvidenceType]: EvidenceOf<T> }[EvidenceType];

/** What a run of one collector cost the deployment. */
export interface Traffic {
  readonly collector: string;
  readonly subjects: number;
  readonly connections: number;
  readonly requests: number;
  readonly milliseconds: number;
}

/** The target as the bundle remembers it: names and addresses, never a credential. */
export interface TargetSummary {
  readonly name: string;
  /** Manager version the auditor declared, e.g. `7.1`; null when unknown. */
  readonly version: string | null;
  readonly nodes: readonly {
    readonly name: string;
    readonly roles: readonly ('manager' | 'broker' | 'database')[];
    readonly addresses: readonly string[];
  }[];
  readonly identities: readonly string[];
  /** How thoroughly the REST API was asked; left out: `standard`. */
  readonly apiRequests?: 'smoke' | 'full';
}

/** The seam: everything that evaluation may know. Serialised canonically; `digest` covers all other fields. */
export interface EvidenceBundle {
  readonly schemaVersion: '1.0';
  readonly tool: { readonly name: 'cfy-audit'; readonly version: string };
  readonly run: {
    readonly id: string;
    /** ISO 8601, UTC. @format date-time */
    readonly startedAt: string;
    /** @format date-time */
    readonly finishedAt: string;
    /** True when the run was interrupted: what is here is what had been collected. */
    readonly interrupted: boolean;
    /** Canaries were planted, or were to be; left out: the run was read-only. */
    readonly writes?: true;
    readonly vantage: Vantage;
    /** Earlier runs, oldest first, of which observations were kept; each evidence says when it was observed. */
    readonly resumed?: readonly {
      readonly id: string;
      /** @format date-time */
      readonly startedAt: string;
      /** @format date-time */
      readonly finishedAt: string;
      readonly digest: string;
    }[];
  };
  readonly target: TargetSummary;
  readonly traffic: readonly Traffic[];
  readonly evidence: readonly Evidence[];
  /** `sha256:` + hex of the canonical JSON of all the other fields. */
  readonly digest: string;
}

/**
 * Where the scanner stands towards the deployment. `same-host`: our own address is the manager's, so a
 * port that answers on loopback proves nothing about the network. Derived from socket addresses unless
 * the target file declares it (tunnels, port forwards).
 */
export type Vantage = 'network' | 'same-host';
