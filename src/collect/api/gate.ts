/** Lets requests through, as many side by side as the server bears. */
export interface Gate {
  /** Resolves when it is one's turn; call what it returns with the time the answer took, null when none came. */
  enter(): Promise<(milliseconds: number | null) => void>;
  /** How many may be in flight now. */
  readonly width: number;
}

const windowSize = 16;
/** A 95th percentile of this many times the best one seen says that requests queue up at the server. */
const tolerated = 2.5;
/** Differences below this are noise, in milliseconds. */
const noise = 20;

/**
 * Additive increase, multiplicative decrease on the 95th percentile of the answer times: a REST service of two workers
 * answers most requests a second at four in flight, and only later beyond (measured on Cloudify 7.1).
 */
export function makeGate(most: number): Gate {
  let width = Math.min(2, most);
  let inside = 0;
  let best = Infinity;
  let times: number[] = [];
  const queue: (() => void)[] = [];

  const admit = (): void => {
    while (inside < width) {
      const next = queue.shift();
      if (next === undefined) return;
      inside++;
      next();
    }
  };
  const learn = (milliseconds: number | null): void => {
    if (milliseconds === null) {
      width = Math.max(1, Math.floor(width / 2));
      times = [];
      return;
    }
    times.push(milliseconds);
    if (times.length < windowSize) return;
    const p95 = times.sort((a, b) => a - b)[Math.floor(windowSize * 0.95)] ?? 0;
    times = [];
    const slow = p95 > best * tolerated && p95 > best + noise;
    best = Math.min(best, p95);
    width = slow ? Math.max(1, Math.floor(width / 2)) : Math.min(most, width + 1);
  };
  return {
    enter: () =>
      new Promise((resolve) => {
        queue.push(() => {
          let isOut = false;
          resolve((milliseconds) => {
            if (isOut) return;
            isOut = true;
            inside--;
            learn(milliseconds);
            admit();
          });
        });
        admit();
      }),
    get width() {
      return width;
    },
  };
}
