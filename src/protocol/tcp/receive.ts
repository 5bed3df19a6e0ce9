import type { Socket } from 'node:net';
import type { Trouble } from './connect';

/** What came, and why reading ended. */
export interface Received {
  readonly bytes: Buffer;
  readonly end: 'enough' | 'closed' | 'reset' | 'timeout' | 'limit' | 'aborted';
}

/** When to stop reading. `timeoutMs` bounds the whole wait, so that a drip of single bytes cannot prolong it. */
export interface Reading {
  enough(bytes: Buffer): boolean;
  readonly limit: number;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** Sends `request` (if any) and reads until enough, the end, the limit or the deadline. Leaves the socket paused and open. */
export function exchange(socket: Socket, request: Uint8Array | null, reading: Reading): Promise<Received> {
  return new Promise((resolve) => {
    let bytes: Buffer = Buffer.alloc(0);
    const settle = (end: Received['end']): void => {
      clearTimeout(timer);
      reading.signal.removeEventListener('abort', abort);
      socket.off('data', data).off('end', closed).off('close', closed).off('error', failed);
      socket.pause();
      resolve({ bytes, end });
    };
    const data = (chunk: Buffer): void => {
      bytes = Buffer.concat([bytes, chunk]);
      if (reading.enough(bytes)) settle('enough');
      else if (bytes.length > reading.limit) settle('limit');
    };
    const closed = (): void => {
      settle('closed');
    };
    const failed = (error: NodeJS.ErrnoException): void => {
      settle(error.code === 'ETIMEDOUT' ? 'timeout' : 'reset');
    };
    const abort = (): void => {
      settle('aborted');
    };
    const timer = setTimeout(() => {
      settle('timeout');
    }, reading.timeoutMs);
    if (reading.signal.aborted) {
      abort();
      return;
    }
    reading.signal.addEventListener('abort', abort, { once: true });
    socket.on('data', data).on('end', closed).on('close', closed).on('error', failed);
    if (socket.destroyed) {
      closed();
      return;
    }
    if (request) socket.write(request);
    socket.resume();
  });
}

/** Why a reading that was not enough ended. `asked` names what had been sent, e.g. `the TLS hello`. */
export function endTrouble(received: Received, asked: string, timeoutMs: number): Trouble {
  const after =
    received.bytes.length === 0 ? asked : `${asked} and ${received.bytes.length} bytes of an answer`;
  const silent = received.bytes.length === 0;
  switch (received.end) {
    case 'closed':
      return { kind: silent ? 'closed' : 'cut', detail: `the listener closed the connection after ${after}` };
    case 'reset':
      return { kind: silent ? 'reset' : 'cut', detail: `the listener reset the connection after ${after}` };
    case 'timeout':
      return {
        kind: 'timeout',
        detail: `the listener accepted the connection but did not ${
          received.bytes.length === 0 ? 'answer' : 'finish its answer to'
        } ${asked} within ${timeoutMs} ms`,
      };
    case 'aborted':
      return {
        kind: 'aborted',
        detail: `the time for this subject ended while waiting for the answer to ${asked}`,
      };
    case 'limit':
      return {
        kind: 'too-much',
        detail: `the listener sent ${received.bytes.length} bytes that answer nothing`,
      };
    case 'enough':
      return { kind: 'malformed', detail: `the answer to ${asked} could not be understood` };
  }
}
