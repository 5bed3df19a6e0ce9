import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startDeployment, weaknesses } from '../fixtures/deployment';
import { doorsOf } from '../src/collect/api/doors';
import type { Reply } from '../src/collect/api/isolation/reply';
import { surveyTenants } from '../src/collect/api/isolation/survey';
import { loadTarget } from '../src/plan/index';
import { contextFor } from './context';

// What the trial of tenants finds of injected faults, beside oracles that look at status and likeness, on the same
// traffic: npx tsc -p tsconfig.build.json && node dist/bench/isolation.js [every nth fault]
const step = Number(process.argv[2] ?? '1');

interface Run {
  readonly found: boolean;
  /** Requests that an oracle by status, or by likeness to the owner's answer, calls a leak. */
  readonly byStatus: ReadonlySet<string>;
  readonly byLikeness: ReadonlySet<string>;
  readonly probes: number;
  readonly requests: number;
  readonly cpuSeconds: number;
}

async function survey(ids: readonly string[]): Promise<Run> {
  const folder = mkdtempSync(join(tmpdir(), 'cfy-audit-bench-'));
  const deployment = await startDeployment({ weaknesses: ids, folder, rateLimit: false });
  try {
    const prompt = (): Promise<never> => Promise.reject(new Error('nothing to ask'));
    const { target } = await loadTarget(deployment.targetFile, { environment: {}, prompt });
    const [manager] = target.managers;
    if (manager === undefined) throw new Error('no manager');
    const owners = new Map<string, string>();
    const asked: { readonly key: string; readonly path: string; readonly reply: Reply }[] = [];
    const members = new Map(target.users.map(({ name, tenants }) => [name, Object.keys(tenants)]));
    const start = process.cpuUsage();
    const results = await surveyTenants(
      {
        target,
        manager,
        doors: doorsOf(manager, target).slice(0, 1),
        plan: 'quick',
        watch: (principal, { method, path, tenants, route }, reply) => {
          if (principal.administrator) {
            if (reply.kind === 'shown' && reply.json !== undefined)
              owners.set(`${method} ${path}`, reply.text);
            return;
          }
          const own = members.get(principal.name) ?? [];
          const isForeign = tenants.some((tenant) => !own.includes(tenant)) || path.includes('_all_tenants');
          if (isForeign || route.includes('{')) {
            asked.push({
              key: `${principal.name} ${route} ${tenants.join()}`,
              path: `${method} ${path}`,
              reply,
            });
          }
        },
      },
      contextFor(10_000),
    );
    const { user, system } = process.cpuUsage(start);
    const found = results.some(
      (each) =>
        each.type === 'api.isolation' &&
        each.state === 'observed' &&
        each.data.leaks.length + each.data.existence.length + each.data.tenantNotRefused.length > 0,
    );
    const ok = asked.filter(
      ({ reply }) => reply.status !== null && reply.status >= 200 && reply.status < 300,
    );
    const alike = ok.filter(({ path, reply }) => likeness(owners.get(path) ?? '', reply.text) >= 0.9);
    return {
      found,
      byStatus: new Set(ok.map(({ key }) => key)),
      byLikeness: new Set(alike.map(({ key }) => key)),
      probes: asked.length,
      requests:
        results.flatMap((each) =>
          each.type === 'api.tenancy' && each.state === 'observed' ? [each.data.requests] : [],
        )[0] ?? 0,
      cpuSeconds: (user + system) / 1e6,
    };
  } finally {
    await deployment.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Dice's coefficient of trigrams. */
function likeness(one: string, other: string): number {
  if (one === '' || other === '') return 0;
  const gramsOf = (text: string): ReadonlySet<string> =>
    new Set(Array.from({ length: Math.max(1, text.length - 2) }, (_, at) => text.slice(at, at + 3)));
  const [a, b] = [gramsOf(one), gramsOf(other)];
  const common = [...a].filter((gram) => b.has(gram)).length;
  return (2 * common) / (a.size + b.size);
}

async function main(): Promise<void> {
  const sound = await survey([]);
  const alarms = (name: 'byStatus' | 'byLikeness'): number => sound[name].size;
  console.log(
    `sound: ${sound.requests} requests, ${sound.cpuSeconds.toFixed(1)} s CPU with the deployment; ${sound.probes} of them for others' things`,
  );
  console.log(
    `false alarms: ownership ${sound.found ? 'SOME' : 0}, status ${alarms('byStatus')}, likeness ${alarms('byLikeness')}`,
  );
  const faults = weaknesses
    .filter(({ fails }) => fails.some((rule) => /^CFY-(TEN-(0[1-3567]|11)|AUT-04)/.test(rule)))
    .filter((_, index) => index % step === 0);
  const counts = { ownership: 0, status: 0, likeness: 0 };
  for (const { id } of faults) {
    const run = await survey([id]);
    // A naive oracle notices a fault when it calls something a leak that it did not on the sound deployment.
    const isNew = (name: 'byStatus' | 'byLikeness'): boolean =>
      [...run[name]].some((key) => !sound[name].has(key));
    if (run.found) counts.ownership++;
    if (isNew('byStatus')) counts.status++;
    if (isNew('byLikeness')) counts.likeness++;
    console.log(
      `${id}: ownership ${String(run.found)}, status ${String(isNew('byStatus'))}, likeness ${String(isNew('byLikeness'))}`,
    );
  }
  console.log(
    `of ${faults.length}: ownership ${counts.ownership}, status ${counts.status}, likeness ${counts.likeness}`,
  );
  console.log(`peak memory with the deployment: ${Math.round(process.resourceUsage().maxRSS / 1024)} MiB`);
}

void main();
