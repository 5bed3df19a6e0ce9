import { looksLikePath, looksLikePlaceholder } from '../../log-secrets/look-alikes';
import type { PlacedSighting } from '../../log-secrets/lines';
import type { Field } from './fields';

/** Fields whose value is a password whatever it looks like: in data, unlike in a log line, no sentence follows a name. */
const passwordName =
  /(?:^|[^a-z])(?:password|passwd|passphrase|passcode|pwd|pass)s?$|(?:Password|Passphrase|Pwd|Pass)s?$/;
/** May stand for other things as well. */
const shortName = /(?:^|[_.-])(?:pw|psw|passw)$/i;

/** A password in clear where a reference to a secret belongs; null: it is none, or only says where one is. */
export function literalPassword(place: string, { name, value }: Field): PlacedSighting | null {
  const isSure = passwordName.test(name);
  if (!isSure && !shortName.test(name)) return null;
  const text = value.trim();
  if (text === '' || looksLikePlaceholder(text) || looksLikePath(text)) return null;
  return {
    place,
    detector: 'literal-password',
    title: 'Password in clear in a field',
    isKey: false,
    confidence: isSure ? 'medium' : 'low',
    because: isSure
      ? 'a field called password holds a value, not a reference to a secret'
      : 'a field whose name may be short for password holds a value, not a reference to a secret',
    secret: Buffer.from(text, 'utf8').toString('latin1'),
  };
}
