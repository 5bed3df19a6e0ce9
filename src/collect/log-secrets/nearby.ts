/** See detector.schema.json. */
export const nearbyKinds = [
  'none',
  'assignment',
  'field',
  'key',
  'userinfo',
  'run',
  'quote',
  'option',
  'query',
  'pair',
  'words',
  'spoken',
  'sentence',
  'statement',
  'term',
  'login',
  'attribute',
  'element',
  'scalar',
  'valued',
  'joined',
  'below',
] as const;

/** What must stand near a literal before an expression is tried. Looks at bytes only, to save time. */
export type Nearby = (typeof nearbyKinds)[number];

/** A set of kinds, as bits, with just this one. */
export function bitOf(kind: Nearby): number {
  return 1 << nearbyKinds.indexOf(kind);
}

/** Which of the wanted kinds hold at `at`; sets of kinds as bits. `end`: how far the bytes are filled. */
export function whichNearby(wanted: number, bytes: Uint8Array, at: number, end: number): number {
  const place = nameEnd(bytes, at, end);
  let left = place < at + longestName ? wanted & (afterNames[bytes[place] ?? 0] ?? 0) : wanted;
  let held = 0;
  while (left !== 0) {
    const bit = left & -left;
    left ^= bit;
    const kind = nearbyKinds[31 - Math.clz32(bit)];
    if (kind !== undefined && isNearby(kind, bytes, at, end)) held |= bit;
  }
  return held;
}

/** Bytes of one kind, as a table: an expression a byte would cost more than the expression it saves. */
function tableOf(pattern: RegExp): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) =>
    byte < 128 && pattern.test(String.fromCharCode(byte)) ? 1 : 0,
  );
}

