import type { Target } from '../model/target';

/** What planning needs to know of a task (collect/collector.ts has the whole contract). */
export interface PlannedTask {
  readonly address: string | null;
  readonly connections: number;
  readonly requests: number;
  readonly atLeast?: number;
  readonly paced?: number;
  readonly identities: readonly string[];
  readonly deadlineMs?: number | null;
}

/** What planning needs to know of a collector. */
export interface PlannedCollector {
  readonly id: string;
  readonly title: string;
  readonly impact: 'observe' | 'authenticate' | 'write' | 'burst';
  work(target: Target): {
    readonly tasks: readonly PlannedTask[];
    readonly missing: readonly {
      readonly type: string;
      readonly subject: { readonly title: string };
      readonly reason: string;
      readonly supply?: string;
    }[];
  };
}

/**
 * Upper bounds of what is sent. `atLeast`: requests where everything answers and nothing has to be asked again, short of
 * `requests` by five in a hundred, or by two; by more only where it depends on how much the deployment holds.
 */
export interface Cost {
  readonly subjects: number;
  readonly connections: number;
  readonly requests: number;
  readonly atLeast: number;
}

/** What a run would do, before anything is sent. Plain data: its JSON is what `plan --json` prints. */
export interface Plan {
  readonly target: { readonly name: string; readonly version: string | null };
  /** Gentlest first, in the order in which they run. */
  readonly collectors: readonly (Cost & {
    readonly id: string;
    readonly title: string;
    readonly impact: PlannedCollector['impact'];
    readonly identities: readonly string[];
    readonly missing: number;
  })[];
  readonly addresses: readonly (Cost & { readonly address: string; readonly seconds: number })[];
  readonly total: Cost;
  readonly identities: readonly string[];
  readonly writes: boolean;
  /** Hosts beyond the deployment of which CRL and OCSP services may be asked. */
  readonly services: readonly string[];
  /** What is written, where and as whom, one line each; none in a read-only run. */
  readonly written: readonly string[];
  /** What stays not established because the target does not say enough. */
  readonly missing: readonly {
    readonly collector: string;
    readonly type: string;
    readonly subject: string;
    readonly reason: string;
    readonly supply: string | null;
  }[];
  readonly estimate: Estimate;
  readonly limits: Target['limits'];
}

/** How long it takes. Nobody knows how fast the deployment answers: `seconds` is what the pace alone costs. */
export interface Estimate {
  readonly seconds: number;
  /** The deadlines of network subjects allow no more than this at the full rate; null: one of them has no deadline. */
  readonly atMostSeconds: number | null;
  /** Subjects on this machine (logs), whose time depends on their size. */
  readonly localSubjects: number;
}

const impacts = ['observe', 'authenticate', 'write', 'burst'] as const;

/** What every collector would do to the target. Pure; opens nothing. */
export function makePlan(
  target: Target,
  collectors: readonly PlannedCollector[],
  written: readonly string[] = [],
): Plan {
  const ordered = impacts.flatMap((impact) => collectors.filter((collector) => collector.impact === impact));
  const works = ordered.map((collector) => ({ collector, ...collector.work(target) }));
  const tasks = works.flatMap((work) => work.tasks);
  const addresses = [...new Set(tasks.flatMap(({ address }) => (address === null ? [] : [address])))];
  return {
    target: { name: target.name, version: target.version },
    collectors: works.map(({ collector: { id, title, impact }, tasks: own, missing }) => ({
      id,
      title,
      impact,
      ...costOf(own),
      identities: identitiesOf(own),
      missing: missing.length,
    })),
    addresses: addresses.map((address) => {
      const own = tasks.filter((task) => task.address === address);
      return { address, ...costOf(own), seconds: secondsOf(own, target) };
    }),
    total: costOf(tasks),
    identities: identitiesOf(tasks),
    writes: works.some((work) => work.collector.impact === 'write' && work.tasks.length > 0),
    services: target.ca.online ?? [],
    written,
    missing: works.flatMap(({ collector, missing }) =>
      missing.map(({ type, subject, reason, supply }) => ({
        collector: collector.id,
        type,
        subject: subject.title,
        reason,
        supply: supply ?? null,
      })),
    ),
    estimate: estimateOf(works, target),
    limits: target.limits,
  };
}

function costOf(tasks: readonly PlannedTask[]): Cost {
  return {
    subjects: tasks.length,
    connections: tasks.reduce((sum, task) => sum + task.connections, 0),
    requests: tasks.reduce((sum, task) => sum + task.requests, 0),
    atLeast: tasks.reduce((sum, task) => sum + (task.atLeast ?? task.requests), 0),
  };
}

function identitiesOf(tasks: readonly PlannedTask[]): readonly string[] {
  return [...new Set(tasks.flatMap(({ identities }) => identities))].sort((a, b) => (a < b ? -1 : 1));
}

/** What waits for a place in the pace of its address: each connection and each request, unless the task knows better. */
function secondsOf(tasks: readonly PlannedTask[], { limits }: Target): number {
  const places = sum(tasks.map(({ connections, requests, paced }) => paced ?? connections + requests));
  return Math.ceil(places / limits.requestsPerSecond);
}

/** Impacts run one after the other; within one, addresses and collectors run side by side. */
function estimateOf(
  works: readonly { readonly collector: PlannedCollector; readonly tasks: readonly PlannedTask[] }[],
  target: Target,
): Estimate {
  const { concurrency, subjectTimeoutMs } = target.limits;
  const phases = impacts.map((impact) => works.filter(({ collector }) => collector.impact === impact));
  const paced = phases.map((phase) => {
    const tasks = phase.flatMap((work) => work.tasks);
    const addresses = new Set(tasks.map(({ address }) => address));
    addresses.delete(null);
    return [...addresses].map((address) =>
      secondsOf(
        tasks.filter((task) => task.address === address),
        target,
      ),
    );
  });
  const bounds = phases.map((phase) =>
    phase.map(({ tasks }) => {
      const remote = tasks.filter(({ address }) => address !== null);
      const deadlines = remote.map(({ deadlineMs }) =>
        deadlineMs === null ? Infinity : (deadlineMs ?? subjectTimeoutMs),
      );
      return (Math.ceil(remote.length / concurrency) * Math.max(0, ...deadlines)) / 1000;
    }),
  );
  const seconds = sum(paced.map((phase) => Math.max(0, ...phase)));
  // A deadline stands still while its subject waits for its turn at the pace.
  const atMost = Math.ceil(seconds + sum(bounds.map((phase) => Math.max(0, ...phase))));
  return {
    seconds,
    atMostSeconds: Number.isFinite(atMost) ? atMost : null,
    localSubjects: works.flatMap(({ tasks }) => tasks).filter(({ address }) => address === null).length,
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
