import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { archiveOf } from '../../../src/collect/api/canary/archive';
import { shippedDetectors } from '../../../src/collect/log-secrets/detector';
import { behind, compileScanner } from '../../../src/collect/log-secrets/scan';
import { makeFolder, removeFolders, search } from './context';
import { leakForms, type LeakForm } from './leak-forms';

afterAll(removeFolders);

/** Signs, letters and digits; upper case X and Q keep it from being part of a word of ours. */
function secretOf(alphabet: string): fc.Arbitrary<string> {
  return fc
    .array(fc.constantFrom(...alphabet.split('')), { minLength: 8, maxLength: 40 })
    .map((characters) => `${characters.join('')}Q7x`)
    .filter((text) => /^[A-Za-z]/.test(text) && !/(.)\1{4}|x{5}|X{5}|[.*-]{3}/.test(text) && /\d/.test(text))
    .filter((text) => !/([^]{2,8})\1{2}/.test(text));
}

const letters = 'XQZKJVWxqzkjv0123456789';
const secretText = secretOf(`${letters}-!`);
/** Tokens are longer, and have no signs but those of base64url. */
const tokenText = secretOf(`${letters}${letters}_`).map((text) => `${text}Zk4Jx9Qv7Wz2`);
const tried = fc.constantFrom(...leakForms).chain((form) =>
  fc.record({
    form: fc.constant(form),
    secret: form.kind === 'token' ? tokenText : form.kind === 'strong' ? secretOf(letters) : secretText,
  }),
);

/** Fragments of five characters that a text holds. */
function fragments(text: string): ReadonlySet<string> {
  return new Set(Array.from({ length: Math.max(0, text.length - 4) }, (_, at) => text.slice(at, at + 5)));
}

/** Digits alone may stand in a time or a fingerprint by chance. */
function repeated(secret: string, told: ReadonlySet<string>): readonly string[] {
  return [...fragments(secret)].filter((part) => !/^[0-9a-f-]+$/.test(part) && told.has(part));
}

test('no five characters of a planted secret stand anywhere in the evidence', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(tried, { minLength: 1, maxLength: 8 }),
      fc.boolean(),
      async (planted, compress) => {
        const folder = makeFolder();
        const starts: number[] = [];
        let text = '';
        for (const { form, secret } of planted) {
          starts.push(text.split('\n').length);
          text += `2026-11-22 02:14:50 [DEBUG] nothing\n${form.line(secret)}\n`;
        }
        writeFileSync(join(folder, 'a.log'), compress ? gzipSync(text) : text);
        const evidence = await search([folder]);
        const told = fragments(JSON.stringify(evidence).replaceAll(folder, ''));
        for (const { secret } of planted) expect(repeated(secret, told)).toEqual([]);
        const found = evidence.flatMap((entry) => (entry.state === 'observed' ? entry.data.leaks : []));
        expect(found.length).toBeGreaterThan(0);
      },
    ),
    { numRuns: 100 },
  );
});

test('of all forms in one log no part of a secret is told', async () => {
  const secrets = leakForms.map(({ kind }, n) => {
    const random = `${(n * 7919 + 104729).toString(36)}Q${(n * 15485863 + 32452843).toString(36)}`;
    return kind === 'token' ? `x${random}Zk4Jx9Qv7Wz2W${n}` : `xK${random}7`;
  });
  const text = leakForms.map(({ line }, n) => `[DEBUG] here\n${line(secrets[n] ?? '')}\n`).join('');
  const folder = makeFolder();
  for (const [name, bytes] of [
    ['utf8.log', Buffer.from(text)],
    ['wide.log', Buffer.from(text, 'utf16le')],
    ['packed.log.gz', gzipSync(text)],
    ['one-line.log', Buffer.from(text.replaceAll('\n', ' '))],
  ] as const)
    writeFileSync(join(folder, name), bytes);
  const evidence = await search([folder]);
  const told = fragments(JSON.stringify(evidence).replaceAll(folder, ''));
  expect(secrets.flatMap((secret) => repeated(secret, told))).toEqual([]);
  expect(
    evidence.flatMap((entry) => (entry.state === 'observed' ? entry.data.leaks : [])).length,
  ).toBeGreaterThan(100);
});

