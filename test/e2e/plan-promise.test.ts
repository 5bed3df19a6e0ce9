import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { EvidenceBundle } from '../../src/model/evidence';
import type { Plan } from '../../src/plan/index';
import { makeFolder, run } from './binary';
import { hasten, start, stopAll } from './deployment';

afterAll(stopAll);

test.each([
  ['a sound deployment', []],
  ['one that answers 503 to everything', ['rate-limited-everything']],
  ['one whose ports of the broker are closed', ['unreachable-broker']],
  ['one with a silent port', ['stalled-53333']],
])('what the plan promises holds for %s', async (_name, weaknesses) => {
  const { target } = await start(weaknesses);
  const folder = makeFolder();
  const planned = await run(['plan', target, '--json'], { cwd: folder });
  expect(planned.code).toBe(0);
  const plan = JSON.parse(planned.out) as Plan;
  const collected = await run(['collect', target, '-o', 'evidence.json'], { cwd: folder });
  expect(collected.code).toBe(0);
  const bundle = JSON.parse(readFileSync(join(folder, 'evidence.json'), 'utf8')) as EvidenceBundle;
  expect(bundle.traffic.map((t) => t.collector).sort()).toEqual(plan.collectors.map((c) => c.id).sort());
  for (const sent of bundle.traffic) {
    const promised = plan.collectors.find((c) => c.id === sent.collector);
    expect({ ...sent, kept: sent.connections <= (promised?.connections ?? -1) }).toMatchObject({
      kept: true,
    });
    expect({ ...sent, kept: sent.requests <= (promised?.requests ?? -1) }).toMatchObject({ kept: true });
    expect(sent.subjects).toBe(promised?.subjects);
  }
  if (weaknesses.length === 0) expectTight(plan, bundle);
});

/** What asks the REST API; how much of some depends on how many pages, deployments and open ports there are, which nobody knows before. */
const asking: Readonly<Record<string, 'fixed' | 'dependent'>> = {
  'http-surface': 'fixed',
  'signed-in-surface': 'fixed',
  'default-credentials': 'dependent',
  'api-authentication': 'fixed',
  'api-authorization': 'fixed',
  'manager-state': 'fixed',
  'write-guards': 'fixed',
  'rest-contents': 'dependent',
  'api-isolation': 'dependent',
};

/** What a plan says is what is sent, within five in a hundred, or two requests of a few; or between the two numbers it gives. */
function expectTight({ collectors }: Plan, { traffic }: EvidenceBundle): void {
  for (const { id, requests, atLeast } of collectors.filter((each) => each.id in asking)) {
    const sent = traffic.find(({ collector }) => collector === id)?.requests ?? 0;
    const tolerated = Math.max(2, 0.05 * requests);
    const isDependent = asking[id] === 'dependent';
    const isKept = sent <= requests && atLeast <= sent + tolerated;
    const isTight = isDependent || requests - sent <= tolerated;
    expect({ id, requests, atLeast, sent, isKept, isTight }).toMatchObject({ isKept: true, isTight: true });
  }
}

test('a smoke run sends what its plan says, and not much more than 500 requests', async () => {
  const { target, folder } = await start();
  const smoke = join(folder, 'smoke.yaml');
  // Archives are downloaded because the target asks for them, whatever the plan of the API.
  const text = readFileSync(target, 'utf8').replace(/^archives: .*$/m, '');
  expect(text).not.toContain('\narchives');
  writeFileSync(smoke, text.replace('limits: {', 'limits: { apiRequests: smoke,'), { mode: 0o600 });
  const plan = JSON.parse((await run(['plan', smoke, '--json'], { cwd: folder })).out) as Plan;
  const collected = await run(['collect', smoke, '-o', 'evidence.json'], { cwd: folder });
  expect(collected.code).toBe(0);
  const bundle = JSON.parse(readFileSync(join(folder, 'evidence.json'), 'utf8')) as EvidenceBundle;
  expectTight(plan, bundle);
  const sent = bundle.traffic.filter(({ collector }) => collector in asking);
  expect(sent.reduce((sum, { requests }) => sum + requests, 0)).toBeLessThanOrEqual(525);
});

test('planning sends nothing, and says so when there is nothing to send as', async () => {
  const contacts: number[] = [];
  const server = createServer((socket) => {
    contacts.push(socket.remotePort ?? 0);
    socket.destroy();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  const { deployment, folder } = await start();
  const everywhere = hasten(deployment.targetFile, join(folder, 'watched.yaml'), (text) =>
    text
      .replace(/(https?|internal|monitoring|amqps|management|postgresql): \d+/g, `$1: ${port}`)
      .replace(/internal: \d+/, `internal: ${port === 65535 ? 1 : port}`)
      .replace(/("\d+"): \d+/g, `$1: ${port}`),
  );
  const planned = await run(['plan', everywhere], { cwd: folder });
  const url = await run(['plan', `https://127.0.0.1:${port}`], { cwd: folder });
  server.close();
  expect([planned.code, url.code]).toEqual([0, 0]);
  expect(planned.out).toMatch(/at most \d+ connections and \d+ requests/);
  expect(url.out).toContain('Will not be established:');
  expect(contacts).toEqual([]);
});
