/** Masks, template references and words that stand where a value would: nothing that opens a door. */
export function looksLikePlaceholder(value: string): boolean {
  const text = value.trim().replace(/^['"`]{1,3}|['"`]{1,3}$/g, '');
  if (/^(.)\1*$/.test(text)) return true;
  if (/\*{3}|x{5}|X{5}|#{4}|•{2}|\.{3}$|…/.test(text) || /^[*#•.xX_-]+$/.test(text)) return true;
  if (reference.test(text) || /get_secret|get_input|get_attribute|get_property|\{SHA\d{0,3}\}/.test(text))
    return true;
  if (/[<[(]?redacted\b|&lt;|EXAMPLE$|EXAMPLEKEY$|^arn:/i.test(text)) return true;
  return words.test(text);
}

/** `${X}`, `{{ x }}`, `$(x)`, `%(x)s`, `<x>`, `[x]`, `$X`, `!vault`, `{x}`, `%s` and their like: a value comes later. */
const reference =
  /^(?:\$\{|\{\{|\$\(|%\(|%[A-Z_]+%|<%|#\{|!\w|\{'|\{"|\{\w*\}?$|%[sdrq]\b|<[\w\s./:-]{0,64}>?$|\[[\w\s]{0,40}\]?$|\$[A-Za-z_]+\d?$|\$[A-Z_][A-Z0-9_]*\b|\$[a-z]+(?:\.\w+)+|\(|\{$|\[$|`|@\{|~\{|#[a-z-]+$)/;

const words =
  /^(?:none|null|nil|undefined|true|false|yes|no|n\/?a|empty|hidden|redacted|masked|removed|filtered|omitted|sanitized|censored|protected|encrypted|blank|unset|not[ _-]?set|secret|password|passwd|pass|pwd|token|key|value|string|str|bytes|text|object|type|required|optional|example|sample|dummy|placeholder|change[_-]?me|changeit|replace[_-]?me|todo|tbd|foo|bar|foobar|test|unknown|default|xxx+|your[_-]?\w{0,40}|my[_-]?(?:password|secret|token)|(?:the|a|an|some)[ _-]\w{0,40}|insert[_-]?\w{0,40}|enter[ _-]?\w{0,40}|<?redacted>?|\[?secret\]?)$/i;

/** A path, URL without user information, or file name: the place of a secret, not the secret. */
export function looksLikePath(value: string): boolean {
  if (/^[a-z][a-z0-9+.-]{1,12}:\/\//i.test(value)) return true;
  if (/^(?:~|\.{1,2})?\/(?:[\w.@%+-]+\/)+[\w.@%+-]*$/.test(value)) return true;
  if (/^\/(?:etc|opt|var|root|home|usr|tmp|run|bin|srv|mnt|dev|proc)$/.test(value)) return true;
  if (/^[A-Za-z]:[\\/]/.test(value)) return true;
  return /^[\w./-]{1,200}\.(?:pem|key|crt|cer|json|ya?ml|conf|cfg|ini|txt|log|py|sh|p12|jks|pub|html?|js|css|png|service|sock)$/i.test(
    value,
  );
}

/** Counts and alphabets: what people type to fill a field that a machine would fill at random. */
export function looksLikeFiller(value: string): boolean {
  return /abcdefgh|12345678|87654321|qwerty|0{8}|1{8}|(.)\1{7}|(.{2,4})\2{4}|your[_-]?\w{0,16}(?:key|token|secret)/i.test(
    value,
  );
}

/** Code or a name of something: `request.password`, `os.environ['X']`, `getpass()`, `android.os.Binder@1f`. */
export function looksLikeCode(value: string): boolean {
  // The quote closed a string that ended in the key: `"password: " + value`.
  if (/^\s{0,4}[+,.&|)]\s?[\w$'"(]{0,64}.{0,200}$/.test(value) && /^\s|[\s($'"]|:$/.test(value)) return true;
  if (/^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+(?:$|[([@])/.test(value)) {
    // Unless a part of it is what nobody calls anything: `s.Z4bTMtngfLeQ18AqVoBBkUAOD1`.
    return !value
      .split(/[.@([]/)
      .some((part) => part.length >= 16 && /\d/.test(part) && /[a-z]/.test(part) && /[A-Z]/.test(part));
  }
  if (/^[A-Za-z_][\w.]*[({<].{0,200}$/.test(value)) return true;
  return /^[A-Za-z_]\w*\[['"]?\w*['"]?\]?$/.test(value);
}

/** Checksums, UUIDs, commit ids, and crypt or SCRAM verifiers. */
export function looksLikeHash(value: string): boolean {
  if (/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(value)) return true;
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
