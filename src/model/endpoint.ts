/** REST API version under /api; `unversioned` is /api itself. */
export type ApiVersion = string;

/**
 * What stands before an endpoint's own code. `secured`: authenticates first; `stub`: a premium feature that the community
 * edition answers with 404 before it authenticates; `cookie`: reads the XSRF-TOKEN cookie; `open`: needs nothing.
 */
export type Guard = 'secured' | 'stub' | 'cookie' | 'open';

/**
 * How an audit may send it. `read`: changes nothing; `inert-empty`: changes nothing with identifiers that do not exist and
 * without a body, whoever sends it (shown on a 7.1 manager); `never`: changes something even so.
 */
export type Probe = 'read' | 'inert-empty' | 'never';

/** One route and method of the REST API, in every version that mounts it alike. */
export interface Endpoint {
  /** `METHOD /path`; older versions that differ are named in brackets. Unique. */
  readonly id: string;
  readonly method: string;
  /** Below the version, e.g. `/blueprints/{blueprint_id}`. */
  readonly path: string;
  readonly versions: readonly ApiVersion[];
  /** Left out: `secured`. */
  readonly guard?: Guard;
  /** `premium`: authenticates, then answers 404 in the community edition. */
  readonly edition?: 'premium';
  /** Permission it asks for; left out, none beyond a login. */
  readonly permission?: string;
  /** Where the request names its tenant; left out, `header` (of the name Tenant). */
  readonly tenantFrom?: 'header' | 'param' | 'data' | 'none';
  /** `_all_tenants=true` widens it to all tenants in which the caller holds the permission. */
  readonly allTenants?: boolean;
  /** A live execution token may use it whatever its role. */
  readonly allIfExecution?: boolean;
  readonly probe: Probe;
  /** Of `never`: why. */
  readonly never?: string;
  /**
   * Of `never`: callers whose credentials are worth nothing are sent all the same, with identifiers that nothing has, of
   * which it is shown that even an administrator changes nothing by them (7.1).
   */
  readonly strangers?: 'inert-empty';
  /** Path parameter → kind of its value: see `harvest` and `fixed` of the catalogue. */
  readonly params?: Readonly<Record<string, string>>;
  /** Query features it has. */
  readonly query?: readonly ('paging' | 'sort' | 'filters' | 'allTenants' | 'search')[];
  /** Kind of the filters that `_filter_id` names. */
  readonly filterId?: string;
  /** Type of what it returns, by the REST service's own name. */
  readonly model?: string;
  /** Answers `{ items: […], metadata: { pagination: { total } } }`; items carry `tenant_name` and `id`, `key` or `name`. */
  readonly list?: boolean;
  /** Manager versions that serve it without credentials; `documented`: the documentation says so of every version. */
  readonly open?: { readonly since?: string; readonly until?: string; readonly documented?: boolean };
}

/** A path that nginx answers or guards by itself. */
export interface NginxPath {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  /** `rest`: 443 and 53333; `monitoring`: 8009. */
  readonly listener: 'rest' | 'monitoring';
  /** `login`: sends to a login page; `internal`: 404 from outside; `open`: served to anybody. */
  readonly guard: 'secured' | 'open' | 'login' | 'internal';
}

/** The REST surface of one manager version. */
export interface EndpointCatalogue {
  readonly manager: string;
  /** Oldest first; without `unversioned`. */
  readonly versions: readonly ApiVersion[];
  /** Permission → roles that hold it by default. */
  readonly permissions: Readonly<Record<string, readonly string[]>>;
  /** Kind of a path parameter → the list that names such things, and the field of an item; null: items are the names. */
  readonly harvest: Readonly<Record<string, { readonly from: string; readonly field: string | null }>>;
  /** Kind of a path parameter → the values it can have. */
  readonly fixed: Readonly<Record<string, readonly string[]>>;
  readonly endpoints: readonly Endpoint[];
  readonly paths: readonly NginxPath[];
  /** nginx serves `/<prefix>…` as `<to>/<prefix>…`. */
  readonly rewrites: { readonly to: string; readonly prefixes: readonly string[] };
}
