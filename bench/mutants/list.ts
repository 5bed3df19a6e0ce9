import type { Answer } from '../../fixtures/deployment/nginx/answer';
import { errorAnswer, valueAnswer, werkzeugPage } from '../../fixtures/deployment/rest/answers';
import type { Account } from '../../fixtures/deployment/rest/accounts';
import type { Login } from '../../fixtures/deployment/rest/authenticate';
import type { Asked, Fault } from '../../fixtures/deployment/rest/fault';

/** A fault that can sit on any route; in a run it sits on a whole group of them at once, and each has to be noticed. */
export interface RouteMutant {
  readonly id: string;
  /** `breach`: something is let in, so a rule must fail; `odd`: nothing is, so nothing may pass. */
  readonly kind: 'breach' | 'odd';
  /** By which evidence it shows: what strangers met, or what roles met. */
  readonly shows: 'authentication' | 'authorization';
  /** The standard plan looks for it on few routes only. */
  readonly sampled?: true;
  /** Only routes of this method have it. */
  readonly method?: string;
  readonly fault: (isMutated: (asked: Asked) => boolean) => Fault;
}

/** A fault of the whole service. */
export interface WholeMutant {
  readonly id: string;
  /** A rule that must fail. */
  readonly rule: string;
  readonly fault: Fault;
}

const dropped =
  (isMutated: (asked: Asked) => boolean, listener?: 'external' | 'internal') =>
  (login: Login, asked: Asked): Login =>
    'refused' in login && isMutated(asked) && (listener ?? asked.request.listener) === asked.request.listener
      ? { account: administrator(asked) }
      : login;

const refused =
  (make: (answer: Answer) => Answer): RouteMutant['fault'] =>
  (isMutated) => ({
    answer: (answer, asked, login) =>
      login !== null && 'refused' in login && isMutated(asked) ? make(answer) : answer,
  });

const html = { 'Content-Type': 'text/html; charset=utf-8' };
const json = { 'Content-Type': 'application/json' };

export const routeMutants: readonly RouteMutant[] = [
  {
    id: 'authentication dropped',
    kind: 'breach',
    shows: 'authentication',
    fault: (isMutated) => ({ login: dropped(isMutated) }),
  },
  {
    id: 'authentication dropped on the internal listener',
    kind: 'breach',
    shows: 'authentication',
    sampled: true,
    fault: (isMutated) => ({ login: dropped(isMutated, 'internal') }),
  },
  {
    id: 'authentication dropped for HEAD',
    kind: 'breach',
    shows: 'authentication',
    sampled: true,
    method: 'GET',
    fault: (isMutated) => ({
      login: dropped((asked) => asked.request.method === 'HEAD' && isMutated(asked)),
    }),
  },
  {
    id: 'unknown execution tokens accepted',
    kind: 'breach',
    shows: 'authentication',
    sampled: true,
    fault: (isMutated) => ({
      login: dropped((asked) => asked.request.headers['execution-token'] !== undefined && isMutated(asked)),
    }),
  },
  {
    id: 'authentication after the endpoint: 500 with its trace',
    kind: 'breach',
    shows: 'authentication',
    fault: refused(() => errorAnswer(500, 'internal_server_error', 'Internal error', trace)),
  },
  {
    id: 'the refusal is a 404 of the endpoint',
    kind: 'breach',
    shows: 'authentication',
    fault: refused(() => errorAnswer(404, 'not_found_error', 'Requested `X` with ID `y` was not found')),
  },
  {
    id: 'the refusal is a complaint about the body',
    kind: 'breach',
    shows: 'authentication',
    fault: refused(() => ({
      status: 400,
      headers: html,
      body: '<!doctype html>\n<html lang=en>\n<title>400 Bad Request</title>\n<h1>Bad Request</h1>\n',
    })),
  },
  { id: '200 with nothing in it', kind: 'breach', shows: 'authentication', fault: refused(() => empty(200)) },
  { id: '204', kind: 'breach', shows: 'authentication', fault: refused(() => empty(204)) },
  {
    id: '302 to a log-in page',
    kind: 'odd',
    shows: 'authentication',
    fault: refused(() => ({ status: 302, headers: { ...html, Location: '/console/login' }, body: '' })),
  },
  {
    id: '200 with a log-in page',
    kind: 'odd',
    shows: 'authentication',
    fault: refused(() => ({
      status: 200,
      headers: html,
      body: '<!doctype html><html><head><title>Cloudify log in</title></head><body><input type="password"></body></html>',
    })),
  },
  {
    id: '401 without the manager’s error',
    kind: 'odd',
    shows: 'authentication',
    fault: refused(() => ({ status: 401, headers: json, body: '{"message":"denied"}' })),
  },
  {
    id: '401 as HTML',
    kind: 'odd',
    shows: 'authentication',
    fault: refused(() => ({ status: 401, headers: html, body: '<h1>Unauthorized</h1>' })),
  },
  {
    id: '500 without a trace',
    kind: 'odd',
    shows: 'authentication',
    fault: refused(() => errorAnswer(500, 'internal_server_error', 'Internal error')),
  },
  { id: '503', kind: 'odd', shows: 'authentication', fault: refused(() => empty(503)) },
  {
    id: '405 of the framework',
    kind: 'odd',
    shows: 'authentication',
    fault: refused(() => werkzeugPage(405, ['GET'])),
  },
  {
    id: 'permission check dropped',
    kind: 'breach',
    shows: 'authorization',
    fault: (isMutated) => ({ refusal: (reason, asked) => (isMutated(asked) ? null : reason) }),
  },
  {
    id: 'permission swapped for one that everybody has',
    kind: 'breach',
    shows: 'authorization',
    fault: (isMutated) => ({
      refusal: (reason, asked, account) =>
        isMutated(asked) && Object.keys(account.tenants).length > 0 ? null : reason,
    }),
  },
  {
    id: 'the refusal names no permission',
    kind: 'odd',
    shows: 'authorization',
    fault: (isMutated) => ({
      refusal: (reason, asked) => (reason !== null && isMutated(asked) ? 'Forbidden' : reason),
    }),
  },
];

