/** Takes a stream of bytes piece by piece; a piece is only valid until `write` resolves. */
export interface Sink {
  write(piece: Uint8Array): Promise<void> | void;
  /** The stream ended; `fault` says why early, or is null. Called once. */
  end(fault: string | null): Promise<void> | void;
}

/** Deflate reaches 1032:1 on zeros; logs stay far below. Small files may do as they like. */
const maxRatio = 250;
const ratioFreeBytes = 64 * 1024 * 1024;

/** Says what is wrong when compressed data expands beyond all reason; null while it does not. */
export function bombFault(produced: number, consumed: number): string | null {
  return produced > ratioFreeBytes && produced > maxRatio * (consumed + 64 * 1024)
    ? `expands to more than ${String(maxRatio)} times its size; reading stopped`
    : null;
}
