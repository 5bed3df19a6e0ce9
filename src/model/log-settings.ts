import type { LogSecrets } from './log-secrets';

/**
 * `log.settings`: how one node keeps its logs. Owners and modes count only where they are the node's own: on the node
 * itself, or in a tree that holds the node's etc/passwd beside the logs; of a plain copy they are the copy's.
 */
export interface LogSettings {
  readonly node: string | null;
  /** The node is a manager, or nobody said which node it is. */
  readonly manager: boolean;
  /** Folder that stands for the node's `/`: empty on the node itself; null where the paths do not tell. */
  readonly root: string | null;
  readonly attributes: 'own' | 'copied';
  readonly logs: readonly KeptLog[];
  /** Current service logs whose lines name their level. */
  readonly levels: readonly LoggedLevel[];
  readonly audit: AuditLog;
  /** logrotate's configuration of the node was read. */
  readonly rotationRead: boolean;
  /** False where there are more logs than are listed. */
  readonly complete: boolean;
}

/** A log with its rotations. */
export interface KeptLog {
  readonly path: string;
  readonly component: LogSecrets['component'];
  /** Octal, of the current file. null: not known. */
  readonly mode: string | null;
  /** The file and every folder above it, up to /var/log, let everybody in. null: not known. */
  readonly readableByAll: boolean | null;
  readonly writableByAll: boolean | null;
  readonly owner: string | null;
  /** `service`: root or an account of a service; `login`: somebody who logs in; `unknown`. */
  readonly ownerKind: 'service' | 'login' | 'unknown';
  readonly bytes: number;
  /** Older files of the same log. */
  readonly rotations: number;
  /** Something rotates it: logrotate's configuration names it, the service does it, or older files show it. null: not known. */
  readonly rotated: boolean | null;
  /** How many older files are kept, as configured; null: not known. */
  readonly keeps: number | null;
}

/** How a service logs, by the last MiB of its log. */
export interface LoggedLevel {
  readonly path: string;
  readonly component: LogSecrets['component'];
  readonly lines: number;
  readonly debugLines: number;
}

/** The REST service's record of requests (rest/audit.log, Cloudify 7.1). */
export interface AuditLog {
  /** `present`, `missing` beside the REST service's other logs, or `unknown` where those were not given. */
  readonly state: 'present' | 'missing' | 'unknown';
  readonly path: string | null;
  /** Lines in its last MiB, and those that name a user. */
  readonly entries: number;
  readonly named: number;
  /** Hours by which its last entry is older than the last request in nginx's access log; left out where there is nothing to compare. */
  readonly behindHours?: number;
}
