import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startDeployment } from '../../../fixtures/deployment';
import type { Answer } from '../../../fixtures/deployment/nginx/answer';
import type { Fault } from '../../../fixtures/deployment/rest/fault';
import { apiAuthentication } from '../../../src/collect/api/authentication';
import { apiAuthorization } from '../../../src/collect/api/authorization';
import { collect } from '../../../src/collect/run';
import type { EvidenceBundle, EvidenceOf } from '../../../src/model/evidence';
import { loadTarget } from '../../../src/plan/index';

const secret = 'hunter2-in-a-local-variable';
const trace = `Traceback (most recent call last):\n  File "/opt/manager/a.py", line 1\n    password = '${secret}'\n`;

async function look(fault: Fault, earlier?: EvidenceBundle): Promise<EvidenceBundle> {
  const folder = mkdtempSync(join(tmpdir(), 'cfy-audit-telling-'));
  const deployment = await startDeployment({ weaknesses: [], folder, rateLimit: false, fault });
  try {
    const { target } = await loadTarget(deployment.targetFile, {
      environment: {},
      prompt: () => Promise.reject(new Error('nothing to ask')),
    });
    // Long enough for a busy machine: what is cut off tells nothing.
    const patience = { connectTimeoutMs: 30_000, subjectTimeoutMs: 120_000 };
    const limits = { ...target.limits, ...patience, requestsPerSecond: 10_000 };
    return await collect({ ...target, limits }, [apiAuthentication, apiAuthorization], {
      version: '0.0.0-test',
      runId: 'test',
      now: () => new Date(),
      signal: new AbortController().signal,
      onProgress: () => undefined,
      ...(earlier === undefined ? {} : { earlier }),
    });
  } finally {
    await deployment.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

type Told = EvidenceOf<'http.surface'> & { readonly state: 'observed' };

const toldIn = ({ evidence }: EvidenceBundle): readonly Told[] =>
  evidence.filter((each): each is Told => each.type === 'http.surface' && each.state === 'observed');

const traced = (answer: Answer): Answer => ({
  ...answer,
  body: JSON.stringify({ error_code: 'conflict_error', message: 'no', server_traceback: trace }),
});

test.concurrent('nothing is told of a sound manager', async () => {
  expect(toldIn(await look({}))).toEqual([]);
});

test.concurrent(
  'a trace at one endpoint of one role is told with the request, and without a word of it',
  async () => {
    const bundle = await look({
      answer: (answer, { route }) =>
        answer.status === 404 && route.path === 'secrets/<key>' && route.method === 'GET'
          ? traced(answer)
          : answer,
    });
    const told = toldIn(bundle);
    expect(told.map(({ subject }) => subject.id)).toEqual([
      'manager-1/api to users: stack-trace, file-path in secrets',
    ]);
    expect(told[0]?.subject.title).toMatch(
      /^manager-1 · REST \(\w+\) · GET \/api\/v[\d.]+\/secrets\/cfy-audit-\w+ as \w+$/,
    );
    expect(told[0]?.data).toMatchObject({
      status: 404,
      expectation: 'incidental',
      as: expect.any(String) as string,
    });
    expect(JSON.stringify(bundle)).not.toContain(secret);
    expect(JSON.stringify(bundle)).not.toContain('most recent call');
  },
);

test.concurrent('strangers who see one are told of, with what they showed', async () => {
  const bundle = await look({
    answer: (answer, { route, request }) =>
      route.path === 'sites' &&
      (request.headers['authentication-token'] ?? '') !== '' &&
      answer.status === 401
        ? {
            ...answer,
            body: '<title>x // Werkzeug Debugger</title>',
            headers: { 'Content-Type': 'text/html' },
          }
        : answer,
  });
  const told = toldIn(bundle);
  expect(told.map(({ subject }) => subject.id)).toEqual(['manager-1/api to strangers: stack-trace in sites']);
  expect(told[0]?.subject.title).toMatch(/ with [a-z ]*token/);
});

test.concurrent('stored traces in what users read are content', async () => {
  const bundle = await look({
    answer: (answer) =>
      answer.status === 200 && String(answer.body).startsWith('{"')
        ? {
            ...answer,
            body: String(answer.body).replace('{"', `{"error_traceback": ${JSON.stringify(trace)}, "`),
          }
        : answer,
  });
  expect(toldIn(bundle)).toEqual([]);
});

test.concurrent(
  'headers of one location, in whatever answer: a version, what is for the log, a cookie',
  async () => {
    const bundle = await look({
      answer: (answer, { route }) =>
        route.path === 'plugins'
          ? {
              ...answer,
              headers: { ...answer.headers, 'X-Api': 'gunicorn/20.1.0', 'Set-Cookie': 'session=1' },
            }
          : answer,
    });
    expect(toldIn(bundle).map(({ subject }) => subject.id)).toEqual([
      'manager-1/api to strangers: server-version, cookie in plugins',
      'manager-1/api to users: server-version, cookie in plugins',
    ]);
  },
);

test.concurrent('where every endpoint of a family breaks, the others are asked all the same', async () => {
  const bundle = await look({
    answer: (answer, { route }, login) =>
      route.path.startsWith('deployments') && login !== null && 'account' in login
        ? { ...traced(answer), status: 500 }
        : answer,
  });
  expect(toldIn(bundle).map(({ subject }) => subject.id)).toEqual([
    'manager-1/api to users: stack-trace, file-path in deployments',
  ]);
  const roles = bundle.evidence.filter(({ type }) => type === 'api.authorization');
  expect(roles.map(({ state }) => state)).toEqual(Array(6).fill('observed'));
});

test.concurrent('however many there are, few are told', async () => {
  const bundle = await look({ answer: (answer) => (answer.status >= 400 ? traced(answer) : answer) });
  const told = toldIn(bundle);
  expect(told.length).toBeGreaterThan(20);
  expect(told.length).toBeLessThanOrEqual(40);
  const kept = bundle.evidence.flatMap((each) =>
    each.state === 'observed' && 'telling' in each.data ? [each.data.telling.length] : [],
  );
  expect(Math.max(...kept)).toBeLessThan(70);
});

test.concurrent('a run that is resumed tells what the first part met', async () => {
  const first = await look({
    answer: (answer, { route }) =>
      route.path === 'sites' && answer.status === 401 ? traced(answer) : answer,
  });
  const ids = toldIn(first).map(({ subject }) => subject.id);
  expect(ids).not.toEqual([]);
  expect(toldIn(await look({}, first)).map(({ subject }) => subject.id)).toEqual(ids);
});
