import type { Evidence, EvidenceBundle, EvidenceType, Failed, Traffic, Unavailable } from '../model/evidence';
import type { Target } from '../model/target';
import { digest } from '../schema/canonical';
import { checkEvidence } from '../schema/evidence';
import type { Garden } from './api/canary/plant';
import type { ByteCount, CollectContext, Collector, Impact, Planting, Task, Work } from './collector';
import { makeContexts } from './context';
import { startDeadline } from './deadline';
import { makeRedactor, redactValue } from './redact';
import { checkResumable, remainderOf } from './resume';
import { summarise } from './summarise';

export type { ByteCount };

/** What the caller decides about a run; everything else follows from the target. */
export interface RunOptions {
  readonly version: string;
  readonly runId: string;
  readonly now: () => Date;
  /** Interrupts the run: what was collected is kept, what was not is `unavailable`. */
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
  /** An earlier run of the same target: what it observed is kept, and only the rest is collected. */
  readonly earlier?: EvidenceBundle;
  /** The run may write, and this is how; left out: it does not. */
  readonly planting?: Planting;
}

export interface Progress {
  readonly done: number;
  readonly total: number;
  /** Title of the subject that was last worked on. */
  readonly subject: string;
  /** Of that subject, where it is bytes that take the time. */
  readonly bytes?: ByteCount;
}

/** Runs every collector on the target and seals what came of it into a bundle. Never throws for what a target does. */
export async function collect(
  target: Target,
  collectors: readonly Collector[],
  options: RunOptions,
): Promise<EvidenceBundle> {
  const { earlier } = options;
  if (earlier !== undefined) checkResumable(earlier, target, options.version);
  const startedAt = options.now().toISOString();
  const contextOf = makeContexts(target, options);
  const evidence: Evidence[] = [];
  const traffic: Traffic[] = [];
  let garden: Garden | null = null;
  let planted = target;
  const planned = new Map(collectors.map((collector) => [collector, collector.work(target).tasks.length]));
  let total = sum([...planned.values()]);
  let done = 0;

  const tellProgress = (title: string, fraction = 0, bytes?: ByteCount): void => {
    const more = bytes === undefined ? {} : { bytes };
    options.onProgress({ done: done + fraction, total, subject: title, ...more });
  };

  const runCollector = async (collector: Collector, work: Work): Promise<void> => {
    const begun = performance.now();
    const counts = { connections: 0, requests: 0 };
    const collected: Evidence[] = work.missing.map((gap) =>
      anyOf({ ...gap, state: 'unavailable', observedAt: options.now().toISOString() }),
    );
    const { kept, tasks } =
      earlier === undefined ? { kept: [], tasks: work.tasks } : remainderOf(collector, work.tasks, earlier);
    collected.push(...kept);
    done += work.tasks.length - tasks.length;
    await eachOf(tasks, target.limits.concurrency, async (task) => {
      const limit = task.deadlineMs === undefined ? target.limits.subjectTimeoutMs : task.deadlineMs;
      const deadline = startDeadline(limit, options.signal);
      const context = contextOf({
        deadline,
        counts,
        writer: garden?.writer ?? null,
        progress: (fraction, bytes) => {
          tellProgress(task.subject.title, fraction, bytes);
        },
      });
      collected.push(...(await perform(task, context, options.signal)));
      deadline.end();
      done++;
      tellProgress(task.subject.title);
    });
    collected.push(...conclude(collector, work, collected, target, options.now()));
    evidence.push(...collected);
    const before = earlier?.traffic.find((each) => each.collector === collector.id);
    traffic.push({
      collector: collector.id,
      subjects: work.tasks.length,
      connections: counts.connections + (before?.connections ?? 0),
      requests: counts.requests + (before?.requests ?? 0),
      milliseconds: Math.round(performance.now() - begun) + (before?.milliseconds ?? 0),
    });
  };
  // Collectors of the same impact share the pace of each address, so they may run side by side.
  const runPhase = async (impact: Impact): Promise<void> => {
    const own = collectors.filter((collector) => collector.impact === impact);
    const works = own.map((collector) => [collector, collector.work(planted)] as const);
    total += sum(works.map(([collector, work]) => work.tasks.length - (planned.get(collector) ?? 0)));
    await Promise.all(works.map(([collector, work]) => runCollector(collector, work)));
  };

  const { planting } = options;
  if (planting === undefined) {
    // Gentlest first.
    for (const impact of impacts) await runPhase(impact);
  } else {
    const counts = { connections: 0, requests: 0 };
    const begun = performance.now();
    // Not the run's signal: an interruption must not lose the answer to a creation, nor end the removal.
    const context = contextOf({
      deadline: startDeadline(null, new AbortController().signal),
      counts,
      progress: () => undefined,
    });
    try {
      garden = await planting.plant(target, context, options.signal);
      await runPhase('observe');
      planted = { ...target, canaries: await garden.ripe(options.signal) };
      await runPhase('authenticate');
      await runPhase('write');
    } finally {
      if (garden !== null) evidence.push(...(await garden.remove()));
      const milliseconds = Math.round(performance.now() - begun);
      traffic.push({ collector: planting.id, subjects: 1, ...counts, milliseconds });
    }
  }

  // After the removal of what was planted, which must not be refused for it.
  await runPhase('burst');

  const redact = makeRedactor(planted);
  const body = redactValue(
    {
      schemaVersion: '1.0' as const,
      tool: { name: 'cfy-audit' as const, version: options.version },
      run: {
        id: options.runId,
        startedAt,
        finishedAt: options.now().toISOString(),
        interrupted: options.signal.aborted,
        ...(planting === undefined ? {} : { writes: true as const }),
        ...(earlier === undefined ? {} : { resumed: [...(earlier.run.resumed ?? []), runOf(earlier)] }),
        vantage: vantageOf(target, evidence),
      },
      target: summarise(target),
      traffic: traffic.sort((a, b) => compare(a.collector, b.collector)),
      evidence: evidence.map(soundOrFailed).sort(bySubject),
    },
    redact,
  );
  return { ...body, digest: digest(body) };
}

