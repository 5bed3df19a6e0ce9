import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../schema/package-root';
import { mostHits, type Kernel, type KernelMaker } from './kernel';
import type { LiteralTable } from './literals';

/** What kernel/search.ts exports. */
interface Exports {
  readonly search: (from: number, to: number) => number;
  readonly countNewlines: (from: number, to: number) => number;
}

const pageBytes = 64 * 1024;
const headerBytes = 64;
/** Of the lists that kernel/search.ts keeps of a stretch: its turns, then its windows. */
const listBytes = 16 * 1024;
/** What is loaded at once, and so beyond what is looked at. */
const overshoot = 64;

/** The kernel of kernel/search.ts, when the package was built and the platform has WebAssembly with SIMD. */
export function loadWasmKernel(): KernelMaker | undefined {
  const file = join(packageRoot(), 'dist', 'kernel.wasm');
  if (typeof WebAssembly === 'undefined' || !existsSync(file)) return undefined;
  try {
    const module = new WebAssembly.Module(readFileSync(file));
    return (table, bytes) => instantiate(module, table, bytes);
  } catch {
    return undefined;
  }
}

/** Lays out the memory: a header with the addresses, the tables, the hits, the bytes. */
function instantiate(module: WebAssembly.Module, table: LiteralTable, bytes: number): Kernel {
  const most = mostHits(table);
  const { bitmap, slots, entries, starts, folded, exact, demands, classes, halves } = table;
  const parts = [bitmap, slots, entries, starts, folded, exact, demands, classes, halves];
  const addresses: number[] = [];
  let next = headerBytes;
  const reserve = (length: number): number => {
    const address = next;
    next = (next + length + 15) & ~15;
    return address;
  };
  for (const part of parts) addresses.push(reserve(part.byteLength));
  const hitsAt = reserve(8 * most);
  const listsAt = reserve(listBytes);
  // What is looked at reaches past the bytes by a literal's length, from a window that begins as far behind them.
  const bytesAt = reserve(bytes + 2 * table.longest + overshoot);
  const pages = Math.ceil(next / pageBytes);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
  for (const [index, part] of parts.entries()) {
    new Uint8Array(memory.buffer, addresses[index]).set(
      new Uint8Array(part.buffer, part.byteOffset, part.byteLength),
    );
  }
  const [bitmapAt, slotsAt, ...rest] = addresses.slice(0, -1);
  // In the order of the header's fields in kernel/search.ts.
  const header = [bitmapAt, table.bitmapShift, slotsAt, table.slotShift, ...rest, bytesAt];
  new Int32Array(memory.buffer).set([
    ...header.map(Number),
    hitsAt,
    most,
    table.maxOffset,
    Number(addresses.at(-1)),
    listsAt,
  ]);
  const instance = new WebAssembly.Instance(module, { env: { memory } });
  const { search, countNewlines } = instance.exports as unknown as Exports;
  return {
    buffer: Buffer.from(memory.buffer, bytesAt, bytes),
    hits: new Int32Array(memory.buffer, hitsAt, 2 * most),
    search,
    countNewlines,
  };
}
