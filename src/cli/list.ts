import { InputError } from '../model/errors';

/** Splits a comma-separated option; duplicates count once. Throws InputError on an empty entry. */
export function splitList(value: string, option: string): readonly string[] {
  const items = value.split(',').map((item) => item.trim());
  if (items.includes('')) throw new InputError(`${option} has an empty entry`);
  return [...new Set(items)];
}
