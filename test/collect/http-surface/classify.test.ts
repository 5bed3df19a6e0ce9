import fc from 'fast-check';
import { classify, errorCodeOf, type AskedOf } from '../../../src/collect/classify';
import { disclosuresOf } from '../../../src/collect/disclosures';
import { cookieFacts, headerFacts, locationHost } from '../../../src/collect/header-facts';
import type { HttpAnswered } from '../../../src/protocol/http';

const api: AskedOf = { listener: 'rest-external', scheme: 'https', path: '/api/v3.1/blueprints' };
const at = (part: Partial<AskedOf>): AskedOf => ({ ...api, ...part });
const files = at({ path: '/resources/blueprints/' });
const port8009 = at({ listener: 'monitoring', path: '/cfylogs/' });
const port80 = at({ listener: 'http', scheme: 'http' });
const broker = at({ listener: 'amqp-management', path: '/api/overview' });

function answer(status: number, body = '', ...headers: [string, string][]): HttpAnswered {
  const bytes = Buffer.from(body);
  return {
    kind: 'answer',
    status,
    statusText: '',
    httpVersion: '1.1',
    headers,
    body: bytes,
    bodyBytes: bytes.length,
    bodySha256: '',
    complete: true,
  };
}
const json = (code: string, traceback: string | null = null): string =>
  JSON.stringify({ error_code: code, message: 'm', server_traceback: traceback });
const nginx = (title: string, name = 'nginx'): string =>
  `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n<hr><center>${name}</center>\r\n</body>\r\n</html>\r\n`;
const html: [string, string] = ['Content-Type', 'text/html; charset=utf-8'];
const nginx401 = nginx('401 Authorization Required');

