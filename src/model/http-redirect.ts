import type { HttpSurface } from './http-surface';

/** One redirect: where from, and where to as a browser reads its Location header. */
export interface RedirectHop {
  readonly from: 'http' | 'https';
  readonly status: number;
  readonly to: {
    /** `other`: no scheme of the web. */
    readonly scheme: 'http' | 'https' | 'other';
    /** Lower case, without port; empty for `other`. */
    readonly host: string;
    /** null: the scheme's own. */
    readonly port: number | null;
    /** Without its query, masked and bounded. */
    readonly path: string;
    /**
     * `declared`: an address or name of the target; `certified`: not declared, but the certificate of the listener that the
     * chain began at names it; `elsewhere`: neither.
     */
    readonly place: 'declared' | 'certified' | 'elsewhere';
  };
}

/** `http.redirect`: where one path of one listener leads those whom it redirects, followed within the deployment. */
export interface HttpRedirect {
  readonly node: string;
  readonly listener: HttpSurface['listener'];
  readonly address: string;
  readonly port: number;
  readonly scheme: 'http' | 'https';
  /** Path that was asked for first, by GET and without credentials. */
  readonly path: string;
  /** Status of the first answer. */
  readonly status: number;
  /** At most ten; empty: it does not redirect. */
  readonly hops: readonly RedirectHop[];
  /**
   * `answer`: something below 500 that is no redirect; `server-error`: 5xx; `loop`: back where it had been, with the cookies
   * it sets; `endless`: more than ten redirects; `left`: out of the deployment, where nobody follows; `unreadable`: no browser
   * could follow it; `not-followed`: to where the target declares no listener, or nothing answered, as `reason` says.
   */
  readonly end: 'answer' | 'server-error' | 'loop' | 'endless' | 'left' | 'unreadable' | 'not-followed';
  readonly reason: string | null;
  /**
   * The same question in the name of a host that nobody has: named in the Host header, in the headers of proxies, or in the
   * path. Asked where the answer is a redirect, and in the path of each listener once.
   */
  readonly forgeries: readonly {
    readonly by: 'host' | 'proxy-headers' | 'path';
    readonly path: string;
    readonly status: number | null;
    /** Whether the answer redirects to that host; null: no answer, as `reason` says. */
    readonly obeyed: boolean | null;
    readonly reason: string | null;
  }[];
}
