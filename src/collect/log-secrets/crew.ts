import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { shippedDetectors } from './detector';
import type { LogFile } from './discover';
import { cutFile, joinParts, partBytes, searchPart, type Part, type PartSearch } from './parts';
import { inSharedMemory } from './literals';
import { compileScanner, type Scanner } from './scan';
import { searchFile, type FileSearch } from './search';
import { startThread, type Orders, type Preparation, type Thread } from './thread';

/** Less than this is searched before a thread has started. */
const worthAThread = 16 * 1024 * 1024;
const mostThreads = 2;

/**
 * Searches files, in threads when there is much to read: the network collectors run meanwhile. A large plain file is
 * cut into parts, so that both threads work on it. Results come in the order of the files. Rejects when a thread
 * dies, which is a bug of ours.
 */
export async function searchFiles(
  files: readonly LogFile[],
  orders: Orders,
  signal: AbortSignal,
  done: (file: LogFile) => void,
  most = mostThreads,
): Promise<readonly FileSearch[]> {
  const total = files.reduce((sum, { size }) => sum + size, 0);
  // Run from its sources (tests), the package has no compiled worker.
  const entry = join(__dirname, 'worker.js');
  if (total < worthAThread || !existsSync(entry)) return searchHere(files, orders, signal, done);
  const plans = await Promise.all(files.map((file) => planFile(file, done)));
  // The largest first, so that no thread is left with one at the end.
  const queue = plans.flatMap(({ jobs }) => jobs).sort((a, b) => b.size - a.size);
  const threads = startThreads(Math.min(most, queue.length), entry, orders, signal);
  try {
    await Promise.all(
      threads.map(async (thread) => {
        for (let job = queue.shift(); job !== undefined; job = queue.shift()) await job.run(thread);
      }),
    );
    const results: FileSearch[] = [];
    for (const plan of plans) results.push(await plan.result(threads));
    return results;
  } finally {
    await Promise.all(threads.map((thread) => thread.close()));
  }
}

interface Job {
  readonly size: number;
  run(thread: Thread): Promise<void>;
}

/** What is to be done for one file, and what came of it once every job has run. */
interface Plan {
  readonly jobs: readonly Job[];
  result(threads: readonly Thread[]): Promise<FileSearch>;
}

async function planFile(file: LogFile, done: (file: LogFile) => void): Promise<Plan> {
  const { path, size } = file;
  const parts = size < 2 * partBytes ? null : await cutFile(path);
  let whole: FileSearch | undefined;
  const searchWhole = async (thread: Thread | undefined): Promise<FileSearch> =>
    (whole ??= (await thread?.searchFile(path)) ?? { searched: [], notRead: [] });
  if (parts === null) {
    const run = async (thread: Thread): Promise<void> => {
      await searchWhole(thread);
      done(file);
    };
    return { jobs: [{ size, run }], result: ([thread]) => searchWhole(thread) };
  }
  const found: PartSearch[] = [];
  const jobs = parts.map((part, index) => ({
    size: part.to - part.from,
    async run(thread: Thread): Promise<void> {
      found[index] = await thread.searchPart(path, part);
      done({ path, size: part.to - part.from });
    },
  }));
  return {
    jobs,
    result: ([thread]) =>
      found.some(({ hasNul }) => hasNul) ? searchWhole(thread) : Promise.resolve(joinParts(path, found)),
  };
}

async function searchHere(
  files: readonly LogFile[],
  orders: Orders,
  signal: AbortSignal,
  done: (file: LogFile) => void,
): Promise<readonly FileSearch[]> {
  const scanner = scannerOf(orders);
  const results: FileSearch[] = [];
  for (const file of files) {
    results.push(await searchFile(file.path, scanner, orders.fingerprintKey, signal));
    done(file);
  }
  return results;
}

/** Searches parts of one plain file, in threads when there is much to read. Results come in the order of the parts. */
export async function searchParts(
  path: Buffer,
  parts: readonly Part[],
  orders: Orders,
  signal: AbortSignal,
): Promise<readonly PartSearch[]> {
  const total = parts.reduce((sum, { from, to }) => sum + to - from, 0);
  const entry = join(__dirname, 'worker.js');
  const found: PartSearch[] = [];
  if (total < worthAThread || !existsSync(entry)) {
    const scanner = scannerOf(orders);
    for (const part of parts)
      found.push(await searchPart(path, part, scanner, orders.fingerprintKey, signal));
    return found;
  }
  const queue = [...parts.entries()];
  const threads = startThreads(Math.min(mostThreads, queue.length), entry, orders, signal);
  try {
    await Promise.all(
      threads.map(async (thread) => {
        for (let job = queue.shift(); job !== undefined; job = queue.shift())
          found[job[0]] = await thread.searchPart(path, job[1]);
      }),
    );
    return found;
  } finally {
    await Promise.all(threads.map((thread) => thread.close()));
  }
}

/** A thread takes as long to start as what it needs takes to be made, so both are done at once. */
function startThreads(count: number, entry: string, orders: Orders, signal: AbortSignal): readonly Thread[] {
  const threads = Array.from({ length: count }, () => startThread(entry, orders, signal));
  const preparation = prepare(orders);
  for (const thread of threads) thread.prepare(preparation);
  return threads;
}

const preparations = new WeakMap<Orders, Preparation>();

/** Made once for all files of a run. */
function prepare(orders: Orders): Preparation {
  const made = preparations.get(orders) ?? {
    // Examples are for tests.
    detectors: shippedDetectors().map((detector) => ({ ...detector, examples: [], counterExamples: [] })),
    table: inSharedMemory(scannerOf(orders).table),
  };
  preparations.set(orders, made);
  return made;
}

const scanners = new WeakMap<Orders, Scanner>();

/** Compiled once for all files of a run. */
export function scannerOf(orders: Orders): Scanner {
  const scanner = scanners.get(orders) ?? compileScanner(shippedDetectors(), { known: orders.known });
  scanners.set(orders, scanner);
  return scanner;
}
