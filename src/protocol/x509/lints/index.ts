import type { Certificate } from '../certificate';
import { problemOf } from '../problem';
import { extensionLints } from './extensions';
import { fieldLints } from './fields';
import { keyLints } from './keys';
import { concerns, type Lint, type LintSeverity } from './lint';
import { nameLints } from './names';

export type { Lint, LintScope, LintSeverity } from './lint';

/** One lint that a certificate breaks. */
export interface LintFinding {
  readonly name: string;
  readonly severity: LintSeverity;
  /** What is wrong, as a predicate. */
  readonly says: string;
  /** A sentence that begins with the certificate. */
  readonly detail: string;
}

/** All lints. */
export const lints: readonly Lint[] = [...keyLints, ...fieldLints, ...extensionLints, ...nameLints];

/** The lints that a certificate breaks, in the order of the catalogue. Pure: no clock, no network. */
export function lintCertificate(certificate: Certificate): readonly LintFinding[] {
  return lints
    .filter(({ scope, broken }) => concerns(scope, certificate) && broken(certificate))
    .map(({ name, severity, says }) => ({
      name,
      severity,
      says,
      detail: problemOf(certificate, 'other', name, says).detail,
    }));
}