test.each<[string, HttpAnswered, AskedOf, string]>([
  ["the manager's 401", answer(401, json('unauthorized_error')), api, 'unauthorized'],
  [
    "the manager's complaint about a parameter",
    answer(400, json('bad_parameters_error')),
    api,
    'bad-request',
  ],
  ['a 400 of somebody else', answer(400, '<h1>Bad Request</h1>', html), api, 'unrecognised'],
  ['a 401 without a body', answer(401), api, 'unrecognised'],
  ['a 401 of some proxy', answer(401, '<h1>Sign in to the proxy</h1>', html), api, 'unrecognised'],
  ['a 401 with another error code', answer(401, json('token_expired')), api, 'unrecognised'],
  ["nginx's 401 where only REST can refuse", answer(401, nginx401, html), api, 'unrecognised'],
  ["nginx's 401 on the file server", answer(401, nginx401, html), files, 'unauthorized'],
  [
    "nginx's 401 on the audit log",
    answer(401, nginx401, html),
    at({ path: '/api/v3.1/audit' }),
    'unauthorized',
  ],
  [
    "nginx's 401 beside the audit log",
    answer(401, nginx401, html),
    at({ path: '/api/v3.1/audits' }),
    'unrecognised',
  ],
  ["nginx's 401 on 8009", answer(401, nginx401, html), port8009, 'unauthorized'],
  [
    "the manager's 401 on 8009, where it does not belong",
    answer(401, json('unauthorized_error')),
    port8009,
    'unrecognised',
  ],
  [
    "RabbitMQ's 401",
    answer(401, '{"error":"not_authorized","reason":"Login failed"}'),
    broker,
    'unauthorized',
  ],
  [
    "RabbitMQ's empty 401",
    answer(401, '', ['WWW-Authenticate', 'Basic realm="RabbitMQ Management"']),
    broker,
    'unauthorized',
  ],
  [
    'an empty 401 of somebody else',
    answer(401, '', ['WWW-Authenticate', 'Basic realm="x"']),
    broker,
    'unrecognised',
  ],
  ["RabbitMQ's 401 from REST", answer(401, '{"error":"not_authorized"}'), api, 'unrecognised'],
  ["the manager's 403", answer(403, json('forbidden_error')), api, 'forbidden'],
  ["nginx's 403", answer(403, nginx('403 Forbidden'), html), api, 'forbidden'],
  ['a 403 of some firewall', answer(403, '<h1>Blocked</h1>', html), api, 'unrecognised'],
  ['premium', answer(404, json('missing_premium_package_error')), api, 'premium-missing'],
  ['not found by REST', answer(404, json('not_found_error')), api, 'not-found'],
  [
    'not found by werkzeug',
    answer(404, '<!doctype html>\n<title>404 Not Found</title>', html),
    api,
    'not-found',
  ],
  [
    'SSL_REQUIRED',
    answer(400, json('SSL_REQUIRED'), ['Content-Type', 'application/octet-stream']),
    port80,
    'ssl-required',
  ],
  ['another 400', answer(400, json('bad_parameters_error')), port80, 'bad-request'],
  ['308 to https', answer(308, '', ['Location', 'https://h/']), port80, 'redirect-https'],
  ['301 within http', answer(301, '', ['Location', 'http://h/']), port80, 'redirect'],
  ['302 on https', answer(302, '', ['Location', 'https://h/console/login']), api, 'redirect'],
  [
    "the request limit's 503",
    answer(503, nginx('503 Service Temporarily Unavailable'), html),
    api,
    'rate-limited',
  ],
  [
    "the same with nginx's version",
    answer(503, nginx('503 Service Temporarily Unavailable', 'nginx/1.22.1'), html),
    api,
    'rate-limited',
  ],
  ['429', answer(429), api, 'rate-limited'],
  ['503 of REST', answer(503, json('service_unavailable')), api, 'server-error'],
  ['502', answer(502, nginx('502 Bad Gateway'), html), api, 'server-error'],
  ['500 with a 401 body', answer(500, json('unauthorized_error')), api, 'server-error'],
  ['405', answer(405, '<!doctype html>', html), api, 'method-not-allowed'],
  ['JSON', answer(200, '{"items": []}'), api, 'ok'],
  ['an empty success', answer(204), api, 'ok'],
  ['an error body with 200', answer(200, json('unauthorized_error')), api, 'unrecognised'],
  [
    'a login page in place of the API',
    answer(200, '<html><form><input name=p type="password"></form>', html),
    api,
    'login-page',
  ],
  [
    'the UI in place of the API',
    answer(200, '<!doctype html><title>Cloudify Console</title>', html),
    api,
    'login-page',
  ],
  ['some other page in place of the API', answer(200, '<!doctype html><p>Hello', html), api, 'unrecognised'],
  [
    'the UI without a title we know',
    answer(200, '<!doctype html><div id=app>', html),
    at({ path: '/console/' }),
    'login-page',
  ],
  ['Prometheus on 8009', answer(200, '<!doctype html><title>Prometheus</title>', html), port8009, 'ok'],
  ['a listing of files', answer(200, '<html><head><title>Index of /resources/</title>', html), files, 'ok'],
  ['a listing where the UI belongs', answer(200, '<html><h1>Index of /</h1>', html), at({ path: '/' }), 'ok'],
  ['418', answer(418, ''), api, 'unrecognised'],
])('%s is %4$s', (_name, given, asked, expected) => {
  expect(classify(given, asked)).toBe(expected);
});

test('a body of nothing but line ends and blanks is searched in no time', () => {
  const begun = performance.now();
  for (const text of ['\n', '\n ', '\\n', ' ', '\n at ', 'File "/', '{file,"']) {
    expect(disclosuresOf(answer(500, text.repeat(200_000)))).toEqual([]);
  }
  expect(performance.now() - begun).toBeLessThan(5000);
});

