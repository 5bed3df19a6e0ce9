import { ConnectError, codeOf, explainConnect } from './connect';
import { failure, type HttpFailure } from './result';

/** How far an exchange had come when it failed. */
export interface Progress {
  readonly phase: 'connect' | 'headers' | 'body';
  readonly status: number | null;
  /** The first bytes received for this request, and how many there were in all. */
  readonly first: Uint8Array;
  readonly bytes: number;
}

/** Turns what undici or the socket threw into a failure. Messages of errors are never passed on: they can quote data. */
export function explain(error: Error, progress: Progress): HttpFailure {
  if (error instanceof ConnectError) return error.failure;
  const { phase, status, bytes } = progress;
  const code = codeOf(error);
  const where = phase === 'body' ? 'inside the body' : 'inside the headers';
  switch (code) {
    case 'UND_ERR_INVALID_ARG':
      return failure('invalid-request', 'the request cannot be put on the wire');
    case 'UND_ERR_HEADERS_OVERFLOW':
      return failure('headers-too-large', 'the headers are larger than we accept');
    case 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH':
      if (phase !== 'body') return failure('malformed', 'the headers contradict each other about the length');
      return failure('truncated', `ended ${where}, after ${bytes} bytes`, status);
    case 'HTTPParserError':
      return explainParser(error, progress);
    case 'UND_ERR_SOCKET':
      return explainClose(error, progress);
    case 'ECONNRESET':
    case 'EPIPE':
      return failure('reset', `reset ${bytes === 0 ? 'before an answer came' : where}`, status);
    default:
      break;
  }
  return { ...explainConnect(error, 'connect'), status };
}

/** undici says `UND_ERR_SOCKET` for an orderly close and for answers that may not come here (100, 101, unasked ones). */
function explainClose(error: Error, { phase, status, bytes }: Progress): HttpFailure {
  if (error.message.startsWith('bad'))
    return failure('malformed', 'an answer that may not come here', status);
  if (bytes === 0) return failure('closed', 'closed without an answer');
  const where = phase === 'body' ? 'body' : 'headers';
  return failure('truncated', `closed inside the ${where}, after ${bytes} bytes`, status);
}

/** undici loses llhttp's error codes on the way (its code table is keyed by name); the sentence is all there is. */
function explainParser(error: Error, { phase, status, first, bytes }: Progress): HttpFailure {
  if (error.message.includes('Invalid EOF state')) {
    return failure('truncated', `ended inside the ${phase}, after ${bytes} bytes`, status);
  }
  if (phase === 'body') return failure('malformed', 'the framing of the body is broken', status);
  // TLS record types 20–23 (RFC 8446 §5.1), major version 3.
  if (first[0] !== undefined && first[0] >= 20 && first[0] <= 23 && first[1] === 3) {
    return failure('not-http', 'answered with a TLS record: this port speaks TLS');
  }
  const begins = Buffer.from(first).toString('latin1');
  if (begins.startsWith('HTTP/')) return failure('malformed', 'the headers are broken');
  return failure('not-http', 'answered something that is not HTTP');
}
