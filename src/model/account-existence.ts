import type { AuthenticationAttempt } from './api-authentication';

/** `api.account-existence`: how a wrong password of an account is refused, beside the names of nobody. */
export interface AccountExistence {
  readonly node: string;
  /** Name of the declared user on whose account one wrong password was tried. */
  readonly as: string;
  readonly path: string;
  readonly account: Refusal;
  readonly nobody: Refusal;
  /**
   * What of the answer tells one from the other: `status`, `body`, or `header` and its lower-case name. Names that were sent
   * are taken out, and what differs between two names of nobody counts for nothing. How long answers take is not compared.
   */
  readonly differences: readonly string[];
  /** The right password, right after the wrong one. */
  readonly control: AuthenticationAttempt['control'];
}

/** A refusal without its text. */
export interface Refusal {
  readonly status: number;
  /** `error_code` of the manager's JSON error body. */
  readonly errorCode: string | null;
}
