import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder, run } from './binary';

/** Prints which packages and which of our folders were loaded, when the process ends. */
const spy = `process.on('exit', () => {
  const seen = Object.keys(require.cache).filter((f) => !f.endsWith('spy.cjs')).map((f) => /node_modules\\/((?:@[^/]+\\/)?[^/]+)/.exec(f)?.[1] ?? /dist\\/(src\\/[^/]+|fixtures)/.exec(f)?.[1]);
  process.stderr.write('LOADED ' + JSON.stringify([...new Set(seen)].sort()) + '\\n');
});`;

async function loadedBy(
  ...args: readonly string[]
): Promise<{ code: number | null; loaded: readonly string[] }> {
  const file = join(makeFolder(), 'spy.cjs');
  writeFileSync(file, spy);
  const ran = await run(args, { node: ['--require', file] });
  const loaded = /LOADED (.*)/.exec(ran.err)?.[1] ?? '[]';
  return { code: ran.code, loaded: JSON.parse(loaded) as string[] };
}

test('--version loads the command line and nothing else', async () => {
  const { code, loaded } = await loadedBy('--version');
  expect(code).toBe(0);
  expect(loaded.filter((name) => !name.startsWith('src/'))).toEqual(['commander']);
  expect(loaded).not.toContain('src/collect');
});

test('explain reads one rule: no network, no schema compiler, no tables', async () => {
  const { code, loaded } = await loadedBy('explain', 'CFY-CRT-02');
  expect(code).toBe(0);
  // yaml only where the rules were not parsed by `npm run build`.
  expect(loaded.filter((name) => !name.startsWith('src/') && name !== 'yaml')).toEqual(['commander']);
  expect(loaded).not.toContain('src/collect');
  expect(loaded).not.toContain('src/protocol');
});

test('the spy sees what is loaded', async () => {
  const { loaded } = await loadedBy('rules');
  expect(loaded).toContain('ajv');
});
