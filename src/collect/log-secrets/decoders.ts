import { createGunzip, createInflateRaw } from 'node:zlib';
import { Decompress } from 'fzstd';
import { XzReadableStream } from 'xz-decompress';
import { openBlocks } from './bzip2';
import { afterEnd, isPadding } from './padding';

/** Compressions of log files, as told by the first bytes. */
export type Compression = 'gzip' | 'bzip2' | 'xz' | 'zstd';

/** One decoder: takes pieces, hands on what it made of them, and throws an Error for unsound data. */
export interface Decoder {
  push(piece: Uint8Array, last: boolean): Promise<void>;
  close(): void;
}
export type OpenDecoder = (take: (piece: Uint8Array) => Promise<void>) => Decoder;

const inflateInto =
  (kind: 'gzip' | 'deflate'): OpenDecoder =>
  (take) => {
    const stream = (kind === 'gzip' ? createGunzip : createInflateRaw)({ chunkSize: 64 * 1024 });
    let made: Buffer[] = [];
    stream.on('data', (piece: Buffer) => made.push(piece));
    const failed = new Promise<Error>((resolve) => stream.once('error', resolve));
    const ended = new Promise<null>((resolve) =>
      stream.once('end', () => {
        resolve(null);
      }),
    );
    const isOver = (): boolean => stream.readableEnded;
    let fed = 0;
    return {
      async push(piece, last) {
        fed += piece.length;
        if (isOver()) {
          if (!isPadding(piece)) throw new Error(afterEnd);
          return;
        }
        // The stream keeps a piece beyond the call. Of one in which the data ends before the piece does it never
        // says that it is done with it: its end does.
        const done = new Promise<null>((resolve) => {
          if (last) stream.end();
          else
            stream.write(Buffer.from(piece), () => {
              resolve(null);
            });
        });
        const error = await Promise.race([done, ended, failed]);
        const pieces = made;
        made = [];
        for (const part of pieces) await take(part);
        if (error !== null) throw error;
        const left = Math.min(piece.length, fed - stream.bytesWritten);
        if (isOver() && left > 0 && !isPadding(piece.subarray(piece.length - left)))
          throw new Error(afterEnd);
      },
      close: () => void stream.destroy(),
    };
  };

const unzstdInto: OpenDecoder = (take) => {
  let made: Uint8Array[] = [];
  const stream = new Decompress((piece) => made.push(piece));
  return {
    async push(piece, last) {
      let error: unknown = null;
      try {
        stream.push(Uint8Array.from(piece), last);
      } catch (thrown) {
        error = thrown;
      }
      const pieces = made;
      made = [];
      for (const part of pieces) await take(part);
      // fzstd throws objects of its own.
      if (error !== null) throw error instanceof Error ? error : new Error('not zstd');
    },
    close: () => undefined,
  };
};

const unxzInto: OpenDecoder = (take) => {
  const queue: (Uint8Array | null)[] = [];
  let arrived: (() => void) | undefined;
  let hungry: (() => void) | undefined;
  const source = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        if (queue.length === 0) {
          hungry?.();
          await new Promise<void>((resolve) => {
            arrived = resolve;
          });
        }
        const piece = queue.shift();
        if (piece === null || piece === undefined) controller.close();
        else controller.enqueue(piece);
      },
    },
    { highWaterMark: 0 },
  );
  const state = { closed: false };
  const reader = new XzReadableStream(source).getReader();
  const drained = (async (): Promise<Error | null> => {
    try {
      for (;;) {
        const { done, value } = await reader.read();
        if (done || state.closed) return null;
        await take(value);
      }
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    }
  })();
  return {
    async push(piece, last) {
      // The decoder asks for more once it is done with what it has.
      const wantsMore = new Promise<null>((resolve) => {
        hungry = () => {
          resolve(null);
        };
      });
      queue.push(last ? null : Uint8Array.from(piece));
      arrived?.();
      const error = await (last ? drained : Promise.race([drained, wantsMore]));
      if (error !== null) throw error;
    },
    close() {
      state.closed = true;
      queue.push(null);
      arrived?.();
    },
  };
};

const bunzipInto: OpenDecoder = (take) => {
  const blocks = openBlocks();
  return {
    async push(piece, last) {
      blocks.feed(Uint8Array.from(piece), last);
      for (;;) {
        const { made, more, error } = blocks.next();
        for (const part of made) await take(part);
        if (error !== null) throw error;
        if (!more) return;
      }
    },
    close: () => undefined,
  };
};

export const decoders: Readonly<Record<Compression | 'deflate', OpenDecoder>> = {
  gzip: inflateInto('gzip'),
  deflate: inflateInto('deflate'),
  bzip2: bunzipInto,
  zstd: unzstdInto,
  xz: unxzInto,
};
