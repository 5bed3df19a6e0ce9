import type { Detector } from './detector';
import {
  blank,
  digit,
  dot,
  isDocumented,
  joint,
  kindsOf,
  looksLikeCode,
  looksLikeFiller,
  looksLikeHash,
  looksLikePath,
  looksLikePlaceholder,
  lower,
  sign,
  upper,
} from './look-alikes';

/** What a pattern caught, and what stands around it. */
export interface Candidate {
  readonly value: string;
  /** Not quoted: it may be a word of a sentence. */
  readonly bare: boolean;
  /** The line, or the window over lines, and where in it the value begins. */
  readonly text: string;
  readonly start: number;
  /** From the literal to the value: key, quotes and separator. */
  readonly key: string;
  /** What follows the key word within the key, e.g. `_file` of `password_file`. */
  readonly suffix: string;
}

export interface Verdict {
  readonly confidence: 'high' | 'medium' | 'low';
  readonly because: string;
  readonly secret: string;
}

/** Values that Cloudify 7.1 ships as defaults (config.yaml of the installer), and RabbitMQ's. */
const defaults = new Set(['c10udify', 'c10udify_db_monitoring', 'm0n1torify', 'cloudify', 'admin', 'guest']);

/** What products ship as password, and what people type who mean to change it. */
const weak = new Set(
  'secret changeme changeit change_me change-me mypassword mysecret letmein welcome vagrant calvin vmware ubuntu centos postgres toor qwerty'.split(
    ' ',
  ),
);

/** Keys that speak about a password without holding one: `password_file`, `token_ttl`, `secretName`. */
const aboutSuffix =
  /^(?:s?[_-]?(?:files?|paths?|dirs?|polic\w{0,8}|len\w{0,4}|min\w{0,8}|max\w{0,8}|hash\w{0,4}|digest|reset\w{0,4}|expir\w{0,6}|chang\w{0,4}|age|ids?|names?|hints?|fields?|prompts?|counts?|attempts?|retr\w{0,4}|regex|pattern|types?|ur[li]s?|encod\w{0,6}|encrypt\w{0,6}|strength|history|valid\w{0,8}|requir\w{0,4}|enabled|disabled|auth\w{0,12}|ttl|timeout|period|source|provider|manager|store|backend|algorithm|version|status|updated\w{0,4}|created\w{0,4}|visibility|schema|s|is|set|not|used|generat\w{0,6}|stdin|protected|less|exists|number|param\w{0,6}|label|class|info|service|endpoint|errors?|length|size|limit|parsed|scope|mode|last\w{0,8}|next\w{0,8}|state|check\w{0,4}|rotat\w{0,6}|handler|ref\w{0,6}|keyref|arn|uuid|kind|namespace|mount|volume|prefix|column|index|lookup|kwarg\w{0,4}|plugin|engine|secretname|format|count\w{0,4}|usage|bucket|rate|budget|per\w{0,8}|window|cache\w{0,4}))(?:[_-].{0,32})?$/i;

/** Judges a candidate. undefined: not a secret. */
export function judge(detector: Detector, candidate: Candidate): Verdict | undefined {
  const value = candidate.bare ? trimValue(candidate) : candidate.value;
  const kinds = kindsOf(value);
  if (value === '' || looksLikePlaceholder(value, kinds)) return undefined;
  const { confidence, because, kind } = detector;
  switch (kind) {
    case 'exact':
      if (isSequence(value) || looksLikeFiller(value, true)) return undefined;
      return documentedOr({ confidence, because, secret: value });
    case 'jwt':
      return isJwtHeader(value) ? documentedOr({ confidence, because, secret: value }) : undefined;
    case 'basic':
      return judgeBasic(detector, value);
    case 'base64':
      return judgeBase64(detector, candidate, value);
    case 'strong':
      return isStrong(value, kinds) ? judgePassword(detector, candidate, value, kinds) : undefined;
    case 'private-key':
      return undefined;
    case 'token':
      return judgeToken(detector, candidate, value, kinds);
    case 'password':
      return judgePassword(detector, candidate, value, kinds);
  }
}

