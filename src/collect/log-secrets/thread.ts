import { Worker } from 'node:worker_threads';
import type { Detector } from './detector';
import type { KnownValue } from './known';
import type { LiteralTable } from './literals';
import type { Part, PartSearch } from './parts';
import type { FileSearch } from './search';

/** What a worker is started with. Values stay in this process's memory. */
export interface Orders {
  readonly known: readonly KnownValue[];
  readonly fingerprintKey: Uint8Array;
}

/** What every thread of a search needs and takes long to make; made once, while they start. */
export interface Preparation {
  readonly detectors: readonly Detector[];
  readonly table: LiteralTable;
}

/** First what it needs; then a file, or a part of one, to search; or the order to stop reading. */
export type Request =
  { readonly prepare: Preparation } | { readonly path: Uint8Array; readonly part: Part | null } | 'stop';

/** A worker thread that searches one file or part at a time, once it is prepared. */
export interface Thread {
  prepare(preparation: Preparation): void;
  searchFile(path: Uint8Array): Promise<FileSearch>;
  searchPart(path: Uint8Array, part: Part): Promise<PartSearch>;
  close(): Promise<void>;
}

/** `entry` is the compiled worker.ts. */
export function startThread(entry: string, orders: Orders, signal: AbortSignal): Thread {
  // Neither arguments nor environment of the process reach the thread.
  const worker = new Worker(entry, { workerData: orders, argv: [], env: {}, execArgv: [] });
  const stop = (): void => {
    worker.postMessage('stop' satisfies Request);
  };
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  const ask = <T>(path: Uint8Array, part: Part | null): Promise<T> =>
    new Promise((resolve, reject) => {
      const settle = (): void => {
        worker.off('message', answered).off('error', failed).off('exit', exited);
      };
      const answered = (result: T): void => {
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
      worker.postMessage({ path: Uint8Array.from(path), part } satisfies Request);
    });
  return {
    prepare(preparation) {
      worker.postMessage({ prepare: preparation } satisfies Request);
    },
    searchFile: (path) => ask<FileSearch>(path, null),
    searchPart: (path, part) => ask<PartSearch>(path, part),
    async close() {
      signal.removeEventListener('abort', stop);
      await worker.terminate();
    },
  };
}