/** A part of the manager's comparison of tokens or passwords, done carelessly. */
const careless = (matches: (account: Account, id: string, secret: string) => boolean): Fault => ({
  login: (login, { request, accounts }) => {
    const [, id = '', ...rest] = (request.headers['authentication-token'] ?? '').split('-');
    const account = accounts.find(
      (each) => each.active && !each.tokenExpired && matches(each, id, rest.join('-')),
    );
    return 'refused' in login && account !== undefined ? { account } : login;
  },
});
const idOf = ({ token }: Account): string => token.split('-')[1] ?? '';
const secretOf = ({ token }: Account): string => token.split('-')[2] ?? '';

const whenRefused = (matches: (asked: Asked) => boolean): Fault => ({ login: dropped(matches) });
const header = (name: string, pattern = /./): Fault =>
  whenRefused(({ request }) => pattern.test(request.headers[name] ?? ''));
const deadIn = (version: string, select: (account: Account) => boolean): Fault => ({
  login: (login, { request, accounts }) => {
    if (!('refused' in login) || !request.path.startsWith(`/api/${version}/`)) return login;
    const [, basic = ''] = (request.headers.authorization ?? '').split(' ');
    const shown = Buffer.from(basic, 'base64').toString();
    const account = accounts.find(
      (each) =>
        select(each) &&
        (each.token === request.headers['authentication-token'] ||
          shown === `${each.username}:${each.password}`),
    );
    return account === undefined ? login : { account };
  },
});

