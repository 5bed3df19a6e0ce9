import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EvidenceBundle } from '../../src/model/evidence';
import type { Plan } from '../../src/plan/index';
import { makeFolder, run } from './binary';
import { start, stopAll, type Running } from './deployment';

afterAll(stopAll);

/** What the manager keeps for tenants, and its accounts with their tokens. */
function stateOf({ deployment }: Running): string {
  const kinds = [
    'secret',
    'site',
    'blueprint',
    'deployment-group',
    'deployments-filter',
    'blueprints-filter',
  ];
  return JSON.stringify([
    kinds.map((kind) => deployment.store.rows(kind as 'secret')),
    deployment.accounts.map(({ moreTokens }) => moreTokens),
  ]);
}

/** Calls back once so many objects have been stored, counted from now. */
function afterObjects({ deployment: { store } }: Running, count: number, then: () => void): () => void {
  const add = store.add.bind(store);
  let added = 0;
  store.add = (row) => {
    add(row);
    if (++added === count) then();
  };
  return () => {
    store.add = add;
  };
}

const journalsIn = (folder: string): readonly string[] =>
  existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.jsonl')) : [];

test('killed while it plants, cleanup removes what is there, and only that; again it finds nothing', async () => {
  const running = await start();
  const folder = makeFolder();
  const before = stateOf(running);
  let child: { kill(signal: 'SIGKILL'): void } | null = null;
  const restore = afterObjects(running, 9, () => child?.kill('SIGKILL'));
  const ran = await run(['collect', running.target, '-o', 'out/evidence.json', '--allow-write'], {
    cwd: folder,
    watch: (each) => {
      child = each;
    },
  });
  restore();
  expect(ran.code).toBeNull();
  const left = stateOf(running);
  expect(left).not.toBe(before);
  const [journal = ''] = journalsIn(join(folder, 'out'));
  const file = join(folder, 'out', journal);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  // Something of ours that another account made must stay.
  const { store } = running.deployment;
  const ours = store.rows('secret').find(({ id }) => id.startsWith('cfy-audit-'));
  if (ours === undefined) throw new Error('nothing was planted');
  const strange = { ...ours, createdBy: 'anna' };
  store.replace(ours, strange);
  // A line that the crash had cut.
  writeFileSync(file, `${readFileSync(file, 'utf8')}{"event":"crea`);

  const first = await run(['cleanup', running.target, '--journal', file], { cwd: folder });
  expect(first).toMatchObject({ code: 3, out: expect.stringContaining('did not create') as string });
  expect(store.rows('secret').filter(({ id }) => id.startsWith('cfy-audit-'))).toEqual([strange]);
  store.replace(strange, ours);
  const second = await run(['cleanup', running.target, '--journal', file], { cwd: folder });
  expect(second).toMatchObject({ code: 0, out: expect.stringContaining('1 removed') as string });
  expect(stateOf(running)).toBe(before);
  const third = await run(['cleanup', running.target, '--journal', file], { cwd: folder });
  expect(third).toMatchObject({ code: 0, out: expect.stringContaining(': 0 removed') as string });
  expect(stateOf(running)).toBe(before);
  expect(readFileSync(file, 'utf8')).not.toContain('"event":"crea{');
});

test('interrupted while it plants, it removes everything and says so', async () => {
  const running = await start();
  const folder = makeFolder();
  const before = stateOf(running);
  let child: { kill(signal: 'SIGINT'): void } | null = null;
  const restore = afterObjects(running, 6, () => child?.kill('SIGINT'));
  const ran = await run(['scan', running.target, '-o', 'out', '--allow-write'], {
    cwd: folder,
    watch: (each) => {
      child = each;
    },
  });
  restore();
  expect(ran).toMatchObject({
    code: 130,
    err: expect.stringContaining('removing what was written') as string,
  });
  expect(stateOf(running)).toBe(before);
  const bundle = JSON.parse(readFileSync(join(folder, 'out/evidence.json'), 'utf8')) as EvidenceBundle;
  expect(bundle.run).toMatchObject({ interrupted: true, writes: true });
  const ledger = bundle.evidence.find(({ type }) => type === 'canary.ledger');
  expect(ledger).toMatchObject({ state: 'observed', data: { left: 0 } });
});

test('the plan says what is written, where and as whom; without --allow-write nothing is', async () => {
  const { target } = await start();
  const folder = makeFolder();
  const plan = async (...args: readonly string[]): Promise<Plan> =>
    JSON.parse((await run(['plan', target, '--json', ...args], { cwd: folder })).out) as Plan;
  const [reading, writing] = await Promise.all([plan(), plan('--allow-write')]);
  expect(reading).toMatchObject({ writes: false, written: [] });
  expect(writing.writes).toBe(true);
  expect(writing.written.join('\n')).toContain('secret in tenant_a, as alice');
  const text = (await run(['plan', target, '--allow-write'], { cwd: folder })).out;
  expect(text).toContain('WRITES to the deployment');
});

test('what cannot be written safely is refused before the first packet', async () => {
  const { target, deployment } = await start();
  const folder = makeFolder();
  const url = `https://127.0.0.1:${deployment.ports.https}`;
  const refused = await Promise.all([
    run(['scan', url, '--allow-write'], { cwd: folder }),
    run(['cleanup', target, '--journal', 'none.jsonl'], { cwd: folder }),
  ]);
  for (const { code, err } of refused) {
    expect(code).toBe(2);
    expect(err).not.toMatch(/\n\s+at /);
  }
  writeFileSync(join(folder, 'other.jsonl'), '{"event":"begin"}\n');
  const garbled = await run(['cleanup', target, '--journal', 'other.jsonl'], { cwd: folder });
  expect(garbled).toMatchObject({ code: 2, err: expect.stringContaining('journal') as string });
});
