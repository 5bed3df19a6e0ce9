import type { HttpSurface } from '../model/http-surface';
import { headerValues, type HttpAnswered } from '../protocol/http';
import { bodyText, isDirectoryListing, jsonBody } from './classify';

type Kind = HttpSurface['discloses'][number];

/** Which kinds of internals an answer gives away; the text itself goes nowhere. */
export function disclosuresOf(answer: HttpAnswered): readonly Kind[] {
  const text = bodyText(answer);
  const found: readonly (readonly [Kind, boolean])[] = [
    ['stack-trace', hasTraceback(answer) || stackTrace.test(text)],
    ['product-version', answer.status < 400 && productVersion.test(text)],
    ['server-version', serverVersion(answer) || /<center>nginx\/\d[^<]*<\/center>/.test(text)],
    ['file-path', filePath.test(text)],
    ['audit-header', answer.headers.some(([name]) => /^x-cloudify-audit-/i.test(name))],
    ['directory-listing', answer.status < 300 && isDirectoryListing(answer)],
  ];
  return found.filter(([, is]) => is).map(([kind]) => kind);
}

/** The manager's error body carries `server_traceback`; it is null unless something broke (Cloudify 7.1 server.py). */
function hasTraceback(answer: HttpAnswered): boolean {
  const body = jsonBody(answer);
  const traceback = (body as { server_traceback?: unknown } | null | undefined)?.server_traceback;
  return typeof traceback === 'string' ? traceback !== '' : traceback !== null && traceback !== undefined;
}

const stackTrace =
  /Traceback \(most recent call last\)|\bFile (\\?["']|&quot;)\/[^"'&]+\.py|\n\s+at [^\n(]{1,200}\([^\n()]{1,300}:\d+:\d+\)|\n\s+at [\w.$]+\([\w$]+\.java:\d+\)/;

/** `"version": "7.1.0"`, `"management_version":"3.10.8"`; of a body that was served, not of an error. */
const productVersion = /"(?:[a-z]+_)?version"\s*:\s*"v?\d+\.\d+/i;

/** Absolute paths below the folders where a manager keeps its software, configuration and logs. */
const filePath =
  /(?<![\w.:/-])\/(?:opt\/[\w.-]+|usr\/(?:lib|lib64|local|share)|var\/(?:lib|log|run|www)|etc\/[\w.-]+|root\/\.[\w.-]+|tmp\/[\w.-]+)\/[\w.-]+/;

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
