import { compareRefusals, type Refusals } from '../../../src/collect/api/account-existence';
import type { ApiSession } from '../../../src/collect/api/session';
import { failure, type HttpAnswered, type HttpResult } from '../../../src/protocol/http';

const session = {
  door: { node: 'manager-1', likeness: 'rest-external', scheme: 'https' },
} as unknown as ApiSession;
const control = { kind: 'authorised', as: 'dora', status: 200, succeeded: true, reason: null } as const;

interface Told {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

function answer({ status = 401, headers = {}, body = refusal('Wrong credentials') }: Told): HttpAnswered {
  return {
    kind: 'answer',
    status,
    statusText: '',
    httpVersion: '1.1',
    headers: Object.entries({ 'Content-Type': 'application/json', ...headers }),
    body: Buffer.from(body),
    bodyBytes: body.length,
    bodySha256: '',
    complete: true,
  };
}

const refusal = (message: string): string => JSON.stringify({ error_code: 'unauthorized_error', message });

/** What is told of `Dora O'Hara` beside what is told of two names of nobody. */
function compared(
  account: HttpResult,
  first: HttpResult,
  second: HttpResult = first,
): ReturnType<typeof compareRefusals> {
  const refusals: Refusals = {
    account: { username: 'Dora "O"', result: account },
    nobody: [
      { username: 'nobody-1', result: first },
      { username: 'nobody-22', result: second },
    ],
  };
  return compareRefusals(refusals, session, { as: 'dora', path: '/x', control });
}

const differences = (...args: Parameters<typeof compared>): unknown => {
  const found = compared(...args);
  return typeof found === 'string' ? found : found.differences;
};

test('the same refusal of all three tells nothing', () => {
  expect(compared(answer({}), answer({}))).toEqual({
    node: 'manager-1',
    as: 'dora',
    path: '/x',
    account: { status: 401, errorCode: 'unauthorized_error' },
    nobody: { status: 401, errorCode: 'unauthorized_error' },
    differences: [],
    control,
  });
});

test('a name that is repeated is no difference, however it is written', () => {
  const naming = (name: string): HttpResult => answer({ body: refusal(`no log-in for ${name}`) });
  const parts = [naming('nobody-1'), naming('nobody-22')] as const;
  expect(differences(naming('Dora "O"'), ...parts)).toEqual([]);
  expect(differences(naming('dora "o"'), ...parts)).toEqual([]);
  const escaped = '{"error_code":"unauthorized_error","message":"no log-in for \\u0044ora \\"O\\""}';
  expect(differences(answer({ body: escaped }), ...parts)).toEqual([]);
});

test.each<[string, Told, readonly string[]]>([
  ['a message', { body: refusal('Authentication failed for <User username=`Dora "O"`>') }, ['body']],
  ['a code', { body: JSON.stringify({ error_code: 'locked', message: 'Wrong credentials' }) }, ['body']],
  ['a status', { status: 403 }, ['status']],
  ['a header', { headers: { 'X-Failed-Logins': '1' } }, ['header x-failed-logins']],
  ['the value of a header', { headers: { 'Content-Type': 'text/html' } }, ['header content-type']],
])('%s that is told of the account alone tells it', (_name, told, expected) => {
  expect(differences(answer(told), answer({}))).toEqual(expected);
});

test('what differs between two names of nobody tells nothing', () => {
  const random = (id: string): Told => ({
    headers: { 'X-Request-Id': id, Date: id, 'Content-Length': id },
    body: refusal(`request ${id}`),
  });
  expect(differences(answer(random('a')), answer(random('b')), answer(random('c')))).toEqual([]);
});

test.each<[string, HttpResult]>([
  ['no answer', failure('closed', 'the connection was closed')],
  ['an error of the server', answer({ status: 500 })],
  ['the rate limit', answer({ status: 429 })],
  ['a page', answer({ status: 200 })],
  ['a redirect', answer({ status: 302 })],
])('%s is no refusal, whoever gets it', (_name, other) => {
  expect(differences(other, answer({}))).toEqual(expect.any(String));
  expect(differences(answer({}), answer({}), other)).toEqual(expect.any(String));
});
