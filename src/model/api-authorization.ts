import type { TellingAnswer } from './http-surface';

/** Whether a role holds a permission. `unknown`: the source does not know the permission, or could not be read. */
export type Grant = 'granted' | 'withheld' | 'unknown';

/**
 * What an endpoint's answer says of its guard. `answered`: only code behind the guard can have said it. `refused`: the
 * guard said no and named the permission. `refused-unnamed`: it said no to a caller whose credentials are good, without
 * a name, as /permissions does. `unproven`: anything else, and why stands beside it; never a refusal.
 */
export type GuardAnswer = 'answered' | 'refused' | 'refused-unnamed' | 'unproven';

/** One actor × one endpoint that did not come out as shipped, declared and proven: told one by one. */
export interface AuthorizationCell {
  /** Method and path template with its API version, e.g. `GET /api/v3.1/snapshots`. */
  readonly endpoint: string;
  /** Permission that guards it; null where being an administrator is what counts. */
  readonly permission: string | null;
  /** By default nobody below sys_admin and manager may use it. */
  readonly administrative: boolean;
  /** By it an account could be given roles, groups, tenants or permissions. */
  readonly elevates: boolean;
  /** By the permission table that the product ships. */
  readonly shipped: Grant;
  /** By the table that the manager itself gives out (GET /config?scope=authorization). */
  readonly declared: Grant;
  readonly observed: GuardAnswer;
  /** Permission that the refusal names. */
  readonly named: string | null;
  readonly status: number | null;
  /** Why nothing is proven; null when something is. */
  readonly reason: string | null;
  /** The same request, in the same minute, by an actor who should be let in; null: nobody of whom that is declared. */
  readonly control: { readonly actor: string; readonly observed: GuardAnswer } | null;
}

/** `api.authorization`: what one actor, standing for a role, is let into and kept out of. */
export interface ApiAuthorization {
  /** How reports call the identity. */
  readonly actor: string;
  readonly role: string;
  /** The tenant it acts in; null: it names none. */
  readonly tenant: string | null;
  /** The role is sys_admin, so nothing administrative has to be refused. */
  readonly administrator: boolean;
  /** Roles that count for it there, as the manager tells: system role, tenant role, groups. */
  readonly roles: readonly string[];
  readonly node: string;
  readonly address: string;
  readonly port: number;
  /**
   * `smoke`: some endpoints for each kind of guard and set of roles; `sample`: each permission on one endpoint, of further
   * managers of a cluster; `standard`: every guarded endpoint of the newest API version; `full`: of every version.
   */
  readonly plan: 'smoke' | 'sample' | 'standard' | 'full';
  /** False: the manager did not tell its permission table, so nothing can be held against it. */
  readonly tableRead: boolean;
  /** Cells that were asked, and cells of the catalogue that this plan leaves out. */
  readonly asked: number;
  readonly notAsked: number;
  /** Refused as shipped and declared, by the right permission, while the control was answered. */
  readonly refused: readonly string[];
  /** The same, by a refusal that names no permission. */
  readonly refusedUnnamed: readonly string[];
  /** Answered as shipped and declared. */
  readonly answered: readonly string[];
  /** How many of the refused are administrative, and how many elevate. */
  readonly administrativeRefused: number;
  readonly elevationRefused: number;
  /** Every other cell. */
  readonly cells: readonly AuthorizationCell[];
  /** Permissions of the role that are not as shipped. */
  readonly differences: readonly {
    readonly permission: string;
    readonly shipped: Grant;
    readonly declared: Grant;
  }[];
  /** Premium features of a community edition: they answer before they ask who it is; nothing is behind them. */
  readonly stubs: readonly string[];
  /** Guarded endpoints that are never asked, because even the gentlest form could have an effect, and the like. */
  readonly notSent: readonly { readonly endpoint: string; readonly reason: string }[];
  /** Becomes `http.surface` as well; left out: there was none. */
  readonly telling?: readonly TellingAnswer[];
}
