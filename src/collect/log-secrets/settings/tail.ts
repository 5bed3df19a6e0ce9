import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { compressionOf } from '../unpack';

const tailBytes = 1024 * 1024;

/** The whole lines in the last MiB of a text file; null: it cannot be read, or is packed. */
export async function tailOf(path: Buffer): Promise<readonly string[] | null> {
  try {
    const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
    try {
      const info = await handle.stat();
      if (!info.isFile()) return null;
      const from = Math.max(0, info.size - tailBytes);
      const buffer = Buffer.alloc(Math.min(info.size, tailBytes));
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, from);
      const bytes = buffer.subarray(0, bytesRead);
      if (from === 0 && compressionOf(bytes) !== null) return null;
      const lines = bytes.toString('latin1').split('\n');
      if (from > 0) lines.shift();
      return lines.filter((line) => line.trim() !== '');
    } finally {
      await handle.close();
    }
  } catch {
    return null;
  }
}
