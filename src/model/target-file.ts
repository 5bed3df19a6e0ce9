import type { Vantage } from './evidence';

/**
 * target.yaml: what the auditor writes down about one deployment. Only `name` and one manager are required; whatever
 * is left out is reported as not established. `${NAME}` stands for an environment variable in every string (`$${`
 * for a literal `${`), and relative paths start at the file's folder.
 */
export interface TargetFile {
  /** How reports call this deployment. */
  readonly name: string;
  /** Manager version, in quotes (YAML reads 7.0 as the number 7), e.g. "7.1". */
  readonly version?: string;
  /**
   * Every manager of the cluster.
   * @minItems 1
   */
  readonly managers: readonly ManagerEntry[];
  /** RabbitMQ nodes; a manager that runs its own broker is listed here too, under the same name and address. */
  readonly brokers?: readonly BrokerEntry[];
  /** PostgreSQL nodes; likewise. */
  readonly databases?: readonly DatabaseEntry[];
  /** Certificate authorities that certificates must chain to. */
  readonly ca?: CaEntry;
  /** Names of the tenants; left out, those of the users. */
  readonly tenants?: readonly string[];
  /** Accounts made for the audit. Never the only administrator's. */
  readonly users?: readonly UserEntry[];
  /** The account by which nodes read each other's metrics and logs on 8009: the logs that managers serve there are searched. */
  readonly monitoring?: MonitoringEntry;
  /** Logs of the deployment, copied to or mounted on this machine. */
  readonly logs?: readonly LogEntry[];
  /** Certificates and keys as they lie on nodes, agents and in CLI profiles, copied to or mounted on this machine. */
  readonly certificates?: readonly CertificatesEntry[];
  /** Lists of the RSA keys that Debian's generator of 2006 to 2008 made (CVE-2008-0166). Left out, nothing is said of them. */
  readonly weakKeys?: WeakKeysEntry;
  /** Secrets of the deployment that its logs must not hold in any encoding. Never sent anywhere. */
  readonly secrets?: readonly SecretEntry[];
  /** What is found and accepted, and how findings are told apart over time. */
  readonly leaks?: LeaksEntry;
  /** File with endpoints that the REST API has beyond those of Cloudify 7.1; see rules/endpoints/endpoints.schema.json. */
  readonly endpoints?: string;
  /** Last days of support by contract, where they differ from what publishers say. */
  readonly support?: SupportEntry;
  /** Where this scanner stands; left out, it is derived from socket addresses. Declare it behind tunnels and forwards. */
  readonly vantage?: Vantage;
  /** `skip`: do not try the documented default passwords (each once). Left out, `try`. */
  readonly defaults?: 'try' | 'skip';
  readonly limits?: LimitsEntry;
  /** What `--allow-write` may plant beside resources of tenants. */
  readonly canaries?: CanariesEntry;
  /** How tenants are tried against each other. */
  readonly isolation?: IsolationEntry;
  /** Archives of blueprints and plugins that are downloaded and searched for credentials; left out, none are. */
  readonly archives?: ArchivesEntry;
}

/** Nothing is unpacked to disk. */
export interface ArchivesEntry {
  /**
   * Most archives of blueprints a tenant, the newest. Left out, 20.
   * @minimum 0
   * @maximum 10000
   * @asType integer
   */
  readonly blueprints?: number;
  /**
   * Most archives of plugins a tenant, the newest. Left out, 0: most are made by others, and the same everywhere.
   * @minimum 0
   * @maximum 10000
   * @asType integer
   */
  readonly plugins?: number;
  /**
   * Most MiB of one archive, as it is sent. Left out, 64.
   * @minimum 1
   * @maximum 4096
   * @asType integer
   */
  readonly mebibytes?: number;
}

/** What nodes of all roles have in common. */
export interface NodeEntry {
  /** Letters, digits, `.`, `_` and `-`; one name is one machine, whatever its roles. */
  readonly name: string;
  /** Private IP address or name: what the other nodes dial. Its certificates must name it. */
  readonly address: string;
  /** The node's own host name; its certificates must name it. Not resolved. */
  readonly hostname?: string;
  /** Further addresses and names that agents or services dial; its certificates must name them. Not resolved. */
  readonly addresses?: readonly string[];
  /** Network name → address or name, as in the manager's `networks`; its certificates must name them. Not resolved. */
  readonly networks?: Readonly<Record<string, string>>;
  /** Where this scanner reaches the node when that is not `address` (tunnel, forward). Certificates need not name it. */
  readonly dial?: string;
  /** Documented port → port to dial instead, for ports that have no key in `ports`. */
  readonly portMap?: Readonly<Record<string, Port>>;
}

