import { canaryPlan, collectors, expectCanaries, tellCanaries } from './collect/index';
import { collect, type RunOptions } from './collect/run';
import { evaluate, loadJudge, type Judge, type JudgeOptions } from './evaluate/index';
import type { EvidenceBundle } from './model/evidence';
import type { Report } from './model/report';
import type { Target } from './model/target';
import { makePlan, type Plan } from './plan/index';
import { assembleReport } from './report/assemble';
import { computeScore, decideGate } from './score/index';

export { loadJudge, type Judge, type JudgeOptions };

/** What `collectAll` would do to the target. Sends nothing. */
export function planAll(target: Target): Plan {
  if (target.writes !== true) return makePlan(target, collectors);
  return makePlan(expectCanaries(target), [...collectors, canaryPlan], tellCanaries(target));
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
