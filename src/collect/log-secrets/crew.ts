import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { shippedDetectors } from './detector';
import type { LogFile } from './discover';
import type { KnownValue } from './known';
import { compileScanner } from './scan';
import { searchFile, type FileSearch } from './search';

/** What a worker is started with. Values stay in this process's memory. */
export interface Orders {
  readonly known: readonly KnownValue[];
  readonly fingerprintKey: Uint8Array;
}

/** A path to search, or the order to stop reading. */
export type Request = Uint8Array | 'stop';

/** Less than this is searched before a thread has started. */
const worthAThread = 16 * 1024 * 1024;
const mostThreads = 2;

/**
 * Searches files, in threads when there is much to read: the network collectors run meanwhile. Results come in the
 * order of the files. Rejects when a thread dies, which is a bug of ours.
 */
export async function searchFiles(
  files: readonly LogFile[],
  orders: Orders,
  signal: AbortSignal,
  done: (file: LogFile) => void,
): Promise<readonly FileSearch[]> {
  const total = files.reduce((sum, { size }) => sum + size, 0);
  // Run from its sources (tests), the package has no compiled worker.
  const entry = join(__dirname, 'worker.js');
  if (total < worthAThread || !existsSync(entry)) return searchHere(files, orders, signal, done);
  const results = new Array<FileSearch>(files.length);
  // The largest first, so that no thread is left with one at the end.
  const queue = files.map((file, index) => ({ file, index })).sort((a, b) => a.file.size - b.file.size);
  await Promise.all(
    Array.from({ length: Math.min(mostThreads, files.length) }, async () => {
      const thread = startThread(entry, orders, signal);
      try {
        for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
          results[next.index] = await thread.search(next.file.path);
          done(next.file);
        }
      } finally {
        await thread.close();
      }
    }),
  );
  return results;
}

async function searchHere(
  files: readonly LogFile[],
  { known, fingerprintKey }: Orders,
  signal: AbortSignal,
  done: (file: LogFile) => void,
): Promise<readonly FileSearch[]> {
  const scanner = compileScanner(shippedDetectors(), { known });
  const results: FileSearch[] = [];
  for (const file of files) {
    results.push(await searchFile(file.path, scanner, fingerprintKey, signal));
    done(file);
  }
  return results;
}

interface Thread {
  search(path: Uint8Array): Promise<FileSearch>;
  close(): Promise<void>;
}

function startThread(entry: string, orders: Orders, signal: AbortSignal): Thread {
  // Neither arguments nor environment of the process reach the thread.
  const worker = new Worker(entry, { workerData: orders, argv: [], env: {}, execArgv: [] });
  const stop = (): void => {
    worker.postMessage('stop' satisfies Request);
  };
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  return {
    search: (path) =>
      new Promise((resolve, reject) => {
        const settle = (): void => {
          worker.off('message', answered).off('error', failed).off('exit', exited);
        };
        const answered = (result: FileSearch): void => {
          settle();
          resolve(result);
        };
        const failed = (error: Error): void => {
          settle();
          reject(new Error('a search thread failed', { cause: error }));
        };
        const exited = (code: number): void => {
          failed(new Error(`it exited with code ${String(code)}`));
        };
        worker.on('message', answered).on('error', failed).on('exit', exited);
        worker.postMessage(Uint8Array.from(path));
      }),
    async close() {
      signal.removeEventListener('abort', stop);
      await worker.terminate();
    },
  };
}
