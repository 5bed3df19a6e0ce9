import type { Target } from '../../model/target';
import type { Detector } from './detector';

/** A value that the auditor declared, or that Cloudify ships: where it stands in a log there is nothing to judge. */
export interface KnownValue {
  /** For the report, e.g. `the password of user admin`. Never the value. */
  readonly name: string;
  readonly value: string;
}

/** One way in which a known value can be written. */
export interface KnownForm {
  readonly detector: Detector;
  readonly name: string;
  /** How it is written, in words; empty: as it is. */
  readonly how: string;
  /** Bytes to find, one character a byte. */
  readonly text: string;
  /** Letters and digits must not go on before and after: `cloud` is not in `cloudify`. */
  readonly bounded: boolean;
  /** The value itself (latin1), for the fingerprint. */
  readonly secret: string;
}

/** Shorter values stand in logs by chance; in a field called password they are still found, and recognised. */
const shortest = 6;
/** Shorter pieces of base64 stand in other base64 by chance. */
const shortestPiece = 10;

/** The distinctive passwords of Cloudify 7.1's default config.yaml. */
const shipped: readonly KnownValue[] = ['c10udify', 'm0n1torify', 'c10udify_db_monitoring'].map((value) => ({
  name: 'a password that Cloudify ships as default',
  value,
}));

const detector: Detector = {
  id: 'known-value',
  title: 'Secret of this deployment',
  literals: [],
  nearby: 'none',
  shape: 'line',
  pattern: { source: '(?!)', flags: 'y', groups: {} },
  kind: 'exact',
  rank: 97,
  confidence: 'high',
  because: 'it is the value of a declared secret',
  examples: [],
  counterExamples: [],
};

/** The values that a target declares, and the shipped ones. */
export function knownValuesOf(target: Target): readonly KnownValue[] {
  const users = target.users.flatMap(({ name, password, token }) => [
    ...(password === null ? [] : [{ name: `the password of user ${name}`, value: password.reveal() }]),
    ...(token === null ? [] : [{ name: `the token of user ${name}`, value: token.reveal() }]),
  ]);
  const declared = (target.knownSecrets ?? []).map(({ name, value }) => ({ name, value: value.reveal() }));
  const monitoring =
    target.monitoring === undefined
      ? []
      : [{ name: 'the password of the monitoring account', value: target.monitoring.password.reveal() }];
  return [...users, ...monitoring, ...declared, ...shipped];
}

/**
 * Every form of every value that is distinctive enough to be searched on its own, as bytes: thousands of values have ten
 * times as many forms, of which hardly one is ever found.
 */
export interface KnownForms {
  readonly bytes: Uint8Array;
  /** Where each begins in `bytes`; one more than there are forms. */
  readonly starts: Int32Array;
  /** Of each: 1 where it is not found in other letter case. */
  readonly exact: Uint8Array;
  /** Of each: which value it is a form of. Those of one value stand together. */
  readonly owners: Int32Array;
}

export function compileKnownForms(values: readonly KnownValue[]): KnownForms {
  const seen = new Set<string>();
  const starts = [0];
  const exact: number[] = [];
  const owners: number[] = [];
  // What random values of twenty characters need; memory that nobody writes to costs nothing.
  let bytes = Buffer.alloc(values.length * 1024);
  let filled = 0;
  for (const [owner, { value }] of values.entries()) {
    const secret = toLatin1(value);
    if (secret.length < shortest || isWord(value) || seen.has(secret)) continue;
    seen.add(secret);
    eachForm(value, secret, (_how, text, _bounded, anyCase) => {
      if (filled + text.length > bytes.length)
        bytes = Buffer.concat([bytes], 2 * (bytes.length + text.length));
      filled += bytes.write(text, filled, 'latin1');
      starts.push(filled);
      exact.push(anyCase ? 0 : 1);
      owners.push(owner);
    });
  }
  return {
    bytes: bytes.subarray(0, filled),
    starts: Int32Array.from(starts),
    exact: Uint8Array.from(exact),
    owners: Int32Array.from(owners),
  };
}

/** Reads single forms of what `compileKnownForms` made of the values; `owners`: as there. */
export function formReader(values: readonly KnownValue[], owners: Int32Array): (form: number) => KnownForm {
  const read = new Map<number, readonly KnownForm[]>();
  const formsOf = (owner: number): readonly KnownForm[] => {
    const { name, value } = values[owner] ?? { name: '', value: '' };
    const secret = toLatin1(value);
    const forms: KnownForm[] = [];
    eachForm(value, secret, (how, text, bounded) => {
      forms.push({ detector, name, how, text, bounded, secret });
    });
    read.set(owner, forms);
    return forms;
  };
  return (form) => {
    const owner = owners[form] ?? -1;
    let first = form;
    while (owners[first - 1] === owner) first--;
    const found = (read.get(owner) ?? formsOf(owner))[form - first];
    if (found === undefined) throw new Error('a known value has no such form');
    return found;
  };
}

