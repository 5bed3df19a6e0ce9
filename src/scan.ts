import { join } from 'node:path';
import { collectors } from './collect/index';
import { collect, type RunOptions } from './collect/run';
import { evaluate, loadCatalogue, loadProfile, readWaivers, selectRules } from './evaluate/index';
import type { EvidenceBundle } from './model/evidence';
import type { Report, Selection } from './model/report';
import type { Profile } from './model/rule';
import type { Target } from './model/target';
import type { Waiver } from './model/waiver';
import { makePlan, type Plan } from './plan/index';
import { assembleReport } from './report/assemble';
import { packageRoot } from './schema/package-root';
import { computeScore, decideGate } from './score/index';

/** What judges a bundle: rules as a profile selects them, and the failures that were accepted. */
export interface Judge {
  readonly selection: Selection;
  readonly waivers: readonly Waiver[];
}

/** How a bundle is to be judged. Profile: id of a shipped one, or a file. */
export interface JudgeOptions {
  readonly profile: string;
  readonly waivers?: string;
  /** Overrides of the profile's gate. */
  readonly gate?: Partial<Profile['gate']>;
}

/** Reads rules, profile and waivers. Throws InputError before anything else happens. */
export function loadJudge(options: JudgeOptions): Judge {
  const rules = join(packageRoot(), 'rules');
  const profile = loadProfile(options.profile, join(rules, 'profiles'));
  const selection = selectRules(loadCatalogue(rules), {
    ...profile,
    gate: { ...profile.gate, ...options.gate },
  });
  return { selection, waivers: options.waivers === undefined ? [] : readWaivers(options.waivers, selection) };
}

/** What `collectAll` would do to the target. Sends nothing. */
export function planAll(target: Target): Plan {
  return makePlan(target, collectors);
}

/** Collects all evidence of a target into a bundle. Never throws for what the target does. */
export function collectAll(target: Target, options: RunOptions): Promise<EvidenceBundle> {
  return collect(target, collectors, options);
}

/** From evidence to report. Pure: the same bundle and judge give the same report. */
export function judge(bundle: EvidenceBundle, { selection, waivers }: Judge): Report {
  const { findings, digests, review } = evaluate(bundle, selection, waivers);
  const score = computeScore(findings, selection);
  const gate = decideGate(findings, score, selection, bundle);
  return assembleReport({ bundle, digests, selection, findings, waivers: review, score, gate });
}