test.each<[string, HttpAnswered, string[]]>([
  [
    'a traceback in JSON',
    answer(500, json('x', 'Traceback (most recent call last):\n File "/opt/manager/env/lib/x.py"')),
    ['stack-trace', 'file-path'],
  ],
  ['a traceback that is a list', answer(404, '{"server_traceback":["x.py"]}'), ['stack-trace']],
  ['no traceback in a list', answer(404, '{"server_traceback":[]}'), []],
  // As in maintenance mode, where nothing broke (Cloudify 7.1 maintenance.py).
  ['a traceback of nothing', answer(503, json('maintenance_mode_active', 'NoneType: None\n')), []],
  [
    "werkzeug's debugger",
    answer(
      500,
      '<title>KeyError: x // Werkzeug Debugger</title><h2>Traceback <em>(most recent call last)</em>',
      html,
    ),
    ['stack-trace'],
  ],
  [
    "Node's stack in JSON",
    answer(500, '{"stack":"Error: x\\n    at /app/dist/server.js:10:5"}'),
    ['stack-trace'],
  ],
  [
    "Express's page",
    answer(
      404,
      '<pre>Error: x<br> &nbsp; &nbsp;at Layer.handle [as handle_request] (/app/layer.js:95:5)</pre>',
      html,
    ),
    ['stack-trace'],
  ],
  ["Java's stack", answer(500, 'x.E: y\n\tat org.a.B.c(B.java:12)\n'), ['stack-trace']],
  ["Kotlin's in JSON", answer(500, '{"trace":"x.E\\n\\tat org.a.B.c(B.kt:12)"}'), ['stack-trace']],
  ["Go's stack", answer(500, 'panic: x\n\ngoroutine 18 [running]:\nmain.f()\n'), ['stack-trace']],
  ["Ruby's stack", answer(500, "app/a.rb:12:in `call'"), ['stack-trace']],
  ["PHP's stack", answer(500, 'Stack trace:\n#0 a.php(3): f()'), ['stack-trace']],
  [".NET's stack", answer(500, 'x\n   at A.B.C(String d) in C:\\a\\b.cs:line 12'), ['stack-trace']],
  [
    "Erlang's stack in JSON",
    answer(500, '{"reason":"{error,undef,[{a,b,1,[{file,\\"src/a.erl\\"},{line,12}]}]}"}'),
    ['stack-trace'],
  ],
  ["Lua's stack", answer(500, 'a.lua:3: x\nstack traceback:\n\ta.lua:3: in f'), ['stack-trace']],
  ['words about a trace', answer(400, 'Look at the stack trace: at line 10:5 of the log, goroutine 1'), []],
  ['a time in a message', answer(400, '{"message":"no such time\\n  at 2024-01-01 10:20:30"}'), []],
  ['an error without a traceback', answer(401, json('unauthorized_error')), []],
  ['an empty traceback', answer(500, json('x', '')), []],
  ['a traceback in HTML', answer(500, '<pre>Traceback (most recent call last):\n', html), ['stack-trace']],
  [
    "Node's stack",
    answer(500, 'Error: x\n    at f (/opt/cloudify-stage/dist/server.js:10:5)'),
    ['stack-trace', 'file-path'],
  ],
  ['nginx with its version', answer(200, '{}', ['Server', 'nginx/1.22.1']), ['server-version']],
  ['nginx without', answer(200, '{}', ['Server', 'nginx']), []],
  [
    'a server in a header of its own',
    answer(200, '{}', ['X-Upstream', 'gunicorn/20.1.0']),
    ['server-version'],
  ],
  [
    'the product in a header of its own',
    answer(200, '{}', ['X-Api-Version', 'Cloudify/7.1.0']),
    ['server-version'],
  ],
  ['a header of its own that names none', answer(200, '{}', ['X-Request', 'a/1']), []],
  ['a via header', answer(200, '{}', ['Via', 'HTTP/1.1 proxy']), []],
  [
    "nginx's version on an error page",
    answer(404, nginx('404 Not Found', 'nginx/1.22.1'), html),
    ['server-version'],
  ],
  ['the version endpoint', answer(200, '{"edition":"community","version": "7.1.0"}'), ['product-version']],
  ['a version in an error', answer(401, '{"version": "7.1.0"}'), []],
  ['paths of URLs', answer(200, '<a href="https://x.example/usr/local/share/a">/console/usr</a>', html), []],
  [
    'nginx autoindex as JSON',
    answer(200, '[{ "name":"rest", "type":"directory", "mtime":"Sun, 22 Nov 2026 02:14:50 GMT" }]'),
    ['directory-listing'],
  ],
  ['a list of anything else', answer(200, '[{"name": "x", "type": "file"}]'), []],
])('disclosed by %s', (_name, given, expected) => {
  expect(disclosuresOf(given)).toEqual(expected);
});

