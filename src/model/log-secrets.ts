/** One distinct secret at one place or many. Holds no part of the secret that could help to guess it. */
export interface LogLeak {
  readonly detector: string;
  readonly title: string;
  readonly confidence: 'high' | 'medium' | 'low';
  /** Why this confidence, in words. */
  readonly because: string;
  /** Keyed fingerprint (HMAC-SHA256, truncated): equal within one run, meaningless outside it. */
  readonly fingerprint: string;
  /** Shape only, e.g. `ctok-**********-****(40)`; never a substring of five or more characters of the secret. */
  readonly masked: string;
  readonly file: string;
  readonly firstLine: number;
  readonly lastLine: number;
  readonly count: number;
  /** systemd unit that wrote the first of them, in the export of a journal. */
  readonly unit?: string;
  /** Other files of the same log (rotations) that hold it; counted in `count`. */
  readonly alsoIn?: readonly string[];
}

/** A leak that the target file allows. */
export interface Allowance {
  readonly reason: string;
  /** Last day (UTC). */
  readonly expires: string;
}

/** `log.secrets`: one log source (a file, with its rotations) searched for credentials. */
export interface LogSecrets {
  readonly node: string | null;
  /** Which service writes it, from the documented layout (Cloudify 7.1). */
  readonly component:
    'cloudify' | 'nginx' | 'postgresql' | 'rabbitmq' | 'etcd' | 'installer' | 'agent' | 'system' | 'unknown';
  /** Service and access logs are judged by different controls. */
  readonly kind: 'service' | 'access';
  readonly path: string;
  readonly files: readonly {
    readonly path: string;
    readonly compressed: boolean;
    readonly bytes: number;
    readonly lines: number;
    /** Read to its end; false when it was cut, corrupt or changed under us (see `notRead`). */
    readonly complete: boolean;
  }[];
  readonly notRead: readonly { readonly path: string; readonly reason: string }[];
  readonly leaks: readonly LogLeak[];
  /** Leaks of private keys, which have a control of their own. */
  readonly privateKeys: readonly LogLeak[];
  /** Leaks of both kinds that the target file allows: in no other list. */
  readonly allowed: readonly (LogLeak & Allowance)[];
  /** True when a cap cut the list, or look-alikes stood so close together that not every one could be tried. */
  readonly truncated: boolean;
}
