import { reportProgress } from '../../src/cli/progress';
import type { Shell } from '../../src/cli/shell';

/** A shell whose clock the test moves. */
function makeShell(errIsTerminal: boolean): {
  shell: Shell;
  said: string[];
  pass: (seconds: number) => void;
} {
  const said: string[] = [];
  let now = Date.parse('2026-01-01T00:00:00Z');
  const shell: Shell = {
    environment: {},
    workingDirectory: '/',
    version: '0.0.0',
    out: () => undefined,
    err: (text) => {
      said.push(text);
    },
    outIsTerminal: false,
    errIsTerminal,
    columns: 40,
    colour: false,
    now: () => new Date(now),
    interrupted: new AbortController().signal,
    prompt: () => Promise.reject(new Error('nothing to ask')),
  };
  return {
    shell,
    said,
    pass: (seconds) => {
      now += seconds * 1000;
    },
  };
}

test('without a terminal: nothing for a short run, then one line a minute', () => {
  const { shell, said, pass } = makeShell(false);
  const progress = reportProgress(shell, false);
  for (let done = 0; done < 55; done++) {
    progress.show({ done, total: 200, subject: 'manager-1' });
    pass(1);
  }
  expect(said).toEqual([]);
  for (let done = 55; done < 200; done++) {
    progress.show({ done, total: 200, subject: 'manager-1' });
    pass(1);
  }
  expect(said).toEqual([
    ' 30 % · 60/200 · manager-1\n',
    ' 60 % · 120/200 · manager-1\n',
    ' 90 % · 180/200 · manager-1\n',
  ]);
  progress.end();
  expect(said.length).toBe(3);
});

test('on a terminal: one line, redrawn within its width, and gone at the end', () => {
  const { shell, said } = makeShell(true);
  const progress = reportProgress(shell, false);
  progress.show({ done: 1, total: 3, subject: `a\u001b[2J\n\u202e${'long '.repeat(20)}` });
  progress.show({ done: 3, total: 3, subject: 'b' });
  progress.end();
  for (const text of said) {
    expect(text.startsWith('\r\u001b[2K')).toBe(true);
    const rest = text.slice('\r\u001b[2K'.length);
    expect(rest).toMatch(/^[\p{L}\p{N}\p{P}\p{S} ]*$/u);
    expect(rest.length).toBeLessThan(40);
  }
  expect(said[1]).toContain('100 % · 3/3 · b');
  expect(said.at(-1)).toBe('\r\u001b[2K');
});

test('bytes of a log are told, and how long the rest takes by those before', () => {
  const { shell, said, pass } = makeShell(true);
  const mebibyte = 1024 ** 2;
  const progress = reportProgress({ ...shell, columns: 200 }, false);
  const read = (done: number, total: number, seconds: number): string => {
    pass(seconds);
    const bytes = { done: done * mebibyte, total: total * mebibyte };
    progress.show({ done: 1 + done / total, total: 4, subject: 'logs', bytes });
    return said.at(-1)?.slice('\r\u001b[2K'.length) ?? '';
  };
  expect(read(1024, 10_240, 5)).toBe(' 27 % · 1/4 · 1.0 GiB of 10.0 GiB · logs');
  expect(read(2048, 10_240, 10)).toBe(' 30 % · 1/4 · 2.0 GiB of 10.0 GiB, 80 s left · logs');
  expect(read(2049, 10_240, 990)).toBe(' 30 % · 1/4 · 2.0 GiB of 10.0 GiB, 3 h left · logs');
  expect(read(10_240, 10_240, 1)).toBe(' 50 % · 2/4 · 10.0 GiB of 10.0 GiB · logs');
  progress.show({ done: 1, total: 4, subject: 'small', bytes: { done: 1, total: 63 * mebibyte } });
  expect(said.at(-1)).toContain('1/4 · small');
});

test('--quiet says nothing', () => {
  const { shell, said, pass } = makeShell(true);
  const progress = reportProgress(shell, true);
  pass(600);
  progress.show({ done: 1, total: 2, subject: 'a' });
  progress.end();
  expect(said).toEqual([]);
});
