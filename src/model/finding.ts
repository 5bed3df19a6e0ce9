import type { Subject } from './evidence';
import type { Grade, Severity } from './rule';
import type { Waiver } from './waiver';

/** Where it is wrong: `pointer` into the evidence data (RFC 6901), what was required and what was seen. */
export interface Violation {
  readonly pointer: string;
  /** What the pointer leads to, as an operator knows it: a certificate, a file, a key; left out: it has no name. */
  readonly about?: string;
  readonly expected: string;
  readonly observed: string;
}

interface FindingBase {
  /** sha256 over rule id and subject id, 16 hex digits: the same problem has the same fingerprint in every run. */
  readonly fingerprint: string;
  readonly rule: string;
  readonly severity: Severity;
  readonly subject: Subject;
  /** Digest of the evidence judged; null when there was none. */
  readonly evidence: string | null;
}

/** One rule × one subject, and how it ended. A waiver is a property of a failure, never an outcome. */
export type Finding = FindingBase &
  (
    | { readonly outcome: 'pass' }
    | {
        readonly outcome: 'fail';
        readonly violations: readonly Violation[];
        readonly gradeCap: Grade | null;
        readonly waiver: Waiver | null;
      }
    | {
        readonly outcome: 'notApplicable' | 'unknown' | 'error' | 'manual';
        readonly reason: string;
        readonly supply?: string;
      }
  );
