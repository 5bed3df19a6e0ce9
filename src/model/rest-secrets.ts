import type { Allowance } from './log-secrets';

/** One distinct secret in what the REST API hands out, at one place or many. Holds no part of the secret. */
export interface ContentLeak {
  readonly detector: string;
  readonly title: string;
  readonly confidence: 'high' | 'medium' | 'low';
  /** Why this confidence, in words. */
  readonly because: string;
  /** Keyed fingerprint, as in `log.secrets`: equal values have equal ones. */
  readonly fingerprint: string;
  /** Shape only. */
  readonly masked: string;
  /** Object and field, e.g. `deployments/dep_a inputs.db_password`; or archive and file, `blueprint tenant_a/web: web/blueprint.yaml`. */
  readonly place: string;
  readonly count: number;
  /** Further places, the first hundred. */
  readonly alsoIn?: readonly string[];
}

/** One list, or the details of its objects, as read to its end or as far as the bounds of the audit go. */
export interface ReadContent {
  readonly path: string;
  /** Objects there are, as the manager counts; null: it did not say. */
  readonly total: number | null;
  readonly read: number;
  readonly complete: boolean;
  /** Why it is not complete; null where it is. */
  readonly reason: string | null;
}

/**
 * `rest.secrets`: what the REST API hands out of one tenant, searched for credentials. `events`: events and logs of
 * deployments. `resources`: blueprints, deployments, nodes, node instances, executions and their like. `archives`: the files in
 * archives of blueprints and plugins, where the target asks for them.
 */
export interface RestSecrets {
  readonly content: 'events' | 'resources' | 'archives';
  readonly node: string;
  readonly address: string;
  readonly port: number;
  readonly tenant: string;
  /** Who read, and the role by which. */
  readonly actor: string;
  readonly role: string;
  /** The role shows private objects of others too (sys_admin and manager, Cloudify 7.1). */
  readonly seesPrivate: boolean;
  readonly lists: readonly ReadContent[];
  readonly leaks: readonly ContentLeak[];
  /** Leaks of private keys. */
  readonly privateKeys: readonly ContentLeak[];
  /** Leaks of both kinds that the target file allows: in no other list. */
  readonly allowed: readonly (ContentLeak & Allowance)[];
  /** True when more was found than is listed. */
  readonly truncated: boolean;
}
