import { emptyWords, packageDoors, timeless, worldly, type Law } from './law';
import { resolveImport, type Source } from './sources';

/** Every breach of the import law: `file:line: sentence`. `outside`: files beyond src that a law may name. */
export function breachesOf(
  sources: readonly Source[],
  law: readonly Law[],
  outside: readonly string[] = [],
): readonly string[] {
  const known = new Set([...sources.map(({ path }) => path), ...outside]);
  return sources.flatMap((source) => {
    const part = inSrc(source.path);
    const own = lawFor(part, law);
    if (!own) return [`${source.path}: no law is written for this file`];
    return source.imports.flatMap(({ specifier, line }) => {
      const said = (sentence: string): readonly string[] => [`${source.path}:${line}: ${sentence}`];
      if (specifier === null) return said('loads a computed path');
      if (!specifier.startsWith('.')) {
        return own.modules.includes(specifier) ? [] : said(`${own.part} may not use ${specifier}`);
      }
      const target = resolveImport(source.path, specifier, known);
      if (target === null) return said(`${specifier} is not in src`);
      const other = inSrc(target);
      const allowed = [own.part, ...own.parts].some((pattern) => covers(pattern, other));
      return allowed ? [] : said(`${own.part} may not import ${other}`);
    });
  });
}

/** Chains of files that import each other in a circle, lazily too. Types are erased; among parts the law binds them. */
export function cyclesOf(sources: readonly Source[]): readonly string[] {
  const known = new Set(sources.map(({ path }) => path));
  const next = new Map(
    sources.map((source) => [
      source.path,
      source.imports.flatMap(({ specifier, typeOnly }) =>
        !typeOnly && specifier?.startsWith('.')
          ? [resolveImport(source.path, specifier, known) ?? []].flat()
          : [],
      ),
    ]),
  );
  const cycles: string[] = [];
  const done = new Set<string>();
  const walk = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path);
    if (start !== -1) cycles.push([...trail.slice(start), path].join(' -> '));
    if (start !== -1 || done.has(path)) return;
    for (const target of next.get(path) ?? []) walk(target, [...trail, path]);
    done.add(path);
  };
  for (const path of next.keys()) walk(path, []);
  return cycles;
}

/** Packages that enter by another door than theirs, or that no door or package.json knows. */
export function strayPackages(
  sources: readonly Source[],
  dependencies: readonly string[],
): readonly string[] {
  const used = sources.flatMap(({ path, imports }) =>
    imports.flatMap(({ specifier, line }) =>
      specifier === null || specifier.startsWith('.') || specifier.startsWith('node:')
        ? []
        : [{ name: packageOf(specifier), path, line }],
    ),
  );
  const stray = used.flatMap(({ name, path, line }) => {
    const door = packageDoors[name];
    if (!dependencies.includes(name)) return [`${path}:${line}: ${name} is not among the dependencies`];
    if (door === undefined) return [`${path}:${line}: no door is named for ${name}`];
    return covers(door, inSrc(path)) ? [] : [`${path}:${line}: ${name} enters by ${door} only`];
  });
  const idle = dependencies.filter((name) => !used.some((use) => use.name === name));
  return [...stray, ...idle.map((name) => `package.json: ${name} is used nowhere in src`)];
}

/** Uses of clock, chance, network or environment after the seam; and of `process` outside main.ts. */
export function worldlyUses(sources: readonly Source[]): readonly string[] {
  return sources.flatMap(({ path, globals }) => {
    const part = inSrc(path);
    const forbidden = timeless.some((folder) => covers(folder, part)) ? worldly : /^process(\.|$)/;
    if (part === 'main.ts') return [];
    return globals
      .filter(({ text }) => forbidden.test(text))
      .map(({ text, line }) => `${path}:${line}: ${text}`);
  });
}

/**
 * Exports of src that no other file takes, through however many files they are passed on. What `entries` export is
 * used by definition; a type that its own file mentions, or that an index passes on, is the name of a shape that is
 * handed out, and stays.
 */
export function unusedExports(sources: readonly Source[], entries: readonly string[]): readonly string[] {
  const byPath = new Map(sources.map((source) => [source.path, source]));
  const known = new Set(byPath.keys());
  const used = new Set<string>();
  const use = (path: string, name: string): void => {
    const key = `${path} ${name}`;
    const source = byPath.get(path);
    if (!source || used.has(key)) return;
    used.add(key);
    for (const passed of source.passedOn) {
      const target = resolveImport(path, passed.from, known);
      if (target === null) continue;
      if (passed.name === '*' || name === '*') use(target, passed.name === '*' ? name : passed.original);
      else if (passed.name === name) use(target, passed.original);
    }
  };
  for (const { path, imports } of sources) {
    for (const { specifier, names } of imports) {
      const target = specifier?.startsWith('.') ? resolveImport(path, specifier, known) : null;
      if (target !== null) for (const name of names) use(target, name);
    }
  }
  for (const entry of entries) use(entry, '*');
  return sources
    .filter(({ path }) => path.startsWith('src/'))
    .flatMap(({ path, exports, passedOn, mentioned }) => {
      const taken = (name: string): boolean => used.has(`${path} ${name}`) || used.has(`${path} *`);
      const own = exports.filter(
        ({ name, kind }) => !taken(name) && !(kind === 'type' && mentioned.has(name)),
      );
      const passed = passedOn.filter(({ name, kind }) => kind === 'value' && name !== '*' && !taken(name));
      return [...own, ...passed].map(({ name }) => `${path}: ${name}`);
    });
}

/**
 * Paths that break the naming law: kebab-case, and no word that fits everything. A file may be about a manager, or be
 * part of manager-inventory; a `session-manager` says nothing.
 */
export function badNames(paths: readonly string[]): readonly string[] {
  return paths.filter((path) =>
    path.split('/').some((step, index, steps) => {
      const [name = '', ...suffixes] = step.split('.');
      const isFile = index === steps.length - 1;
      if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name)) return true;
      const words = name.split('-');
      if (words.some((word) => emptyWords.includes(word))) return true;
      return isFile && suffixes.length > 0 && words.length > 1 && words.at(-1) === 'manager';
    }),
  );
}

/** Exported names that the words of the house rule out. */
export function badExports(sources: readonly Source[]): readonly string[] {
  return sources.flatMap(({ path, exports }) =>
    exports
      .filter(({ name }) => /^get[A-Z]|.(Helper|Manager|Utils?)$/.test(name))
      .map(({ name }) => `${path}: ${name}`),
  );
}

function lawFor(part: string, law: readonly Law[]): Law | undefined {
  const holding = law.filter((candidate) => covers(candidate.part, part));
  return holding.sort((a, b) => b.part.length - a.part.length)[0];
}

/** `plan/` covers all under it, `report/*` the files of that folder alone, `scan.ts` itself. */
function covers(pattern: string, part: string): boolean {
  if (pattern.endsWith('/')) return part.startsWith(pattern);
  if (!pattern.endsWith('/*')) return part === pattern;
  const folder = pattern.slice(0, -1);
  return part.startsWith(folder) && !part.slice(folder.length).includes('/');
}

function inSrc(path: string): string {
  return path.replace(/^src\//, '');
}

function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}
