import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { shippedDetectors } from '../src/collect/log-secrets/detector';
import { writeCorpus, writeLongLine, type Corpus } from './log-corpus';
import type { Measured, Mode } from './log-search';

/**
 * How fast logs are searched, beside ripgrep where it is installed: `npm run bench:logs [MiB] [rounds]`. Prints a
 * table in Markdown. Every measurement runs in a process of its own; the best of the rounds counts, and CPU time is
 * told beside the wall's, because machines are shared.
 */
function main(): void {
  const [megabytes = 1024, rounds = 3] = process.argv.slice(2).map(Number);
  const folder = mkdtempSync(join(tmpdir(), 'cfy-audit-bench-'));
  try {
    const sparse = writeCorpus(join(folder, 'sparse.log'), megabytes);
    const dense = writeCorpus(join(folder, 'dense.log'), megabytes / 8, 2, 300);
    const few = writeCorpus(join(folder, 'few.log'), Math.min(8, megabytes / 8), 3, 300);
    const eighth = writeCorpus(join(folder, 'eighth.log'), megabytes / 8);
    const line = writeLongLine(join(folder, 'line.log'), megabytes / 4);
    const literals = join(folder, 'literals');
    const words = new Set(shippedDetectors().flatMap((d) => d.literals.map(({ text }) => text)));
    writeFileSync(literals, [...words].join('\n'));
    const expressions = join(folder, 'expressions');
    const convertible = shippedDetectors().flatMap(({ pattern }) => convert(pattern.source));
    writeFileSync(expressions, convertible.join('\n'));
    const rows = [
      row('one thread', 'wasm', [sparse.path]),
      row('one thread, TypeScript kernel', 'script', [sparse.path]),
      row('one thread of its own, its start included', 'one', [sparse.path]),
      row('two threads, one file, their start included', 'two', [sparse.path]),
      row('one thread, 300 known values', 'known300', [sparse.path]),
      row('one thread, 2,000 known values', 'known2000', [sparse.path]),
      row('the kernel alone', 'kernel', [sparse.path]),
      rgRow(`rg -c -i -F of the same ${words.size} literals, -j 1`, ['-F', '-f', literals], sparse.path),
      secretlintRow(folder, eighth.path),
      row('ten times as many look-alikes, one thread', 'wasm', [dense.path]),
      row('the same, TypeScript kernel', 'script', [dense.path]),
      rgRow('rg of the same literals on that', ['-F', '-f', literals], dense.path),
      rgRow(
        `rg of the ${convertible.length} of ${shippedDetectors().length} expressions it can run, on 8 MiB of the like`,
        ['--regex-size-limit', '4G', '--dfa-size-limit', '4G', '-f', expressions],
        few.path,
      ),
      row('a single line, one thread', 'wasm', [line.path]),
    ];
    const results = rows.map(() => [] as Timed[]);
    for (let round = 0; round < rounds; round++)
      rows.forEach((measured, index) => {
        const timed = measured.run();
        if (timed !== null) results[index]?.push(timed);
      });
    const start = best(Array.from({ length: 5 }, () => measure('start', [])));
    process.stdout.write(
      [
        `${cpus()[0]?.model.trim() ?? 'unknown processor'}, ${cpus().length} cores, Node ${process.version}; ` +
          `${megabytes} MiB, ${sparse.lines} lines, ${sparse.planted.length} planted secrets; best of ${rounds} rounds.`,
        '',
        '| | MiB/s wall | MiB/s of CPU | peak memory, MiB |',
        '| --- | --- | --- | --- |',
        ...rows.map(({ title, bytes }, index) => tell(title, bytes, results[index] ?? [])),
        '',
        `Detectors: ${shippedDetectors().length}. Loaded and compiled in ${start.compileMs} ms (${start.compileCpuMs} ms of CPU).`,
        `Planted secrets not found: ${missed(sparse, 'wasm')} with WebAssembly, ${missed(sparse, 'script')} with TypeScript, ` +
          `${missed(dense, 'wasm')} of ${dense.planted.length} among the many look-alikes.`,
        '',
      ].join('\n'),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function best(all: readonly Measured[]): Measured {
  return all.reduce((a, b) => (b.compileMs < a.compileMs ? b : a));
}

interface Timed {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakMiB: number | null;
}

interface Row {
  readonly title: string;
  readonly bytes: number;
  run(): Timed | null;
}

function row(title: string, mode: Mode, paths: readonly string[]): Row {
  const bytes = paths.reduce((sum, path) => sum + statSync(path).size, 0);
  return { title, bytes, run: () => measure(mode, paths) };
}

function measure(mode: Mode, paths: readonly string[]): Measured {
  const script = join(__dirname, 'log-search.js');
  const output = execFileSync(process.execPath, [script, mode, ...paths], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  return JSON.parse(output) as Measured;
}

function missed(corpus: Corpus, mode: Mode): number {
  const found = new Set(measure(mode, [corpus.path]).found);
  return corpus.planted.filter((secret) => !found.has(secret)).length;
}

function rgRow(title: string, options: readonly string[], path: string): Row {
  return { title, bytes: statSync(path).size, run: () => timeRg([...options, path]) };
}

/** Null where rg is not installed. */
function timeRg(options: readonly string[]): Timed | null {
  if (spawnSync('rg', ['--version']).error) return null;
  return timeProgram('rg', ['-c', '-i', '-a', '-j', '1', ...options]);
}

/** Wall and CPU time as bash tells them. */
function timeProgram(program: string, options: readonly string[], cwd?: string): Timed {
  const script = 'TIMEFORMAT="%R %U %S"; time "$@" >/dev/null';
  const { stderr, status } = spawnSync('bash', ['-c', script, 'bash', program, ...options], {
    encoding: 'utf8',
    cwd,
  });
  if ((status ?? 2) > 1) throw new Error(stderr);
  const [seconds = NaN, user = NaN, system = NaN] = stderr.trim().split(/\s+/).slice(-3).map(Number);
  return { seconds, cpuSeconds: user + system, peakMiB: null };
}

/**
 * The folder that the environment variable SECRETLINT names holds secretlint, installed there, and its configuration.
 * What it needs to start is taken off.
 */
function secretlintRow(folder: string, path: string): Row {
  const empty = join(folder, 'empty.log');
  writeFileSync(empty, '');
  const home = process.env.SECRETLINT;
  return {
    title: 'secretlint with its recommended rules, on an eighth of that',
    bytes: statSync(path).size,
    run() {
      if (home === undefined) return null;
      const program = join(home, 'node_modules', '.bin', 'secretlint');
      const [start, whole] = [empty, path].map((file) => timeProgram(program, [file], home));
      if (start === undefined || whole === undefined) return null;
      return {
        seconds: whole.seconds - start.seconds,
        cpuSeconds: whole.cpuSeconds - start.cpuSeconds,
        peakMiB: null,
      };
    },
  };
}

function tell(title: string, bytes: number, timed: readonly Timed[]): string {
  if (timed.length === 0) return `| ${title} | not installed | | |`;
  const speed = (seconds: number): string => String(Math.round(bytes / 1024 / 1024 / seconds));
  const wall = speed(Math.min(...timed.map(({ seconds }) => seconds)));
  const cpu = speed(Math.min(...timed.map(({ cpuSeconds }) => cpuSeconds)));
  const peak = timed[0]?.peakMiB ?? null;
  return `| ${title} | ${wall} | ${cpu} | ${peak === null ? '' : String(peak)} |`;
}

/** The expression for Rust's engine, which cannot look around or back: it matches more than ours, never less. */
function convert(source: string): readonly string[] {
  let text = '';
  for (let at = 0; at < source.length;) {
    if (/^\(\?<?[!=]/.test(source.slice(at, at + 4))) {
      at = groupEnd(source, at);
      continue;
    }
    const size = source[at] === '\\' ? 2 : source[at] === '[' ? classEnd(source, at) - at : 1;
    text += source.slice(at, at + size);
    at += size;
  }
  // rg searches line by line, so what needs a newline cannot be asked of it.
  const outside = text.replace(/\[(?:\\.|[^\]])*\]/g, '.');
  return /\\[1-9n]/.test(outside) || text.includes('()') ? [] : [text.replaceAll('\\/', '/')];
}

function groupEnd(source: string, from: number): number {
  let depth = 0;
  for (let at = from; at < source.length; at++) {
    if (source[at] === '\\') at++;
    else if (source[at] === '[') at = classEnd(source, at) - 1;
    else if (source[at] === '(') depth++;
    else if (source[at] === ')' && --depth === 0) return at + 1;
  }
  return source.length;
}

function classEnd(source: string, from: number): number {
  let at = from + 1;
  while (at < source.length && source[at] !== ']') at += source[at] === '\\' ? 2 : 1;
  return at + 1;
}

main();