type AddForm = (how: string, text: string, bounded: boolean, anyCase: boolean) => void;

/** Tells each form once. */
function eachForm(value: string, secret: string, tell: AddForm): void {
  const texts: string[] = [];
  const add = (how: string, text: string, bounded = false, anyCase = false): void => {
    if (text.length < shortest || texts.includes(text)) return;
    texts.push(text);
    tell(how, text, bounded, anyCase);
  };
  add('', secret, true, secret.length >= 8);
  if (/^[\0-\xff]*$/.test(value)) add('in Latin-1', value, true);
  else for (const text of utf16Forms(value)) add('in UTF-16', text);
  for (const [how, text] of escapedForms(value)) add(how, toLatin1(text), true);
  // The search ignores the case of ASCII letters only.
  if (secret !== value)
    for (const text of [value.toUpperCase(), value.toLowerCase()])
      add('in other letter case', toLatin1(text), true, true);
  const bytes = Buffer.from(value);
  const hex = bytes.toString('hex');
  add('escaped as in a URL', spread(hex, 2, '%'), false, true);
  add('escaped as in Python', spread(hex, 2, '\\x'), false, true);
  add('escaped as in JSON', spread(unitsOf(value, hex), 4, '\\u'), false, true);
  const pieces = base64Pieces(bytes);
  for (const piece of pieces) add('in base64', piece);
  for (const piece of pieces)
    if (/[+/]/.test(piece)) add('in base64url', piece.replaceAll('+', '-').replaceAll('/', '_'));
  // What PowerShell takes as an encoded command. Base64 of UTF-16 is as long again, so that its whole is telling enough.
  for (const piece of base64Pieces(Buffer.from(value, 'utf16le')))
    if (piece.length >= 2 * shortestPiece) add('in UTF-16 and base64', piece);
  add('in hexadecimal digits', hex, false, true);
  // A terminal or a mailer breaks long lines anywhere, and leaves one part whole.
  if (secret.length >= 16 && isRandom(secret)) {
    for (const part of parts(secret)) if (isRandom(part)) add('in part, where a line was broken', part);
    for (const part of parts(hex)) add('in hexadecimal digits', part, false, true);
  }
  if (secret.length >= 8) add('backwards', secret.split('').reverse().join(''), true);
}

/** Finds the name of a known value that a detector caught; `secret` is one character a byte. */
export function compileRecognition(values: readonly KnownValue[]): (secret: string) => string | undefined {
  const names = new Map(values.map(({ name, value }) => [toLatin1(value), name]));
  return (secret) => names.get(secret);
}

/** As the search sees UTF-16, of which it drops the NULs. */
function utf16Forms(value: string): readonly string[] {
  const little = Buffer.from(value, 'utf16le');
  const big = Buffer.from(little).swap16();
  return [little, big].map((bytes) => bytes.toString('latin1').replaceAll('\0', ''));
}

/** Every character written by its number, so many digits each; found in any letter case, since the digits are. */
function spread(digits: string, each: number, before: string): string {
  let text = '';
  for (let at = 0; at < digits.length; at += each) text += before + digits.slice(at, at + each);
  return text;
}

/** Four hexadecimal digits for each unit of UTF-16; `hex`: those of its bytes in UTF-8. */
function unitsOf(value: string, hex: string): string {
  return hex.length === 2 * value.length
    ? spread(hex, 2, '00')
    : Buffer.from(value, 'utf16le').swap16().toString('hex');
}

