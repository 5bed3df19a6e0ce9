import type { CollectContext } from '../collector';

/** Tells the run how much of `total` bytes is done, each time that so many more are. */
export function byteProgress(
  { progress }: Pick<CollectContext, 'progress'>,
  total: number,
): (bytes: number) => void {
  let done = 0;
  return (bytes) => {
    done = Math.min(total, done + bytes);
    progress(total === 0 ? 1 : done / total, { done, total });
  };
}
