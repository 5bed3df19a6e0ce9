/** What is known about the revocation of one certificate of the path. */
export interface RevocationAnswer {
  readonly certificate: string;
  /** `not-offered`: its CA names neither a CRL nor an OCSP service, and none was given. */
  readonly state: 'good' | 'revoked' | 'not-offered' | 'not-checked' | 'undetermined';
  readonly reason: string;
}
