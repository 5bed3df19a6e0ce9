/** What can leak: kinds of resources that the documentation promises a tenant keeps to itself. */
export type ResourceClass =
  | 'agents'
  | 'blueprints'
  | 'credentials'
  | 'dependencies'
  | 'deployments'
  | 'events'
  | 'executions'
  | 'files'
  | 'filters'
  | 'groups'
  | 'labels'
  | 'node-instances'
  | 'nodes'
  | 'operations'
  | 'other'
  | 'plugins'
  | 'schedules'
  | 'secrets'
  | 'sites'
  | 'snapshots'
  | 'tokens'
  | 'updates';

/**
 * How a request reaches beyond what its path says. `plain`: not at all; the others name the feature that was tried. A
 * leak by a feature that the plain request shows as well is told as `plain`.
 */
export type Reach =
  'plain' | 'all-tenants' | 'filter' | 'include' | 'page' | 'path' | 'search' | 'sort' | 'summary' | 'tenant';

/**
 * Towards whom something is kept. `foreign`: a tenant in which the actor holds no role. `private`: a private resource of
 * somebody else, in a tenant of the actor's. `hidden`: the hidden value of a secret in a tenant of the actor's. `scope`: a
 * tenant of the actor's that the request did not name.
 */
export type Border = 'foreign' | 'private' | 'hidden' | 'scope';

/**
 * What showed it. `id`: an identifier of the resource in the place of one; `marker`: a string that nothing but the resource
 * holds; `tenant-name`: an item that says it is the other tenant's; `digest`: the same bytes as the owner gets; `value`: a
 * credential; `count`: a number that only the resources of others explain.
 */
export type Proof = 'id' | 'marker' | 'tenant-name' | 'digest' | 'value' | 'count';

/** A request anybody can repeat. Credentials are variables in it. */
export interface Reproduction {
  /** Method and path template with its API version, e.g. `GET /api/v3.1/blueprints/{blueprint_id}`. */
  readonly route: string;
  /** Path and query as sent. */
  readonly path: string;
  /** Values of the Tenant header, in order; none: it was not sent. */
  readonly tenants: readonly string[];
  /** For a shell: curl with `$CFY_USER`, `$CFY_PASSWORD` (or `$CFY_TOKEN`) and `$CFY_CA`. */
  readonly curl: string;
}

/** What the owner, or an administrator, got at the same time by the same route: shows that there was something to get. */
export interface IsolationControl {
  readonly actor: string;
  readonly status: number | null;
  /** It showed what the actor must not see. */
  readonly showed: boolean;
}

/** One answer that gave an actor what it must not have. Asked again before it was believed. */
export interface Leak {
  readonly class: ResourceClass;
  readonly border: Border;
  /** Tenant whose resources were given away. */
  readonly owner: string;
  readonly reach: Reach;
  readonly proof: Proof;
  /** Resources, or items, of others in this one answer; for a count, how many too many. */
  readonly amount: number;
  /** Where in the answer the first stands: a JSON pointer; null: the body as a whole. Never the content itself. */
  readonly at: string | null;
  readonly expected: string;
  readonly observed: string;
  readonly status: number;
  readonly control: IsolationControl | null;
  readonly request: Reproduction;
}

/** An answer from which it can be told that something exists which the actor must not know of. */
export interface ExistenceLeak {
  readonly class: ResourceClass;
  readonly border: Border;
  readonly owner: string;
  /** `answer`: differs from the answer for an identifier that nothing has; `tenant-name`: names the other tenant. */
  readonly by: 'answer' | 'tenant-name';
  readonly observed: string;
  readonly request: Reproduction;
}

/** A request that names no tenant of the actor's, or none at all, and was not refused. */
export interface TenantNotRefused {
  readonly class: ResourceClass;
  readonly naming: 'missing' | 'foreign' | 'unknown' | 'case' | 'list' | 'repeated' | 'query' | 'body';
  readonly status: number;
  readonly request: Reproduction;
}

