import { parentPort, workerData } from 'node:worker_threads';
import { shippedDetectors } from './detector';
import type { Orders, Request } from './crew';
import { compileScanner } from './scan';
import { searchFile } from './search';

// The entry of a worker thread: files in, what was found in them out, one at a time.
const { known, fingerprintKey } = workerData as Orders;
const scanner = compileScanner(shippedDetectors(), { known });
const stop = new AbortController();

parentPort?.on('message', (request: Request) => {
  if (request === 'stop') stop.abort();
  else void answer(Buffer.from(request));
});

async function answer(path: Buffer): Promise<void> {
  parentPort?.postMessage(await searchFile(path, scanner, fingerprintKey, stop.signal));
}
