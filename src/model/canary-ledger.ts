import type { Visibility } from './canaries';

/** What this tool writes to a manager, each kind entirely removable by the REST service alone. */
export type WrittenKind =
  | 'blueprint'
  | 'blueprints_filter'
  | 'deployment_group'
  | 'deployments_filter'
  | 'membership'
  | 'secret'
  | 'site'
  | 'tenant'
  | 'token'
  | 'user';

/** Why it was written. `plant`: to be looked for; `attempt`: somebody tried to, who must not be able to. */
export type WritePurpose = 'plant' | 'attempt';

/** One thing that was written, or may have been, and what became of it. */
export interface LedgerEntry {
  readonly kind: WrittenKind;
  /** Name, key or id; of a membership, the account. */
  readonly id: string;
  /** Tenant it was meant for; null: it belongs to none. */
  readonly tenant: string | null;
  readonly visibility: Visibility | null;
  /** How reports call the identity that sent the request. */
  readonly as: string;
  readonly purpose: WritePurpose;
  /** By the manager's answer. `unanswered`: none came, so it may have been. */
  readonly created: 'created' | 'refused' | 'unanswered';
  /** `removed`: by us; `absent`: looked for, and not there; `left`: still there, or nobody could look. */
  readonly end: 'removed' | 'absent' | 'left';
  /** Why it is left; null: it is not. */
  readonly reason: string | null;
}

/** A list of the manager before the first write and after the last removal. */
export interface ListCount {
  readonly kind: WrittenKind;
  readonly tenant: string;
  /** Objects in all; null: not told. Others may work there at the same time. */
  readonly before: number | null;
  readonly after: number | null;
  /** Objects of this run in the list afterwards; null: not told. */
  readonly ours: number | null;
}

/** `canary.ledger`: everything that the run wrote to one deployment, and the proof that it is gone. */
export interface CanaryLedger {
  readonly node: string;
  readonly address: string;
  readonly port: number;
  /** Every name that was written begins so. */
  readonly prefix: string;
  /** File name of the journal from which `cfy-audit cleanup` works. */
  readonly journal: string;
  readonly created: number;
  readonly removed: number;
  /** How many are left. More than 0: the deployment needs a hand. */
  readonly left: number;
  readonly entries: readonly LedgerEntry[];
  readonly lists: readonly ListCount[];
  /** What could not be written, or is never written, and why. */
  readonly notWritten: readonly { readonly what: string; readonly reason: string }[];
}
