import type { Guard } from './endpoint';
import type { HttpAnswer, TellingAnswer } from './http-surface';

/** Where the REST API stands, or may stand: 443, 53333, 80, 8100 and 8101. */
export type ApiListener = 'rest-external' | 'rest-internal' | 'http' | 'rest-local' | 'api-local';

/** What a caller showed. */
export type ShownCredential =
  // Nobody: none of these belongs to an account.
  | 'none'
  | 'empty-headers'
  | 'malformed-token'
  | 'unknown-token'
  | 'unknown-user'
  | 'malformed-basic'
  | 'odd-case-scheme'
  | 'upper-case-scheme'
  | 'lower-case-scheme'
  | 'bearer-token'
  | 'duplicated-headers'
  | 'proxy-headers'
  | 'unknown-execution-token'
  | 'unknown-cookie'
  | 'unknown-remember-cookie'
  | 'unheeded-headers'
  | 'empty-password'
  // Nothing, but another method named in a header.
  | 'method-override'
  // A real account, without what proves it.
  | 'wrong-password'
  | 'tampered-token'
  // Credentials that were real.
  | 'expired-token'
  | 'revoked-token'
  | 'deactivated-password'
  | 'deactivated-token';

/** What was changed in a token that works, `ctok-<id>-<secret>`. */
export type Tampering =
  | 'last-character'
  | 'other-secret'
  | 'half-secret'
  | 'no-secret'
  | 'longer-secret'
  | 'swapped-case'
  | 'other-id';

/** How the path was written: `plain` as documented, others as proxies and frameworks may take it for the same. */
export type PathForm =
  | 'plain'
  | 'legacy-rewrite'
  | 'double-slash'
  | 'dot-segment'
  | 'parent-segment'
  | 'encoded-letter'
  | 'encoded-slash'
  | 'encoded-dot'
  | 'path-parameter'
  | 'trailing-slash'
  | 'upper-case';

/** One request without a right to be served, and what came back; alike ones of several listeners are one entry. */
export interface AuthenticationAttempt {
  readonly listeners: readonly ApiListener[];
  readonly credential: ShownCredential;
  readonly tampering?: Tampering;
  /** Name of the declared user whose account it was about. */
  readonly identity: string | null;
  readonly method: string;
  readonly form: PathForm;
  /** Path as sent. */
  readonly path: string;
  /** `none`: no usable answer came; `reason` says why. */
  readonly answer: HttpAnswer | 'none';
  readonly status: number | null;
  /** `error_code` of the manager's JSON error body. */
  readonly errorCode: string | null;
  /** The answer holds a stack trace: code ran for this caller. */
  readonly stackTrace: boolean;
  /** Only code behind the guard can have said it: the endpoint's own content or errors. Left out: not so. */
  readonly behindGuard?: boolean;
  readonly reason: string | null;
  /**
   * What shows that the refusal was about the caller, in the same minute on the same listener. `authorised`: a request
   * with a credential that works, to the same endpoint or to the one that `path` names; `liveness`: that the REST service
   * answers anonymous requests in its own words, for want of a user to ask as.
   */
  readonly control: {
    readonly kind: 'authorised' | 'liveness' | 'none';
    /** Name of the declared user. */
    readonly as: string | null;
    readonly status: number | null;
    readonly succeeded: boolean;
    readonly reason: string | null;
    /** Where the control was asked, if not at the same endpoint. */
    readonly path?: string;
  };
}

/**
 * `api.authentication`: one endpoint of one manager, asked by callers who prove no identity. `api.credential`: the one on
 * which credentials are tried that were real once, or are no longer.
 */
export interface ApiAuthentication {
  readonly node: string;
  readonly method: string;
  /** Path with its parameters, e.g. `/api/v3.1/blueprints/{blueprint_id}`. */
  readonly endpoint: string;
  readonly version: string;
  readonly guard: Guard;
  readonly edition: 'premium' | null;
  /** `target`: the auditor added it. */
  readonly origin: 'catalogue' | 'target';
  /** Whether an anonymous OPTIONS lists the method; null: not asked, or not answered by the REST service. */
  readonly listed: boolean | null;
  /** Why it is never sent anything, so that nothing is known of its guard; left out: it was asked. */
  readonly notAsked?: string;
  readonly attempts: readonly AuthenticationAttempt[];
  /** Becomes `http.surface` as well; left out: there was none. */
  readonly telling?: readonly TellingAnswer[];
}