function escapedForms(value: string): readonly (readonly [string, string])[] {
  if (!/[^\w.-]/.test(value)) return [['escaped as in a URL', value.replace(/[_.-]/g, percent)]];
  const json = JSON.stringify(value).slice(1, -1);
  const number = (c: string): string => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`;
  const ascii = json.replace(/[\u0080-\uffff]/g, number);
  const component = encodeURIComponent(value);
  const strict = component.replace(/[!'()*]/g, percent);
  const lower = (url: string): string => url.replace(/%[0-9A-F]{2}/g, (escape) => escape.toLowerCase());
  const strictest = strict.replace(/[~_.-]/g, percent);
  const python = value.replaceAll('\\', '\\\\').replaceAll("'", "\\'");
  const beyondAscii = (text: string, write: (byte: number) => string): string =>
    [...Buffer.from(text)].map((byte) => (byte < 128 ? String.fromCharCode(byte) : write(byte))).join('');
  const twice = JSON.stringify(json).slice(1, -1);
  return [
    ['escaped as in JSON', json],
    ['escaped as in JSON', ascii],
    ['escaped as in JSON', json.replaceAll('/', '\\/')],
    // Go, and Gson, for what a browser would take for markup.
    ...[/[&<>]/g, /[&<>='\u007f-\uffff]/g].map(
      (unsafe) => ['escaped as in JSON', json.replace(unsafe, number)] as const,
    ),
    ['escaped twice as in JSON', twice],
    ['escaped three times as in JSON', JSON.stringify(twice).slice(1, -1)],
    ...[component, strict, strictest, lower(component), lower(strict), encodeURI(value)].map(
      (url) => ['escaped as in a URL', url] as const,
    ),
    ...[component, strict].map((url) => ['escaped as in a form', url.replaceAll('%20', '+')] as const),
    ...[component, strict].map((url) => ['escaped twice as in a URL', encodeURIComponent(url)] as const),
    ['escaped as in Python', python],
    ['escaped as in Python', beyondAscii(python, (byte) => `\\x${byte.toString(16)}`)],
    ['escaped as in C', beyondAscii(value, (byte) => `\\${byte.toString(8)}`)],
    ['escaped as in a shell', value.replaceAll("'", `'\\''`)],
    ['escaped as in a shell', value.replaceAll("'", `'"'"'`)],
    ['escaped as in a shell', value.replace(/[^\w@%+=:,./-]/g, '\\$&')],
    ['escaped as in a shell', value.replace(/[$`"\\!]/g, '\\$&')],
    ['escaped as in SQL', value.replaceAll("'", "''")],
    ['escaped as in XML', escapeXml(value).replaceAll("'", '&#39;')],
    ['escaped as in XML', escapeXml(value).replaceAll("'", '&apos;')],
    ['escaped as in XML', escapeXml(value).replaceAll('&quot;', '"')],
    ['escaped as in HTML', escapeXml(value).replaceAll('&quot;', '&#34;').replaceAll("'", '&#39;')],
    ['escaped as in HTML', escapeHtml(value)],
  ];
}

function percent(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}

function escapeXml(value: string): string {
  return value
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** As OWASP advises and Express' templates do. */
function escapeHtml(value: string): string {
  return escapeXml(value).replaceAll("'", '&#x27;').replaceAll('/', '&#x2F;').replaceAll('=', '&#x3D;');
}

/**
 * What every base64 text that holds the value holds, for each of the three places where it can begin within a group
 * of three bytes. Its parts are searched as well: a text that is wrapped into lines leaves one of them whole.
 */
function base64Pieces(value: Buffer): readonly string[] {
  const pieces: string[] = [];
  const padded = Buffer.concat([twoZeros, value]);
  const add = (piece: string): void => {
    if (piece.length >= shortestPiece) pieces.push(piece);
  };
  for (let offset = 0; offset < 3; offset++) {
    const encoded = padded.toString('base64', 2 - offset);
    const first = Math.ceil((offset * 8) / 6);
    const last = Math.floor(((offset + value.length) * 8) / 6);
    const parts = Math.min(3, Math.max(1, Math.floor((last - first) / shortestPiece)));
    const size = Math.floor((last - first) / parts);
    add(encoded.slice(first, last));
    for (let part = 0; part < parts; part++)
      add(encoded.slice(first + part * size, first + (part + 1) * size));
  }
  return pieces;
}

const twoZeros = Buffer.alloc(2);

/** Two parts of a text that is broken once at most, three of a longer one. */
function parts(text: string): readonly string[] {
  const count = text.length < 48 ? 2 : 3;
  const size = Math.floor(text.length / count);
  return Array.from({ length: count }, (_, part) => text.slice(part * size, (part + 1) * size));
}

/** Made by a machine: every part of such a value is as telling as the whole. */
function isRandom(value: string): boolean {
  return /\d/.test(value) && /[A-Za-z]/.test(value) && !/\s/.test(value);
}

function toLatin1(value: string): string {
  return /^[\0-\x7f]*$/.test(value) ? value : Buffer.from(value, 'utf8').toString('latin1');
}

/** A value like `cloudify` or `admin-user` stands in every log; only its field can tell it from the word. */
function isWord(value: string): boolean {
  return /^[A-Za-z]{1,9}$|^[a-z]{1,24}(?:[_-][a-z]{1,24}){1,4}$|^\d{1,7}$/.test(value);
}