export const wholeMutants: readonly WholeMutant[] = [
  {
    id: 'token: only the id is looked up',
    rule: 'CFY-AUT-03',
    fault: careless((each, id) => idOf(each) === id),
  },
  {
    id: 'token: a prefix of the secret is compared',
    rule: 'CFY-AUT-03',
    fault: careless((each, id, secret) => idOf(each) === id && secretOf(each).startsWith(secret.slice(0, 8))),
  },
  {
    id: 'token: whatever the secret starts with will do, and that may be nothing',
    rule: 'CFY-AUT-03',
    fault: careless((each, id, secret) => idOf(each) === id && secretOf(each).startsWith(secret)),
  },
  {
    id: 'token: anything may follow the secret',
    rule: 'CFY-AUT-03',
    fault: careless((each, id, secret) => idOf(each) === id && secret.startsWith(secretOf(each))),
  },
  {
    id: 'token: compared without regard to case',
    rule: 'CFY-AUT-03',
    fault: careless(
      (each, id, secret) => idOf(each) === id && secretOf(each).toLowerCase() === secret.toLowerCase(),
    ),
  },
  {
    id: 'token: the secret alone is looked up',
    rule: 'CFY-AUT-03',
    fault: careless((each, _id, secret) => secretOf(each) === secret),
  },
  ...['v1', 'v2', 'v2.1', 'v3', 'v3.1'].flatMap((version): readonly WholeMutant[] => [
    {
      id: `deactivated accounts accepted in ${version}`,
      rule: 'CFY-RBC-03',
      fault: deadIn(version, ({ active }) => !active),
    },
    {
      id: `expired tokens accepted in ${version}`,
      rule: 'CFY-AUT-03',
      fault: deadIn(version, ({ tokenExpired }) => tokenExpired),
    },
    {
      id: `authentication dropped in ${version}`,
      rule: 'CFY-AUT-01',
      fault: whenRefused(({ request }) => request.path.startsWith(`/api/${version}/`)),
    },
  ]),
  { id: 'any execution token accepted', rule: 'CFY-AUT-01', fault: header('execution-token') },
  {
    id: 'any execution token accepted, on the internal listener',
    rule: 'CFY-AUT-01',
    fault: whenRefused(
      ({ request }) => request.listener === 'internal' && (request.headers['execution-token'] ?? '') !== '',
    ),
  },
  { id: 'any Basic accepted', rule: 'CFY-AUT-01', fault: header('authorization', /^basic/i) },
  {
    id: 'Basic accepted in odd case',
    rule: 'CFY-AUT-01',
    fault: header('authorization', /^(?!Basic )basic/i),
  },
  { id: 'Basic accepted in capitals', rule: 'CFY-AUT-01', fault: header('authorization', /^BASIC /) },
  { id: 'Basic accepted in small letters', rule: 'CFY-AUT-01', fault: header('authorization', /^basic /) },
  { id: 'any Bearer accepted', rule: 'CFY-AUT-01', fault: header('authorization', /^bearer/i) },
  {
    id: 'a name without a password accepted',
    rule: 'CFY-AUT-01',
    fault: whenRefused(({ request }) => {
      const [, basic = ''] = (request.headers.authorization ?? '').split(' ');
      return /^[^:]+:$/.test(Buffer.from(basic, 'base64').toString());
    }),
  },
  {
    id: 'Basic without a colon accepted',
    rule: 'CFY-AUT-01',
    fault: whenRefused(({ request }) => {
      const [, basic = ''] = (request.headers.authorization ?? '').split(' ');
      return /^[^:]+$/.test(Buffer.from(basic, 'base64').toString());
    }),
  },
  { id: 'a malformed token accepted', rule: 'CFY-AUT-01', fault: header('authentication-token', /^[^-]+$/) },
  {
    id: 'an unknown token accepted',
    rule: 'CFY-AUT-01',
    fault: header('authentication-token', /^ctok-\w{10}-\w{40}$/),
  },
  { id: 'two tokens confuse it', rule: 'CFY-AUT-01', fault: header('authentication-token', /,/) },
  { id: 'an empty token accepted', rule: 'CFY-AUT-01', fault: header('authentication-token', /^$/) },
  { id: 'a cookie accepted', rule: 'CFY-AUT-01', fault: header('cookie', /XSRF-TOKEN=/) },
  { id: 'loopback behind a proxy trusted', rule: 'CFY-AUT-01', fault: header('x-forwarded-for', /127/) },
  { id: 'the user of a proxy believed', rule: 'CFY-AUT-01', fault: header('remote-user') },
  { id: 'the path before a rewrite believed', rule: 'CFY-AUT-01', fault: header('x-original-url', /ok$/) },
  { id: 'the path before another rewrite', rule: 'CFY-AUT-01', fault: header('x-rewrite-url', /ok$/) },
  {
    id: 'a method in a header, asked for by POST',
    rule: 'CFY-AUT-01',
    fault: {
      request: (request) =>
        request.headers['x-http-method-override'] === undefined
          ? request
          : { ...request, method: request.headers['x-http-method-override'] },
      login: dropped(({ request }) => request.headers['x-http-method-override'] !== undefined),
    },
  },
  ...(
    [
      ['a trailing slash', /[^/]\/$/],
      ['a doubled slash', /\/\//],
      ['an encoded letter', /%6/],
      ['an encoded slash', /%2f/],
      ['a dot segment', /\/\.\//],
      ['an encoded dot', /%2e/],
      ['a parent segment', /\/\.\.\//],
      ['a path parameter', /;/],
      ['capitals', /\/API\//],
    ] as const
  ).map(([what, pattern]): WholeMutant => ({
    id: `unguarded by ${what}`,
    rule: 'CFY-AUT-01',
    fault: {
      request: (request) =>
        pattern.test(request.target)
          ? { ...request, path: request.path.toLowerCase().replace(/\/$|;.*$/g, '') }
          : request,
      login: dropped(({ request }) => pattern.test(request.target)),
    },
  })),
  {
    id: 'the roles of no tenant are those of an administrator',
    rule: 'CFY-RBC-02',
    fault: {
      refusal: (reason, _asked, account) => (Object.keys(account.tenants).length === 0 ? null : reason),
    },
  },
];

function administrator({ accounts }: Asked): Account {
  const found = accounts.find(({ username }) => username === 'admin');
  if (found === undefined) throw new Error('the fixture has no administrator');
  return found;
}

function empty(status: number): Answer {
  return { ...valueAnswer({}), status, body: '' };
}

const trace =
  'Traceback (most recent call last):\n  File "/opt/manager/env/lib/python3.11/site-packages/manager_rest/rest/resources_v3_1/x.py", line 8, in get\nKeyError';
