import { parentPort, workerData } from 'node:worker_threads';
import { searchPart } from './parts';
import { compileScanner, type Scanner } from './scan';
import { searchFile } from './search';
import type { Orders, Request } from './thread';

// The entry of a worker thread: files and parts in, what was found in them out, one at a time.
const { known, fingerprintKey } = workerData as Orders;
const stop = new AbortController();
let scanner: Scanner | undefined;

parentPort?.on('message', (request: Request) => {
  if (request === 'stop') stop.abort();
  else if ('prepare' in request)
    scanner = compileScanner(request.prepare.detectors, { known, table: request.prepare.table });
  else void answer(request.path, request.part);
});

async function answer(path: Uint8Array, part: Parameters<typeof searchPart>[1] | null): Promise<void> {
  if (scanner === undefined) throw new Error('the thread was not prepared');
  const file = Buffer.from(path);
  const { signal } = stop;
  parentPort?.postMessage(
    part === null
      ? await searchFile(file, scanner, fingerprintKey, signal)
      : await searchPart(file, part, scanner, fingerprintKey, signal),
  );
}
