/** A certificate revocation list as read. */
export interface Crl {
  readonly der: Uint8Array;
}
