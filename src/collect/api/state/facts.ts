/** The objects in `items` of a list; others are left out. */
export function itemsOf(
  body: Readonly<Record<string, unknown>>,
): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(body.items) ? body.items.filter(isObject) : [];
}

/** Whether these are all there are by the manager's own count; a list without a count is whole. */
export function isComplete(body: Readonly<Record<string, unknown>>): boolean {
  const { pagination } = (isObject(body.metadata) ? body.metadata : {}) as { pagination?: unknown };
  const total = isObject(pagination) ? pagination.total : undefined;
  return typeof total !== 'number' || total <= itemsOf(body).length;
}

/** Text for evidence: bounded, without control characters; null for what is no text. */
export function textOf(value: unknown, limit = 100): string | null {
  if (typeof value !== 'string' || value === '') return null;
  // eslint-disable-next-line no-control-regex -- control characters are what is to be replaced
  return value.replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ').slice(0, limit);
}

export function numberOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

/** Whole days from `now` to a time that the manager tells (UTC, with or without a zone); null for none. */
export function daysTo(value: unknown, now: Date): number | null {
  if (typeof value !== 'string') return null;
  const zoned = /(?:Z|[+-]\d\d:?\d\d)$/.test(value) ? value : `${value.replace(' ', 'T')}Z`;
  const time = Date.parse(zoned);
  return Number.isNaN(time) ? null : Math.floor((time - now.getTime()) / 86_400_000);
}

/** Whole days since a time that the manager tells. */
export function daysSince(value: unknown, now: Date): number | null {
  const days = daysTo(value, now);
  return days === null ? null : Math.max(0, -days - 1);
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
