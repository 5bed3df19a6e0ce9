import type { Evidence, EvidenceBundle, TargetSummary, Traffic } from './evidence';
import type { Finding } from './finding';
import type { Grade, Outcome, Profile, Rule, Severity } from './rule';
import type { Waiver } from './waiver';

/** The rules as evaluated: catalogue, profile and the controls that no rule covers yet. */
export interface Selection {
  readonly catalogue: { readonly version: string; readonly digest: string; readonly rules: number };
  readonly profile: Profile & { readonly digest: string };
  readonly rules: readonly Rule[];
  readonly deselected: readonly string[];
  readonly uncovered: readonly UncoveredControl[];
}

/** A control of ours that no rule decides yet. Listed, so that silence is never taken for a pass. */
export interface UncoveredControl {
  readonly id: string;
  readonly title: string;
  readonly severity: Severity;
  readonly reach: 'network' | 'host';
}

export interface WaiverReview {
  readonly active: readonly Waiver[];
  readonly expired: readonly Waiver[];
  readonly unused: readonly Waiver[];
}

/** Every number with what it was made of: `score` = 100·Σ(w·v)/Σ(w) over decided rules, rounded down to 0.1. */
export interface Score {
  /** null: nothing was decided. */
  readonly score: number | null;
  readonly scoreAfterWaivers: number | null;
  readonly floor: number | null;
  readonly coverage: number | null;
  readonly grade: Grade | null;
  /** Why the grade is what it is: cap, or why there is none. */
  readonly gradeReason: string;
  readonly formula: string;
  readonly inputs: readonly {
    readonly rule: string;
    readonly weight: number;
    readonly passed: number;
    readonly failed: number;
    readonly undecided: number;
    /** null: not decided, so outside `score`. */
    readonly value: number | null;
  }[];
}

export interface Gate {
  readonly outcome: 'passed' | 'failed' | 'incomplete';
  readonly reasons: readonly string[];
  /** Why the answer is incomplete, also when the gate failed. */
  readonly incomplete: readonly string[];
  /** What only a run that may write can decide; left out: nothing, or the profile counts it as incomplete. */
  readonly reserved?: readonly string[];
}

/** How one rule ended over all its subjects: the worst outcome, and the counts. */
export interface RuleResult {
  readonly rule: string;
  readonly outcome: Outcome;
  readonly counts: Readonly<Record<Outcome, number>>;
  readonly waived: number;
}

/** Something this report says nothing about, and what would change that. */
export interface NotLookedAt {
  readonly what: string;
  readonly reason: string;
  readonly supply: string | null;
  /** Rules that stay undecided because of it; empty for controls without a rule. */
  readonly rules: readonly string[];
}

/** The whole report: everything every format says is in here, and nothing secret is. */
export interface Report {
  readonly $schema: string;
  readonly schemaVersion: '1.0';
  readonly tool: { readonly name: 'cfy-audit'; readonly version: string };
  readonly target: TargetSummary;
  readonly run: EvidenceBundle['run'];
  readonly bundleDigest: string;
  readonly selection: Selection;
  readonly gate: Gate;
  readonly score: Score;
  /** Findings per severity and outcome. */
  readonly summary: Readonly<Record<Severity, Readonly<Record<Outcome, number>>>>;
  readonly results: readonly RuleResult[];
  readonly findings: readonly Finding[];
  readonly waivers: WaiverReview;
  readonly notLookedAt: readonly NotLookedAt[];
  readonly traffic: readonly Traffic[];
  readonly evidence: readonly (Evidence & { readonly digest: string })[];
}
