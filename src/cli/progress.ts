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
  const left = new Map<string, (bytes: ByteCount, now: number) => string>();
  const tellBytes = (subject: string, bytes: ByteCount | undefined): string => {
    if (bytes === undefined || bytes.total < worthTelling) return '';
    const tell = left.get(subject) ?? estimate(bytes, shell.now().getTime());
    left.set(subject, tell);
    return `${size(bytes.done)} of ${size(bytes.total)}${tell(bytes, shell.now().getTime())} · `;
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

/** How long the rest will take, by what was read since this was made; '' before anything can be said. */
function estimate(first: ByteCount, since: number): (bytes: ByteCount, now: number) => string {
  return ({ done, total }, now) => {
    const read = done - first.done;
    if (read <= 0 || now - since < second || done === total) return '';
    return `, ${duration(((now - since) * (total - done)) / read / second)} left`;
  };
}

function size(bytes: number): string {
  return bytes < 1024 ** 3
    ? `${String(Math.floor(bytes / 1024 ** 2))} MiB`
    : `${(bytes / 1024 ** 3).toFixed(1)} GiB`;
}
