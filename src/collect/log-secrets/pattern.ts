/** A detector's pattern, made ready to run. */
export interface Pattern {
  /** The same expression with numbers in the place of names: V8 builds an object of named groups for every match. */
  readonly source: string;
  readonly groups: ReadonlyMap<string, number>;
  /** No match is shorter. */
  readonly shortest: number;
}

/** Reads a pattern. Throws Error when it has a quantifier without an upper bound: that would not be linear. */
export function readPattern(pattern: string): Pattern {
  const groups = new Map<string, number>();
  const references: { readonly at: number; readonly name: string }[] = [];
  const out: string[] = [];
  let count = 0;
  let at = 0;

  const alternatives = (): number => {
    let least = Infinity;
    for (;;) {
      least = Math.min(least, sequence());
      if (pattern[at] !== '|') return least;
      out.push('|');
      at++;
    }
  };
  const sequence = (): number => {
    let length = 0;
    while (at < pattern.length && pattern[at] !== '|' && pattern[at] !== ')') length += quantified(atom());
    return length;
  };
  const atom = (): number => {
    if (pattern[at] === '(') return group();
    if (pattern[at] === '[') return take(classEnd(pattern, at), 1);
    if (pattern[at] === '\\') return escape();
    return take(at + 1, pattern[at] === '^' || pattern[at] === '$' ? 0 : 1);
  };
  const take = (to: number, length: number): number => {
    out.push(pattern.slice(at, to));
    at = to;
    return length;
  };
  const group = (): number => {
    const head = /\(\?<(\w{1,32})>|\(\?<?[=!]|\(\?:|\(/y;
    head.lastIndex = at;
    const [text = '(', name] = head.exec(pattern) ?? [];
    const captures = text === '(' || name !== undefined;
    if (captures) count++;
    if (name !== undefined) groups.set(name, count);
    out.push(name === undefined ? text : '(');
    at += text.length;
    const length = alternatives();
    take(at + 1, 0);
    return captures || text === '(?:' ? length : 0;
  };
  const escape = (): number => {
    const name = /^\\k<(\w{1,32})>/.exec(pattern.slice(at, at + 40))?.[1];
    if (name !== undefined) {
      references.push({ at: out.length, name });
      out.push('');
      at += name.length + 4;
      return 0;
    }
    const size = pattern[at + 1] === 'x' ? 4 : pattern[at + 1] === 'u' ? 6 : 2;
    return take(at + size, /[bB1-9]/.test(pattern[at + 1] ?? '') ? 0 : 1);
  };
  const quantified = (length: number): number => {
    const found = /^(?:\?|\{(\d+)(,?)(\d*)\}|[*+])\??/.exec(pattern.slice(at, at + 20));
    if (found === null) return length;
    const [text, least, comma, most] = found;
    if (/^[*+]/.test(text) || (comma === ',' && most === ''))
      throw new Error('every quantifier must have an upper bound');
    take(at + text.length, 0);
    return least === undefined ? 0 : length * Number(least);
  };

  const shortest = alternatives();
  for (const { at: place, name } of references) out[place] = `(?:\\${String(groups.get(name) ?? 0)})`;
  return { source: out.join(''), groups, shortest };
}

function classEnd(pattern: string, from: number): number {
  let at = from + 1;
  while (at < pattern.length && pattern[at] !== ']') at += pattern[at] === '\\' ? 2 : 1;
  return at + 1;
}
