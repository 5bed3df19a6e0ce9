/** An accepted failure with an end date. The failure stays visible; only the gate and scoreAfterWaivers leave it out. */
export interface Waiver {
  readonly rule: string;
  /** Exact subject id, or `*` for every subject of the rule. */
  readonly subject: string;
  readonly reason: string;
  readonly owner: string;
  /** Date (YYYY-MM-DD, UTC): the last day on which the waiver holds. */
  readonly expires: string;
}
