import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { searchFiles } from '../src/collect/log-secrets/crew';
import { shippedDetectors } from '../src/collect/log-secrets/detector';
import { noDemand, tabulate } from '../src/collect/log-secrets/literals';
import { loadWasmKernel } from '../src/collect/log-secrets/kernel-wasm';
import { readLog } from '../src/collect/log-secrets/read';
import { compileScanner } from '../src/collect/log-secrets/scan';
import { writeCorpus } from './log-corpus';

/**
 * How fast logs are searched: paired with `rg -c -i -F -f` of the same literals where rg is installed.
 * `node dist/bench/logs.js [MiB] [rounds]`; prints JSON.
 */
async function main(): Promise<void> {
  const [megabytes = 256, rounds = 3] = process.argv.slice(2).map(Number);
  const folder = mkdtempSync(join(tmpdir(), 'cfy-audit-bench-'));
  try {
    const corpus = writeCorpus(join(folder, 'corpus.log'), megabytes);
    const begun = performance.now();
    const detectors = shippedDetectors();
    const scanner = compileScanner(detectors);
    const startMs = performance.now() - begun;
    const literals = [...new Set(detectors.flatMap((detector) => detector.literals.map(({ text }) => text)))];
    writeFileSync(join(folder, 'literals'), literals.join('\n'));
    readFileSync(corpus.path);

    const { signal } = new AbortController();
    const search = async (known = scanner): Promise<{ seconds: number; found: Set<string> }> => {
      const found = new Set<string>();
      const from = performance.now();
      const scan = known.start(({ secret }) => found.add(secret));
      await readLog(Buffer.from(corpus.path), signal, {
        open: () => ({
          write: (piece) => {
            scan.push(piece);
          },
          end: () => {
            scan.end();
          },
        }),
        refuse: (_member, reason) => {
          throw new Error(reason);
        },
      });
      return { seconds: (performance.now() - from) / 1000, found };
    };
    const kernel = loadWasmKernel()?.(tabulate(literals.map((text) => ({ text, demand: noDemand }))), 1024);
    const content = megabytes <= 1024 ? readFileSync(corpus.path) : Buffer.alloc(0);
    const speed = (seconds: number): number => Math.round(megabytes / seconds);
    const results: Record<string, number[]> = {
      search: [],
      prefilter: [],
      rg: [],
      twoThreads: [],
      known300: [],
      known2000: [],
    };
    const withKnown = (count: number): ReturnType<typeof compileScanner> =>
      compileScanner(detectors, {
        known: Array.from({ length: count }, (_, n) => ({
          name: `value ${n}`,
          value: `Vq${(n * 7919 + 10007).toString(36)}-${(n * 104729 + 1299709).toString(36)}X`,
        })),
      });
    const quarters = [1, 2, 3, 4].map((seed) =>
      writeCorpus(join(folder, `${seed}.log`), megabytes / 4, seed),
    );
    const files = quarters.map(({ path, bytes }) => ({ path: Buffer.from(path), size: bytes }));
    const [k300, k2000] = [withKnown(300), withKnown(2000)];
    let missed = 0;
    for (let round = 0; round < rounds; round++) {
      const { seconds, found } = await search();
      missed = corpus.planted.filter((secret) => !found.has(secret)).length;
      results.search?.push(speed(seconds));
      results.known300?.push(speed((await search(k300)).seconds));
      results.known2000?.push(speed((await search(k2000)).seconds));
      const from = performance.now();
      let hits = 0;
      hits += kernel?.search(0, 10) ?? content.length;
      results.prefilter?.push(speed((performance.now() - from) / 1000));
      const threadsFrom = performance.now();
      await searchFiles(files, { known: [], fingerprintKey: new Uint8Array(32) }, signal, () => undefined);
      results.twoThreads?.push(speed((performance.now() - threadsFrom) / 1000));
      const rg = timeRg(join(folder, 'literals'), corpus.path);
      if (rg !== null) results.rg?.push(speed(rg));
      if (round === 0) process.stderr.write(`${hits} literals in ${corpus.lines} lines\n`);
    }
    const memory = Math.round(process.resourceUsage().maxRSS / 1024);
    process.stdout.write(
      `${JSON.stringify({ megabytes, lines: corpus.lines, planted: corpus.planted.length, missed, detectors: detectors.length, literals: literals.length, startMs: Math.round(startMs), mibPerSecond: results, maxRssMiB: memory }, null, 1)}\n`,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function timeRg(literals: string, path: string): number | null {
  if (spawnSync('rg', ['--version']).error) return null;
  const from = performance.now();
  execFileSync('rg', ['-c', '-i', '-F', '-a', '-j', '1', '-f', literals, path]);
  return (performance.now() - from) / 1000;
}

void main();