test('no part of a credential in the name of a file, folder or member is told', async () => {
  const folder = makeFolder();
  const named = join(folder, 'backup password=Zq71-xxk91');
  mkdirSync(named);
  writeFileSync(join(named, 'dump.log'), 'password: Kd81-Lq0z\n');
  writeFileSync(join(folder, 'ghp_aB3dE5gH7jK9mN1pQ3sT5vX7zA2cD4fG6hJ8.log'), 'nothing\n');
  writeFileSync(join(folder, 'bundle.tar'), archiveOf('x', 'db_password=Wq55-zzk17.txt', 'nothing\n'));
  const evidence = await search([folder]);
  const told = fragments(JSON.stringify(evidence).replaceAll(folder, ''));
  for (const secret of ['Zq71-xxk91', 'aB3dE5gH7jK9mN1pQ3sT5vX7zA2cD4fG6hJ8', 'Wq55-zzk17', 'Kd81-Lq0z'])
    expect(repeated(secret, told)).toEqual([]);
  const found = evidence.flatMap((one) => (one.state === 'observed' ? one.data.leaks : []));
  expect(found.map(({ file }) => file.replace(folder, ''))).toEqual(['/backup password=[secret]/dump.log']);
});

const block = 4096;
const scanner = compileScanner(shippedDetectors(), { blockBytes: block });

function isFound(bytes: Buffer, piece: number, secretLine: number): boolean {
  const lines = new Set<number>();
  const scan = scanner.start(({ confidence, line }) => confidence !== 'low' && lines.add(line));
  for (let at = 0; at < bytes.length; at += piece) scan.push(bytes.subarray(at, at + piece));
  scan.end();
  // A form of several lines may be told at any of them.
  return [0, 1, 2, 3, 4].some((after) => lines.has(secretLine + after));
}

const encodings: Readonly<Record<string, (text: string) => Buffer>> = {
  'UTF-8': (text) => Buffer.from(text),
  'UTF-8 after a mark': (text) => Buffer.from(`\uFEFF${text}`),
  'Latin-1': (text) => Buffer.from(text, 'latin1'),
  'UTF-16LE': (text) => Buffer.from(text, 'utf16le'),
  'UTF-16BE': (text) => Buffer.from(text, 'utf16le').swap16(),
  'with NULs': (text) => Buffer.from(`\0\0${text}\0`),
};

/** Lengths after which the scanner goes on to its next block, and a long line to its next cell. */
const borders = [behind + block + 48, behind + 2 * block + 48, 8 * 1024, 16 * 1024, 24 * 1024, 32 * 1024];
const lengths = fc.oneof(
  fc.nat(60_000),
  fc.tuple(fc.constantFrom(...borders), fc.integer({ min: -160, max: 20 })).map(([at, by]) => at + by),
);

/** Where a line stands: `blanks` push it across every border of blocks and cells. */
const places: Readonly<
  Record<string, (form: LeakForm, line: string, blanks: string) => readonly [string, number]>
> = {
  'a line of its own': (_form, line, blanks) => [`first\n${blanks}\n${line}\nlast\n`, 3],
  'the end of a log, without a newline': (_form, line, blanks) => [`${blanks}\n${line}`, 2],
  'the end of a long line': (form, line, blanks) =>
    line.includes('\n') || !isMovable(form, line) ? [`${blanks}\n${line}\n`, 2] : [`${blanks} ${line}\n`, 1],
  CRLF: (_form, line, blanks) => [`first\r\n${blanks}\r\n${line.replaceAll('\n', '\r\n')}\r\nlast\r\n`, 3],
};

/** Some forms are settings, which stand at the beginning of their line. */
function isMovable(form: LeakForm, line: string): boolean {
  return isFound(Buffer.from(`x ${line}\n`), 1 << 20, 1) && form.line('') !== '';
}

test('every form is found in every place, encoding and piece', () => {
  fc.assert(
    fc.property(
      tried,
      fc.constantFrom(...Object.keys(places)),
      fc.constantFrom(...Object.keys(encodings)),
      lengths,
      fc.integer({ min: 1, max: 5000 }),
      ({ form, secret }, place, encoding, length, piece) => {
        const [text, line] = places[place]?.(form, form.line(secret), '. '.repeat(length / 2)) ?? ['', 0];
        const bytes = encodings[encoding]?.(text) ?? Buffer.alloc(0);
        expect(isFound(bytes, piece, line)).toBe(true);
      },
    ),
    { numRuns: 1500 },
  );
});
