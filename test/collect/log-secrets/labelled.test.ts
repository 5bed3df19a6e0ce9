import { shippedDetectors } from '../../../src/collect/log-secrets/detector';
import { compileScanner, type Sighting } from '../../../src/collect/log-secrets/scan';
import { honestForms } from './honest-forms';
import { leakForms, type LeakForm } from './leak-forms';
import { seeded } from './seeded';

const scanner = compileScanner(shippedDetectors(), { blockBytes: 8 * 1024 });

function told(bytes: Buffer, piece = bytes.length): Sighting[] {
  const found: Sighting[] = [];
  const scan = scanner.start((sighting) => found.push(sighting));
  for (let at = 0; at < bytes.length; at += piece) scan.push(bytes.subarray(at, at + piece));
  scan.end();
  return found.filter(({ confidence }) => confidence !== 'low');
}

const lower = 'abcdefghijkmnopqrstuvwxyz';
const any = `${lower}ABCDEFGHJKLMNPQRSTUVWXYZ23456789`;
const next = seeded(7);
const pick = (set: string, length: number): string =>
  Array.from({ length }, () => set[next(set.length)]).join('');

/** Secrets as people and machines make them. */
const secrets: Readonly<Record<LeakForm['kind'], readonly (() => string)[]>> = {
  strong: [
    () => `${pick(any, 14)}7`,
    () => `Winter20${pick('23456789', 2)}!`,
    () => `${pick(lower, 4)}-${pick('23456789', 3)}KQX`,
  ],
  password: [
    () => `${pick(any, 10)}7`,
    () => `Autumn20${pick('23456789', 2)}!`,
    () => `${pick(lower, 4)}-${pick('23456789', 3)}KQX`,
    () => `river-copper-${pick('23456789', 2)}`,
    () => `c0pp3r${pick('23456789', 3)}*`,
    () => `${pick('0123456789abcdef', 12)}a7`,
  ],
  token: [
    () => `${pick(any, 32)}4`,
    () => pick('0123456789abcdef', 40),
    () => `${pick(`${any}_-`, 42)}7`,
    () => Buffer.from(pick(any, 24)).toString('base64'),
    () => `${pick(`${lower}23456789`, 24)}5`,
  ],
};

const before = ['', '2026-11-22 02:14:50,773 - [MAIN] - DEBUG - ', 'Nov 22 02:14:50 manager app[123]: '];

test('every form of a leak is found with every kind of secret', () => {
  const missed = leakForms.flatMap(({ name, line, kind }) =>
    secrets[kind].flatMap((make, index) => {
      const text = line(make());
      const prefix = text.includes('\n') ? '' : (before[index % before.length] ?? '');
      return told(Buffer.from(`first\n${prefix}${text}\nlast\n`)).length > 0 ? [] : [`${name}: ${text}`];
    }),
  );
  expect(leakForms.length).toBeGreaterThan(1000);
  expect(missed).toEqual([]);
});

/** All forms in one log, one after the other, each at a line that is known. */
function writeLog(end: string): { text: string; lines: readonly number[] } {
  const lines: number[] = [];
  let text = '';
  let line = 1;
  for (const form of leakForms) {
    const part = `2026-11-22 02:14:50 [INFO] nothing to see here\n${form.line(secrets[form.kind][0]?.() ?? '')}\n`;
    const rows = part.split('\n').length - 1;
    lines.push(line + rows - 1);
    line += rows;
    text += part.replaceAll('\n', end);
  }
  return { text, lines };
}

test.each([
  ['UTF-8', '\n', (text: string) => Buffer.from(text)],
  ['UTF-8 with CRLF', '\r\n', (text: string) => Buffer.from(text)],
  ['Latin-1', '\n', (text: string) => Buffer.from(text.replaceAll('nothing', 'n\u00f6thing'), 'latin1')],
  ['UTF-16LE', '\n', (text: string) => Buffer.from(text, 'utf16le')],
  ['UTF-16BE', '\n', (text: string) => Buffer.from(text, 'utf16le').swap16()],
] as const)('all forms in one log, in pieces: %s', (_name, end, encode) => {
  const { text, lines } = writeLog(end);
  const seen = new Set(told(encode(text), 997).map(({ line }) => line));
  // A form of several lines may be told at any of them.
  const missed = lines.filter((line) => ![0, 1, 2, 3, 4].some((back) => seen.has(line - back)));
  expect(missed.map((line) => text.split(end)[line - 1])).toEqual([]);
});

test('of 100,000 lines that only speak of credentials none is told', () => {
  const lines = Array.from(
    { length: 100_000 },
    (_, n) => `2026-11-22T02:14:50Z ${honestForms[n % honestForms.length]?.() ?? ''}`,
  );
  const alarms = told(Buffer.from(lines.join('\n')));
  expect(honestForms.length).toBeGreaterThan(350);
  expect(alarms.map(({ detector, line }) => `${detector.id}: ${lines[line - 1] ?? ''}`)).toEqual([]);
});
