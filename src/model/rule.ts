import type { EvidenceType } from './evidence';

export const severities = ['critical', 'high', 'medium', 'low', 'info'] as const;
export type Severity = (typeof severities)[number];

/** A JSON Schema as parsed from YAML. Only schema/ajv.ts knows what is inside. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** A parameter's value as a rule or profile gives it; in schemas it is referred to as `{ $param: name }`. */
export type ParameterValue = number | string | boolean | readonly string[] | readonly number[];

export interface RuleCase {
  readonly name: string;
  /**
   * Merge patch on the baseline evidence data of the rule's evidence type: RFC 7386, except that `null` removes only
   * what the evidence may lack (a header) and is the value null elsewhere, which many facts have.
   */
  readonly with?: unknown;
  /** Instead of `with`: the evidence ends in this state. */
  readonly state?: 'absent' | 'unavailable' | 'failed';
  readonly parameters?: Readonly<Record<string, ParameterValue>>;
  readonly outcome: Outcome;
  /** JSON pointers of the violations a failing case must report, exactly. */
  readonly at?: readonly string[];
}

export type Outcome = 'pass' | 'fail' | 'notApplicable' | 'unknown' | 'error' | 'manual';

/** One machine-checkable statement, as written in rules/<area>/<id>.yaml and checked by rules/rule.schema.json. */
export interface Rule {
  readonly id: string;
  readonly title: string;
  readonly severity: Severity;
  /** Framework → requirement ids; frameworks are listed in rules/frameworks/. */
  readonly controls: Readonly<Record<string, readonly string[]>>;
  readonly source: string;
  readonly evidence: EvidenceType;
  readonly applies?: JsonSchema;
  readonly assert: JsonSchema;
  readonly passRequires?: JsonSchema;
  /** `write`: can pass only where canaries were written to; a read-only run leaves it undecided, or fails it. */
  readonly needs?: 'write';
  readonly parameters?: Readonly<Record<string, ParameterValue>>;
  /** An unwaived failure whose data matches `when` caps the grade (DESIGN §7). */
  readonly gradeCap?: { readonly grade: Grade; readonly when?: JsonSchema };
  readonly rationale: string;
  readonly remediation: string;
  readonly cases: readonly RuleCase[];
}

export type Grade = 'A' | 'B' | 'C' | 'D' | 'F';

/** Selection, weights, parameters and gate: rules/profiles/<id>.yaml, or a file of the user's. */
export interface Profile {
  readonly id: string;
  readonly title: string;
  /** The profile this one refines, by id. */
  readonly extends?: string;
  /** Rule ids or `CFY-TLS-*` patterns; without `select` every rule is selected. */
  readonly select?: readonly string[];
  readonly deselect?: readonly string[];
  readonly severities?: Readonly<Record<string, Severity>>;
  readonly parameters?: Readonly<Record<string, Readonly<Record<string, ParameterValue>>>>;
  readonly weights: Readonly<Record<Severity, number>>;
  readonly grades: Readonly<Record<'A' | 'B' | 'C' | 'D', number>>;
  readonly gate: {
    /** An unwaived failure of this severity or worse fails the gate. */
    readonly failOn: Severity;
    readonly minCoverage: number;
    readonly minScore: number | null;
    /** Whether what only a run with `--allow-write` can decide makes a read-only one incomplete. Left out: `accept`. */
    readonly readOnly?: 'accept' | 'incomplete';
  };
}