const nameByte = tableOf(/[\w.%-]/);
const afterName = tableOf(/[\\"'\]\s>]/);
const endOfWord = tableOf(/[\s"'`,;\0]/);
const pathByte = tableOf(/[\w.@%+/-]/);
const betweenPairs = tableOf(/[\s"',\\]/);
const beforeValue = tableOf(/[\s"'`\\=>:]/);
const jointByte = tableOf(/[_. /:-]/);
const digit = tableOf(/\d/);
const letter = tableOf(/[A-Za-z]/);

const isLetter = 1;
/** Stands in passwords and hardly in words. */
const isDigitOrSign = 2;
const endsWord = 3;
const endsLine = 4;
const wordByte = Uint8Array.from({ length: 256 }, (_, byte) => {
  const character = String.fromCharCode(byte);
  if (byte === 0x0a) return endsLine;
  if (endOfWord[byte] === 1) return endsWord;
  return /[\d!#$^*~]/.test(character) ? isDigitOrSign : letter[byte] === 1 ? isLetter : 0;
});

const blanks = ' \t';
const quotes = '"\'`';
const afterAssigned = '\\"\']\t\n\v\f\r >=:,?';

/** What may follow the name that the literal begins, by kind; where a kind is not listed, anything. */
const followers: Readonly<Partial<Record<Nearby, string>>> = {
  assignment: afterAssigned,
  field: afterAssigned,
  key: afterAssigned,
  scalar: afterAssigned,
  query: '=',
  pair: `${quotes}(`,
  words: `${blanks}:=`,
  spoken: `${blanks}:`,
  sentence: blanks,
  statement: `${blanks}${quotes}\\`,
  login: blanks,
  term: "', ",
  attribute: quotes,
  element: '> ',
  below: afterAssigned,
  valued: '\t\n\v\f\r "\',\\',
};

/** Of each byte: the kinds that may hold where it ends a name. */
const afterNames = new Int32Array(256);
for (const kind of nearbyKinds) {
  const follower = followers[kind];
  for (let byte = 0; byte < 256; byte++)
    if (follower === undefined || follower.includes(String.fromCharCode(byte)))
      afterNames[byte] = (afterNames[byte] ?? 0) | bitOf(kind);
}

/** Whether one kind holds. */
export function isNearby(nearby: Nearby, bytes: Uint8Array, at: number, end: number): boolean {
  switch (nearby) {
    case 'none':
    case 'run': // demanded of the literal itself, see literals.ts
      return true;
    case 'assignment':
      return separator(bytes, at, end) >= 0;
    case 'field': {
      const place = separator(bytes, at, end);
      return place >= 0 && bytes[place] !== comma && hasValue(bytes, place, end);
    }
    case 'key': {
      const place = separator(bytes, at, end);
      return (
        place >= 0 && bytes[place] !== comma && hasValue(bytes, place, end) && !isWord(bytes, place + 1, end)
      );
    }
    case 'userinfo':
      return isUserinfo(bytes, at, end);
    case 'quote':
      return hasQuote(bytes, at, end, 128);
    case 'option': {
      const start = nameStart(bytes, at, 40);
      return start < at && bytes[start] === dash;
    }
    case 'query': {
      const before = bytes[nameStart(bytes, at, 32) - 1];
      return (
        (before === 0x3f || before === 0x26 || before === 0x3b || before === backslash) &&
        bytes[nameEnd(bytes, at, end)] === equals
      );
    }
    case 'pair': {
      const place = nameEnd(bytes, at, end);
      return bytes[place] === 0x28 || (isQuote(bytes[place]) && bytes[place + 1] === comma);
    }
    case 'words': {
      const byte = bytes[nameEnd(bytes, at, end)];
      return (isBlank(byte) || byte === colon || byte === equals) && hasStrongWord(bytes, at + 5, end);
    }
    case 'spoken': {
      const byte = bytes[nameEnd(bytes, at, end)];
      return (isBlank(byte) || byte === colon) && hasStrongWord(bytes, at + 5, end);
    }
    case 'sentence':
      return isBlank(bytes[nameEnd(bytes, at, end)]) && hasQuote(bytes, at, end, 192);
    case 'statement': {
      let place = at;
      while (place < at + 64 && (nameByte[bytes[place] ?? 0] === 1 || isBlank(bytes[place]))) place++;
      const before = (bytes[place - 1] ?? 0) | 0x20; // a blank, or the E or N of E'…' and N'…'
      return (
        (isQuote(bytes[place]) && (before === 0x20 || before === 0x65 || before === 0x6e)) ||
        bytes[place] === backslash
      );
    }
    case 'term': {
      const place = nameEnd(bytes, at, end);
      const from = bytes[place] === 0x27 ? place + 1 : place;
      return (bytes[from] === comma || bytes[from] === 0x20) && hasQuote(bytes, from, end, 10);
    }
    case 'attribute': {
      const place = nameEnd(bytes, at, end);
      return isQuote(bytes[place]) && isBlank(bytes[place + 1]);
    }
    case 'element': {
      const byte = bytes[nameEnd(bytes, at, end)];
      const before = bytes[nameStart(bytes, at, 48) - 1];
      return (byte === 0x3e || byte === 0x20) && (before === 0x3c || before === colon);
    }
    case 'scalar': {
      const place = separator(bytes, at, end);
      return place >= 0 && bytes[place] === colon && isScalar(bytes, place + 1);
    }
    case 'valued': {
      let place = nameEnd(bytes, at, end);
      const stop = place + 32;
      while (place < stop && betweenPairs[bytes[place] ?? 0] === 1) place++;
      const letterAt = (bytes[place] ?? 0) | 0x20;
      return letterAt === 0x76 || letterAt === 0x70; // value, parametervalue
    }
    case 'joined': {
      const before = bytes[at - 1] ?? 0;
      if (before === dash || before === 0x5f || (before | 0x20) === 0x70) return true; // -, _, or the p of bootstrap
      const place = nameEnd(bytes, at, end);
      return isBlank(bytes[place]) && ((bytes[place + 1] ?? 0) | 0x20) === 0x63; // token create
    }
    case 'below': {
      // A colon and the end of the line: what it names may stand on the next.
      let place = separator(bytes, at, end);
      if (place < 0 || bytes[place] !== colon) return false;
      const stop = ++place + 3;
      while (place < stop && (isBlank(bytes[place]) || bytes[place] === 0x0d)) place++;
      return bytes[place] === 0x0a;
    }
    case 'login':
      return isBlank(bytes[nameEnd(bytes, at, end)]) && hasLoginBefore(bytes, at);
  }
}

const comma = 0x2c;
const dash = 0x2d;
const colon = 0x3a;
const equals = 0x3d;
const backslash = 0x5c;

function isQuote(byte: number | undefined): boolean {
  return byte === 0x22 || byte === 0x27 || byte === 0x60;
}

function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x09;
}

const longestName = 80;

/** No place in any buffer, and a small integer like those that are. */
const nowhere = 0x3fffffff;

/** What was asked last: many detectors ask about the same place. */
let nameAt = -1;
let nameTo = -1;

/** The bytes have changed. */
export function forgetNearby(): void {
  nameAt = -1;
  quoteFrom = nowhere;
  wordFrom = nowhere;
  loginFrom = nowhere;
}

function nameEnd(bytes: Uint8Array, at: number, end: number): number {
  if (at === nameAt) return nameTo;
  const stop = Math.min(end, at + longestName);
  let index = at;
  while (index < stop && nameByte[bytes[index] ?? 0] === 1) index++;
  nameAt = at;
  nameTo = index;
  return index;
}

/** Where after a name, and perhaps a closing quote or bracket, `=`, `:`, `,` or `->` stands; -1: it does not. */
function separator(bytes: Uint8Array, at: number, end: number): number {
  let index = nameEnd(bytes, at, end);
  // `->` begins with what a name may hold.
  if (index > at && bytes[index] === 0x3e && bytes[index - 1] === dash) return index;
  const stop = Math.min(end, index + 48);
  while (index < stop && afterName[bytes[index] ?? 0] === 1) index++;
  const byte = bytes[index];
  if (byte === equals || byte === colon || byte === comma) return index;
  if (byte === 0x3f && bytes[index + 1] === equals) return index + 1; // ?= of make
  return byte === dash && bytes[index + 1] === 0x3e ? index + 1 : -1;
}

/** Whether after a separator something stands that is neither a mask, nor a reference, nor no value at all. */
function hasValue(bytes: Uint8Array, separatorAt: number, end: number): boolean {
  let index = separatorAt + 1;
  while (
    index < separatorAt + 4 &&
    (bytes[index] === equals || bytes[index] === colon || bytes[index] === 0x3e)
  )
    index++;
  const stop = Math.min(end, index + 16);
  while (index < stop && isBlank(bytes[index])) index++;
  const byte = bytes[index] ?? 0;
  const next = bytes[index + 1];
  switch (byte) {
    case 0x0a: // the end of the line
    case 0x0d:
      return false;
    case 0x2a: // ***
      return next !== 0x2a || bytes[index + 2] !== 0x2a;
    case 0x24: // ${ $(
      return next !== 0x7b && next !== 0x28;
    case 0x7b: // {' {" {{
      return !isQuote(next) && next !== 0x7b;
    case 0x2f: // PWD=/opt/manager
      return !isPath(bytes, index, end);
    default:
      return !standsWord(bytes, index, 'None') && !standsWord(bytes, index, 'null');
  }
}

/** `|` or `>` and the end of the line: a block follows. */
function isScalar(bytes: Uint8Array, from: number): boolean {
  let index = from;
  while (index < from + 4 && isBlank(bytes[index])) index++;
  if (bytes[index] !== 0x7c && bytes[index] !== 0x3e) return false;
  index++;
  if (bytes[index] === 0x2b || bytes[index] === dash) index++;
  return bytes[index] === 0x0a || bytes[index] === 0x0d;
}

/** An absolute path of two parts or more: see looksLikePath. */
function isPath(bytes: Uint8Array, at: number, end: number): boolean {
  const stop = Math.min(end, at + 256);
  let slashes = 0;
  let kinds = 0;
  let length = 0;
  for (let index = at; index < stop; index++) {
    const byte = bytes[index] ?? 0;
    length++;
    if (byte === 0x2f) {
      if (bytes[index + 1] === 0x2f) return false;
      slashes++;
      kinds = 0;
      length = 0;
      continue;
    }
    // Twenty characters of all kinds are no name of a folder: base64 begins with a slash as well.
    kinds |= digit[byte] === 1 ? 1 : letter[byte] === 0 ? 0 : byte >= 0x61 ? 2 : 4;
    if (kinds === 7 && length >= 20) return false;
    if (pathByte[byte] === 0) {
      return slashes > 1 && (byte <= 0x20 || isQuote(byte) || byte === comma || byte === 0x3b);
    }
  }
  return false;
}

/** What follows is too short for a key, or lower-case words with single signs between them: judge.ts takes it for a name. */
function isWord(bytes: Uint8Array, from: number, end: number): boolean {
  let index = from;
  const stop = Math.min(end, from + 96);
  while (index < from + 24 && beforeValue[bytes[index] ?? 0] === 1) index++;
  if (bytes[index + 4] === 0x28 && isQuote(bytes[index + 5])) index += 6; // Some("…") of Rust
  if (letter[bytes[index] ?? 0] === 1 && isQuote(bytes[index + 1])) index += 2; // u'…' of Python
  const quote = bytes[index - 1];
  const delimiter = isQuote(quote) ? quote : -1;
  const start = index;
  let plain = true;
  let afterJoint = true;
  for (; index < stop; index++) {
    const byte = bytes[index] ?? 0;
    if (
      byte === delimiter ||
      byte === 0x0a ||
      byte === backslash ||
      (delimiter === -1 && endOfWord[byte] === 1)
    ) {
      return index - start < 8 || (plain && !afterJoint);
    }
    if (byte >= 0x61 && byte <= 0x7a) afterJoint = false;
    else if (jointByte[byte] === 0 || afterJoint) plain = false;
    else afterJoint = true;
  }
  return false;
}

function standsWord(bytes: Uint8Array, at: number, word: string): boolean {
  for (let index = 0; index < word.length; index++)
    if (bytes[at + index] !== word.charCodeAt(index)) return false;
  const after = bytes[at + word.length] ?? 0;
  return after === comma || after === 0x7d || after === 0x29 || after === 0x0a || after === 0x20;
}

/** Something, a colon, something, an @, before anything that ends the authority of a URL; or one long word and an @. */
function isUserinfo(bytes: Uint8Array, at: number, end: number): boolean {
  let hasColon = false;
  const stop = Math.min(end, at + 512);
  for (let index = at + 3; index < stop; index++) {
    const byte = bytes[index] ?? 0;
    if (byte === 0x40) return hasColon || index > at + 20;
    if (byte === colon) hasColon = true;
    else if (byte <= 0x20 || byte === 0x22 || (byte === 0x2f && index > at + 4)) return false;
  }
  return false;
}

/** No quote and no end of a line stands in [quoteFrom, quoteTo): where literals are dense, no byte is asked twice. */
let quoteFrom = nowhere;
let quoteTo = -1;

function hasQuote(bytes: Uint8Array, at: number, end: number, within: number): boolean {
  const stop = Math.min(end, at + within);
  if (at < quoteFrom || at > quoteTo) quoteFrom = quoteTo = at;
  while (quoteTo < stop && !isQuote(bytes[quoteTo]) && bytes[quoteTo] !== 0x0a) quoteTo++;
  return quoteTo < stop && isQuote(bytes[quoteTo]);
}

/**
 * Looked through for a strong word, for a place `wordFrom` and up to `wordTo`; of what lies between: where the last word begins,
 * and where a digit or sign and a letter stood last.
 */
let wordFrom = nowhere;
let wordTo = -1;
let wordStart = -1;
let lastDigit = -1;
let lastLetter = -1;

/** A word of eight characters and more with a letter and a digit or sign, soon and on the same line. */
function hasStrongWord(bytes: Uint8Array, at: number, end: number): boolean {
  const stop = Math.min(end, at + 288);
  const goesOn = at >= wordFrom && at <= wordTo;
  // In local variables: to write the others at each byte takes three times as long.
  let index = goesOn ? wordTo : at;
  let start = goesOn ? Math.max(at, wordStart) : at;
  let digitAt = goesOn ? lastDigit : -1;
  let letterAt = goesOn ? lastLetter : -1;
  let found: boolean;
  for (; ; index++) {
    found = index - start >= 8 && digitAt >= start && letterAt >= start;
    if (found || index >= stop) break;
    const kind = wordByte[bytes[index] ?? 0];
    if (kind === isLetter) letterAt = index;
    else if (kind === isDigitOrSign) digitAt = index;
    else if (kind === endsWord) start = index + 1;
    else if (kind === endsLine) break;
  }
  wordFrom = at;
  wordTo = index;
  wordStart = start;
  lastDigit = digitAt;
  lastLetter = letterAt;
  return found;
}

/** Where the name begins whose part stands at `at`. */
function nameStart(bytes: Uint8Array, at: number, most: number): number {
  let index = at;
  while (index > at - most && index > 0 && nameByte[bytes[index - 1] ?? 0] === 1) index--;
  return index;
}

/** The last `logi` that begins in [loginFrom, loginTo). */
let loginFrom = nowhere;
let loginTo = -1;
let loginAt = -1;

/** The word `login`, as netrc has it before a password; it may stand on a line before. */
function hasLoginBefore(bytes: Uint8Array, at: number): boolean {
  const first = Math.max(0, at - 96) + 1;
  if (first < loginFrom || first > loginTo || loginTo > at - 4) {
    loginFrom = loginTo = first;
    loginAt = -1;
  }
  for (; loginTo <= at - 5; loginTo++)
    if (
      bytes[loginTo] === 0x6c &&
      bytes[loginTo + 1] === 0x6f &&
      bytes[loginTo + 2] === 0x67 &&
      bytes[loginTo + 3] === 0x69
    )
      loginAt = loginTo;
  return loginAt >= first && loginAt <= at - 5;
}