/** One task under its deadline. A throw is our bug unless the signal explains it. */
async function perform(task: Task, context: CollectContext, run: AbortSignal): Promise<readonly Evidence[]> {
  const base = { type: task.type, subject: task.subject };
  const observedAt = (): string => context.now().toISOString();
  try {
    context.signal.throwIfAborted();
    const result = (await untilAborted(task.collect(context), context.signal)) as
      Evidence | readonly Evidence[];
    return Array.isArray(result) ? (result as readonly Evidence[]) : [result as Evidence];
  } catch (error) {
    if (context.signal.aborted) {
      const reason = run.aborted ? 'the run was interrupted' : 'no result within the deadline';
      return [anyOf({ ...base, observedAt: observedAt(), state: 'unavailable', reason })];
    }
    return [anyOf({ ...base, observedAt: observedAt(), state: 'failed', error: describeBug(error) })];
  }
}

/** Rejects when the signal aborts even if the work never heeds it: a stalled collector must not stall the run. */
async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let onAbort: (() => void) | undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    onAbort = () => {
      reject(new Error('aborted'));
    };
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    if (onAbort) signal.removeEventListener('abort', onAbort);
  }
}

function conclude(
  { types }: Collector,
  work: Work,
  collected: readonly Evidence[],
  target: Target,
  now: Date,
): readonly Evidence[] {
  try {
    return work.conclude?.(collected, now) ?? [];
  } catch (error) {
    const subject = { id: 'target', kind: 'target', title: target.name } as const;
    const type = types.at(-1) ?? 'tls.deployment';
    return [
      anyOf({ type, subject, observedAt: now.toISOString(), state: 'failed', error: describeBug(error) }),
    ];
  }
}

/** Evidence that does not fit its own schema is our bug, and must not reach a rule. */
function soundOrFailed(evidence: Evidence): Evidence {
  const [misfit] = checkEvidence(evidence);
  if (misfit === undefined) return evidence;
  const { type, subject, observedAt } = evidence;
  return anyOf({
    type,
    subject,
    observedAt,
    state: 'failed',
    error: `the collector broke its own schema at ${misfit.pointer}: ${misfit.message}`,
  });
}

/** What every type may say instead of facts. The compiler tells no more than 25 types apart by itself. */
function anyOf(gap: Unavailable<EvidenceType> | Failed<EvidenceType>): Evidence {
  return gap as Evidence;
}

const impacts: readonly Impact[] = ['observe', 'authenticate', 'write'];

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

async function eachOf<T>(
  items: readonly T[],
  width: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const queue = items.values();
  const lane = async (): Promise<void> => {
    for (const item of queue) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, lane));
}

function vantageOf(target: Target, evidence: readonly Evidence[]): EvidenceBundle['run']['vantage'] {
  if (target.vantage) return target.vantage;
  const sameHost = evidence.some(
    (e) => e.type === 'network.listener' && e.state === 'observed' && e.data.vantage === 'same-host',
  );
  return sameHost ? 'same-host' : 'network';
}

/** What is remembered of a run whose evidence was kept. */
function runOf({ run, digest }: EvidenceBundle): NonNullable<EvidenceBundle['run']['resumed']>[number] {
  return { id: run.id, startedAt: run.startedAt, finishedAt: run.finishedAt, digest };
}

function bySubject(a: Evidence, b: Evidence): number {
  return compare(a.type, b.type) || compare(a.subject.id, b.subject.id);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function describeBug(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
