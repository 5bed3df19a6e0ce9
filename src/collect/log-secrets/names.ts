import { redactValue, replacing } from '../redact';
import { openTextSearch } from './lines';

/** Only a name with one of these can hold a credential that a detector tells: a sign between key and value, or a long key. */
const worthALook = /[=:% ]|(?=[\w-]{0,255}\d)(?=[\w-]{0,255}[A-Za-z])[\w-]{20}/;

/**
 * Takes credentials out of whatever repeats the names of files, members of archives and units: whoever named them may
 * have put one there. `names` are paths; what the target declares is taken out of everything at the seam.
 */
export function withoutNamedSecrets<T>(value: T, names: readonly string[]): T {
  const parts = [...new Set(names.flatMap((name) => name.split(/[/!]/)))].filter((part) =>
    worthALook.test(part),
  );
  if (parts.length === 0) return value;
  const secrets = new Set<string>();
  openTextSearch([]).search(
    // With an ending, a value would be taken for the name of a file.
    parts
      .flatMap((part) => [part, part.replace(/(?:\.[a-z]\w{0,4}){1,2}$/i, '')])
      .map((text) => ({ place: '', text })),
    ({ secret }) => {
      const text = Buffer.from(secret, 'latin1').toString('utf8');
      if (text.length >= 5) secrets.add(text);
    },
  );
  return secrets.size === 0 ? value : redactValue(value, replacing(secrets));
}
