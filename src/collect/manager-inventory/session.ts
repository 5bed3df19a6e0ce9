import { setTimeout as sleep } from 'node:timers/promises';
import type { Secret } from '../../model/target';
import {
  headerValues,
  openHttp,
  type FailureCode,
  type HttpAnswered,
  type HttpResult,
} from '../../protocol/http';
import { known, unknown, type Part } from './inventory';
import { bracketed, serverNameOf } from '../destination';

/** Whom to ask, as whom, and why to believe the answers. */
export interface InventoryQuestion {
  /** Host as the user wrote it: name or address. The certificate must cover it. */
  readonly host: string;
  /** IP address that is dialled. */
  readonly address: string;
  readonly port: number;
  readonly credentials:
    | { readonly kind: 'password'; readonly username: string; readonly password: Secret }
    | { readonly kind: 'token'; readonly token: Secret };
  /** DER certificates, the trust store that Node ships, or nothing because the user insists. */
  readonly trust: readonly Uint8Array[] | 'system' | 'insecure';
  readonly userAgent: string;
  readonly signal: AbortSignal;
  readonly timeoutMs?: number;
}

/** GET of JSON as the administrator. After a refusal of the credentials or a broken connection nothing more is sent. */
export interface Session {
  /** `path` below /api/v3.1. */
  get(path: string): Promise<Part<unknown>>;
  close(): void;
}

/** The manager allows 10 requests a second and address (Cloudify 7.1 `limit_req`). */
const paceMs = 150;
const retries = 2;
const retryMs = 1500;

/** Opens a session; nothing is sent before the first question. Credentials go over verified TLS, or none but by `insecure`. */
export function openSession(question: InventoryQuestion): Session {
  const { host, address, port, trust, signal, timeoutMs = 10_000 } = question;
  const serverName = serverNameOf(host);
  const verify = trust === 'insecure' ? null : { anchors: trust, host };
  const limits = { connectMs: timeoutMs, headersMs: 3 * timeoutMs, bodyMs: 3 * timeoutMs };
  const client = openHttp(
    { address, port, tls: { serverName, verify } },
    { ...limits, keptBodyBytes: maxAnswerBytes, countedBodyBytes: maxAnswerBytes },
  );
  const authority = bracketed(host);
  const headers = [
    ['Host', port === 443 ? authority : `${authority}:${port}`],
    ['User-Agent', question.userAgent],
    ['Accept', 'application/json'],
    ['Tenant', 'default_tenant'],
    credentialHeader(question.credentials),
  ] as const;
  let ended: string | null = null;

  const send = async (path: string): Promise<HttpResult | null> => {
    for (let retry = 0; ; retry++) {
      try {
        await sleep(retry === 0 ? paceMs : retryMs, undefined, { signal });
      } catch {
        return null;
      }
      const result = await client.send({ method: 'GET', path: `/api/v3.1${path}`, headers }, signal);
      const isLimited = result.kind === 'answer' && (result.status === 503 || result.status === 429);
      if (!isLimited || retry === retries) return result;
    }
  };

  return {
    get: async (path) => {
      if (ended !== null) return unknown(ended);
      const result = await send(path);
      if (result === null) return unknown('interrupted');
      if (result.kind === 'failure') {
        if (!passing.has(result.code)) ended = result.reason;
        return unknown(result.reason);
      }
      if (!result.complete) return unknown('the answer is larger than we accept');
      // A wrong password is tried once: the manager counts failed logins and may lock the account.
      if (result.status === 401) ended = 'the manager refused the credentials';
      return readJson(result);
    },
    close: () => {
      client.close();
    },
  };
}

/** Failures of one answer; any other would meet the next request as well. */
const passing: ReadonlySet<FailureCode> = new Set([
  'closed',
  'reset',
  'truncated',
  'malformed',
  'bad-encoding',
  'headers-too-large',
  'body-timeout',
]);

const maxAnswerBytes = 4 * 1024 * 1024;

function credentialHeader(credentials: InventoryQuestion['credentials']): readonly [string, string] {
  if (credentials.kind === 'token') return ['Authentication-Token', credentials.token.reveal()];
  const pair = `${credentials.username}:${credentials.password.reveal()}`;
  return ['Authorization', `Basic ${Buffer.from(pair, 'utf8').toString('base64')}`];
}

/** Messages of the manager are not passed on: they can quote what was sent. Its error codes cannot. */
function readJson(answer: HttpAnswered): Part<unknown> {
  const body = parse(answer);
  if (answer.status === 200 && body !== undefined) return known(body);
  if (answer.status === 401) return unknown('the manager refused the credentials');
  if (answer.status >= 300 && answer.status < 400) {
    return unknown(`redirected (${answer.status}): is this the manager's REST port?`);
  }
  if (answer.status === 200) {
    const [type = 'no content type'] = headerValues(answer.headers, 'content-type');
    return unknown(/html/i.test(type) ? 'answered a page, not the API' : 'the answer is not JSON');
  }
  const code = (body as { error_code?: unknown } | null | undefined)?.error_code;
  const named = typeof code === 'string' && /^\w{1,64}$/.test(code) ? ` (${code})` : '';
  return unknown(`answered ${answer.status}${named}`);
}

function parse(answer: HttpAnswered): unknown {
  try {
    return JSON.parse(Buffer.from(answer.body).toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}