describe('headers', () => {
  const canary = 'Zx81kk20QpWmN4vB7tYu3RsL9eHd6GfA';

  test('keep what rules judge', () => {
    const facts = headerFacts([
      ['Strict-Transport-Security', 'max-age=31536000; includeSubDomains'],
      ['Content-Security-Policy', "default-src 'self'; img-src 'self' data: wp.cloudify.co"],
      ['Vary', 'Cookie'],
      ['vary', 'Accept'],
      ['WWW-Authenticate', 'Basic realm="Cloudify Monitoring Service"'],
      ['Date', 'Sun, 22 Nov 2026 02:14:50 GMT'],
    ]);
    expect(facts).toEqual({
      'strict-transport-security': 'max-age=31536000; includeSubDomains',
      'content-security-policy': "default-src 'self'; img-src 'self' data: wp.cloudify.co",
      vary: 'Cookie, Accept',
      'www-authenticate': 'Basic realm="Cloudify Monitoring Service"',
      date: 'Sun, 22 Nov 2026 02:14:50 GMT',
    });
  });

  test.each([
    ['Set-Cookie', `session=${canary}; Path=/; HttpOnly`],
    ['Set-Cookie', `XSRF-TOKEN=short; Secure; X=${canary}`],
    ['Set-Cookie', canary],
    ['Authentication-Token', 'short'],
    ['X-Api-Key', 'short'],
    ['Location', `https://user:short@h/?t=${canary}`],
    ['X-Debug', `ctok-abcdefghij-${canary}`],
    ['X-Debug', `eyJhbGciOiJIUzI1NiJ9.${canary}.short`],
    ['Link', `</a?key=${canary}>`],
  ])('%s: %s loses what could be a credential', (name, value) => {
    const shown = JSON.stringify([
      headerFacts([[name, value]]),
      cookieFacts([[name, value]]),
      locationHost([[name, value]]),
    ]);
    expect(shown).not.toContain(canary);
    expect(shown).not.toContain('short');
  });

  test('are bounded in number and length, and hold no control characters', () => {
    const many = Array.from({ length: 500 }, (_, i) => [`x-${i}`, 'long '.repeat(2000)] as const);
    const facts = headerFacts([...many, ['x-0', 'a\u0007b']]);
    expect(Object.keys(facts)).toHaveLength(64);
    expect(JSON.stringify(facts).length).toBeLessThan(70_000);
    expect(headerFacts([['a', 'x\u0007\u0085y']])).toEqual({ a: 'x  y' });
  });

  test('cookies tell their attributes', () => {
    expect(
      cookieFacts([
        ['Set-Cookie', 'a=1; secure; HTTPONLY; SameSite = Lax'],
        ['Set-Cookie', 'b=2; Path=/; X-Secure; Comment=HttpOnly'],
      ]),
    ).toEqual([
      { name: 'a', secure: true, httpOnly: true, sameSite: 'Lax' },
      { name: 'b', secure: false, httpOnly: false, sameSite: null },
    ]);
  });

  test.each([
    ['https://h.example:8443/x', 'h.example:8443'],
    ['//h/x', 'h'],
    ['/console/login', null],
    ['https://user:pw@h/', 'h'],
  ])('Location: %s', (value, host) => {
    expect(locationHost([['Location', value]])).toBe(host);
  });
});

test('no bytes of a peer make the judgement throw', () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.json().map((text) => Buffer.from(text)),
    fc.string().map((text) => Buffer.from(text)),
  );
  const headers = fc.array(
    fc.tuple(fc.constantFrom('location', 'set-cookie', 'server', 'content-type', 'x'), fc.string()),
  );
  fc.assert(
    fc.property(fc.integer({ min: 200, max: 999 }), bytes, headers, (status, body, list) => {
      const given = { ...answer(status), body, headers: list };
      expect(typeof classify(given, api)).toBe('string');
      errorCodeOf(given);
      disclosuresOf(given);
      headerFacts(list);
      cookieFacts(list);
      locationHost(list);
    }),
    { numRuns: 500 },
  );
});
