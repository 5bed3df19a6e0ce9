import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  copyFileSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { readKeyPem } from '../../../fixtures/pki/keys';
import type { LogSecrets } from '../../../src/model/log-secrets';
import { discover, type LogFile } from '../../../src/collect/log-secrets/discover';
import { searchSince } from '../../../src/collect/log-secrets/since-last';
import { partBytes } from '../../../src/collect/log-secrets/parts';
import type { FileSearch } from '../../../src/collect/log-secrets/search';
import { makeFolder, observed, removeFolders, searchTarget, targetWith } from './context';

afterAll(removeFolders);

const key = Buffer.from('the same in every run of this test');
const noise = (lines: number, from = 0): string =>
  Array.from(
    { length: lines },
    (_, n) => `2026-11-22 02:14:50 [INFO] request ${String(from + n)} took 47 ms\n`,
  ).join('');
const leak = (n: number): string =>
  `2026-11-22 02:14:51 [INFO] login with password: Tr0ub4dor+${String(n)}x\n`;

/** Runs one after the other with one memory; each tells what is known of x.log by then. */
function follow(): { folder: string; log: string; memory: string; run: () => Promise<LogSecrets> } {
  const folder = makeFolder();
  const memory = join(makeFolder(), 'memory.json');
  return {
    folder,
    log: join(folder, 'x.log'),
    memory,
    async run() {
      const target = { ...targetWith([{ node: 'manager-1', paths: [folder] }]), sinceLast: memory };
      return observed(await searchTarget(target, undefined, key), 'x.log');
    },
  };
}

const found = ({ leaks }: LogSecrets): readonly string[] =>
  leaks
    .map(({ firstLine, lastLine, count }) => `${String(firstLine)}-${String(lastLine)} x${String(count)}`)
    .sort();

test('what is appended is found, what was found stays, and nothing is counted twice', async () => {
  const { log, run } = follow();
  writeFileSync(log, noise(3000) + leak(1) + noise(3000));
  expect(found(await run())).toEqual(['3001-3001 x1']);
  expect(found(await run())).toEqual(['3001-3001 x1']);
  appendFileSync(log, leak(1) + leak(2));
  const grown = await run();
  expect(found(grown)).toEqual(['3001-6002 x2', '6003-6003 x1']);
  expect(grown.files).toMatchObject([{ lines: 6003, complete: true, bytes: statSync(log).size }]);
});

test('a secret that the end of the file cut through is judged again when it is whole', async () => {
  const { log, run } = follow();
  const pem = readKeyPem('rsa-2048');
  writeFileSync(log, noise(4000) + pem.slice(0, 900));
  const cut = await run();
  expect(cut.privateKeys).toHaveLength(1);
  appendFileSync(log, pem.slice(900) + noise(10));
  const whole = await run();
  expect(whole.privateKeys).toMatchObject([{ firstLine: 4001, count: 1 }]);
  expect(whole.privateKeys[0]?.fingerprint).not.toBe(cut.privateKeys[0]?.fingerprint);
});

test('rotation by renaming: the old file is gone on with, the new one begun', async () => {
  const { log, run } = follow();
  writeFileSync(log, noise(3000) + leak(1) + noise(2000));
  await run();
  appendFileSync(log, leak(2));
  renameSync(log, `${log}.1`);
  writeFileSync(log, noise(2000, 9000) + leak(3));
  const data = await run();
  expect(data.leaks.map(({ file, count }) => [file.slice(-5), count]).sort()).toEqual([
    ['log.1', 1],
    ['log.1', 1],
    ['x.log', 1],
  ]);
  expect(data.notRead).toEqual([]);
  // And a second time, without a change.
  expect((await run()).leaks).toEqual(data.leaks);
});

test('rotation by copying and truncating: the copy is gone on with, the log begun anew', async () => {
  const { log, run } = follow();
  writeFileSync(log, noise(3000) + leak(1) + noise(2000));
  await run();
  appendFileSync(log, leak(2));
  copyFileSync(log, `${log}.1`);
  truncateSync(log, 0);
  appendFileSync(log, leak(3));
  const data = await run();
  expect(data.leaks.map(({ file, count }) => [file.slice(-5), count]).sort()).toEqual([
    ['log.1', 1],
    ['log.1', 1],
    ['x.log', 1],
  ]);
});

