import type { HttpSurface } from '../model/http-surface';
import { headerValues, type HeaderList } from '../protocol/http';

const maxNames = 64;
const maxValue = 1024;
const masked = '[masked]';

/** Headers as evidence: lower-case names, repeated ones joined, bounded, and nothing in them that could be a credential. */
export function headerFacts(headers: HeaderList): Readonly<Record<string, string>> {
  const facts = new Map<string, string>();
  for (const [name, value] of headers) {
    const key = name.toLowerCase();
    const before = facts.get(key);
    if (before === undefined && facts.size >= maxNames) continue;
    const shown = printable(maskValue(key, value));
    facts.set(key, (before === undefined ? shown : `${before}, ${shown}`).slice(0, maxValue));
  }
  return Object.fromEntries(facts);
}

/** Name and attributes of each cookie that an answer sets (RFC 6265 §4.1); never its value. */
export function cookieFacts(headers: HeaderList): HttpSurface['cookies'] {
  return headerValues(headers, 'set-cookie')
    .slice(0, maxNames)
    .map((line) => {
      const [pair = '', ...attributes] = line.split(';');
      const named = attributes.map((a) => a.trim());
      const sameSite = named.find((a) => /^samesite\s*=/i.test(a));
      return {
        name: printable(maskTokens(pair.split('=')[0]?.trim() ?? '')).slice(0, 100),
        secure: named.some((a) => /^secure$/i.test(a)),
        httpOnly: named.some((a) => /^httponly$/i.test(a)),
        sameSite: sameSite === undefined ? null : printable(sameSite.replace(/^[^=]*=\s*/, '')).slice(0, 20),
      };
    });
}

/** A site of nobody's (RFC 6761 §6.4), which requests name as their origin. */
export const strangeOrigin = 'https://cfy-audit.invalid';

/** Whom an answer lets read it in a browser: the headers of cross-origin requests, when asked from a strange site. */
export function corsFacts(headers: HeaderList): HttpSurface['cors'] {
  const [allowed] = headerValues(headers, 'access-control-allow-origin');
  const origin = allowed?.trim();
  const credentials = headerValues(headers, 'access-control-allow-credentials').some((v) =>
    /^\s*true\s*$/i.test(v),
  );
  if (origin === undefined) return { allowOrigin: 'none', credentials };
  if (origin === '*') return { allowOrigin: 'any', credentials };
  return { allowOrigin: origin === strangeOrigin || origin === 'null' ? 'echoed' : 'fixed', credentials };
}

/** Host of the Location header; null when there is none or it is relative. */
export function locationHost(headers: HeaderList): string | null {
  const [value] = headerValues(headers, 'location');
  const host = value === undefined ? undefined : /^(?:[a-z][\w+.-]*:)?\/\/([^/?#]*)/i.exec(value.trim())?.[1];
  // What stands before an @ would be a credential.
  const bare = host?.replace(/^.*@/, '');
  return bare === undefined || bare === '' ? null : printable(bare).slice(0, 255);
}

/** Text of the peer's as evidence: bounded, masked, on one line. */
export function shownText(value: string, limit: number): string {
  return printable(maskTokens(value)).slice(0, limit);
}

function maskValue(name: string, value: string): string {
  if (name === 'set-cookie' || name === 'set-cookie2') return maskCookie(value);
  return secretName.test(name) ? masked : maskTokens(value);
}

const secretName =
  /^(cookie|authorization|proxy-authorization|authentication-info)$|token|secret|passw|credential|api-?key|session/;

function maskCookie(line: string): string {
  const [pair = '', ...attributes] = line.split(';');
  const known = attributes.filter((a) =>
    /^\s*(path|domain|secure|httponly|samesite|max-age|expires|partitioned)\s*(=|$)/i.test(a),
  );
  return [`${maskTokens(pair.split('=')[0]?.trim() ?? '')}=${masked}`, ...known].join(';');
}

/** Cloudify tokens, JSON web tokens, and any long run that mixes letters and digits as random strings do. */
function maskTokens(value: string): string {
  return value
    .replace(/ctok-[\w-]+/gi, masked)
    .replace(/eyJ[\w-]+\.[\w-]+(?:\.[\w-]*)?/g, masked)
    .replace(/(\/\/)[^/@\s]+@/g, `$1${masked}@`)
    .replace(/[\w+=-]{32,}/g, (run) => (/\d/.test(run) && /[a-z]/i.test(run) ? masked : run));
}

function printable(value: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what is to be replaced
  return value.replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ');
}