function judgePassword(
  detector: Detector,
  candidate: Candidate,
  value: string,
  kinds: number,
): Verdict | undefined {
  const { confidence, because } = detector;
  // `CLIENT_PASSWORDS=Hunter2009eb` holds one, `passwords: 3` does not.
  const several = /^s$/i.test(candidate.suffix) && isStrong(value, kinds);
  if (candidate.suffix !== '' && !several && aboutSuffix.test(candidate.suffix)) return undefined;
  if (defaults.has(value))
    return { confidence, because: `${because}; the value is a shipped default`, secret: value };
  if (value.length < 4 || looksLikePath(value, kinds) || looksLikeCode(value, kinds)) return undefined;
  if (looksLikeHash(value)) return judgeHash(detector, value, candidate);
  if (weak.has(value.toLowerCase()) && !isProse(candidate, value))
    return isComment(candidate)
      ? lowered(detector, value, 'it is one that many use, and stands in a comment')
      : { confidence: 'medium', because: `${because}; it is one that many use`, secret: value };
  if (candidate.bare) return judgeBareWord(detector, candidate, value, kinds);
  if (
    (kinds & (digit | sign | blank)) === 0 &&
    /^[a-z]+(?:[_-][a-z]+){1,8}$/i.test(value) &&
    value.length < 40
  ) {
    return namesSomething.test(value)
      ? lowered(detector, value, 'it reads like an identifier')
      : { confidence: 'medium', because: `${because}; it is made of words`, secret: value };
  }
  if ((kinds & blank) !== 0 && /^[\w'",.:;()-]+(?: [\w'",.:;()-]+){2,}$/.test(value)) {
    return isPassphrase(candidate, value)
      ? { confidence: 'medium', because: `${because}; it is made of words`, secret: value }
      : lowered(detector, value, 'it reads like a sentence');
  }
  if (value.length < 6 && (kinds & ~(lower | upper)) === 0)
    return lowered(detector, value, 'it is short and reads like a word');
  return documentedOr({ confidence, because, secret: value });
}

/** Words of a list, as people are told to choose them: no sentence, which would have some short words. */
function isPassphrase({ key }: Candidate, value: string): boolean {
  return (
    /phrase/i.test(key) && /^[a-z]{3,12}(?:[ -][a-z]{3,12}){2,7}$/.test(value) && !ofSentences.test(value)
  );
}

const ofSentences =
  /\b(?:the|this|that|for|from|with|and|but|not|are|was|were|has|have|had|can|cannot|could|will|must|may|should|your|you|its|too|used|use|using|please|enter|again|here|password|passphrase|required|incorrect|invalid|wrong|empty|unlock|protect|protected|encrypted|none|set|than|least|characters|letters|digits|long|short|been|when|which|into|key)\b/;

/** Parts of names of secrets, fields and settings. */
const namesSomething =
  /(?:^|[_-])(?:pass\w{0,6}|pwd|pw|secrets?|tokens?|keys?|creds?|credentials?|auth\w{0,12}|user\w{0,4}|admin|root|name|db|database|id|field|value|default|manager|cloudify|agent|rest|api|config|test|not|is|no|none|set|required|param|input|property|type|service|policy|ldap|kerberos|saml|file|path)(?:$|[_-])/i;

/** A value without quotes may be a word of a sentence that happens to follow a colon. */
function judgeBareWord(
  detector: Detector,
  candidate: Candidate,
  value: string,
  kinds: number,
): Verdict | undefined {
  const { confidence, because } = detector;
  if (value.startsWith('-') || ((kinds & digit) !== 0 && /^\d{1,5}(?:\.\d+)?$/.test(value))) return undefined;
  if (candidate.value.endsWith(':') && /^[\w-]+$/.test(value)) return undefined;
  // The field is empty and the next one follows: `{User:ops Password: SSL:true}`; or a test has passed.
  if (/:\s{1,4}$/.test(candidate.key) && /^[A-Z][A-Za-z]{1,24}:/.test(value)) return undefined;
  if (/^pass:\s/i.test(candidate.key) && /^(?:(?:test|check|spec|should|tc)[_.:/-]|Test[A-Z_])/.test(value))
    return undefined;
  const words = (kinds & (digit | sign | blank)) === 0 && /^[A-Za-z]+(?:[_-][A-Za-z]+){0,8}$/.test(value);
  if (isProse(candidate, value) || isNextSetting(candidate, value)) return undefined;
  if (!words || /[a-z][A-Z]/.test(value)) return documentedOr({ confidence, because, secret: value });
  const colon =
    /:\s{0,4}$/.test(candidate.key) && !isSetting(candidate, value) && !isListed(candidate, value);
  if (
    colon ||
    value.length < 6 ||
    states.test(value) ||
    ((kinds & joint) !== 0 && namesSomething.test(value))
  )
    return lowered(detector, value, 'it reads like a word');
  return { confidence: 'medium', because: `${because}; it reads like a word`, secret: value };
}

/** A colon, a word, and the sentence goes on. */
function isProse({ key, text, start }: Candidate, value: string): boolean {
  if (!/:\s{0,4}$/.test(key) || !/^(?:[A-Z]?[a-z'._-]+|[A-Z'._-]+)$/.test(value)) return false;
  return /^\s{1,4}[A-Za-z(]/.test(text.slice(start + value.length, start + value.length + 8));
}

/** A setting that is commented out. */
function isComment({ text, start }: Candidate): boolean {
  const from = text.lastIndexOf('\n', start - 1) + 1;
  return start - from < 64 && /^\s{0,8}[#;]/.test(text.slice(from, start));
}

/** A line that holds a key and its value and nothing else, as settings do: `  db_password: rosebud`. */
function isSetting({ key, text, start }: Candidate, value: string): boolean {
  const from = Math.max(text.lastIndexOf('\n', start - 1) + 1, start - key.length - 64);
  const before = text.slice(from, start - key.length);
  const after = text.slice(start + value.length, start + value.length + 3);
  return /^[\s-]{0,32}[\w.-]{0,32}$/.test(before) && /^\s{0,2}(?:$|\n)/.test(after);
}

/** The value is empty, and the next setting follows: `AGENT_PASSWORD= AGENT_USER=jdoe`. */
function isNextSetting({ text, start }: Candidate, value: string): boolean {
  return text[start - 1] === ' ' && /^[A-Z][A-Z0-9_]{2,40}=[^=]/.test(value);
}

/** The next field follows: `root_password: rosebud, name: x`. */
function isListed({ text, start }: Candidate, value: string): boolean {
  const from = start + value.length;
  return /^[,;] {0,2}[a-z][\w.-]{1,40}: ?\S/.test(text.slice(from, from + 64));
}

/** What stands after `password=` when it is about the password and not the password itself. */
const states =
  /^(?:accepted|allowed|always|authenticated|changed|checked|checking|correct|created|deleted|denied|disabled|enabled|error|expired|expires|failed|failure|found|generated|generating|hashed|incorrect|interactive|invalid|loaded|locked|matched|mismatch|missing|needed|negotiated|never|ok|okay|on_create|optional|pending|plaintext|present|prompt|provided|publickey|read|received|refreshed|rejected|renewed|required|reset|revoked|rotated|saved|sent|stored|success|successful|supplied|unchanged|updated|updating|valid|validated|verified|verify|wrong|keyboard)\b/i;

/** A digest by form. In a field that names a credential it often is one: keys are issued as hexadecimal digits. */
function judgeHash(detector: Detector, value: string, { key, text, start }: Candidate): Verdict | undefined {
  const before = text.slice(Math.max(0, start - key.length - 16), start - key.length);
  if (isCryptHash(value)) return undefined;
  const isUuid = value.includes('-');
  const because = `${detector.because}; by its form it could also be ${isUuid ? 'an identifier' : 'a checksum'}`;
  const unsure =
    /^md5|^sha/i.test(value) ||
    (isUuid &&
      (!/(?:api|private|access)[_-]?key|secret|token|authorization|passw|passphrase/i.test(key) ||
        // AWS calls so what makes it take a request once.
        /(?:idempotency|client|request)-?$/i.test(before)));
  return { confidence: unsure ? 'low' : 'medium', because, secret: value };
}

function judgeToken(
  detector: Detector,
  candidate: Candidate,
  value: string,
  kinds: number,
): Verdict | undefined {
  const { confidence, because } = detector;
  if (candidate.suffix !== '' && aboutSuffix.test(candidate.suffix)) return undefined;
  if (value.length < 8 || looksLikePath(value, kinds) || looksLikeCode(value, kinds)) return undefined;
  if ((kinds & digit) === 0) {
    if (/^[A-Za-z]+(?:[_. /:-][A-Za-z]+)*[_-]?$/.test(value) && !hasMixedCase(value)) return undefined;
  } else {
    // `default-token-x2k9p`, `region=eu-west-1`: names of things, perhaps with a few random letters at their end.
    if (
      (kinds & joint) !== 0 &&
      (kinds & ~(lower | digit | joint)) === 0 &&
      /^[a-z]{3,32}(?:[_-][a-z0-9]{1,32}){1,8}$/.test(value) &&
      !/\d[a-z]{1,8}\d[a-z]{1,8}\d.{12}/.test(value) &&
      !/[a-z0-9]{16}/.test(value)
    )
      return undefined;
    if ((kinds & (lower | upper)) === 0 && /^[\d.,:+-]+$/.test(value)) return undefined;
    // A pointer, as Go prints one of a structure.
    if (value.length < 19 && /^0x[0-9a-f]{8,16}$/.test(value)) return undefined;
    if ((kinds & dot) !== 0 && /^v?\d{1,4}\.\d{1,6}\.\d{1,6}[-+]|-v?\d+(?:\.\d+)+$/.test(value))
      return undefined;
    if ((kinds & lower) === 0 && /^[\d.,:TZ+-]+$/.test(value)) return undefined;
    if ((kinds & joint) !== 0 && /\d{4}-\d\d-\d\d[T_ ]\d\d/.test(value)) return undefined;
  }
  if (candidate.bare && (kinds & sign) !== 0 && /^\w{1,32}=[^=]/.test(value)) return undefined;
  if (looksLikeFiller(value)) return undefined;
  // Vault's audit log and its like write a keyed digest in the place of a token.
  if ((kinds & (joint | sign)) !== 0 && /^(?:hmac-)?sha\d{1,3}[:-]/i.test(value)) return undefined;
  if ((kinds & joint) !== 0 && value.length < 24 && /^[0-9a-f]{2,8}(?:-[0-9a-f]{2,8}){1,4}$/i.test(value))
    return lowered(detector, value, 'it reads like an identifier');
  if (looksLikeHash(value)) return judgeHash(detector, value, candidate);
  if (value.length < 16 || entropy(value) < 3) {
    const short = `${because}; it is short or simple for a token`;
    return { confidence: confidence === 'high' ? 'medium' : 'low', because: short, secret: value };
  }
  return documentedOr({ confidence, because, secret: value });
}

/** Capitals within words as nobody writes them: `sparkExecutorActorSystem` has three in 24 letters. */
function hasMixedCase(value: string): boolean {
  return (value.match(/[a-z][A-Z]/g)?.length ?? 0) > value.length / 6;
}

/** RFC 7617: base64 of `user:password`; RFC 4616: of both between NULs. The password is the secret. */
function judgeBasic(detector: Detector, value: string): Verdict | undefined {
  const decoded = Buffer.from(value, 'base64').toString('latin1');
  // eslint-disable-next-line no-control-regex
  const plain = /^[^\0-\x1f]{0,128}\0[^\0-\x1f]{1,128}\0([^\0-\x1f]{1,256})$/.exec(decoded)?.[1];
  const colon = plain === undefined ? decoded.indexOf(':') : decoded.length - plain.length - 1;
  // eslint-disable-next-line no-control-regex
  if (colon < 0 || (plain === undefined && /[\0-\x1f\x7f]/.test(decoded))) return undefined;
  const password = decoded.slice(colon + 1);
  // Some services take a key as the user and nothing as the password.
  const secret =
    password === '' && isStrong(decoded.slice(0, colon), kindsOf(decoded))
      ? decoded.slice(0, colon)
      : password;
  if (secret === '' || looksLikePlaceholder(secret)) return undefined;
  return documentedOr({ confidence: detector.confidence, because: detector.because, secret });
}

/** The text in base64 is the secret. */
function judgeBase64(detector: Detector, candidate: Candidate, value: string): Verdict | undefined {
  const decoded = Buffer.from(value, 'base64').toString('latin1');
  // eslint-disable-next-line no-control-regex
  if (/[\0-\x1f\x7f-\xff]/.test(decoded) || looksLikePlaceholder(decoded)) return undefined;
  return judgePassword(detector, { ...candidate, bare: false }, decoded, kindsOf(decoded));
}

function lowered(detector: Detector, secret: string, why: string): Verdict {
  return { confidence: 'low', because: `${detector.because}; ${why}`, secret };
}

function documentedOr(verdict: Verdict): Verdict {
  if (!isDocumented(verdict.secret)) return verdict;
  return {
    ...verdict,
    confidence: 'low',
    because: `${verdict.because}; documentation prints it as an example`,
  };
}

/** A bare value ends at a blank; punctuation of the sentence or structure around it is not part of it. */
function trimValue({ value }: Candidate): string {
  // `eyJzaWdu...` was cut off by whoever wrote it.
  if (value.endsWith('...')) return value;
  const last = value.charCodeAt(value.length - 1) | 32;
  if ((last >= 97 && last <= 122) || (last >= 48 && last <= 57)) return value;
  return value.replace(/[)\]}>.,;:'"\\]{1,16}$/, '');
}

function isJwtHeader(value: string): boolean {
  const header = Buffer.from(value.split('.')[0] ?? '', 'base64url').toString('latin1');
  return /^\{\s{0,4}"\w/.test(header) && header.includes('"alg"');
}

/** Nothing but its form tells such a value from a word: letters and digits, and a sign or both cases. */
function isStrong(value: string, kinds: number): boolean {
  if ((kinds & (lower | upper)) === 0 || value.length < 8) return false;
  if ((kinds & digit) === 0)
    return (
      (kinds & lower) !== 0 && (kinds & upper) !== 0 && (value.match(/[!#$%^&*+=?~@]/g)?.length ?? 0) > 1
    );
  if (
    /^[\w.-]{1,64}@[\w.-]{1,255}$|^\d{1,4}[-/:.]\d{1,2}[-/:.]|^SHA\d{1,3}:|^\(|\)$|^v?\d{1,4}(?:\.\d{1,6})+/i.test(
      value,
    )
  )
    return false;
  if (/^[a-z_]{1,32}\d{0,4}$|^[A-Z][a-z]{1,32}\d{0,2}$|^[A-Z_]{1,32}\d{0,4}$|^\w{1,32}=[^=]/.test(value))
    return false;
  return (
    (/[a-z]/.test(value) && /[A-Z]/.test(value)) ||
    /[^A-Za-z0-9_.:/-]/.test(value) ||
    /\d[A-Za-z]{1,12}\d/.test(value)
  );
}

function isCryptHash(value: string): boolean {
  return /[${]/.test(value);
}

/** Of three different characters at most. */
function isSequence(value: string): boolean {
  const seen: number[] = [];
  for (let index = 0; index < value.length; index++) {
    const code = value.charCodeAt(index);
    if (seen.includes(code)) continue;
    if (seen.push(code) > 3) return false;
  }
  return true;
}

/** All 0 between two calls. */
const counts = new Uint32Array(256);
/** n·log2(n), for as often as a character stands in most values. */
const weights = Float64Array.from({ length: 64 }, (_, count) => (count === 0 ? 0 : count * Math.log2(count)));

/** Shannon entropy in bits a character. */
function entropy(value: string): number {
  const { length } = value;
  for (let index = 0; index < length; index++) {
    const code = value.charCodeAt(index) & 255;
    counts[code] = (counts[code] ?? 0) + 1;
  }
  let sum = 0;
  for (let index = 0; index < length; index++) {
    const code = value.charCodeAt(index) & 255;
    const count = counts[code] ?? 0;
    sum += weights[count] ?? count * Math.log2(count);
    counts[code] = 0;
  }
  return Math.log2(length) - sum / length;
}
