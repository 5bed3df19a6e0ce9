import { setMaxListeners } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startDeployment } from '../fixtures/deployment';
import { doorsOf } from '../src/collect/api/doors';
import { openSession } from '../src/collect/api/session';
import type { Target } from '../src/model/target';
import { loadTarget } from '../src/plan/index';
import { openHttp } from '../src/protocol/http';
import { audit } from './mutants/run';
import { contextFor } from './context';

const requests = 600;

/** `npm run bench:rest`: kept connections beside one connection a request, and memory beside the number of requests. */
async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'cfy-audit-bench-'));
  const deployment = await startDeployment({ weaknesses: [], folder, rateLimit: false });
  try {
    const { target } = await loadTarget(deployment.targetFile, {
      environment: {},
      prompt: () => Promise.reject(new Error('nothing to ask')),
    });
    const ways = [
      ['one connection a request, one after the other', (t: Target) => apart(t, 1)],
      ['one connection a request, eight side by side', (t: Target) => apart(t, 8)],
      ['kept connections, adaptive', kept],
    ] as const;
    const results: { readonly name: string; readonly seconds: number; readonly cpu: number }[] = [];
    for (const [name, way] of ways) {
      await way(target);
      const cpu = process.cpuUsage();
      const begun = performance.now();
      await way(target);
      const seconds = (performance.now() - begun) / 1000;
      results.push({ name, seconds, cpu: process.cpuUsage(cpu).user / 1e6 });
    }
    const [base] = results;
    for (const { name, seconds, cpu } of results) {
      const wall = (requests / seconds).toFixed(0);
      const ratio = ((base?.cpu ?? 0) / cpu).toFixed(1);
      console.log(`${name}: ${wall} requests/s, ${cpu.toFixed(2)} s CPU of both sides (${ratio} times)`);
    }
  } finally {
    await deployment.stop();
    rmSync(folder, { recursive: true, force: true });
  }
  for (const extent of ['smoke', 'standard', 'full'] as const) {
    let most = 0;
    const watch = setInterval(() => {
      most = Math.max(most, process.memoryUsage().rss);
    }, 50);
    const { bundle } = await audit(undefined, extent);
    clearInterval(watch);
    const sent = bundle.traffic.reduce((sum, each) => sum + each.requests, 0);
    console.log(
      `${extent}: ${sent} requests, at most ${(most / 2 ** 20).toFixed(0)} MiB resident with the fixture`,
    );
  }
}

const request = { method: 'GET', path: '/api/v3.1/blueprints', secret: false } as const;

async function kept(target: Target): Promise<void> {
  const [manager] = target.managers;
  const door = manager && doorsOf(manager, target)[0];
  if (door === undefined) throw new Error('no manager');
  const session = openSession(door);
  await Promise.all(
    lanes(8).map(async () => {
      for (let i = 0; i < requests / 8; i++) await session.ask(request, context);
    }),
  );
}

async function apart(target: Target, width: number): Promise<void> {
  const [manager] = target.managers;
  const door = manager && doorsOf(manager, target)[0];
  if (door === undefined) throw new Error('no manager');
  await Promise.all(
    lanes(width).map(async () => {
      for (let i = 0; i < requests / width; i++) {
        const client = openHttp(door.open);
        await client.send({ ...request, headers: [['Host', door.host]] }, context.signal);
        client.close();
      }
    }),
  );
}

function lanes(width: number): readonly number[] {
  return Array.from({ length: width }, (_, at) => at);
}

const context = contextFor(5000);

setMaxListeners(0, context.signal);
void main();
