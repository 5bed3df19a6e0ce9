import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startDeployment, type Deployment, type DeploymentOptions } from '../../../../fixtures/deployment';
import { createJournal } from '../../../../src/cli/journal-file';
import { canaryPlanting } from '../../../../src/collect/index';
import type { Collector } from '../../../../src/collect/collector';
import { collect } from '../../../../src/collect/run';
import type { Evidence, EvidenceBundle, EvidenceOf, EvidenceType } from '../../../../src/model/evidence';
import type { Target } from '../../../../src/model/target';
import { loadTarget } from '../../../../src/plan/index';

export interface Ground {
  readonly deployment: Deployment;
  readonly target: Target;
  /** The same, not to be written to. */
  readonly readOnly: Target;
  readonly folder: string;
  /** Everything that the manager keeps, as text. */
  state(): string;
  stop(): Promise<void>;
}

const kinds = [
  'secret',
  'site',
  'blueprint',
  'deployment-group',
  'deployments-filter',
  'blueprints-filter',
] as const;

export async function prepare(options: Partial<DeploymentOptions> = {}): Promise<Ground> {
  const folder = mkdtempSync(join(tmpdir(), 'cfy-audit-canary-'));
  const begin = Date.now();
  // A clock on which a minute takes three seconds: tokens end at full minutes.
  const clock = (): Date => new Date(begin + 20 * (Date.now() - begin));
  const deployment = await startDeployment({ weaknesses: [], folder, rateLimit: false, clock, ...options });
  const { target } = await loadTarget(deployment.targetFile, {
    environment: {},
    prompt: () => Promise.reject(new Error('nothing to ask')),
  });
  const readOnly = { ...target, limits: { ...target.limits, requestsPerSecond: 10_000 } };
  return {
    deployment,
    target: { ...readOnly, writes: true },
    readOnly,
    folder,
    state: () =>
      JSON.stringify([
        kinds.map((kind) => deployment.store.rows(kind)),
        deployment.store.tenants,
        deployment.accounts,
      ]),
    stop: async () => {
      await deployment.stop();
      rmSync(folder, { recursive: true });
    },
  };
}

export interface Run {
  readonly bundle: EvidenceBundle;
  /** The journal as it was written. */
  readonly journal: string;
}

let runs = 0;

/** Runs these collectors with canaries; `signal` interrupts. */
export async function runWith(
  { folder }: Pick<Ground, 'folder'>,
  target: Target,
  collectors: readonly Collector[],
  interrupt = new AbortController(),
): Promise<Run> {
  const { signal } = interrupt;
  const file = join(folder, `canaries-${String(++runs)}.jsonl`);
  const bundle = await collect(target, collectors, {
    version: '0.0.0-test',
    runId: 'Test-1',
    now: () => new Date(),
    signal,
    onProgress: () => undefined,
    planting: canaryPlanting(createJournal(file)),
  });
  return { bundle, journal: readFileSync(file, 'utf8') };
}

/** The observed evidence of one type. */
export function observed<T extends EvidenceType>(
  { bundle }: Pick<Run, 'bundle'>,
  type: T,
): readonly Extract<EvidenceOf<T>, { state: 'observed' }>['data'][] {
  return bundle.evidence.flatMap((each: Evidence) =>
    each.type === type && each.state === 'observed'
      ? [each.data as Extract<EvidenceOf<T>, { state: 'observed' }>['data']]
      : [],
  );
}
