import type { Compression, Decoder, OpenDecoder } from './decoders';
import { bombFault, type Sink } from './sink';

/** A sink for compressed bytes in front of one for what they hold. A fault ends `next` with what was sound before. */
export function decompress(compression: Compression | 'deflate', next: Sink): Sink {
  // To load the decoders takes a thread longer than to search ten megabytes, and most logs need none.
  return guard(next, async () => (await import('./decoders')).decoders[compression]);
}

/** Counts, stops bombs, and turns what a decoder throws into the end of the next sink. */
function guard(next: Sink, load: () => Promise<OpenDecoder>): Sink {
  let decoder: Decoder | undefined;
  let produced = 0;
  let consumed = 0;
  let ended = false;
  const finish = async (fault: string | null): Promise<void> => {
    if (ended) return;
    ended = true;
    decoder?.close();
    await next.end(fault);
  };
  const take = async (piece: Uint8Array): Promise<void> => {
    if (ended || piece.length === 0) return;
    produced += piece.length;
    const bomb = bombFault(produced, consumed);
    if (bomb === null) await next.write(piece);
    else await finish(bomb);
  };
  const push = async (piece: Uint8Array, last: boolean): Promise<void> => {
    if (ended) return;
    consumed += piece.length;
    try {
      decoder ??= (await load())(take);
      await decoder.push(piece, last);
    } catch (error) {
      await finish(explain(error));
    }
  };
  return {
    write: (piece) => push(piece, false),
    async end(fault) {
      if (fault === null) await push(new Uint8Array(), true);
      await finish(fault);
    },
  };
}

function explain(error: unknown): string {
  const { message, code } = error as { message?: unknown; code?: unknown };
  const text = typeof message === 'string' ? message : 'unknown error';
  const early = code === 'Z_BUF_ERROR' || /unexpected (?:eof|end)|ended prematurely|truncated/i.test(text);
  return early ? 'the compressed data ends too early' : `the compressed data is corrupt (${text})`;
}
