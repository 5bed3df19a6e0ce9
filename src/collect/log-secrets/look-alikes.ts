/** Masks, template references and words that stand where a value would: nothing that opens a door. */
export function looksLikePlaceholder(value: string): boolean {
  const text = value.trim();
  if (/^(.)\1*$/.test(text)) return true;
  if (/\*{3}|x{5}|X{5}|•{2}|\.{3}$|…/.test(text) || /^[*#•.xX_-]+$/.test(text)) return true;
  if (
    /^(?:\$\{|\{\{|\$\(|%\(|%[A-Z_]+%|<%|#\{|!\w|\{'|\{"|\{\w*\}|%[sdrq]\b|<[\w\s./:-]{0,64}>?$|\[[\w\s]{0,40}\]?$|\$[A-Z_][A-Z0-9_]*$|\$[a-z_]+$|\(|\{$|\[$)/.test(
      text,
    )
  )
    return true;
  if (/get_secret|get_input|get_attribute|get_property|\{SHA\d{0,3}\}/.test(text)) return true;
  return words.test(text);
}

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

/** Code or a name of something: `request.password`, `os.environ['X']`, `getpass()`, `android.os.Binder@1f`. */
export function looksLikeCode(value: string): boolean {
  if (/^[A-Za-z_][\w]*(?:\.[A-Za-z_]\w*)+(?:$|[([@])/.test(value)) return true;
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