/**
 * @minimum 1
 * @maximum 65535
 * @asType integer
 */
export type Port = number;

export interface ManagerEntry extends NodeEntry {
  /** Host name (or address) that users dial when it differs from `address`: the external certificate must name it. */
  readonly publicName?: string;
  readonly ports?: {
    /** Default 80. */
    readonly http?: Port;
    /** Default 443: REST and user interface. */
    readonly https?: Port;
    /** Default 53333: REST for agents. */
    readonly internal?: Port;
    /** Default 8009. */
    readonly monitoring?: Port;
  };
}

export interface BrokerEntry extends NodeEntry {
  readonly ports?: {
    /** Default 5671. */
    readonly amqps?: Port;
    /** Default 15671. */
    readonly management?: Port;
  };
}

export interface DatabaseEntry extends NodeEntry {
  readonly ports?: {
    /** Default 5432. */
    readonly postgresql?: Port;
  };
}

export interface CaEntry {
  /** PEM or DER file, or several: signs what agents, services and nodes see. */
  readonly internal?: string | readonly string[];
  /** PEM or DER file, several, or `system` for the public trust store: signs what users see. */
  readonly external?: string | readonly string[];
  /** CRL file of these CAs, or several, PEM or DER. */
  readonly crls?: string | readonly string[];
  /**
   * Hosts (`pki.example.org`, `10.0.0.9:8080`) of the CRL and OCSP services that certificates name and that may be asked, over
   * http. They lie outside the deployment's ports, and learn which certificates are audited. Left out: nothing is fetched, and
   * what is not declared as a file, or stapled, is not checked.
   * @minItems 1
   */
  readonly online?: readonly ServiceHost[];
}

/**
 * A name or address, with its port where that is not 80.
 * @pattern ^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(?::[1-9][0-9]{0,4})?$
 */
export type ServiceHost = string;

export interface UserEntry {
  /** The account's name on the manager. */
  readonly username: string;
  /** How reports call this identity; left out, `username`. */
  readonly name?: string;
  readonly password?: CredentialEntry;
  readonly token?: CredentialEntry;
  /** Tenant → role the account holds there. */
  readonly tenants?: Readonly<Record<string, string>>;
  /** E.g. sys_admin; left out, the audit assumes `default`. */
  readonly systemRole?: string;
  /** What the account, or its token, is there for. */
  readonly purpose?: readonly Purpose[];
}

/**
 * `wrong-password`: one wrong password may be tried on this account, with the right one before and after. `deactivated`:
 * the account is deactivated. `expired-token`, `revoked-token`: the token has expired, or was revoked, on purpose.
 */
export type Purpose = 'wrong-password' | 'deactivated' | 'expired-token' | 'revoked-token';

/** Where a credential comes from: `'${NAME}'` from the environment, a file of one line, or a question at the terminal. */
export type CredentialEntry = string | { readonly file: string } | { readonly prompt: true };

/** prometheus.credentials of the managers' config.yaml (Cloudify 7.1): one account for the whole cluster. */
export interface MonitoringEntry {
  /** Default `monitoring_user`. */
  readonly username?: string;
  readonly password: CredentialEntry;
}

export interface LogEntry {
  /** Name of the node the logs come from. */
  readonly node?: string;
  /**
   * Files, folders (searched recursively) and globs.
   * @minItems 1
   */
  readonly paths: readonly string[];
}

export interface CertificatesEntry {
  /** Name of the node that the files come from; for agents and CLI profiles any name that tells them apart. */
  readonly node?: string;
  /**
   * Whose they are. `node` (default): what a manager, broker or database serves. `agent`: an agent's folder, whose
   * cloudify/ssl/cloudify_internal_cert.pem is the CA it trusts. `cli`: a ~/.cloudify folder with its profiles.
   */
  readonly holder?: 'node' | 'agent' | 'cli';
  /**
   * Files, folders (searched recursively for certificates) and globs.
   * @minItems 1
   */
  readonly paths: readonly string[];
  /** Opens PKCS#12 files among them; encrypted keys are noted and stay shut. */
  readonly password?: CredentialEntry;
}

