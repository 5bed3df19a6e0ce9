/** Which kinds of characters a value holds, as bits: most looks at it can then be spared. */
export function kindsOf(value: string): number {
  let kinds = 0;
  for (let index = 0; index < value.length; index++) kinds |= kindOf[value.charCodeAt(index) & 255] ?? 0;
  return kinds;
}

export const lower = 1;
export const upper = 2;
export const digit = 4;
export const blank = 8;
export const dot = 16;
const slash = 32;
/** `-` and `_`. */
export const joint = 64;
/** Everything else. */
export const sign = 128;

const kindOf = Uint8Array.from({ length: 256 }, (_, code) => {
  const character = String.fromCharCode(code);
  if (/[a-z]/.test(character)) return lower;
  if (/[A-Z]/.test(character)) return upper;
  if (/\d/.test(character)) return digit;
  if (/\s/.test(character)) return blank;
  if (character === '.') return dot;
  if (character === '/') return slash;
  return character === '-' || character === '_' ? joint : sign;
});

/** Masks, template references and words that stand where a value would: nothing that opens a door. */
export function looksLikePlaceholder(value: string, kinds = kindsOf(value)): boolean {
  const text = (kinds & (blank | sign)) === 0 ? value : value.trim().replace(/^['"`]{1,3}|['"`]{1,3}$/g, '');
  // A key in PEM is told by itself.
  if (
    text === '' ||
    isOneCharacter(text) ||
    text.startsWith('-----BEGIN') ||
    (value.startsWith('`') && (kinds & digit) === 0)
  )
    return true;
  if ((kinds & (sign | dot)) !== 0 && (mask.test(text) || markup.test(text))) return true;
  if ((kinds & (lower | upper)) !== 0 && (text.includes('xxxxx') || text.includes('XXXXX'))) return true;
  if (isUnwordly(value, kinds)) return false;
  if ((kinds & sign) !== 0 && (reference.test(text) || /\{SHA\d{1,3}\}|^%\w{1,40}%$|&lt;/.test(text)))
    return true;
  if ((kinds & sign) !== 0 && (kept.test(text) || filter.test(text))) return true;
  if ((kinds & (lower | upper)) === 0) return false;
  if ((kinds & joint) !== 0 && /get_(?:secret|input|attribute|property)/.test(text)) return true;
  if (/redacted\b|EXAMPLE$|EXAMPLEKEY$|^arn:/i.test(text)) return true;
  if (/^(?:clear|plain)[_-]?text[_-]?(?:pass\w{0,6}|pwd|secret)\d{0,2}$/i.test(text)) return true;
  return (kinds & digit) === 0 && text.length <= 48 && words.test(text);
}

function isOneCharacter(text: string): boolean {
  const first = text.charCodeAt(0);
  for (let index = 1; index < text.length; index++) if (text.charCodeAt(index) !== first) return false;
  return true;
}

/** Stars and their like; the two characters beyond ASCII are in UTF-8, one character a byte. */
const mask =
  /\*{3}|#{4}|(?:\xe2\x80\xa2){2}|(?:\xe2\x80\xa6|\.{3})$|^[\w-]{0,12}(?:\.{3,5}|\xe2\x80\xa6)[\w-]{0,12}$|^[*#.xX_-]+$|^\*{1,2}$/;

/**
 * A quote closed an attribute and the next tag follows; what FreeRADIUS writes for a secret; words between stars; a mask
 * before the host of a URL; what `${X:?message}` complains of.
 */
const markup =
  /^<\/?[a-z][a-z0-9-]{0,16}>(?:<|$)|^<<<|^\*[A-Za-z*_ -]{1,64}\*$|^\[[A-Z]{3,16}\]@|^\?[a-z ]*$|^(?:\$[A-Za-z_]\w{0,32}){2,4}$/;

/** `${X}`, `{{ x }}`, `$(x)`, `%(x)s`, `<x>`, `[x]`, `$X`, `!vault`, `{x}`, `%s` and their like: a value comes later. */
const reference =
  /^(?:\$\{|\{\{|\$\(|%\(|%[A-Z_]+%|<%|#\{|![A-Za-z]+(?:[\s.|[]|$)|\{'|\{"|\{\w*\}?$|%[sdrq]\b|<[\w\s./:-]{0,64}>?$|\[[\w\s]{0,40}\]?$|\$[A-Za-z_]+\d?$|\$[A-Z_][A-Z0-9_]*\b|\$[a-z]+(?:\.\w+)+|\$[a-z]\w*->\w+|\(|\{$|\[$|@\{|~\{|#[a-z-]+$)/;

/** Where a store keeps the value: `vault:secret/data/app#pw`, `ref+awssm://app/pw`. */
const kept =
  /^(?:vault|ref\+\w{1,24}|(?:aws)?ssm|awssm|(?:gcp|aws|azure)-?secrets?(?:manager)?|secrets?manager|keyvault|credstash|sops|conjur|keyring):(?:\/\/)?[\w.@-]{1,64}(?:[/:#][\w.@-]{1,64}){0,8}$/i;

/** What a build or a template fills in: `%{env:X}`, `@db.password@`, `__X__`, `[parameters('x')]` of Azure. */
const filter =
  /^(?:%\{[\w(.:-]|\[(?:parameters|variables|reference|concat)\(|@[A-Za-z][\w.-]{1,64}@$|__[A-Z][A-Z0-9_]{1,64}__$)/;

const words =
  /^(?:none|null|nil|undefined|true|false|yes|no|n\/?a|empty|hidden|redacted|masked|removed|filtered|omitted|sanitized|censored|protected|encrypted|blank|unset|not[ _-]?set|password|passwd|pass|pwd|token|key|value|string|str|bytes|text|object|type|required|optional|example|sample|dummy|placeholder|replace[_-]?me|always|on_create|todo|tbd|foo|bar|foobar|test|unknown|default|xxx+|your[_-]?\w{0,40}|my[_-]?(?:token|key|value)|(?:the|a|an|some)[ _-]\w{0,40}|insert[_-]?\w{0,40}|enter[ _-]?\w{0,40}|(?:access|auth|api|refresh|session|secret|private|client|user|admin|db|root)[_-]?(?:token|key|secret|password|passwd|pass|pwd)|<?redacted>?)$/i;

/** A path, URL without user information, or file name: the place of a secret, not the secret. */
export function looksLikePath(value: string, kinds = kindsOf(value)): boolean {
  if ((kinds & (slash | dot | sign)) === 0) return false;
  if ((kinds & slash) !== 0) {
    if (/^[a-z][a-z0-9+.-]{1,12}:\/\//i.test(value)) return true;
    if (/^(?:~|\.{1,2})?\/(?:[\w.@%+-]+\/)+[\w.@%+-]*$/.test(value))
      return !value.split('/').some(isRandomPart);
    if (/^\/(?:etc|opt|var|root|home|usr|tmp|run|bin|srv|mnt|dev|proc)(?:$|\/[\w.-]{1,64} )/.test(value))
      return true;
    // `cms/sites/passwords#edit`, `default_tenant/aws`: lower-case words and no more.
    if (/^[a-z_]{2,24}(?:\/[a-z_]{2,24}){1,6}(?:#[a-z_]{2,24})?$/.test(value)) return true;
  }
  if ((kinds & sign) !== 0 && /^[A-Za-z]:[\\/]/.test(value)) return true;
  const extension = (kinds & dot) === 0 ? 0 : value.length - 1 - value.lastIndexOf('.');
  return extension >= 2 && extension <= 7 && fileName.test(value);
}

const fileName =
  /^[\w./-]{1,200}\.(?:pem|key|crt|cer|json|ya?ml|conf|cfg|ini|txt|log|py|sh|p12|jks|pub|html?|js|css|png|service|sock)$/i;

/**
 * Counts and alphabets: what people type to fill a field that a machine would fill at random. `formed`: the value has
 * the form of a key of one service, of which an example may be half made up.
 */
export function looksLikeFiller(value: string, formed = false): boolean {
  // Zeros in base64: Azure's keys carry some.
  const text = formed && value.length >= 60 ? value.replace(/A{5,}/g, 'A') : value;
  const lowered = text.toLowerCase();
  return isCounted(formed ? value : lowered, formed) || isRepeated(lowered, formed) || typed.test(text);
}

const typed = /a1b2c3d4-?e5f6|your[_-]?\w{0,16}(?:key|token|secret)/i;

/** One character eight times, up to four characters five times, up to eight three times in a value without a form. */
function isRepeated(value: string, formed: boolean): boolean {
  const longest = formed || uuid.test(value) ? 4 : 8;
  for (let period = 1; period <= longest; period++) {
    const times = period === 1 ? 8 : period < 4 || longest === 4 ? 5 : 3;
    const wanted = period * (times - 1);
    // Looked at from its end, a run that is none lets most of it be passed over.
    for (let from = period; from + wanted <= value.length;) {
      let index = from + wanted - 1;
      while (index >= from && value.charCodeAt(index) === value.charCodeAt(index - period)) index--;
      if (index < from) return true;
      from = index + 1;
    }
  }
  return false;
}

/** Runs that follow the alphabet or count up, where after 9 comes 0: one long one, or several that are half of it all. */
function isCounted(value: string, formed: boolean): boolean {
  let run = 1;
  let rising = 1;
  let counted = 0;
  for (let index = 1, code = value.charCodeAt(0); index <= value.length; index++) {
    const before = code;
    code = value.charCodeAt(index);
    const rises = code === before + 1 && kindOf[code & 255] !== sign;
    rising = rises ? rising + 1 : 1;
    if (rising === 10) return true;
    if (rises || (code === 48 && before === 57)) {
      run++;
      continue;
    }
    if (run >= 16) return true;
    if (run >= 3) counted += run;
    run = 1;
  }
  return !formed && value.length < 24 && counted >= 7 && counted * 2 >= value.length;
}

/** Code or a name of something: `request.password`, `os.environ['X']`, `getpass()`, `android.os.Binder@1f`. */
export function looksLikeCode(value: string, kinds = kindsOf(value)): boolean {
  // What PowerShell calls: `Read-Host`, `ConvertTo-SecureString`.
  if (
    (kinds & joint) !== 0 &&
    /^(?:Get|Set|New|Read|Import|Export|Invoke|Convert(?:To|From))-[A-Z]\w{2,40}$/.test(value)
  )
    return true;
  if ((kinds & (sign | dot)) === 0 || isUnwordly(value, kinds)) return false;
  // The quote closed a string that ended in the key: `"password: " + value`.
  if (/^\s{0,4}[+,.&|);{}]\s?[\w$'"(]{0,64}.{0,200}$/.test(value) && /^\s|[\s($'"]|:$/.test(value))
    return true;
  if ((kinds & dot) !== 0 && /^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+(?:$|[([@/])/.test(value)) {
    // Unless a part of it is what nobody calls anything: `s.Z4bTMtngfLeQ18AqVoBBkUAOD1`.
    const parts = value.split(/[.@([]/);
    if (parts.some((part) => part.length >= 16 && isMixed(part))) return false;
    if (parts.some(isMixed) && !codeWord.test(value)) return false;
    // Or words that a digit ends, of which none is one that programs use: `horse.river58`.
    return !/^[a-z]{3,16}(?:\.[a-z]{3,16}){1,3}\d{1,4}$/i.test(value) || codeWord.test(value);
  }
  if ((kinds & sign) === 0) return false;
  if (/^[A-Z]\w{2,64}\(\w{1,40}=$/.test(value)) return true;
  if (/^[A-Za-z_][\w.]*[({<].{0,200}$/.test(value)) return isCall(value);
  return /^[A-Za-z_]\w*\[['"]?\w*['"]?\]?$/.test(value);
}

/** Stands in names of variables, settings, packages and hosts. */
const codeWord =
  /(?:^|\.)(?:self|this|config|conf|cfg|settings|re[qs]|request|response|os|env|environ|args|opts|options|params?|kwargs|vars?|locals?|data|module|ctx|context|app|users?|db|account|client|server|session|values?|inputs?|outputs?|props|properties|spring|org|com|net|io|java|javax|android|sun|www|example|host|node|srv|local|internal|corp|lan|test|prod|dev|version|release|v)\d{0,4}(?:\.|$)|pass|pwd|secret|token|key|cred|auth/i;

/**
 * Ten characters and more of all kinds without a word among them, as a generator of passwords makes them: code and references
 * hold names. `(zf!9jm8(usQBu@` is one.
 */
function isUnwordly(value: string, kinds: number): boolean {
  if ((kinds & signed) !== signed || (kinds & blank) !== 0 || value.length < 10) return false;
  if (/['"`\\,]|[)}\]]$|^[$#{]\{|(?=[a-z]{0,3}[aeiou])[a-z]{4}|[A-Z_]{5}/.test(value)) return false;
  return /[^\w.-].{0,256}[^\w.-]/.test(value);
}

const signed = lower | upper | digit | sign;

/** Twenty letters and digits and more that change between kinds more often than any name does: base64 has slashes, too. */
function isRandomPart(part: string): boolean {
  if (part.length < 20 || !/^[A-Za-z0-9+]+$/.test(part)) return false;
  let changes = 0;
  for (let index = 1; index < part.length; index++)
    if (kindOf[part.charCodeAt(index)] !== kindOf[part.charCodeAt(index - 1)]) changes++;
  return changes * 5 >= part.length * 2;
}

/** Upper case, lower case and digits. */
function isMixed(part: string): boolean {
  return /\d/.test(part) && /[a-z]/.test(part) && /[A-Z]/.test(part);
}

/** A name, brackets and what stands in them: `getpass()`, `Token{3f2a`; not a password that happens to hold one. */
function isCall(value: string): boolean {
  const name = /^[\w.]+/.exec(value)?.[0] ?? '';
  return !/\d/.test(name) || /[)}>]$/.test(value);
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Checksums, UUIDs, commit ids, and crypt or SCRAM verifiers. */
export function looksLikeHash(value: string): boolean {
  if (value.length < 13) return false;
  if (value.length === 36 && uuid.test(value)) return true;
  if (
    /^(?:md5|sha\d{1,3}:?)?(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{56}|[0-9a-f]{64}|[0-9a-f]{96}|[0-9a-f]{128})$/i.test(
      value,
    )
  )
    return true;
  return /^(?:\$(?:apr1|[1256][abxy]?|y|argon2\w{0,2}|pbkdf2[\w-]{0,16}|scrypt)\$|\{(?:S?SHA\d{0,3}|MD5|CRYPT|SSHA\d{0,3})\}|SCRAM-SHA-\d{1,3}\$|pbkdf2[:_])/i.test(
    value,
  );
}

/** Values that documentation prints and everybody copies: AWS, Azure's emulator, RFC 6750, jwt.io. */
export function isDocumented(value: string): boolean {
  return documented.has(value);
}

const documented = new Set([
  'AKIAIOSFODNN7EXAMPLE',
  'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==',
  'mF_9.B5f-4.1JqM',
  'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiaWF0IjoxNTE2MjM5MDIyfQ.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c',
]);
