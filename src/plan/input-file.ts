import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** Bytes of a small file and whether everybody on this machine may read it. */
export interface InputFile {
  readonly bytes: Buffer;
  readonly worldReadable: boolean;
}

/** Reads at most `limit` bytes (a device or pipe may never end). Returns why not, in words, when it cannot. */
export function readInputFile(path: string, limit: number): InputFile | { readonly fault: string } {
  let descriptor: number;
  try {
    descriptor = openSync(path, 'r');
  } catch (error) {
    return { fault: reasonOf(error) };
  }
  try {
    const { mode } = fstatSync(descriptor);
    const buffer = Buffer.alloc(limit + 1);
    let length = 0;
    for (let read = -1; read !== 0; length += read) {
      read = readSync(descriptor, buffer, length, buffer.length - length, null);
    }
    if (length > limit) return { fault: `it is larger than ${limit} bytes` };
    return { bytes: buffer.subarray(0, length), worldReadable: (mode & 0o004) !== 0 };
  } catch (error) {
    return { fault: reasonOf(error) };
  } finally {
    closeSync(descriptor);
  }
}

function reasonOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'no such file';
  if (code === 'EACCES') return 'permission denied';
  if (code === 'EISDIR') return 'it is a folder';
  return typeof code === 'string' ? code : 'it cannot be read';
}
