import type { Membership } from './api-isolation';
import type { Visibility } from './canaries';
import type { WrittenKind } from './canary-ledger';

export type WriteAction = 'create' | 'update' | 'delete' | 'set-visibility';

/**
 * How the request named the tenant that is not the actor's, or tried to do without. `own-header`: a tenant of the actor's,
 * with the identifier of the other one's object; `foreign-header`: the other tenant; `…-all-tenants`: with
 * `_all_tenants=true`; `no-header`: none; `doubled-header`: both; `query`, `body`: there, beside the actor's own in the
 * header; `twin`: the actor's own object, which bears the same identifier as the other tenant's.
 */
export type TenantNaming =
  | 'own-header'
  | 'foreign-header'
  | 'own-all-tenants'
  | 'foreign-all-tenants'
  | 'no-header'
  | 'doubled-header'
  | 'query'
  | 'body'
  | 'twin';

/** One request to write where the actor must not, in a form that anybody can repeat. */
export interface WriteRequest {
  readonly action: WriteAction;
  readonly kind: WrittenKind;
  /** Method and path template with its API version, e.g. `PATCH /api/v3.1/secrets/{key}`. */
  readonly route: string;
  /** Path and query as sent. */
  readonly path: string;
  /** Values of the Tenant header, in order. */
  readonly tenants: readonly string[];
  readonly naming: TenantNaming;
  /** Tenant it was aimed at. */
  readonly owner: string;
  /** Of the object it was aimed at; null: a new one. */
  readonly visibility: Visibility | null;
}

/**
 * A write that came through, shown by what the owner read afterwards. `none`: it seemed to when it was tried among others,
 * and did not by itself; somebody else may have been at the canary.
 */
export interface WriteEffect extends WriteRequest {
  readonly effect: 'none' | 'created' | 'changed' | 'deleted';
  /** What the answer said; a write can come through behind a refusal. */
  readonly status: number | null;
  readonly expected: string;
  readonly observed: string;
}

/** A guard that let somebody in who holds no role there: it answered a request that finds nothing as it answers its own. */
export interface GuardLetIn {
  readonly route: string;
  readonly tenants: readonly string[];
  readonly owner: string;
  readonly status: number;
  readonly expected: string;
  readonly observed: string;
}

/** `api.write-isolation`: what one actor can create, change and delete in tenants where it must not. */
export interface ApiWriteIsolation {
  /** How reports call the identity. */
  readonly actor: string;
  /** By the manager's own account. */
  readonly memberships: readonly Membership[];
  readonly systemRole: string;
  readonly node: string;
  readonly address: string;
  readonly port: number;
  /**
   * `canaries`: objects of this run were written to, and their owners looked. `guards`: a read-only run, in which only
   * requests that find nothing were sent, and the guards' answers compared.
   */
  readonly mode: 'canaries' | 'guards';
  /** Tenants that were aimed at. */
  readonly owners: readonly string[];
  /** Attempts without effect, whose like had one when the owner made it at that time. */
  readonly proven: {
    readonly create: number;
    readonly update: number;
    readonly delete: number;
    readonly 'set-visibility': number;
  };
  /** Each of them: action, route, naming and tenant. */
  readonly refused: readonly string[];
  readonly effects: readonly WriteEffect[];
  /** Guards that refused the actor and let the owner in, and those that let the actor in. */
  readonly guarded: readonly string[];
  readonly letIn: readonly GuardLetIn[];
  /** Attempts that prove nothing, and why. */
  readonly unproven: readonly { readonly what: string; readonly reason: string }[];
  /** What is never tried because it would harm, and who may do it by the permission table. */
  readonly notTried: readonly { readonly what: string; readonly reason: string }[];
}