test('a rotation that is packed at once is searched, and its plain file not counted again', async () => {
  const { log, run } = follow();
  writeFileSync(log, noise(3000) + leak(1) + noise(2000));
  await run();
  appendFileSync(log, leak(2));
  renameSync(log, `${log}.1`);
  execFileSync('gzip', [`${log}.1`]);
  writeFileSync(log, leak(3));
  const data = await run();
  expect(data.leaks.map(({ count }) => count)).toEqual([1, 1, 1]);
  expect(data.notRead).toEqual([]);
  expect((await run()).leaks).toEqual(data.leaks);
});

test('a log that was searched while it was plain is gone on with after it was packed', async () => {
  const { log, run, folder } = follow();
  writeFileSync(log, leak(1) + noise(4000) + leak(1) + noise(2000));
  expect(found(await run())).toEqual(['1-4002 x2']);
  appendFileSync(log, leak(1) + leak(2));
  renameSync(log, `${log}.1`);
  execFileSync('gzip', [`${log}.1`]);
  writeFileSync(log, leak(3));
  const rotated = await run();
  expect(found(rotated)).toEqual(['1-1 x1', '1-6003 x3', '6004-6004 x1']);
  expect(rotated.files).toMatchObject([
    { lines: 1, compressed: false, complete: true },
    { path: join(folder, 'x.log.1.gz'), lines: 6004, compressed: true, complete: true },
  ]);
  expect(rotated.notRead).toEqual([]);
  renameSync(`${log}.1.gz`, `${log}.2.gz`);
  expect(found(await run())).toEqual(found(rotated));
});

test('what was searched while it was plain is not searched again after it was packed', async () => {
  const { folder, log } = follow();
  const search = async (memory: string): Promise<readonly FileSearch[]> => {
    const { files } = await discover([folder], new AbortController().signal);
    const orders = { known: [], fingerprintKey: key };
    return searchSince(
      files,
      orders,
      { file: memory, node: null },
      new AbortController().signal,
      () => undefined,
    );
  };
  const memory = join(makeFolder(), 'memory.json');
  const plain = leak(1) + noise(6000);
  writeFileSync(log, plain);
  await search(memory);
  // What stands in the middle tells who searched it: only the ends of what was searched are compared.
  writeFileSync(log, plain.replace('request 700 took 47 ms', `password: Zq71-xxk9100`) + leak(2));
  execFileSync('gzip', [log]);
  const leaks = (await search(memory)).flatMap(({ searched }) => searched.flatMap((one) => one.leaks));
  expect(leaks.map(({ firstLine }) => firstLine)).toEqual([1, 6002]);
  // Other bytes before where it was left: another log, searched whole.
  writeFileSync(
    log,
    plain.replaceAll('47 ms', '48 ms').replace('request 700 took 48 ms', `password: Zq71-xxk9100`),
  );
  execFileSync('gzip', ['-f', log]);
  const others = (await search(memory)).flatMap(({ searched }) => searched.flatMap((one) => one.leaks));
  expect(others.map(({ firstLine }) => firstLine)).toEqual([1, 702]);
});

test('a log that was replaced while its rotation is nowhere is told, and not passed over', async () => {
  const { log, run } = follow();
  writeFileSync(log, noise(5000) + leak(1));
  await run();
  rmSync(log);
  writeFileSync(log, noise(4000, 50_000));
  const data = await run();
  expect(data.notRead).toMatchObject([{ reason: expect.stringContaining('is not there') as string }]);
  expect(data.leaks).toEqual([]);
});

test('the same size and other content is no continuation', async () => {
  const { log, run } = follow();
  writeFileSync(log, noise(5000));
  await run();
  const text = readFileSync(log, 'latin1')
    .replace(/request \d/g, 'Request 7')
    .slice(0, -leak(1).length);
  writeFileSync(log, text + leak(1));
  expect(found(await run())).toHaveLength(1);
});

test('the memory holds nothing of what was found or read, and is for its owner alone', async () => {
  const { log, run, memory } = follow();
  writeFileSync(log, noise(3000) + leak(1) + noise(3000));
  await run();
  const text = readFileSync(memory, 'utf8');
  for (let at = 0; at + 5 <= 'Tr0ub4dor+1x'.length; at++)
    expect(text).not.toContain('Tr0ub4dor+1x'.slice(at, at + 5));
  expect(text).not.toMatch(/took 47|request \d/);
  expect(statSync(memory).mode & 0o777).toBe(0o600);
});

