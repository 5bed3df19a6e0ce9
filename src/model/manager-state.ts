/** Settings of the manager that decide how it guards accounts, as `GET /config` tells them to `as`. */
export interface ManagerSettings {
  readonly node: string;
  /** Name of the declared user who asked: values marked admin-only are masked for others. */
  readonly as: string;
  readonly accountLock: {
    /** Wrong passwords after which an account is locked; null: not told. */
    readonly failures: number | null;
    /** Minutes for which it stays locked; below 1 it never is, whatever `failures` says. null: not told. */
    readonly minutes: number | null;
  };
  /** null: not told. */
  readonly insecureEndpointsDisabled: boolean | null;
  /** Settings of the REST service that name the level at which something logs; those that are masked are left out. */
  readonly logLevels: readonly { readonly setting: string; readonly level: string }[];
  /** Who may change settings of the whole manager (PUT /config), by what it says of itself. Nothing is written. */
  readonly writing: {
    /** Roles that hold the permission, by the manager's table; null: not told. */
    readonly roles: readonly string[] | null;
    /**
     * Settings that it does not mark for administrators alone, at most a hundred; null: not told. Also those that are not
     * editable: whoever holds the permission changes them by `force`.
     */
    readonly open: readonly string[] | null;
  };
}

/** API tokens as `GET /tokens` lists them. */
export interface ManagerTokens {
  readonly node: string;
  readonly as: string;
  /** `all`: an administrator asked, who is shown everybody's; `own`: somebody who sees his own alone. */
  readonly scope: 'all' | 'own';
  /** Every token was on the pages that were read. */
  readonly complete: boolean;
  readonly tokens: readonly {
    /** Public part of the token: what `cfy tokens delete` takes. */
    readonly id: string;
    readonly owner: string;
    readonly role: string | null;
    /** `management-worker`: the token that the installation makes for the manager's own worker, which has no end. */
    readonly purpose: 'management-worker' | null;
    /** Whole days from the observation to its end, negative once it is over; null: it never ends. */
    readonly daysToEnd: number | null;
    /** Whole days since it was last used; null: never. */
    readonly daysIdle: number | null;
  }[];
}

/** Accounts that may do everything, as `GET /users` lists them to an administrator. */
export interface ManagerAdministrators {
  readonly node: string;
  readonly as: string;
  readonly complete: boolean;
  /** Every account, of any role. */
  readonly accounts: number;
  /** Active accounts with the system role sys_admin, of their own or by a group. */
  readonly administrators: readonly {
    readonly username: string;
    readonly by: 'account' | 'group';
    /** Whole days since the last log-in; null: never. */
    readonly daysIdle: number | null;
  }[];
}

/** In what state a manager was while it was audited, and whether the catalogue of endpoints is about this manager. */
export interface ManagerCondition {
  readonly node: string;
  readonly as: string;
  readonly version: string | null;
  readonly edition: string | null;
  /** `deactivated`, `activating` or `activated`; null: not told. */
  readonly maintenance: string | null;
  /** What GET /status says of all services together, e.g. `OK`; null: not told. */
  readonly health: string | null;
  /** Services that it says are not running. */
  readonly down: readonly string[];
  /** `not-needed`: the community edition. */
  readonly license: 'valid' | 'expired' | 'none' | 'not-needed' | null;
  /** Whole days to the end of the licence; null: it has none, or is not told. */
  readonly licenseDays: number | null;
  readonly catalogue: {
    /** The version whose REST API the catalogue describes. */
    readonly manager: string;
    /** Paths that were held against it by anonymous OPTIONS. */
    readonly asked: number;
    /** `METHOD path` that the catalogue has and the manager does not offer. */
    readonly missing: readonly string[];
    /** `METHOD path` that the manager offers and the catalogue does not have. */
    readonly unknown: readonly string[];
  };
}

/** One product of the deployment in the version in which it runs, and how long that is supported. */
export interface SoftwareVersion {
  readonly node: string;
  /** Key of the support table, e.g. `cloudify-manager`. */
  readonly product: string;
  /** As told by the product, bounded; null: it does not tell. */
  readonly version: string | null;
  /** What told it. */
  readonly toldBy: 'rest' | 'amqp';
  /** Line of releases that the version belongs to, e.g. `7.0`; null: the table has none such. */
  readonly release: string | null;
  /** Last day of support (ISO 8601 date); null: nobody published one. */
  readonly supportEnds: string | null;
  /** Whole days to that day, negative once it is over. */
  readonly daysOfSupport: number | null;
  /** Who names the day: the publisher, or the auditor by the target file (a contract). */
  readonly source: 'published' | 'contract' | null;
}
