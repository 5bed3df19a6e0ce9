/** The time one task may take. It stands still while the task waits for its turn: that is our doing, not the target's. */
export interface Deadline {
  /** Aborts when the time is up, or when the run is interrupted. */
  readonly signal: AbortSignal;
  /** Waits for a turn, off the clock. */
  queued<T>(turn: Promise<T>): Promise<T>;
  /** The task has ended. */
  end(): void;
}

/** Starts the clock. `limitMs: null`: there is no end but that of the run. */
export function startDeadline(limitMs: number | null, run: AbortSignal): Deadline {
  if (limitMs === null) return { signal: run, queued: (turn) => turn, end: () => undefined };
  const own = new AbortController();
  let left = limitMs;
  let startedAt = 0;
  let timer: NodeJS.Timeout | undefined;
  let queued = 0;
  let ended = false;

  const start = (): void => {
    startedAt = performance.now();
    timer = setTimeout(() => {
      own.abort();
    }, left);
  };
  const stop = (): void => {
    clearTimeout(timer);
    left -= performance.now() - startedAt;
  };
  start();
  return {
    signal: AbortSignal.any([run, own.signal]),
    queued: async (turn) => {
      if (queued++ === 0) stop();
      try {
        return await turn;
      } finally {
        if (--queued === 0 && !ended) start();
      }
    },
    end: () => {
      ended = true;
      clearTimeout(timer);
    },
  };
}
