import { bodyText, classify, errorCodeOf, jsonBody } from '../../classify';
import { headerValues, type HttpResult } from '../../../protocol/http';
import type { Door } from '../doors';

/**
 * What an answer is. `shown`: content; `refused`: the guard said no; `missing`: the manager has no such thing for this
 * caller; `rejected`: it does not take the request so; `broken`: 5xx of its own; `silent`: rate limit, timeout and the
 * like; `strange`: none of these, e.g. a page; `unsent`: the bound of the plan was reached.
 */
export type ReplyKind =
  'shown' | 'refused' | 'missing' | 'rejected' | 'broken' | 'silent' | 'strange' | 'unsent';

/** One answer, read. Lives as long as it is looked at, and never longer. */
export interface Reply {
  readonly kind: ReplyKind;
  readonly status: number | null;
  readonly reason: string;
  /** undefined: no JSON. */
  readonly json: unknown;
  /** Of a list. */
  readonly items: readonly unknown[] | null;
  readonly total: number | null;
  readonly filtered: number | null;
  readonly text: string;
  readonly bytes: number;
  /** What the header says of the length; null: nothing. */
  readonly length: number | null;
  readonly sha256: string;
}

/** Reads an answer. `isFile`: not JSON is content, and nginx's own pages are refusals. */
export function readReply(result: HttpResult, door: Door, path: string, isFile: boolean): Reply {
  if (result.kind === 'failure') return { ...nothing, status: result.status, reason: result.reason };
  const base = {
    status: result.status,
    reason: `answered ${result.status}`,
    bytes: result.bodyBytes,
    sha256: result.bodySha256,
    length: lengthIn(headerValues(result.headers, 'content-length')[0]),
  };
  const text = bodyText(result);
  const whole = result.complete && (result.body.length > 0 || result.bodyBytes === 0);
  const json = jsonBody(result) ?? plainValue(text);
  const listed = listIn(json);
  const of = (kind: ReplyKind, reason = base.reason): Reply => ({
    ...base,
    reason,
    json,
    text,
    kind,
    ...listed,
  });
  const answer = classify(result, { listener: door.likeness, scheme: door.scheme, path });
  const isManagers = errorCodeOf(result) !== null || isMessage(json);
  if (answer === 'rate-limited') return of('silent', 'the rate limit answered');
  if (result.status >= 200 && result.status < 300) {
    if (isFile) return of(answer === 'login-page' ? 'strange' : 'shown');
    if (json === undefined && text.trim() !== '') {
      return of(
        'strange',
        whole && text.length < 1024 * 1024
          ? 'a success that is no JSON'
          : 'the answer was too long to be read',
      );
    }
    return of(json === undefined ? 'missing' : 'shown');
  }
  if (result.status === 503 || result.status === 429) return of('silent', `answered ${result.status}`);
  if (result.status >= 500)
    return of(isManagers || isFile ? 'broken' : 'silent', `answered ${result.status}`);
  if (answer === 'forbidden') return of('refused');
  if (result.status === 404) return of(isManagers || isFile ? 'missing' : 'rejected');
  if (result.status === 401) return of('strange', 'the credentials were refused (401)');
  return of(isManagers || (result.status >= 400 && result.status < 500) ? 'rejected' : 'strange');
}

/** A request that was not sent any more. */
export const unsent: Reply = {
  kind: 'unsent',
  status: null,
  reason: 'the bound of the plan was reached',
  json: undefined,
  items: null,
  total: null,
  filtered: null,
  text: '',
  bytes: 0,
  length: null,
  sha256: '',
};

/** Whether the answer says something about what the caller may see. */
export function isConclusive({ kind }: Reply): boolean {
  return kind === 'shown' || kind === 'refused' || kind === 'missing';
}

const nothing: Reply = { ...unsent, kind: 'silent' };

/** `{ items, metadata: { pagination: { total }, filtered } }` (v2 and later), or an array (v1). */
function listIn(json: unknown): Pick<Reply, 'items' | 'total' | 'filtered'> {
  if (Array.isArray(json)) return { items: json, total: null, filtered: null };
  const { items, metadata } = (json ?? {}) as { items?: unknown; metadata?: unknown };
  if (!Array.isArray(items)) return { items: null, total: null, filtered: null };
  const { pagination, filtered } = (metadata ?? {}) as {
    pagination?: { total?: unknown };
    filtered?: unknown;
  };
  return { items, total: numberOr(pagination?.total), filtered: numberOr(filtered) };
}

function lengthIn(value: string | undefined): number | null {
  return value !== undefined && /^\d{1,15}$/.test(value) ? Number(value) : null;
}

/** A bare true, false, null or number is JSON too. */
function plainValue(text: string): unknown {
  return /^\s*(?:true|false|null|-?\d{1,15})\s*$/.test(text) ? (JSON.parse(text) as unknown) : undefined;
}

function numberOr(value: unknown): number | null {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value : null;
}

/** flask-restful's own complaint. */
function isMessage(json: unknown): boolean {
  return json !== null && typeof json === 'object' && 'message' in json;
}
