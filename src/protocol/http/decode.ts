import { Readable, type Transform } from 'node:stream';
import { constants, createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';

/** Removes content codings (RFC 9110 §8.4.1), never producing more than `limit` bytes. null: the body is not what it says. */
export async function decodeBody(
  body: Uint8Array,
  codings: readonly string[],
  complete: boolean,
  limit: number,
): Promise<Uint8Array | null> {
  const layers = codings
    .flatMap((value) => value.split(','))
    .map((coding) => coding.trim().toLowerCase())
    .filter((coding) => coding !== '' && coding !== 'identity');
  // Nobody has a reason to send more than one; a long list is a way to make us work.
  if (layers.length > 2) return null;
  let decoded: Uint8Array = body;
  let whole = complete;
  for (const coding of layers.reverse()) {
    const decoder = makeDecoder(coding, whole);
    if (decoder === null) return null;
    // A HEAD answer names the coding of a body that is not there.
    if (decoded.length === 0) return decoded;
    const next = await run(decoded, decoder, limit);
    if (next === null) return null;
    whole &&= next.length < limit;
    decoded = next;
  }
  return decoded;
}

/** `whole: false` accepts that the input stops in the middle: we cut it ourselves. */
function makeDecoder(coding: string, whole: boolean): Transform | null {
  const flush = whole ? {} : { finishFlush: constants.Z_SYNC_FLUSH };
  switch (coding) {
    case 'gzip':
    case 'x-gzip':
      return createGunzip(flush);
    case 'deflate':
      return createInflate(flush);
    case 'br':
      return createBrotliDecompress(whole ? {} : { finishFlush: constants.BROTLI_OPERATION_FLUSH });
    default:
      return null;
  }
}

async function run(input: Uint8Array, decoder: Transform, limit: number): Promise<Uint8Array | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  const source = Readable.from([input]);
  source.pipe(decoder);
  try {
    for await (const chunk of decoder as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes >= limit) break;
    }
    return Buffer.concat(chunks).subarray(0, limit);
  } catch {
    return null;
  } finally {
    source.destroy();
    decoder.destroy();
  }
}
