import type { Progress } from '../collect/run';
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
      const text = `${String(percent).padStart(3)} % · ${String(Math.floor(done))}/${String(total)} · ${printable(subject)}`;
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

/** Names come from files and servers: nothing in them may steer the terminal. */
export function printable(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, (c) => {
    return `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}
