import type { Target } from '../model/target';
import { literally } from './literally';

/** Replaces every known credential in a text, plain and in the forms in which protocols carry it. */
export type Redactor = (text: string) => string;

const placeholder = '[secret]';

/**
 * The last line of defence at the seam: collectors do not put credentials into evidence, and this makes sure of it for
 * every credential the target declares, also base64-encoded (Basic authentication), URL-encoded and JSON-escaped.
 */
export function makeRedactor(target: Target): Redactor {
  const { monitoring } = target;
  const users = [
    ...target.users,
    ...(target.canaries?.users ?? []),
    ...(monitoring === undefined ? [] : [{ ...monitoring, token: null }]),
  ];
  const values = users.flatMap(({ username, password, token }) => {
    // Whose password is the account's own name hides nothing by it, and roles and identities would lose their names.
    const secrets = [password, token].flatMap((s) =>
      s === null || s.reveal() === username ? [] : [s.reveal()],
    );
    const basic = password === null ? [] : [base64(`${username}:${password.reveal()}`)];
    return [...secrets.flatMap(forms), ...basic];
  });
  // Short ones could be part of an honest word.
  const key = target.fingerprintKey === undefined ? [] : [target.fingerprintKey.reveal()];
  const known = [...(target.knownSecrets ?? []).map(({ value }) => value.reveal()), ...key].filter(
    (v) => v.length >= 8,
  );
  const passwords = (target.certificates ?? []).flatMap(({ password }) => password?.reveal() ?? []);
  return replacing(
    [...values, ...known.flatMap(forms), ...passwords.flatMap(forms)].filter((v) => v.length >= 4),
  );
}

/** Replaces each of these values, wherever it stands. */
export function replacing(values: Iterable<string>): Redactor {
  // Longest first, so that a value that contains another is replaced whole.
  const ordered = [...new Set(values)].sort((a, b) => b.length - a.length);
  if (ordered.length === 0) return (text) => text;
  // Evidence has a hundred thousand texts and next to none holds a credential: one look for all of them first.
  const any = new RegExp(ordered.map(literally).join('|'));
  return (text) =>
    any.test(text) ? ordered.reduce((kept, value) => kept.replaceAll(value, placeholder), text) : text;
}

/** Applies a redactor to every string, key included, of a JSON value. */
export function redactValue<T>(value: T, redact: Redactor): T {
  return walk(value, redact) as T;
}

function walk(value: unknown, redact: Redactor): unknown {
  if (typeof value === 'string') return redact(value);
  if (Array.isArray(value)) return value.map((item) => walk(item, redact));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [redact(k), walk(v, redact)]));
}

function forms(value: string): readonly string[] {
  return [value, base64(value), encodeURIComponent(value), JSON.stringify(value).slice(1, -1)];
}

function base64(value: string): string {
  return Buffer.from(value, 'utf8').toString('base64');
}
