import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startDeployment, type Deployment } from '../../fixtures/deployment';
import { makeFolder } from './binary';

export interface Running {
  readonly deployment: Deployment;
  readonly folder: string;
  /** The deployment's target file, with limits that let a scan take two seconds instead of thirty. */
  readonly target: string;
}

const running: Deployment[] = [];

/** Requests of a scan: all that is usual, or few, where a test is about something else. */
export type Size = 'usual' | 'few';

/** Starts a deployment in this process, without nginx's rate limit: the pace has tests of its own. */
export async function start(weaknesses: readonly string[] = [], size: Size = 'usual'): Promise<Running> {
  const folder = makeFolder();
  const deployment = await startDeployment({ weaknesses, folder, rateLimit: false });
  running.push(deployment);
  return {
    deployment,
    folder,
    target: hasten(deployment.targetFile, join(folder, 'fast.yaml'), undefined, size),
  };
}

/** Stops every deployment of this test file. */
export async function stopAll(): Promise<void> {
  await Promise.all(running.splice(0).map((deployment) => deployment.stop()));
}

/** Copies a target file with shorter deadlines and no pace. */
export function hasten(
  from: string,
  to: string,
  change = (text: string): string => text,
  size: Size = 'usual',
): string {
  // Deadlines that a busy machine keeps: a subject's time runs while it waits for its turn on the connection.
  const limits = 'requestsPerSecond: 1000, connectTimeout: 10, subjectTimeout: 60, concurrency: 16';
  const fewer =
    size === 'few' ? { limit: ', apiRequests: smoke', key: 'isolation: { plan: skip }\n' } : undefined;
  const added = `limits: { ${limits}${fewer?.limit ?? ''} }\n${fewer?.key ?? ''}`;
  writeFileSync(to, `${change(readFileSync(from, 'utf8'))}${added}`, { mode: 0o600 });
  return to;
}
