/** True when a declared path holds `*`, `?`, `[` or `{`: a pattern, not a name. */
export function isGlob(path: string): boolean {
  return /[*?[{]/.test(path);
}

/** The directory to search: everything before the first segment with a wildcard. */
export function globBase(glob: string): string {
  const segments = glob.split('/');
  const first = segments.findIndex(isGlob);
  const base = segments.slice(0, first).join('/');
  return base === '' ? (glob.startsWith('/') ? '/' : '.') : base;
}

/** `*` and `?` stay within a segment, `**` crosses segments, `[a-z]`, `[!a-z]` and `{a,b}` as in the shell. */
export function compileGlob(glob: string): (path: string) => boolean {
  const wanted = glob.replace(/^\.\//, '').split('/');
  const segments = wanted.map((segment) => (segment === '**' ? null : segmentPattern(segment)));
  return (path) => matchSegments(segments, path.replace(/^\.\//, '').split('/'));
}

/** Row by row instead of backtracking: `**` twenty times over stays cheap. */
function matchSegments(pattern: readonly (RegExp | null)[], path: readonly string[]): boolean {
  let reached = new Set([0]);
  const skipEmpty = (at: number): number => {
    let next = at;
    while (next < pattern.length && pattern[next] === null) next++;
    return next;
  };
  for (const segment of path) {
    const next = new Set<number>();
    for (const at of reached) {
      for (let place = at; place < pattern.length; place++) {
        const want = pattern[place];
        if (want === null) next.add(place);
        if (want?.test(segment) === true) next.add(place + 1);
        if (want !== null) break;
      }
    }
    reached = next;
  }
  return [...reached].some((at) => skipEmpty(at) === pattern.length);
}

function segmentPattern(segment: string): RegExp {
  const source = segment.replace(special, (all, negated?: string, set?: string, choices?: string) => {
    if (choices !== undefined) return `(?:${choices.split(',').map(escapeText).join('|')})`;
    if (set !== undefined) return `[${negated === '!' ? '^' : ''}${set.replace(/[\\^]/g, '\\$&')}]`;
    if (all === '*') return '[^/]*';
    return all === '?' ? '[^/]' : escapeText(all);
  });
  return new RegExp(`^${source}$`, 's');
}

const special = /\[(!?)([^\]/]{1,64})\]|\{([^{}/]{1,512})\}|[^]/g;

function escapeText(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
