import type { Progress } from '../collect/run';
import { visible } from '../model/visible';
import type { Shell } from './shell';

const minute = 60_000;

/** Progress on standard error: one line redrawn on a terminal, else one line a minute (and none for a short run). */
export function reportProgress(shell: Shell, quiet: boolean): { show(p: Progress): void; end(): void } {
  if (quiet) return { show: () => undefined, end: () => undefined };
  let last = shell.now().getTime();
  let drawn = false;
  return {
    show({ done, total, subject }) {
      const percent = total === 0 ? 100 : Math.floor((100 * done) / total);
      const text = `${String(percent).padStart(3)} % · ${String(Math.floor(done))}/${String(total)} · ${visible(subject)}`;
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
