import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { shippedDetectors } from '../../../src/collect/log-secrets/detector';
import type { Kernel, KernelMaker } from '../../../src/collect/log-secrets/kernel';
import { makeScriptKernel } from '../../../src/collect/log-secrets/kernel-script';
import { loadWasmKernel } from '../../../src/collect/log-secrets/kernel-wasm';
import { tabulate, type Literal } from '../../../src/collect/log-secrets/literals';
import { compileScanner } from '../../../src/collect/log-secrets/scan';
import { packageRoot } from '../../../src/schema/package-root';

const wasm = loadWasmKernel();
const kernels: readonly (readonly [string, KernelMaker])[] = [
  ['TypeScript', makeScriptKernel],
  ...(wasm === undefined ? [] : [['WebAssembly', wasm] as const]),
];

test('the kernel in WebAssembly is there once the package is built', () => {
  if (wasm === undefined && process.env.CFY_AUDIT_REQUIRE_SERVERS !== '1') {
    console.warn('skipped: npm run build has not been run');
    return;
  }
  expect(wasm).toBeDefined();
});

function search(kernel: Kernel, bytes: Buffer, from: number, to: number): string[] {
  bytes.copy(kernel.buffer);
  kernel.buffer.fill(0, bytes.length);
  const count = kernel.search(from, to);
  return Array.from(
    { length: count },
    (_, n) => `${kernel.hits[2 * n] ?? 0}:${kernel.hits[2 * n + 1] ?? 0}`,
  ).sort();
}

/** The same without any cleverness. */
function searchPlainly(literals: readonly Literal[], bytes: Buffer, from: number, to: number): string[] {
  const text = bytes.toString('latin1');
  const fold = (part: string): string => part.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
  const found: string[] = [];
  for (let at = from; at < to; at++) {
    literals.forEach(({ text: literal, demand }, id) => {
      const part = text.slice(at, at + literal.length);
      const run = text.slice(at + literal.length, at + Math.max(demand.run, literal.length));
      if (demand.exact ? part !== literal : fold(part) !== fold(literal)) return;
      if (demand.begins && /[\w-]$/.test(text.slice(0, at)) && !isEscaped(text, at)) return;
      if (run.length + literal.length < demand.run) return;
      if (!(demand.plain ? /^[\w-]*$/ : /^[\w.+/=~:@-]*$/).test(run)) return;
      found.push(`${at}:${id}`);
    });
  }
  return found.sort();
}

/** What an escape before a word ends in goes on no word: `\n`, `%3D`. */
function isEscaped(text: string, at: number): boolean {
  return text[at - 2] === '\\' || text[at - 3] === '%';
}

const alphabet = 'aAbB-_ .\n\\%\xe9';
const textOf = (minLength: number, maxLength: number, letters = alphabet): fc.Arbitrary<string> =>
  fc.string({ minLength, maxLength, unit: fc.constantFrom(...Array.from(letters)) });
const literals = fc.uniqueArray(
  fc.record({
    text: textOf(3, 9, 'aAb-_.'),
    demand: fc.record({ begins: fc.boolean(), exact: fc.boolean(), run: fc.nat(12), plain: fc.boolean() }),
  }),
  { minLength: 1, maxLength: 12, selector: ({ text, demand }) => `${text} ${JSON.stringify(demand)}` },
);

test.each(kernels)('%s finds every literal where it stands, and nothing else', (_name, make) => {
  fc.assert(
    fc.property(literals, textOf(0, 200), fc.nat(40), (set, text, skip) => {
      const bytes = Buffer.from(text, 'latin1');
      const from = Math.min(skip, bytes.length);
      const kernel = make(tabulate(set), bytes.length + 80);
      expect(search(kernel, bytes, from, bytes.length)).toEqual(
        searchPlainly(set, bytes, from, bytes.length),
      );
    }),
    { numRuns: 600 },
  );
});

const forms = fc.uniqueArray(fc.record({ text: textOf(3, 90, 'aAb-_.%'), exact: fc.boolean() }), {
  maxLength: 12,
  selector: ({ text }) => text,
});

