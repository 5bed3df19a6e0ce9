import type { HttpAnswer, HttpSurface } from '../model/http-surface';
import { headerValues, type HttpAnswered } from '../protocol/http';

/** What is known of the request when its answer is judged. */
export interface AskedOf {
  readonly listener: HttpSurface['listener'];
  readonly scheme: 'http' | 'https';
  readonly path: string;
  /** Left out: GET. An answer to HEAD has no body to judge by. */
  readonly method?: string;
}

/**
 * Says what an answer is, by its body and not only by its status: a 401 counts only when the manager, or the nginx that
 * guards the path, gave it. What nobody in a Cloudify deployment would say is `unrecognised`, never a refusal.
 */
export function classify(answer: HttpAnswered, asked: AskedOf): HttpAnswer {
  const { status } = answer;
  const text = bodyText(answer);
  const errorCode = errorCodeOf(answer);
  if (status >= 200 && status < 300) return classifySuccess(answer, text, errorCode, asked);
  if (status >= 300 && status < 400) {
    const toHttps = headerValues(answer.headers, 'location').some((v) => /^https:/i.test(v.trim()));
    return asked.scheme === 'http' && toHttps ? 'redirect-https' : 'redirect';
  }
  if (status === 400) {
    if (errorCode === 'SSL_REQUIRED') return 'ssl-required';
    return errorCode === null ? 'unrecognised' : 'bad-request';
  }
  if (status === 401) return isRefusal(answer, text, errorCode, asked) ? 'unauthorized' : 'unrecognised';
  if (status === 403) {
    return errorCode === 'forbidden_error' || isNginxPage(answer, '403 Forbidden')
      ? 'forbidden'
      : 'unrecognised';
  }
  if (status === 404) return errorCode === 'missing_premium_package_error' ? 'premium-missing' : 'not-found';
  if (status === 405) return 'method-not-allowed';
  if (isRateLimited(answer)) return 'rate-limited';
  return status >= 500 ? 'server-error' : 'unrecognised';
}

/** A limit of requests, of nginx or of somebody before it (429, RFC 6585 §4). */
export function isRateLimited(answer: HttpAnswered): boolean {
  return answer.status === 429 || isNginxLimit(answer);
}

/** 503 of nginx's limit_req, which refuses before the manager hears of the request. */
export function isNginxLimit(answer: HttpAnswered): boolean {
  return answer.status === 503 && isNginxPage(answer, '503 Service Temporarily Unavailable');
}

/** Whether nginx itself asks for a login, by asking the REST service about each request (its auth_request). */
export function isGuardedByNginx(path: string): boolean {
  return /^\/(resources|api\/v3\.1\/audit)\b/.test(path);
}

/** The manager's `error_code` (of an error also RabbitMQ's `error`), when the body is such a JSON object; else null. */
export function errorCodeOf(answer: HttpAnswered): string | null {
  const { error_code: code, error } = jsonObject(answer);
  const value = code ?? (answer.status >= 400 ? error : undefined);
  return typeof value === 'string' && /^\w{1,64}$/.test(value) ? value : null;
}

/** The body as JSON whatever its Content-Type says (nginx sends SSL_REQUIRED as octet-stream); undefined when it is none. */
export function jsonBody(answer: HttpAnswered): unknown {
  const text = bodyText(answer).trimStart();
  if (!/^[[{"]/.test(text)) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** The body as JSON object; empty when it is none. */
export function jsonObject(answer: HttpAnswered): Readonly<Record<string, unknown>> {
  const body = jsonBody(answer);
  return body !== null && typeof body === 'object' && !Array.isArray(body)
    ? (body as Record<string, unknown>)
    : {};
}

/** What was kept of the body, as text. */
export function bodyText(answer: HttpAnswered): string {
  return Buffer.from(answer.body).toString('utf8');
}

/** Media type of the Content-Type header, lower-case and without parameters. */
export function mediaType(answer: HttpAnswered): string | null {
  const essence = headerValues(answer.headers, 'content-type')[0]?.split(';')[0]?.trim().toLowerCase();
  return essence === undefined || essence === '' ? null : essence.slice(0, 100);
}

/** An index that a web server made of a directory: nginx and Apache as HTML, nginx's autoindex_format json. */
export function isDirectoryListing(answer: HttpAnswered): boolean {
  const text = bodyText(answer);
  if (/<(title|h1)>\s*(Index of|Directory listing for) /i.test(text)) return true;
  const body = jsonBody(answer);
  return Array.isArray(body) && body.length > 0 && body.every(isListed);
}

function isListed(entry: unknown): boolean {
  const { name, type, mtime } = (entry ?? {}) as Record<string, unknown>;
  return typeof name === 'string' && typeof mtime === 'string' && (type === 'file' || type === 'directory');
}

function classifySuccess(
  answer: HttpAnswered,
  text: string,
  errorCode: string | null,
  { listener, path }: AskedOf,
): HttpAnswer {
  if (errorCode !== null) return 'unrecognised';
  if (!isHtml(answer, text) || isDirectoryListing(answer)) return 'ok';
  if (/<input\b[^>]*\btype\s*=\s*["']?password/i.test(text)) return 'login-page';
  if (/<title>[^<]*(cloudify|rabbitmq management|log ?in\b|sign ?in\b)/i.test(text)) return 'login-page';
  // Behind these nothing has a page of its own to log in with: HTML is content (Prometheus, a file).
  if (listener === 'monitoring' || path.startsWith('/resources')) return 'ok';
  return /^\/(?:$|\?|stage|console)/.test(path) ? 'login-page' : 'unrecognised';
}

function isHtml(answer: HttpAnswered, text: string): boolean {
  const type = mediaType(answer);
  return (
    type === 'text/html' || type === 'application/xhtml+xml' || /^\s*<(!doctype html|html)\b/i.test(text)
  );
}

/** The bodies with which a 401 may come: the manager's, nginx's where nginx itself asks for credentials, RabbitMQ's. */
function isRefusal(
  answer: HttpAnswered,
  text: string,
  errorCode: string | null,
  { listener, path, method }: AskedOf,
): boolean {
  // RFC 9110 §9.3.2: the header fields are those of GET, so the manager's own error still shows its type.
  if (method === 'HEAD' && listener !== 'amqp-management') return mediaType(answer) === 'application/json';
  if (listener === 'amqp-management') {
    // RabbitMQ 3.10 refuses a request without credentials by an empty body, one with wrong ones by JSON.
    const challenges = headerValues(answer.headers, 'www-authenticate');
    const isEmpty = text === '' && challenges.some((v) => v.includes('realm="RabbitMQ Management"'));
    return isEmpty || (errorCode !== null && /^not_authori[sz]ed$/.test(errorCode));
  }
  const byNginx = listener === 'monitoring' || isGuardedByNginx(path);
  if (byNginx && isNginxPage(answer, '401 Authorization Required')) return true;
  return listener !== 'monitoring' && errorCode === 'unauthorized_error';
}

/** nginx's built-in page, e.g. of auth_basic, auth_request, limit_req. */
export function isNginxPage(answer: HttpAnswered, title: string): boolean {
  const text = bodyText(answer);
  return text.includes(`<title>${title}</title>`) && /<center>nginx[^<]*<\/center>/.test(text);
}
