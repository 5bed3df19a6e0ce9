/** What may be a name, a key or a piece of content: letters and digits with the joints of identifiers. */
const pieces = /[A-Za-z0-9][A-Za-z0-9_-]{9,127}/g;

/**
 * Pieces of a text that look drawn by lot: UUIDs, hashes, passwords. Words, versions, dates and file names are none: two
 * tenants may well have them both.
 */
export function randomPieces(text: string): readonly string[] {
  return (text.match(pieces) ?? []).flatMap((piece) => {
    if (looksRandom(piece)) return [piece];
    // A random part may hang on words: `MARK-tenant-b-x8Ji29…`.
    return piece.split(/[-_]/).filter((part) => part.length >= 10 && looksRandom(part));
  });
}

/** Ten letters and digits or more that change between the two, or between cases, as no word does. */
export function looksRandom(piece: string): boolean {
  if (piece.length < 10) return false;
  const plain = piece.replace(/[^A-Za-z0-9]/g, '');
  let changes = 0;
  for (let at = 1; at < plain.length; at++) {
    if (kindOf(plain[at - 1] ?? '') !== kindOf(plain[at] ?? '')) changes++;
  }
  const letters = plain.replace(/[0-9]/g, '').length;
  return plain.length >= 10 && letters > 0 && changes >= 3 + plain.length / 8;
}

/** Every text in a JSON value; also the names of its fields, where these are data themselves. */
export function* textsIn(value: unknown, depth = 0): Generator<string> {
  if (typeof value === 'string') yield value;
  else if (Array.isArray(value)) for (const each of value) yield* textsIn(each, depth + 1);
  else if (value !== null && typeof value === 'object' && depth < 24) {
    for (const [key, each] of Object.entries(value)) {
      // Names of fields are the product's own; keys that users chose look otherwise.
      if (key.length >= 10 && looksRandom(key)) yield key;
      yield* textsIn(each, depth + 1);
    }
  }
}

function kindOf(letter: string): number {
  return letter >= '0' && letter <= '9' ? 0 : letter >= 'a' && letter <= 'z' ? 1 : 2;
}
