import type { HttpSurface } from '../model/http-surface';
import { headerValues, type HttpAnswered } from '../protocol/http';
import { bodyText, isDirectoryListing, jsonObject } from './classify';
import { cookieFacts } from './header-facts';

type Kind = HttpSurface['discloses'][number];

/**
 * Which kinds of internals an answer gives away; the text itself goes nowhere. `isContent`: its body is what somebody asked
 * for and may read, so that only its headers count.
 */
export function disclosuresOf(answer: HttpAnswered, isContent = false): readonly Kind[] {
  const text = bodyText(answer);
  const found: readonly (readonly [Kind, boolean])[] = [
    ['stack-trace', !isContent && showsTrace(answer)],
    ['product-version', !isContent && answer.status < 400 && productVersion.test(text)],
    ['server-version', tellsServer(answer)],
    ['file-path', !isContent && filePath.test(text)],
    ['audit-header', hasAuditHeader(answer)],
    ['directory-listing', !isContent && answer.status < 300 && isDirectoryListing(answer)],
  ];
  return found.filter(([, is]) => is).map(([kind]) => kind);
}

/** Whether an answer gives something away whatever was asked, or sets a cookie without one of its guards. Of errors the body counts too. */
export function givesAway(answer: HttpAnswered): boolean {
  return (
    (answer.status >= 400 && showsTrace(answer)) ||
    tellsServer(answer) ||
    hasAuditHeader(answer) ||
    cookieFacts(answer.headers).some(isBare)
  );
}

/** Whether a stack trace is in the body, in whatever form. */
export function showsTrace(answer: HttpAnswered): boolean {
  if (answer.body.length === 0) return false;
  const text = bodyText(answer).slice(0, searched);
  return hasTraceback(answer) || traces.some((trace) => trace.test(text));
}

/** Characters of a body that are searched: a trace is what an error begins with. */
const searched = 256 * 1024;

/**
 * The manager's error body carries `server_traceback`; it is null unless something broke (Cloudify 7.1 server.py), and in
 * maintenance mode what Python prints where nothing did (maintenance.py).
 */
function hasTraceback(answer: HttpAnswered): boolean {
  const traceback = jsonObject(answer).server_traceback;
  if (typeof traceback === 'string') return !/^\s*(?:(?:NoneType: )?None)?\s*$/.test(traceback);
  return typeof traceback === 'object' && traceback !== null && Object.keys(traceback).length > 0;
}

/** A new line with an indent, as text, in JSON or in HTML. */
const indented = String.raw`(?:\n|\\n|<br\s?/?>)(?:[ \t]|\\t|&nbsp;){1,40}`;

/** Stack traces by language. Each line is looked at from its beginning, so that a long body costs no more than its length. */
const traces: readonly RegExp[] = [
  // Python, and the page of werkzeug's debugger.
  /Traceback (?:<em>)?\(most recent call last\)|Werkzeug Debugger/,
  /\bFile (?:\\?["']|&quot;)\/[^"'&\n]{1,300}\.py\b/,
  // JavaScript: `at f (/a/b.js:1:2)`, `at /a/b.js:1:2`; Java: `at a.b.C.d(C.java:1)`; .NET: `at A.B(C d) in /e.cs:line 1`.
  new RegExp(String.raw`${indented}at (?:[^\n(]{1,200}\()?[^\n()\s]{1,300}:\d+:\d+\b`),
  new RegExp(String.raw`${indented}at [\w.$/]{1,300}\([\w$]{1,100}\.(?:java|kt|scala|groovy):\d+\)`),
  new RegExp(String.raw`${indented}at [\w.$]{1,300}\([^\n)]{0,300}\) in [^\n]{1,300}:line \d+`),
  // Go, Ruby, PHP, Erlang, Lua.
  /\bgoroutine \d+ \[[a-z ,\d]{1,60}\]:/,
  /\.rb:\d+:in (?:`|'|&#39;|\\u0060)/,
  /\bStack trace:\s{0,4}(?:\\n|<br\s?\/?>)?#0 /i,
  /\{file,\s?\\?"[^"\n]{1,300}\.erl\\?"\},\s{0,40}(?:\\n)?\s{0,40}\{line,\d+\}/,
  /\bstack traceback:(?:\s|\\[nrt])/,
];

/** `"version": "7.1.0"`, `"management_version":"3.10.8"`; of a body that was served, not of an error. */
const productVersion = /"(?:[a-z]+_)?version"\s*:\s*"v?\d+\.\d+/i;

/** Absolute paths below the folders where a manager keeps its software, configuration and logs. */
const filePath =
  /(?<![\w.:/-])\/(?:opt\/[\w.-]+|usr\/(?:lib|lib64|local|share)|var\/(?:lib|log|run|www)|etc\/[\w.-]+|root\/\.[\w.-]+|tmp\/[\w.-]+)\/[\w.-]+/;

/** Sent in clear text, read by scripts, or sent along with requests of other sites. */
function isBare({ secure, httpOnly, sameSite }: ReturnType<typeof cookieFacts>[number]): boolean {
  return !secure || !httpOnly || !/^(lax|strict)$/i.test(sameSite ?? '');
}

function tellsServer(answer: HttpAnswered): boolean {
  return serverVersion(answer) || /<center>nginx\/\d[^<]*<\/center>/.test(bodyText(answer));
}

function hasAuditHeader(answer: HttpAnswered): boolean {
  return answer.headers.some(([name]) => /^x-cloudify-audit-/i.test(name));
}

function serverVersion(answer: HttpAnswered): boolean {
  const told = ['server', 'x-powered-by', 'via', 'x-aspnet-version'].flatMap((n) =>
    headerValues(answer.headers, n),
  );
  return (
    told.some((value) => /[a-z][\w.-]*\/v?\d+/i.test(value.replace(/\bHTTP\/\d(\.\d)?/gi, ''))) ||
    answer.headers.some(([name, value]) => /^x-/i.test(name) && knownServer.test(value))
  );
}

/** Software in front of or behind a manager, by the name it gives itself, in whatever header. */
const knownServer =
  /\b(?:cloudify|nginx|openresty|apache|gunicorn|uvicorn|werkzeug|flask|python|express|node|cowboy|envoy|haproxy|varnish|php|openssl)\/v?\d/i;
