import {
  canaryPlan,
  canaryPlanting,
  cleanUp as cleanUpBy,
  collectors,
  expectCanaries,
  tellCanaries,
  type Journal,
  type WrittenJournal,
} from './collect/index';
import { makeContexts, type ContextFacts } from './collect/context';
import { startDeadline } from './collect/deadline';
import { collect, type RunOptions } from './collect/run';
import { evaluate, loadJudge, type Judge, type JudgeOptions } from './evaluate/index';
import type { EvidenceBundle, EvidenceOf } from './model/evidence';
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

/** How to collect; `journal`: where canaries are written down, for a target that may be written to. */
export interface CollectOptions extends Omit<RunOptions, 'planting'> {
  readonly journal?: Journal;
}

/** Collects all evidence of a target into a bundle. Never throws for what the target does. */
export function collectAll(target: Target, { journal, ...options }: CollectOptions): Promise<EvidenceBundle> {
  if (target.writes !== true) return collect(target, collectors, options);
  // Nothing is written that no journal holds.
  if (journal === undefined) throw new Error('a run that may write needs a journal');
  return collect(target, collectors, { ...options, planting: canaryPlanting(journal) });
}

/** Removes what an earlier run may have left, by its journal. Throws InputError where nobody could. */
export function cleanUp(
  target: Target,
  written: WrittenJournal,
  journal: Journal,
  facts: ContextFacts,
): Promise<EvidenceOf<'canary.ledger'>> {
  const context = makeContexts(
    target,
    facts,
  )({
    deadline: startDeadline(null, new AbortController().signal),
    counts: { connections: 0, requests: 0 },
    progress: () => undefined,
  });
  return cleanUpBy(target, written, journal, context);
}

/** From evidence to report. Pure: the same bundle and judge give the same report. */
export function judge(bundle: EvidenceBundle, { selection, waivers }: Judge): Report {
  const { findings, digests, review } = evaluate(bundle, selection, waivers);
  const score = computeScore(findings, selection);
  const gate = decideGate(findings, score, selection, bundle);
  return assembleReport({ bundle, digests, selection, findings, waivers: review, score, gate });
}
