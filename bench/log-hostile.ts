import { shippedDetectors } from '../src/collect/log-secrets/detector';
import { openLedger } from '../src/collect/log-secrets/ledger';
import { compileScanner } from '../src/collect/log-secrets/scan';
import { randomFrom, type Random } from './random';

/** A line that is to cost as much as a line can, for each of its characters. */
interface Hostile {
  readonly name: string;
  readonly line: Buffer;
}

/**
 * The slowest lines: `npm run bench:hostile [KiB] [bytes]`. Lines of one thing only, again and again: each literal, example and
 * counter-example of each detector, shapes that look dangerous, and mixtures of literals and signs, of which the slowest are
 * mixed again; one line of so many KiB, or as much in lines of so many bytes. Prints MiB a second of CPU time of the slowest,
 * best of three.
 */
function main(): void {
  const [kibibytes = 128, lineBytes = Infinity] = process.argv.slice(2).map(Number);
  const size = kibibytes * 1024;
  const scanner = compileScanner(shippedDetectors());
  const key = new Uint8Array(32);
  const secondsFor = (whole: Buffer): number => {
    const line = inLines(whole, lineBytes);
    const before = process.cpuUsage();
    const ledger = openLedger(key);
    const scan = scanner.start((sighting) => {
      ledger.note(sighting, 'line');
    });
    scan.push(line);
    scan.end();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1e6;
  };
  const random = randomFrom(1);
  const cost = ({ line }: Hostile): number => secondsFor(line.subarray(0, 16 * 1024));
  const single = [...lonely(size), ...shapes(size, random)];
  single.forEach(cost);
  const candidates = [...single, ...mixtures(size, random, cost)];
  const slowest = candidates
    .map((hostile) => ({ hostile, seconds: cost(hostile) }))
    .sort((a, b) => b.seconds - a.seconds)
    .slice(0, 60)
    .map(({ hostile }) => {
      const seconds = Math.min(...[1, 2, 3].map(() => secondsFor(hostile.line)));
      return { ...hostile, speed: size / 1024 / 1024 / seconds };
    })
    .sort((a, b) => a.speed - b.speed);
  const each = lineBytes < size ? `, in lines of ${String(lineBytes)} bytes` : '';
  process.stdout.write(`${String(candidates.length)} times ${String(kibibytes)} KiB${each}; the slowest:\n`);
  for (const { name, speed } of slowest.slice(0, 12))
    process.stdout.write(`${speed.toFixed(1)} MiB/s  ${JSON.stringify(name).slice(0, 120)}\n`);
}

/** The same bytes, of which each last one of a line becomes its newline. */
function inLines(whole: Buffer, lineBytes: number): Buffer {
  const lines = Buffer.from(whole);
  for (let at = lineBytes - 1; at < lines.length; at += lineBytes) lines[at] = 0x0a;
  return lines;
}

function repeat(name: string, text: string, size: number): Hostile {
  const unit = text.replaceAll('\n', ' ');
  return { name, line: Buffer.from(unit.repeat(size / unit.length + 1).slice(0, size), 'latin1') };
}

function lonely(size: number): Hostile[] {
  const texts = shippedDetectors().flatMap(({ literals, examples, counterExamples }) => [
    ...literals.flatMap(({ text }) => [text, `${text}=`, `${text} `, `${text}: "`]),
    ...[...examples.map(({ text }) => text), ...counterExamples].flatMap((text) => [text, `${text} `]),
  ]);
  return [...new Set(texts)].map((text) => repeat(text, text, size));
}

/** No two of their values are the same, so that nothing can be remembered. */
function shapes(size: number, random: Random): Hostile[] {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  const base64 = (length: number): string =>
    Array.from({ length }, () => letters[Math.floor(random() * 64)] ?? '').join('');
  const hex = (length: number): string =>
    Array.from({ length }, () => Math.floor(random() * 16).toString(16)).join('');
  const units: Readonly<Record<string, () => string>> = {
    'key words without values': () => 'password secret token api_key pwd credential login passwd ',
    'nested quotes': () => `password=\\"\\\\\\"'"${base64(4)}'\\\\\\"`,
    'nested braces': () => '{"token":{"secret":{"password":{',
    'endless base64': () => base64(64),
    'base64 of known beginnings': () => `eyJ${base64(20)}gAAAAA${base64(9)}`,
    'URLs without an end': () => `amqp://user:${base64(3)}:`,
    'URLs with passwords': () => `https://a:${base64(8)}@h `,
    'heads of keys': () => '-----BEGIN RSA PRIVATE KEY-----',
    'heads of keys and bodies': () => `-----BEGIN PRIVATE KEY-----${base64(64)}`,
    'ends of keys': () => `${base64(64)}-----END PRIVATE KEY-----`,
    dashes: () => '-----BEGIN ',
    'dots as in a JWT': () => `eyJhbGciOiJI.${base64(3)}.`,
    'a password each': () => `password=${base64(8)} `,
    'a short password each': () => `pwd=${base64(4)},`,
    'a token each': () => `token=${base64(16)},`,
    'a password in JSON each': () => `"password":"${base64(8)}",`,
    'escaped for a URL': () => `password%3D%22${hex(8)}%22%26`,
    'alternating encodings': () => `pass%77ord=${hex(4)}\\u0070assword\\x3d${base64(6)}&token%3D`,
    backslashes: () => `password\\\\\\\\\\\\\\\\`,
    'options of commands': () => `--password --token -p${base64(6)} -u a:${base64(6)} `,
    'SQL without an end': () => `PASSWORD E'${base64(6)}\\'`,
    'pairs of name and value': () => `name=password value=${base64(7)} `,
    'words that go on': () => `tokentokentoken${base64(2)}`,
    paths: () => `password=/${base64(2)}/a/b/c`,
  };
  return Object.entries(units).map(([name, unit]) => {
    let text = '';
    while (text.length < size) text += unit();
    return { name, line: Buffer.from(text.slice(0, size), 'latin1') };
  });
}

/** Mixtures, of which the slowest are changed a little and kept where that made them slower. */
function mixtures(size: number, random: Random, cost: (hostile: Hostile) => number): Hostile[] {
  const literals = shippedDetectors().flatMap((detector) => detector.literals.map(({ text }) => text));
  const signs = [
    '=',
    ': ',
    '="',
    "='",
    '": "',
    '\\"',
    ' ',
    ',',
    '->',
    '%3D',
    '://',
    '@',
    '.',
    '-',
    '<',
    '${',
    '[',
    'A1b',
    'x9',
  ];
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const part = (): string => pick(random() < 0.5 ? literals : signs);
  const measure = (parts: readonly string[]): { parts: readonly string[]; seconds: number } => ({
    parts,
    seconds: cost(repeat('', parts.join(''), size)),
  });
  const slower = (a: { seconds: number }, b: { seconds: number }): number => b.seconds - a.seconds;
  let pool = Array.from({ length: 400 }, () => measure(Array.from({ length: 5 }, part))).sort(slower);
  for (let round = 0; round < 25; round++) {
    pool = pool.slice(0, 40);
    const changed = pool.flatMap(({ parts }) => {
      const at = Math.floor(random() * parts.length);
      const grown = [...parts.slice(0, at), part(), ...parts.slice(at + Math.floor(random() * 2))];
      return grown.join('').length > 300 ? [] : [measure(grown)];
    });
    pool = [...pool, ...changed].sort(slower);
  }
  return pool.slice(0, 40).map(({ parts }) => repeat(parts.join(''), parts.join(''), size));
}

main();
