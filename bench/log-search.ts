import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { searchFiles } from '../src/collect/log-secrets/crew';
import { shippedDetectors } from '../src/collect/log-secrets/detector';
import { makeScriptKernel } from '../src/collect/log-secrets/kernel-script';
import { loadWasmKernel } from '../src/collect/log-secrets/kernel-wasm';
import type { LiteralTable } from '../src/collect/log-secrets/literals';
import { readLog } from '../src/collect/log-secrets/read';
import { compileScanner, type Scanner } from '../src/collect/log-secrets/scan';

/** What is measured; see logs.ts. */
export type Mode = 'start' | 'wasm' | 'script' | 'one' | 'two' | 'known300' | 'known2000' | 'kernel';

/** One measurement, as this process prints it. */
export interface Measured {
  readonly compileMs: number;
  readonly compileCpuMs: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakMiB: number;
  readonly found: readonly string[];
}

const { signal } = new AbortController();

async function main(): Promise<void> {
  const [mode, ...paths] = process.argv.slice(2) as [Mode, ...string[]];
  const compiling = startClock();
  const threads = mode === 'one' ? 1 : mode === 'two' ? 2 : 0;
  const scanner = threads > 0 ? null : compileFor(mode);
  const compile = compiling();
  const found = new Set<string>();
  const working = startClock();
  if (threads > 0) await searchInThreads(paths, threads);
  else if (scanner === null) throw new Error(`unknown mode ${mode}`);
  else if (mode === 'kernel') for (const path of paths) runKernel(path, scanner.table);
  else for (const path of paths) await searchHere(path, scanner, found);
  const worked = working();
  const measured: Measured = {
    compileMs: Math.round(compile.seconds * 1000),
    compileCpuMs: Math.round(compile.cpuSeconds * 1000),
    ...worked,
    peakMiB: Math.round(process.resourceUsage().maxRSS / 1024),
    found: [...found],
  };
  process.stdout.write(JSON.stringify(measured));
}

function startClock(): () => { readonly seconds: number; readonly cpuSeconds: number } {
  const from = performance.now();
  const cpu = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(cpu);
    return { seconds: (performance.now() - from) / 1000, cpuSeconds: (user + system) / 1e6 };
  };
}

function compileFor(mode: Mode): Scanner {
  const count = mode === 'known300' ? 300 : mode === 'known2000' ? 2000 : 0;
  const known = Array.from({ length: count }, (_, n) => ({
    name: `value ${n}`,
    value: `Vq${(n * 7919 + 10007).toString(36)}-${(n * 104729 + 1299709).toString(36)}X`,
  }));
  return compileScanner(shippedDetectors(), {
    known,
    ...(mode === 'script' ? { kernel: makeScriptKernel } : {}),
  });
}

async function searchHere(path: string, scanner: Scanner, found: Set<string>): Promise<void> {
  const scan = scanner.start(({ secret }) => found.add(secret));
  await readLog(Buffer.from(path), signal, {
    open: () => ({
      write(piece) {
        scan.push(piece);
      },
      end() {
        scan.end();
      },
    }),
    refuse(_member, reason) {
      throw new Error(reason);
    },
  });
}

async function searchInThreads(paths: readonly string[], threads: number): Promise<void> {
  const files = paths.map((path) => ({ path: Buffer.from(path), size: 1 << 30 }));
  await searchFiles(
    files,
    { known: [], fingerprintKey: new Uint8Array(32) },
    signal,
    () => undefined,
    threads,
  );
}

/** Over the first MiB of the file, as often as the file is long: the kernel and nothing else. */
function runKernel(path: string, table: LiteralTable): void {
  const { size } = statSync(path);
  const bytes = Buffer.alloc(1024 * 1024);
  const file = openSync(path, 'r');
  const stretch = readSync(file, bytes);
  closeSync(file);
  const kernel = (loadWasmKernel() ?? makeScriptKernel)(table, stretch + 64);
  bytes.copy(kernel.buffer, 0, 0, stretch);
  for (let done = 0; done < size; done += stretch) {
    for (let at = 0; at < stretch; at += 32 * 1024) kernel.search(at, Math.min(stretch, at + 32 * 1024));
  }
}

void main();
