import { headerValues, type HttpAnswered, type HttpResult } from '../../protocol/http';
import { bodyText, isGuardedByNginx, jsonBody, mediaType } from '../classify';

/**
 * Whether only code behind the guard can have said this: the endpoint's own content or errors, the framework's complaint
 * about what the endpoint wanted to read, or a stack trace out of it. In Cloudify 7.1 authentication and permissions are
 * asked before any of that. Not so licence and maintenance, which are looked at first, and premium features that are
 * missing, which answer before they know who asks.
 */
export function isFromBehindGuard(answer: HttpAnswered): boolean {
  const { status } = answer;
  const code = managerCodeOf(answer);
  if (status < 300) return isContent(answer);
  if (status >= 500) return code === 'internal_server_error' && bodyText(answer).includes(endpointCode);
  if (status < 400 || status === 401 || status === 429 || !answer.complete) return false;
  if (code !== null) return !beforeEndpoint.test(code);
  return isFrameworksComplaint(answer);
}

/**
 * Whether the caller was known: what comes from behind the guard, and a refusal for want of a permission, which is looked
 * at only once it is clear whose it is. nginx guards files and the audit log by asking the REST service; who gets past
 * that question is answered by nginx itself or by what is behind it, mostly with an honest 403 or 404.
 */
export function isLetIn(answer: HttpAnswered, path: string): boolean {
  const { status } = answer;
  if (isServedByNginx(path)) {
    return status < 300 || status === 403 || (status === 404 && !isWerkzeugPage(answer, 404, 'Not Found'));
  }
  return managerCodeOf(answer) === 'forbidden_error' || isFromBehindGuard(answer);
}

/** Whether nginx answers what the REST service lets pass: it asks it first, or is told by it to (X-Accel-Redirect). */
export function isServedByNginx(path: string): boolean {
  return isGuardedByNginx(path) || /^\/api\/v[^/]+\/file-server-proxy\b/.test(path);
}

/** 403 `forbidden_error` that names no permission: the endpoint wants to know in which tenant it works. */
export function wantsTenant(answer: HttpAnswered): boolean {
  return (
    answer.status === 403 &&
    managerCodeOf(answer) === 'forbidden_error' &&
    messageOf(answer) === 'Authorization failed: tenant not provided'
  );
}

/** The manager's own `error_code`; what others name `error` is theirs. */
function managerCodeOf(answer: HttpAnswered): string | null {
  const code = (jsonBody(answer) as { error_code?: unknown } | null | undefined)?.error_code;
  return typeof code === 'string' ? code : null;
}

/** `message` of a JSON error body. */
export function messageOf(answer: HttpAnswered): string {
  const message = (jsonBody(answer) as { message?: unknown } | null | undefined)?.message;
  return typeof message === 'string' ? message : '';
}

/** A page of werkzeug, the web framework of the REST service; nginx writes its own otherwise. */
export function isWerkzeugPage(result: HttpResult, status: number, title: string): boolean {
  if (result.kind === 'failure' || result.status !== status || mediaType(result) !== 'text/html')
    return false;
  const text = bodyText(result);
  return text.includes(`<title>${status} ${title}</title>`) && !text.includes('<center>');
}

/** What is said before the endpoint's own code has its turn. */
const beforeEndpoint = /licen[cs]e|maintenance|ssl|auth|tenant_not|premium|^forbidden_error$/i;

/** A frame of the stack in the code of an endpoint, `manager_rest/rest/resources_v3_1/…` (Cloudify 7.1). */
const endpointCode = 'manager_rest/rest/resources_v';

/** flask-restful's about an argument, werkzeug's about a body or a parameter that is read and is not there. */
function isFrameworksComplaint(answer: HttpAnswered): boolean {
  if (answer.status === 400 && isWerkzeugPage(answer, 400, 'Bad Request')) return true;
  if (answer.status === 415 && isWerkzeugPage(answer, 415, 'Unsupported Media Type')) return true;
  const body = jsonBody(answer);
  const isObject = body !== null && typeof body === 'object' && !Array.isArray(body);
  return answer.status === 400 && isObject && 'message' in body && !('error_code' in body);
}

/** JSON that is no error, or nothing at all with 204. Long answers are cut, so their type has to do. */
function isContent(answer: HttpAnswered): boolean {
  if (answer.status === 204) return answer.bodyBytes === 0;
  const [type = ''] = headerValues(answer.headers, 'content-type');
  return /^application\/json\b/i.test(type.trim()) && managerCodeOf(answer) === null;
}
