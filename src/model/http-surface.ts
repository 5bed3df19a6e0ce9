/** What an answer is, judged by its body and not only by its status (as Cloudify 7.1 answers). */
export type HttpAnswer =
  | 'ok' // 2xx with content of the endpoint
  | 'unauthorized' // 401 with the manager's own error body, or nginx's 401 page on /resources
  | 'forbidden' // 403
  | 'not-found' // 404
  | 'premium-missing' // 404 missing_premium_package_error, sent before authentication
  | 'ssl-required' // 400 SSL_REQUIRED on port 80
  | 'bad-request' // any other 400 with the manager's own error body
  | 'redirect-https' // 3xx to https
  | 'redirect' // any other 3xx
  | 'login-page' // 2xx HTML of the UI or a login page
  | 'method-not-allowed' // 405
  | 'rate-limited' // 503 of nginx limit_req, or 429
  | 'server-error' // 5xx else
  | 'unrecognised';

/** `http.surface`: one request to one listener, without credentials unless `as` names whose, and what came back. */
export interface HttpSurface {
  readonly node: string;
  readonly listener: 'http' | 'rest-external' | 'rest-internal' | 'monitoring' | 'amqp-management';
  readonly address: string;
  readonly port: number;
  readonly scheme: 'http' | 'https';
  readonly method: string;
  /** Path and query exactly as sent. */
  readonly path: string;
  /** Name of the declared user whose credentials were sent; null: none were. */
  readonly as: string | null;
  /**
   * What the documentation says of this path without credentials. `open`: documented open endpoint; `secured`: must
   * refuse; `page`: a user interface page; `clear-text-api`: the API asked for over port 80; `other`: asked only for
   * how the listener answers at all (TRACE, a path that does not exist): neither refusal nor service is expected;
   * `signed-in`: sent with credentials, to see how those are answered who have some; `incidental`: sent for another
   * purpose, and here only for what its answer gives away (TellingAnswer).
   */
  readonly expectation: 'open' | 'secured' | 'page' | 'clear-text-api' | 'other' | 'signed-in' | 'incidental';
  readonly status: number;
  readonly answer: HttpAnswer;
  readonly httpVersion: string;
  /** Lower-case names; repeated ones joined with `, `; values of cookies and tokens masked. */
  readonly headers: Readonly<Record<string, string>>;
  readonly cookies: readonly {
    readonly name: string;
    readonly secure: boolean;
    readonly httpOnly: boolean;
    readonly sameSite: string | null;
  }[];
  /** Whether pages of another site may read the answer; requests without credentials come from a site of nobody's. */
  readonly cors: {
    /** `echoed`: the site that asked, whichever it is; `any`: `*`; `fixed`: another one. */
    readonly allowOrigin: 'none' | 'any' | 'echoed' | 'fixed';
    readonly credentials: boolean;
  };
  readonly contentType: string | null;
  readonly bodyBytes: number;
  readonly bodySha256: string;
  /** `error_code` of the manager's JSON error body. */
  readonly errorCode: string | null;
  /**
   * What the answer gives away, by kind; never the text itself. What is served (2xx) to a user, or `incidental`, is
   * content: of that only what its headers give away counts, because lists hold stored stack traces, paths and versions. `audit-header`: X-Cloudify-Audit-*, which are for the log;
   * `tenant-existence`: it differs from the answer for a name that nothing has.
   */
  readonly discloses: readonly (
    | 'stack-trace'
    | 'product-version'
    | 'server-version'
    | 'file-path'
    | 'directory-listing'
    | 'audit-header'
    | 'tenant-existence'
  )[];
  /** Host of the Location header, when there is one. */
  readonly location: string | null;
  /** Control: what the same listener answered, in the same minute, where an answer is certain (GET /api/v3.1/ok). */
  readonly control: { readonly path: string; readonly status: number | null; readonly alive: boolean };
}

/**
 * An answer that gives something away whatever it was asked for (a stack trace, a version, headers for the audit log) or
 * sets a cookie without one of its guards, met where something else was asked. Alike ones are kept once.
 */
export interface TellingAnswer {
  /** Listener and request in words: `manager-1 · REST (external) · GET /api/v3.1/deployments/x as vera`. */
  readonly title: string;
  readonly surface: HttpSurface;
}
