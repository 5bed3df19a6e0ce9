import type { Detector } from './detector';
import {
  looksLikeCode,
  looksLikeFiller,
  looksLikeHash,
  looksLikePath,
  looksLikePlaceholder,
} from './look-alikes';

/** What a pattern caught, and what stands around it on the line. */
export interface Candidate {
  readonly value: string;
  /** Not quoted: it may be a word of a sentence. */
  readonly bare: boolean;
  readonly after: string;
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

/** Keys that speak about a password without holding one: `password_file`, `token_ttl`, `secretName`. */
const aboutSuffix =
  /^(?:s?[_-]?(?:files?|paths?|dirs?|polic\w{0,8}|len\w{0,4}|min\w{0,8}|max\w{0,8}|hash\w{0,4}|digest|reset\w{0,4}|expir\w{0,6}|chang\w{0,4}|age|ids?|names?|hints?|fields?|prompts?|counts?|attempts?|retr\w{0,4}|regex|pattern|types?|ur[li]s?|encod\w{0,6}|strength|history|valid\w{0,8}|requir\w{0,4}|enabled|disabled|auth\w{0,12}|ttl|timeout|period|source|provider|manager|store|backend|algorithm|version|status|updated\w{0,4}|created\w{0,4}|visibility|schema|s|is|set|not|used|generat\w{0,6}|stdin|protected|less|exists|number|param\w{0,6}|label|class|info|service|endpoint|errors?|length|size|limit|parsed|scope))(?:[_-].{0,32})?$/i;

/** Judges a candidate. undefined: not a secret. */
export function judge(detector: Detector, candidate: Candidate): Verdict | undefined {
  const value = trimValue(candidate);
  const { confidence, because, kind } = detector;
  if (value === '' || looksLikePlaceholder(value)) return undefined;
  switch (kind) {
    case 'exact':
      return isSequence(value) || /(.)\1{7}|abcdefghijkl/i.test(value)
        ? undefined
        : { confidence, because, secret: value };
    case 'jwt':
      return isJwtHeader(value) ? { confidence, because, secret: value } : undefined;
    case 'basic':
      return judgeBasic(detector, value);
    case 'strong':
      return isStrong(value) ? judgePassword(detector, candidate, value) : undefined;
    case 'private-key':
      return undefined;
    case 'token':
      return judgeToken(detector, candidate, value);
    case 'password':
      return judgePassword(detector, candidate, value);
  }
}

function judgePassword(detector: Detector, candidate: Candidate, value: string): Verdict | undefined {
  const { confidence, because } = detector;
  if (aboutSuffix.test(candidate.suffix)) return undefined;
  if (defaults.has(value))
    return { confidence, because: `${because}; the value is a shipped default`, secret: value };
  if (value.length < 4 || looksLikePath(value) || looksLikeCode(value)) return undefined;
  if (looksLikeHash(value)) return judgeHash(detector, value);
  if (candidate.bare) return judgeBareWord(detector, candidate, value);
  if (/^[a-z]+(?:[_-][a-z]+){1,8}$/i.test(value) && value.length < 40) {
    return lower(detector, value, 'it reads like an identifier');
  }
  if (/\s/.test(value) && /^[\w'",.:;()-]+(?: [\w'",.:;()-]+){2,}$/.test(value)) {
    return lower(detector, value, 'it reads like a sentence');
  }
  if (value.length < 6 && /^[A-Za-z]+$/.test(value))
    return lower(detector, value, 'it is short and reads like a word');
  return { confidence, because, secret: value };
}

/** A value without quotes may be a word of a sentence that happens to follow a colon. */
function judgeBareWord(detector: Detector, { key, after }: Candidate, value: string): Verdict | undefined {
  const { confidence, because } = detector;
  if (/^[\w-]+:$/.test(value) || value.startsWith('-') || /^\d{1,5}(?:\.\d+)?$/.test(value)) return undefined;
  const colon = /:\s{0,4}$/.test(key);
  const words = /^[A-Za-z]+(?:[_-][A-Za-z]+){0,8}$/.test(value);
  if (colon && /^\s{1,4}[A-Za-z(]/.test(after) && /^[A-Za-z'._-]+$/.test(value)) return undefined;
  if (!words || /[a-z][A-Z]/.test(value)) return { confidence, because, secret: value };
  if (colon || value.length < 6 || states.test(value)) return lower(detector, value, 'it reads like a word');
  return { confidence: 'medium', because: `${because}; it reads like a word`, secret: value };
}

/** What stands after `password=` when it is about the password and not the password itself. */
const states =
  /^(?:accepted|allowed|changed|checked|correct|denied|disabled|enabled|expired|failed|failure|generated|hashed|incorrect|interactive|invalid|locked|matched|mismatch|missing|needed|ok|okay|optional|present|prompt|provided|publickey|received|rejected|required|reset|rotated|success|successful|supplied|updated|valid|verified|verify|wrong|keyboard)\b/i;

/** A digest by form. In a field that names a credential it often is one: keys are issued as hexadecimal digits. */
function judgeHash(detector: Detector, value: string, key = ''): Verdict | undefined {
  if (isCryptHash(value)) return undefined;
  const isUuid = value.includes('-');
  const because = `${detector.because}; by its form it could also be ${isUuid ? 'an identifier' : 'a checksum'}`;
  const unsure = /^md5|^sha/i.test(value) || (isUuid && !/api[_-]?key|secret[_-]?key|^secret\b/i.test(key));
  return { confidence: unsure ? 'low' : 'medium', because, secret: value };
}

function judgeToken(detector: Detector, candidate: Candidate, value: string): Verdict | undefined {
  const { confidence, because } = detector;
  if (aboutSuffix.test(candidate.suffix)) return undefined;
  if (value.length < 8 || looksLikePath(value) || looksLikeCode(value) || looksLikeFiller(value))
    return undefined;
  if (/^[A-Za-z]+(?:[_. /:-][A-Za-z]+)*$/.test(value) && !/[a-z][A-Z].*[a-z][A-Z].*[a-z][A-Z]/.test(value))
    return undefined;
  // `default-token-x2k9p`, `region=eu-west-1`: names of things, perhaps with a few random letters at their end.
  if (/^[a-z]{3,32}(?:-[a-z0-9]{1,32}){1,8}$/.test(value) && !/\d[a-z]{1,8}\d[a-z]{1,8}\d.{12}/.test(value))
    return undefined;
  if (candidate.bare && /^\w{1,32}=[^=]/.test(value)) return undefined;
  if (/^[\d.,:TZ+-]+$/.test(value) || /-v?\d+(?:\.\d+)+$/.test(value)) return undefined;
  if (looksLikeHash(value)) return judgeHash(detector, value, candidate.key);
  if (value.length < 16 || entropy(value) < 3) {
    const short = `${because}; it is short or simple for a token`;
    return { confidence: confidence === 'high' ? 'medium' : 'low', because: short, secret: value };
  }
  return { confidence, because, secret: value };
}

/** RFC 7617: base64 of `user:password`; the password is the secret. */
function judgeBasic(detector: Detector, value: string): Verdict | undefined {
  const decoded = Buffer.from(value, 'base64').toString('latin1');
  const colon = decoded.indexOf(':');
  // eslint-disable-next-line no-control-regex
  if (colon < 1 || /[\0-\x1f\x7f]/.test(decoded)) return undefined;
  const password = decoded.slice(colon + 1);
  if (password === '' || looksLikePlaceholder(password)) return undefined;
  return { confidence: detector.confidence, because: detector.because, secret: password };
}

function lower(detector: Detector, secret: string, why: string): Verdict {
  return { confidence: 'low', because: `${detector.because}; ${why}`, secret };
}

/** A bare value ends at a blank; punctuation of the sentence or structure around it is not part of it. */
function trimValue({ value, bare }: Candidate): string {
  return bare ? value.replace(/[)\]}>.,;:'"\\]{1,16}$/, '') : value;
}

function isJwtHeader(value: string): boolean {
  try {
    const header: unknown = JSON.parse(Buffer.from(value.split('.')[0] ?? '', 'base64url').toString('utf8'));
    return typeof header === 'object' && header !== null && 'alg' in header;
  } catch {
    return false;
  }
}

/** Nothing but its form tells such a value from a word: letters and digits, and a sign or both cases. */
function isStrong(value: string): boolean {
  if (!/\d/.test(value) || !/[A-Za-z]/.test(value) || value.length < 8) return false;
  if (
    /^[\w.-]{1,64}@[\w.-]{1,255}$|^\d{1,4}[-/:.]\d{1,2}[-/:.]|^SHA\d{1,3}:|^\(|\)$|^v?\d{1,4}(?:\.\d{1,6})+/i.test(
      value,
    )
  )
    return false;
  if (/^[a-z_]{1,32}\d{0,4}$|^[A-Z][a-z]{1,32}\d{0,2}$|^[A-Z_]{1,32}\d{0,4}$|^\w{1,32}=/.test(value))
    return false;
  return (
    (/[a-z]/.test(value) && /[A-Z]/.test(value)) ||
    /[^A-Za-z0-9_.:/-]/.test(value) ||
    /\d[A-Za-z]{1,8}\d/.test(value)
  );
}

function isCryptHash(value: string): boolean {
  return /[${]/.test(value);
}

function isSequence(value: string): boolean {
  return new Set(value).size <= 3;
}

/** Shannon entropy in bits a character. */
function entropy(value: string): number {
  const counts = new Map<string, number>();
  for (const character of value) counts.set(character, (counts.get(character) ?? 0) + 1);
  let sum = 0;
  for (const count of counts.values()) sum -= (count / value.length) * Math.log2(count / value.length);
  return sum;
}
