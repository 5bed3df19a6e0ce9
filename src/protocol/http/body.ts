import { createHash } from 'node:crypto';

/** Takes a body in: keeps its beginning, counts and hashes all of it. */
export interface BodySink {
  take(chunk: Uint8Array): void;
  readonly bytes: number;
  /** Every byte was kept. */
  readonly whole: boolean;
  /** To be called once, at the end. */
  finish(): { readonly kept: Uint8Array; readonly sha256: string };
}

/** Grows by doubling: a body that drips in by single bytes must not cost an object a byte. */
export function makeSink(keep: number): BodySink {
  const hash = createHash('sha256');
  let store = Buffer.alloc(0);
  let kept = 0;
  let bytes = 0;
  return {
    take(chunk) {
      hash.update(chunk);
      bytes += chunk.length;
      const part = chunk.subarray(0, keep - kept);
      if (kept + part.length > store.length) {
        const size = Math.min(keep, Math.max(4096, 2 * store.length, kept + part.length));
        store = Buffer.concat([store.subarray(0, kept)], size);
      }
      store.set(part, kept);
      kept += part.length;
    },
    get bytes() {
      return bytes;
    },
    get whole() {
      return kept === bytes;
    },
    finish: () => ({ kept: store.subarray(0, kept), sha256: hash.digest('hex') }),
  };
}