test.each(kernels)('%s finds forms of known values behind the literals of detectors', (_name, make) => {
  fc.assert(
    fc.property(literals, forms, textOf(0, 100), (set, added, text) => {
      const bytes = Buffer.from(`${text}${added.map((form) => form.text).join(text.slice(0, 3))}`, 'latin1');
      const starts = [0];
      for (const form of added) starts.push((starts.at(-1) ?? 0) + form.text.length);
      const table = tabulate(set, {
        bytes: Buffer.from(added.map((form) => form.text).join(''), 'latin1'),
        starts: Int32Array.from(starts),
        exact: Uint8Array.from(added, ({ exact }) => (exact ? 1 : 0)),
        owners: Int32Array.from(added, (_form, index) => index),
      });
      const all = [
        ...set,
        ...added.map(({ text, exact }) => ({ text, demand: { begins: false, exact, run: 0, plain: false } })),
      ];
      expect(search(make(table, bytes.length + 200), bytes, 0, bytes.length)).toEqual(
        searchPlainly(all, bytes, 0, bytes.length),
      );
    }),
    { numRuns: 400 },
  );
});

test.each(kernels)('%s finds every literal where a stretch of its work ends', (_name, make) => {
  const demand = { begins: false, exact: false, run: 0, plain: false };
  const set = ['abc', 'bcde', 'cdefghi', 'efghijklmnopqrstuvwxyz'].map((text) => ({ text, demand }));
  const kernel = make(tabulate(set), 20_000);
  for (const from of [0, 1, 7])
    for (let at = 4060; at < 4110; at++) {
      const bytes = Buffer.alloc(12_400, ' ');
      for (const stretch of [0, 4096, 8192 - 25]) bytes.write('abcdefghijklmnopqrstuvwxyz', at + stretch);
      const places = [at, at + 4096, at + 8192 - 25].flatMap((place) =>
        [0, 1, 2, 4].map((offset, id) => `${place + offset}:${id}`),
      );
      expect(search(kernel, bytes, from, bytes.length)).toEqual(places.sort());
    }
});

test.each(kernels)('%s counts newlines from and to any place', (_name, make) => {
  const kernel = make(
    tabulate([{ text: 'abc', demand: { begins: false, exact: false, run: 0, plain: false } }]),
    400,
  );
  fc.assert(
    fc.property(textOf(0, 200, '\n\n\x0b\x8a\x0axy'), fc.nat(40), fc.nat(40), (text, skip, cut) => {
      const bytes = Buffer.from(text, 'latin1');
      bytes.copy(kernel.buffer);
      const from = Math.min(skip, bytes.length);
      const to = Math.max(from, bytes.length - cut);
      const expected = bytes.subarray(from, to).filter((byte) => byte === 10).length;
      expect(kernel.countNewlines(from, to)).toBe(expected);
    }),
  );
});

test.each(kernels)('%s says when there is more than it can tell', (_name, make) => {
  const demand = { begins: false, exact: false, run: 0, plain: false };
  const kernel = make(tabulate([{ text: 'aaa', demand }]), 100_000);
  kernel.buffer.fill('a');
  expect(kernel.search(0, 90_000)).toBe(-1);
  expect(kernel.search(0, 1000)).toBe(1000);
});

test('both kernels lead to the same findings', () => {
  if (wasm === undefined) return;
  const detectors = shippedDetectors();
  const scanners = [makeScriptKernel, wasm].map((kernel) =>
    compileScanner(detectors, { kernel, blockBytes: 64 * 1024, known: [{ name: 'a', value: 'Kd81-Lq0z' }] }),
  );
  const find = (bytes: Uint8Array): string[][] =>
    scanners.map((scanner) => {
      const found: string[] = [];
      const scan = scanner.start(({ detector, confidence, secret, line, at }) =>
        found.push(`${line} ${at} ${detector.id} ${confidence} ${secret}`),
      );
      scan.push(bytes);
      scan.end();
      return [...found, `${scan.lines()} ${scan.skipped()}`];
    });
  const folder = join(packageRoot(), 'fixtures', 'files', 'logs');
  const lines = ['leaky-lines.log', 'honest-lines.log'].map((name) => readFileSync(join(folder, name)));
  const [script, compiled] = find(Buffer.concat([...lines, ...lines.reverse()]));
  expect(script?.length).toBeGreaterThan(200);
  expect(compiled).toEqual(script);
  const parts = detectors.flatMap(({ examples, counterExamples }) => [
    ...examples.map(({ text }) => text),
    ...counterExamples,
  ]);
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...parts, 'Kd81-Lq0z', '\n', ' ', '\0', 'x'.repeat(700)), { maxLength: 30 }),
      fc.constantFrom('utf8' as const, 'utf16le' as const),
      (chosen, encoding) => {
        const [a, b] = find(Buffer.from(chosen.join(' '), encoding));
        expect(b).toEqual(a);
      },
    ),
    { numRuns: 60 },
  );
});
