import type { User } from './target';

/** Who may see a resource of the manager (Cloudify 7.1 `visibility`). */
export type Visibility = 'private' | 'tenant' | 'global';

/** A resource that this run planted. */
export interface CanaryObject {
  /** What it is, by the words of the endpoint catalogue's `harvest`, e.g. `blueprint`, `secret`, `blueprints_filter`. */
  readonly kind: string;
  /** As paths name it: its id, name or key. */
  readonly id: string;
  readonly tenant: string;
  readonly visibility: Visibility;
  /** Account that created it: the `username` on the manager. */
  readonly owner: string;
  /** Random strings, 12 letters and digits or more, that nothing but this resource's content holds. */
  readonly markers: readonly string[];
  /** Of a secret: its value is withheld from all but creator and administrators (`is_hidden_value`). */
  readonly hidden?: boolean;
  /** Paths below /resources/ at which its files can be read, e.g. `blueprints/<tenant>/<id>/blueprint.yaml`. */
  readonly files?: readonly string[];
}

/**
 * What a run with `--allow-write` planted before anything is collected, and will remove. Collectors only read it: planting
 * and removing are not theirs. Accounts and tenants that were planted are here and nowhere else in the target.
 */
export interface Canaries {
  readonly users: readonly User[];
  readonly tenants: readonly string[];
  readonly objects: readonly CanaryObject[];
}
