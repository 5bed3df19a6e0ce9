import type { Evidence, EvidenceOf, EvidenceType, Subject, Unavailable, Vantage } from '../model/evidence';
import type { Target } from '../model/target';
import type { Garden } from './api/canary/plant';
import type { CanaryWriter } from './api/canary/writer';

/** How intrusive a collector is; plan/ orders by it, gentlest first. `burst`: it wilfully exceeds the pace, so it goes last. */
export type Impact = 'observe' | 'authenticate' | 'write' | 'burst';

/** What a task may know and use. Collectors touch clock, pace and counters through this and nothing else. */
export interface CollectContext {
  /** The clock of this run. */
  now(): Date;
  /** Aborts at the task's deadline (time spent waiting for a turn does not count) or when the run is interrupted; every wait must heed it. */
  readonly signal: AbortSignal;
  readonly runId: string;
  /** `cfy-audit/<version> (run <id>)`: sent with every HTTP request. */
  readonly userAgent: string;
  readonly connectTimeoutMs: number;
  /** null: derive it from the socket's addresses. */
  readonly vantage: Vantage | null;
  /** Key for fingerprints of found credentials; the auditor's, or new in every run; never written anywhere. */
  readonly fingerprintKey: Uint8Array;
  /** Resolves when one more connection or request may go to this IP address (limits.requestsPerSecond). */
  pace(address: string): Promise<void>;
  /** The server at this IP address refused a request for being one too many: go slower from now on. */
  slowDown(address: string): void;
  /** Waits for a turn among other work of ours; the task's deadline stands still meanwhile, as it does in `pace`. */
  queued<T>(turn: Promise<T>): Promise<T>;
  /** Creates canaries, each journaled before and removed after; left out: this run writes nothing. */
  readonly writer?: CanaryWriter;
  /** Count what was sent, for the plan's promise and the report. */
  countConnection(): void;
  countRequest(): void;
  /** Progress within a long task, 0…1; where it reads bytes whose number is known, how many. */
  progress(fraction: number, bytes?: ByteCount): void;
}

/** Bytes done with, and bytes in all. */
export interface ByteCount {
  readonly done: number;
  readonly total: number;
}

/** One subject to look at, and what looking will cost. `collect` never rejects for a target's misbehaviour. */
export interface Task<T extends EvidenceType = EvidenceType> {
  readonly subject: Subject;
  readonly type: T;
  /** IP address that is sent to; null for local work. Tasks of one address share its pace. */
  readonly address: string | null;
  /** Upper bounds, printed by `plan`. */
  readonly connections: number;
  readonly requests: number;
  /**
   * Requests where everything answers and nothing has to be sent again, if that is fewer than most: what can be sent
   * again is at most five in a hundred, so more of a difference is for what depends on how much the deployment holds.
   */
  readonly atLeast?: number;
  /** Places in the pace that the work takes when nothing goes wrong; left out, connections and requests together. */
  readonly paced?: number;
  /** Ids of the subjects that its evidence is about; left out, of its own. */
  readonly yields?: readonly string[];
  /** Names of the identities used; `anonymous` where none is. */
  readonly identities: readonly string[];
  /** Overrides limits.subjectTimeoutMs; for work whose length depends on its size (logs). null: no deadline. */
  readonly deadlineMs?: number | null;
  collect(context: CollectContext): Promise<readonly EvidenceOf<T>[] | EvidenceOf<T>>;
}

/** What a collector makes of a target: tasks, and what it cannot do because the target does not say enough. */
export interface Work {
  readonly tasks: readonly Task[];
  /** One entry a missing input: becomes `unavailable` evidence, with what to supply. */
  readonly missing: readonly Omit<Unavailable<EvidenceType>, 'observedAt' | 'state'>[];
  /** Derives evidence that needs all of the collector's subjects together. Sends nothing; called once, after all tasks. */
  conclude?(collected: readonly Evidence[], now: Date): readonly Evidence[];
}

/** What brings facts. To add one: a folder in collect/, a line in collect/index.ts, a baseline and a test. */
export interface Collector {
  readonly id: string;
  readonly title: string;
  readonly types: readonly EvidenceType[];
  readonly impact: Impact;
  /**
   * What a resumed run keeps of its evidence; left out, what each task found. `whole`: all or nothing, because it holds
   * fingerprints of found secrets, whose key is that of the run. `nothing`: its tasks find more than they are named for.
   */
  readonly keeps?: 'whole' | 'nothing';
  work(target: Target): Work;
}

/** What a run does that may write: plants once the gentlest collectors are done, and removes when all are. */
export interface Planting {
  /** For the plan and the count of what was sent. */
  readonly id: string;
  /** `context` outlives an interruption of the run, so that nothing is left behind; `interrupted` ends the planting. */
  plant(target: Target, context: CollectContext, interrupted: AbortSignal): Promise<Garden>;
}