/** Attempts that prove nothing, alike in everything but the route. */
export interface Unproven {
  readonly class: ResourceClass;
  readonly border: Border;
  readonly owner: string;
  /**
   * `control`: nobody who may see it was shown it; `refused-otherwise`: what answered was not the manager's guard;
   * `broken`: the manager answers 5xx, each time; `no-answer`: rate limits, timeouts and the like.
   */
  readonly why: 'control' | 'refused-otherwise' | 'broken' | 'no-answer';
  readonly reason: string;
  readonly routes: readonly string[];
}

/**
 * All attempts of one actor on one class of one owner behind one border. `isolated`: denied wherever it was tried, each time
 * beside a control; `leaking`; `unproven`: no attempt proves anything, or some got no answer; `empty`: the owner has no such
 * resource; `unseen`: nobody declared can see whether the owner has; `not-probed`: the plan, or its bound, left it out.
 */
export interface IsolationCell {
  readonly class: ResourceClass;
  readonly border: Border;
  readonly owner: string;
  readonly state: 'isolated' | 'leaking' | 'unproven' | 'empty' | 'unseen' | 'not-probed';
  /** Resources that were known and looked for. */
  readonly objects: number;
  /** Attempts that prove a denial; each had its control. */
  readonly proven: number;
  /** Attempts that prove nothing. */
  readonly unproven: number;
  /** One that was proven, to repeat; null: none was. */
  readonly example: Reproduction | null;
}

/** How an actor stands to a tenant. */
export interface Membership {
  readonly tenant: string;
  readonly roles: readonly string[];
}

export type IsolationPlan = 'quick' | 'full' | 'pairwise' | 'sampled';

/** `api.isolation`: what one actor can reach beyond the tenants and resources that are its own. */
export interface ApiIsolation {
  /** How reports call the identity. */
  readonly actor: string;
  /** Roles by the manager's own account; a planted actor's are those it was made with. */
  readonly memberships: readonly Membership[];
  readonly systemRole: string;
  /** Planted by this run. */
  readonly canary: boolean;
  readonly node: string;
  readonly address: string;
  readonly port: number;
  readonly plan: IsolationPlan;
  /** Tenants it holds no role in that are known to have resources, or of which nobody can see whether they have. */
  readonly outsideOf: readonly string[];
  /** Tenants of its own with private resources of others that its role must not see. */
  readonly withPrivate: readonly string[];
  /** Tenants of its own with hidden values of others. */
  readonly withHidden: readonly string[];
  /** Requests sent as this actor. */
  readonly requests: number;
  readonly cells: readonly IsolationCell[];
  readonly leaks: readonly Leak[];
  readonly existence: readonly ExistenceLeak[];
  /** Answers to requests that widen a list (filters, searches, `_all_tenants` and the like) that say something. */
  readonly widened: number;
  /** Answers that were compared with those for something that is not there. */
  readonly compared: number;
  /** Requests that name no tenant of the actor's, or none at all, and how many of them were refused as they must. */
  readonly tenantTried: number;
  readonly tenantRefused: number;
  readonly tenantNotRefused: readonly TenantNotRefused[];
  readonly unproven: readonly Unproven[];
}

/** One ordered pair of tenants × one class, over all actors who are members of `from` and not of `to`. */
export interface TenancyCell {
  readonly from: string;
  readonly to: string;
  readonly class: ResourceClass;
  readonly state: IsolationCell['state'];
  /** Actors it rests on. */
  readonly actors: readonly string[];
  /** Why nothing is proven; null when something is. */
  readonly reason: string | null;
}

/** `api.tenancy`: which pairs of tenants were held apart, class by class, and which were not looked at. */
export interface ApiTenancy {
  readonly node: string;
  readonly plan: IsolationPlan;
  readonly tenants: readonly string[];
  readonly actors: readonly string[];
  /** Every ordered pair × class. */
  readonly pairs: number;
  readonly proven: number;
  readonly leaking: number;
  readonly cells: readonly TenancyCell[];
  /** Bound on requests that the plan keeps, and what was sent. */
  readonly bound: number;
  readonly requests: number;
}
