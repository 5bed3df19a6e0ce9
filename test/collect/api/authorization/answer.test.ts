import { judgeAnswer } from '../../../../src/collect/api/authorization/answer';
import { failure, type HttpAnswered } from '../../../../src/protocol/http';

function answer(status: number, body: unknown, type = 'application/json'): HttpAnswered {
  const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  return {
    kind: 'answer',
    status,
    statusText: '',
    httpVersion: '1.1',
    headers: [['Content-Type', type]],
    body: bytes,
    bodyBytes: bytes.length,
    bodySha256: '',
    complete: true,
  };
}

const error = (status: number, code: string, message = ''): HttpAnswered =>
  answer(status, { error_code: code, message, server_traceback: null });

const refusal = 'User `vera` is not permitted to perform the action snapshot_list in the tenant `tenant_a`';

test('a 403 that names its permission is a refusal, and no other answer is', () => {
  expect(judgeAnswer(error(403, 'forbidden_error', refusal), false)).toMatchObject({
    observed: 'refused',
    named: 'snapshot_list',
  });
});

test.each<readonly [string, HttpAnswered]>([
  ['content', answer(200, { items: [] })],
  ['nothing', { ...answer(204, '', 'text/html'), bodyBytes: 0 }],
  ['a long list that was cut', { ...answer(200, '{"items": [{'), complete: false }],
  ['an object that does not exist', error(404, 'not_found_error')],
  ['a missing body', error(415, 'unsupported_content_type_error')],
  ['a missing parameter', error(400, 'bad_parameters_error')],
  ['an argument that flask-restful misses', answer(400, { message: { _target_field: 'required' } })],
  [
    'a handler that wants a tenant',
    error(403, 'forbidden_error', 'Authorization failed: tenant not provided'),
  ],
])('%s comes from behind the guard', (_what, given) => {
  expect(judgeAnswer(given, false).observed).toBe('answered');
});

test.each<readonly [string, HttpAnswered]>([
  ['a log-in page', answer(200, '<!doctype html><title>Log in</title>', 'text/html')],
  ['an error that calls itself a success', error(200, 'forbidden_error', refusal)],
  ['a redirect', answer(302, '', 'text/html')],
  ['a 403 of nginx', answer(403, '<html><center><h1>403 Forbidden</h1></center>', 'text/html')],
  [
    'an unknown tenant',
    error(403, 'forbidden_error', 'Authorization failed: Tried to authenticate with invalid tenant name: x'),
  ],
  ['a 403 of somebody else that quotes the manager', answer(403, { error: 'denied', message: refusal })],
  ['refused credentials', error(401, 'unauthorized_error', 'User unauthorized: Unauthorized')],
  ['a premium feature that is missing', error(404, 'missing_premium_package_error')],
  ['a path that is not mounted', answer(404, '<!doctype html><title>404 Not Found</title>', 'text/html')],
  ['a method that is not mounted', answer(405, '<!doctype html>', 'text/html')],
  ['a missing licence, which is looked for first', error(400, 'missing_cloudify_license')],
  ['port 80', error(400, 'SSL_REQUIRED')],
  ['a rate limit', answer(429, '')],
  ['a busy nginx', answer(503, '<html>', 'text/html')],
  ['a broken handler', error(500, 'internal_server_error')],
  ['a refusal that was cut', { ...error(403, 'forbidden_error', refusal), complete: false }],
])('%s proves nothing', (_what, given) => {
  const judged = judgeAnswer(given, false);
  expect(judged.observed).toBe('unproven');
  expect(judged.reason).not.toBeNull();
});

test('no answer proves nothing, and says why', () => {
  expect(judgeAnswer(failure('reset', 'connection reset'), false)).toMatchObject({
    observed: 'unproven',
    status: null,
    reason: 'connection reset',
  });
});

test('a 401 is a refusal only where the endpoint refuses so, and only in the words of the manager', () => {
  expect(judgeAnswer(error(401, 'unauthorized_error'), true).observed).toBe('refused-unnamed');
  expect(judgeAnswer(answer(401, '<html>', 'text/html'), true).observed).toBe('unproven');
});
