/** The value with the keys of its objects in code-unit order: equal reports render equally, in whatever order they were built. */
export function inKeyOrder<T>(value: T): T {
  return sort(value) as T;
}

function sort(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sort);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
      .map(([key, inner]) => [key, sort(inner)]),
  );
}
