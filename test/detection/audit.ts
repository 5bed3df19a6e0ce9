import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startDeployment, weaknesses } from '../../fixtures/deployment';
import type { EvidenceBundle } from '../../src/model/evidence';
import type { Report } from '../../src/model/report';
import type { Target } from '../../src/model/target';
import { loadTarget } from '../../src/plan/index';
import { collectAll, judge, loadJudge, type Judge } from '../../src/scan';
import { compileSchema } from '../../src/schema/ajv';
import { reportSchema } from '../../src/schema/report';

export interface Audited {
  readonly bundle: EvidenceBundle;
  readonly report: Report;
  /** Ids of the rules that failed on some subject. */
  readonly failed: readonly string[];
  /** `rule subject: reason` of every finding that could not be decided. */
  readonly undecided: readonly string[];
}

const limits = {
  requestsPerSecond: 10_000,
  // Long enough for a busy machine: nothing here waits for them but where a port is silent.
  connectTimeoutMs: 10_000,
  subjectTimeoutMs: 60_000,
  concurrency: 16,
};

/**
 * Whether the tenants are tried against each other: that takes thousands of requests, so only where they are what a weakness
 * is about, on the sound deployment, and where nothing must be taken for isolated because it failed.
 */
function triesTenants(on: readonly string[]): boolean {
  return weaknesses
    .filter(({ id }) => on.includes(id))
    .every(({ fails, kind }) => kind === 'fault' || fails.some((rule) => /^CFY-(TEN|AUT-04)/.test(rule)));
}

const judges = new Map<string, Judge>();

/** Rules and profile, read once: they are the same for every deployment. */
function judgeOf(profile: string): Judge {
  const by = judges.get(profile) ?? loadJudge({ profile });
  judges.set(profile, by);
  return by;
}

const checkReport = compileSchema(reportSchema());

/** Starts a deployment with these weaknesses, audits it over its sockets, and stops it. */
export async function audit(
  on: readonly string[],
  profile = 'base',
  apiRequests: NonNullable<Target['limits']['apiRequests']> = 'standard',
): Promise<Audited> {
  const folder = mkdtempSync(join(tmpdir(), 'cfy-audit-detection-'));
  // The pace and the manager's rate limit have tests of their own; here they would only cost time. The limit is on for
  // the burst at the end, which is sent only where something is to be seen by it.
  const withBurst = on.every((id) => id === 'no-rate-limit' || id === 'rate-limit-evaded');
  let isLast = false;
  const deployment = await startDeployment({ weaknesses: on, folder, rateLimit: () => isLast });
  try {
    const { target } = await loadTarget(deployment.targetFile, {
      environment: {},
      prompt: () => Promise.reject(new Error('nothing to ask')),
    });
    const bundle = await collectAll(
      apiRequests === 'smoke'
        ? { ...target, limits: { ...limits, apiRequests } }
        : {
            ...target,
            limits: { ...limits, rateLimitTest: withBurst },
            ...(triesTenants(on) ? {} : { isolation: { plan: 'skip' } }),
          },
      {
        version: '0.0.0-test',
        runId: 'test',
        now: () => new Date(),
        signal: new AbortController().signal,
        onProgress: ({ done, total }) => {
          isLast = withBurst && done >= total - 1;
        },
      },
    );
    const report = judge(bundle, judgeOf(profile));
    const [misfit] = checkReport(JSON.parse(JSON.stringify(report)));
    if (misfit) throw new Error(`the report breaks its schema at ${misfit.pointer}: ${misfit.message}`);
    const failed = report.results.filter((r) => r.counts.fail > 0).map((r) => r.rule);
    const undecided = report.findings.flatMap((f) =>
      f.outcome === 'unknown' || f.outcome === 'error' || f.outcome === 'manual'
        ? [`${f.rule} ${f.subject.id}: ${f.reason}`]
        : [],
    );
    return { bundle, report, failed, undecided };
  } finally {
    await deployment.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
