import { parentPort, workerData } from 'node:worker_threads';
import { shippedDetectors } from './detector';
import { searchPart } from './parts';
import { compileScanner } from './scan';
import { searchFile } from './search';
import type { Orders, Request } from './thread';

// The entry of a worker thread: files and parts in, what was found in them out, one at a time.
const { known, fingerprintKey } = workerData as Orders;
const scanner = compileScanner(shippedDetectors(), { known });
const stop = new AbortController();

parentPort?.on('message', (request: Request) => {
  if (request === 'stop') stop.abort();
  else void answer(request);
});

async function answer({ path, part }: Exclude<Request, 'stop'>): Promise<void> {
  const file = Buffer.from(path);
  const { signal } = stop;
  parentPort?.postMessage(
    part === null
      ? await searchFile(file, scanner, fingerprintKey, signal)
      : await searchPart(file, part, scanner, fingerprintKey, signal),
  );
}
