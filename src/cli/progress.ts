import type { ByteCount, Progress } from '../collect/run';
import { visible } from '../model/visible';
import { duration } from '../plan/index';
import type { Shell } from './shell';

const second = 1000;
const minute = 60 * second;
/** Fewer are read before anybody looks. */
const worthTelling = 64 * 1024 ** 2;

/** Progress on standard error: one line redrawn on a terminal, else one line a minute (and none for a short run). */
export function reportProgress(shell: Shell, quiet: boolean): { show(p: Progress): void; end(): void } {
  if (quiet) return { show: () => undefined, end: () => undefined };
  let last = shell.now().getTime();
  let drawn = false;
  const begun = new Map<string, Begun>();
  const tellBytes = (subject: string, bytes: ByteCount | undefined): string => {
    if (bytes === undefined || bytes.total < worthTelling) return '';
    const now = shell.now().getTime();
    const first = begun.get(subject) ?? { done: bytes.done, at: now };
    begun.set(subject, first);
    return `${size(bytes.done)} of ${size(bytes.total)}${timeLeft(first, bytes, now)} · `;
  };
  return {
    show({ done, total, subject, bytes }) {
      const percent = total === 0 ? 100 : Math.floor((100 * done) / total);
      const text = `${String(percent).padStart(3)} % · ${String(Math.floor(done))}/${String(total)} · ${tellBytes(subject, bytes)}${visible(subject)}`;
      if (shell.errIsTerminal) {
        drawn = true;
        shell.err(`\r\u001b[2K${text.slice(0, shell.columns - 1)}`);
      } else if (shell.now().getTime() - last >= minute) {
        last = shell.now().getTime();
        shell.err(`${text}\n`);
      }
    },
    end() {
      if (drawn) shell.err('\r\u001b[2K');
    },
  };
}

/** How many bytes were done when a subject was first told of, and when that was, in milliseconds. */
interface Begun {
  readonly done: number;
  readonly at: number;
}

/** How long the rest will take, by what was read since; '' before anything can be said. */
function timeLeft(begun: Begun, { done, total }: ByteCount, now: number): string {
  const read = done - begun.done;
  const passed = now - begun.at;
  if (read <= 0 || passed < second || done === total) return '';
  return `, ${duration((passed * (total - done)) / read / second)} left`;
}

function size(bytes: number): string {
  return bytes < 1024 ** 3
    ? `${String(Math.floor(bytes / 1024 ** 2))} MiB`
    : `${(bytes / 1024 ** 3).toFixed(1)} GiB`;
}