test('writing, rotating and searching in turn finds each secret once', async () => {
  const { log, run } = follow();
  writeFileSync(log, '');
  const wanted = new Set<number>();
  for (let round = 0; round < 12; round++) {
    appendFileSync(log, noise(900, round * 1000));
    appendFileSync(log, leak(round));
    wanted.add(round);
    appendFileSync(log, noise(700, round * 1000));
    if (round % 3 === 2) {
      for (let n = 4; n >= 1; n--) {
        try {
          renameSync(`${log}.${String(n)}`, `${log}.${String(n + 1)}`);
        } catch {
          // There are not so many yet.
        }
      }
      renameSync(log, `${log}.1`);
      writeFileSync(log, leak(100 + round));
      wanted.add(100 + round);
    }
    if (round % 2 === 1) await run();
  }
  const last = await run();
  expect(last.leaks.map(({ count }) => count)).toEqual(Array.from(wanted, () => 1));
  expect(last.notRead).toEqual([]);
});

describe('a run that is cut off within a long file', () => {
  const lines = noise(1500);
  const perPart = Math.floor(partBytes / lines.length) * lines.length;
  /** Four parts, with a leak early in each and one across each border. */
  function writeLong(log: string): void {
    writeFileSync(log, '');
    for (let part = 0; part < 4; part++) {
      appendFileSync(log, leak(part) + lines.repeat(perPart / lines.length - 1));
      const { size } = statSync(log);
      const border = partBytes * (part + 1) - 30;
      appendFileSync(log, `${'.'.repeat(Math.max(0, border - size - 1))}\n`);
      appendFileSync(log, leak(10 + part));
    }
  }

  interface Run {
    readonly results: readonly FileSearch[];
    /** Bytes of each step that was told. */
    readonly steps: readonly number[];
  }

  async function run(folder: string, memory: string, stopAfter = Infinity): Promise<Run> {
    const stop = new AbortController();
    const { files } = await discover([folder], stop.signal);
    const steps: number[] = [];
    const done = ({ size }: LogFile): void => {
      steps.push(size);
      if (steps.length >= stopAfter) stop.abort();
    };
    const orders = { known: [], fingerprintKey: key };
    const results = await searchSince(
      files,
      orders,
      { file: memory, node: null, stretch: partBytes },
      stop.signal,
      done,
    );
    return { results, steps };
  }

  const facts = (results: readonly FileSearch[]): unknown =>
    results.flatMap(({ searched }) => searched.map(({ facts: file, leaks }) => ({ file, leaks })));

  test.each([1, 2, 3])('goes on behind stretch %i: nothing twice, nothing passed over', async (stopAfter) => {
    const folder = makeFolder();
    const memory = join(makeFolder(), 'memory.json');
    writeLong(join(folder, 'x.log'));
    const { results: whole } = await run(folder, join(makeFolder(), 'other.json'));
    expect(whole[0]?.searched[0]?.leaks).toHaveLength(8);

    const cut = await run(folder, memory, stopAfter);
    expect(cut.results[0]?.searched[0]).toMatchObject({ facts: { complete: false } });
    const rest = await run(folder, memory);
    expect(facts(rest.results)).toEqual(facts(whole));
    // It did not begin anew: the first step is told once the part after those is done with.
    expect(cut.steps.slice(0, stopAfter)).toEqual(Array.from({ length: stopAfter }, () => partBytes));
    expect(rest.steps[0]).toBeGreaterThan(stopAfter * partBytes);
    expect(facts((await run(folder, memory)).results)).toEqual(facts(whole));
  });

  test('and begins anew where the file is another by then', async () => {
    const folder = makeFolder();
    const memory = join(makeFolder(), 'memory.json');
    const log = join(folder, 'x.log');
    writeLong(log);
    await run(folder, memory, 2);
    rmSync(log);
    writeFileSync(log, leak(99) + noise(9000));
    const { results } = await run(folder, memory);
    expect(results[0]?.searched[0]?.leaks).toMatchObject([{ firstLine: 1, count: 1 }]);
    // What the first file held behind the place where the run stopped is gone, and that is told.
    expect(results.flatMap(({ notRead }) => notRead)).toMatchObject([
      { reason: expect.stringContaining('was replaced since the last run') as string },
    ]);
  });
});