/**
 * A file a key size, as openssl-blacklist has them (blacklist.RSA-2048): a line for each key, the last 20 hexadecimal digits of
 * the SHA-1 of what `openssl x509 -noout -modulus` prints. Keys of other sizes are not looked up.
 */
export interface WeakKeysEntry {
  readonly '1024'?: string;
  readonly '2048'?: string;
  readonly '3072'?: string;
  readonly '4096'?: string;
}

export interface SecretEntry {
  /** How reports call it, e.g. `broker password`. */
  readonly name: string;
  readonly value: CredentialEntry;
}

/**
 * A date, e.g. 2027-12-31.
 * @format date
 */
export type Day = string;

export interface SupportEntry {
  readonly 'cloudify-manager'?: Day;
  readonly 'operating-system'?: Day;
  readonly rabbitmq?: Day;
}

export interface LeaksEntry {
  /** Key of the fingerprints, at least 16 characters: with it they are the same in every run, else new in each. */
  readonly fingerprintKey?: CredentialEntry;
  /** Credentials that may stand where they stand, until a date. They stay in the report, as allowed. */
  readonly allow?: readonly AllowEntry[];
}

/** At least one of `detector`, `path` and `fingerprint`; all that are given must fit. */
export interface AllowEntry {
  /** Id of a detector, as the report shows it. */
  readonly detector?: string;
  /** Glob of the log's path or of an object over REST (`deployments/shop *`). */
  readonly path?: string;
  /**
   * As the report shows it; needs `fingerprintKey`.
   * @pattern ^[0-9a-f]{32}$
   */
  readonly fingerprint?: string;
  /** @minLength 1 */
  readonly reason: string;
  /**
   * Last day (UTC), YYYY-MM-DD.
   * @pattern ^\d{4}-\d{2}-\d{2}$
   */
  readonly expires: string;
}

export interface LimitsEntry {
  /**
   * Requests and connections per second and address; default 7. The manager's own limit is 10.
   * @exclusiveMinimum 0
   * @maximum 1000
   */
  readonly requestsPerSecond?: number;
  /**
   * Seconds; default 10.
   * @exclusiveMinimum 0
   * @maximum 600
   */
  readonly connectTimeout?: number;
  /**
   * Seconds for one subject; default 60.
   * @exclusiveMinimum 0
   * @maximum 86400
   */
  readonly subjectTimeout?: number;
  /**
   * Subjects looked at side by side; default 4.
   * @minimum 1
   * @maximum 64
   * @asType integer
   */
  readonly concurrency?: number;
  /**
   * How the REST API is asked by callers without a right to it: `standard` (default: every endpoint, about 1 400 requests a
   * manager), `full` (every endpoint with every credential over every listener, about 25 000), or `smoke` (some endpoints of
   * each kind of guard, about 500, without the trial of tenants unless `isolation` is there): what is true of all
   * endpoints stays undecided then.
   */
  readonly apiRequests?: 'smoke' | 'standard' | 'full';
  /**
   * `true`: at the end of the run, send one burst of at most 60 requests without credentials to each manager, to see
   * whether it limits their rate. It keeps others at this machine's address waiting for some seconds. Default false.
   */
  readonly rateLimitTest?: boolean;
}

export interface IsolationEntry {
  /**
   * `quick` (default): two tenants, every class of resource, at most 3000 requests. `full`: every form of request on every
   * API version. `pairwise`: every ordered pair of tenants. `sampled`: a sample of the pairs. `skip`: none.
   */
  readonly plan?: 'quick' | 'full' | 'pairwise' | 'sampled' | 'skip';
  /**
   * Most requests that are sent.
   * @minimum 100
   * @maximum 10000000
   * @asType integer
   */
  readonly requests?: number;
  /** Which sample `sampled` draws: the same word draws the same one. */
  readonly sample?: string;
}

/** Premium edition only, and only with an administrator among the users. Left out: neither. */
export interface CanariesEntry {
  /** Accounts for the roles that no declared user stands for, and one that is deactivated. */
  readonly users?: boolean;
  /** One tenant, with an account of its own. */
  readonly tenants?: boolean;
}
