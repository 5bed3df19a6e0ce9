import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startDeployment, type Deployment } from '../../fixtures/deployment';
import type { EvidenceBundle } from '../../src/model/evidence';
import { digest } from '../../src/schema/canonical';
import { makeFolder, run } from './binary';
import { hasten } from './deployment';

let deployment: Deployment;
let folder: string;
let target: string;
let first: EvidenceBundle;
let asked = 0;
let onAsked: () => void = () => undefined;

const read = (name: string): EvidenceBundle =>
  JSON.parse(readFileSync(join(folder, name), 'utf8')) as EvidenceBundle;
const requestsOf = ({ traffic }: EvidenceBundle): number =>
  traffic.reduce((sum, { requests }) => sum + requests, 0);
/** Of many small subjects; the isolation of tenants is one large one, which starts again. */
const smallOnes = (bundle: EvidenceBundle): EvidenceBundle => ({
  ...bundle,
  traffic: bundle.traffic.filter(({ collector }) => collector === 'api-authentication'),
});
const observedIn = ({ evidence }: EvidenceBundle): readonly string[] =>
  evidence
    .filter(({ state }) => state === 'observed' || state === 'absent')
    .map(({ type, subject }) => `${type} ${subject.id}`);

/** The bundle under another name, changed, and sealed again. */
function forge(name: string, change: (bundle: EvidenceBundle) => object): string {
  const { digest: old, ...body } = { ...first, ...change(first) };
  expect(old).toMatch(/^sha256:/);
  writeFileSync(join(folder, name), JSON.stringify({ ...body, digest: digest(body) }));
  return name;
}

beforeAll(async () => {
  folder = makeFolder();
  const request = <T>(sent: T): T => {
    asked++;
    onAsked();
    return sent;
  };
  deployment = await startDeployment({ weaknesses: [], folder, rateLimit: false, fault: { request } });
  target = hasten(deployment.targetFile, join(folder, 'fast.yaml'));
  const interrupted = await run(['collect', target, '-o', 'first.json', '--quiet'], {
    cwd: folder,
    watch: (child, said) => {
      if (said === '')
        onAsked = () => {
          if (asked === 600) child.kill('SIGINT');
        };
    },
  });
  onAsked = () => undefined;
  expect(interrupted.code).toBe(130);
  first = read('first.json');
});

afterAll(() => deployment.stop());

test('an interrupted run is finished by another, which asks only for what is missing', async () => {
  expect(first.run.interrupted).toBe(true);
  const before = asked;
  const resumed = await run(['collect', target, '--resume', 'first.json', '-o', 'second.json', '--quiet'], {
    cwd: folder,
  });
  expect(resumed.code).toBe(0);
  const second = read('second.json');
  expect(second.run.interrupted).toBe(false);
  expect(second.run.resumed).toEqual([
    {
      id: first.run.id,
      startedAt: first.run.startedAt,
      finishedAt: first.run.finishedAt,
      digest: first.digest,
    },
  ]);
  const kept = new Map(first.evidence.map((each) => [`${each.type} ${each.subject.id}`, each]));
  const found = new Set(observedIn(second));
  expect(observedIn(first).filter((name) => !found.has(name))).toEqual([]);
  expect(found.size).toBeGreaterThan(observedIn(first).length + 50);
  const asBefore = second.evidence.filter(
    (each) => kept.get(`${each.type} ${each.subject.id}`)?.observedAt === each.observedAt,
  );
  expect(asBefore.length).toBeGreaterThan(100);
  // Each collector is told what both runs sent, and the second sent less than a whole one does.
  expect(requestsOf(second)).toBeGreaterThan(requestsOf(first));
  const whole = await run(['collect', target, '-o', 'whole.json', '--quiet'], { cwd: folder });
  expect(whole.code).toBe(0);
  expect(observedIn(second)).toEqual(observedIn(read('whole.json')));
  expect(requestsOf(smallOnes(second)) - requestsOf(smallOnes(first))).toBeLessThan(
    0.9 * requestsOf(smallOnes(read('whole.json'))),
  );
  expect(asked).toBeGreaterThan(before);
});

test('a scan that resumes judges what the earlier runs found', async () => {
  const scanned = await run(
    ['scan', target, '--resume', 'second.json', '-o', 'reports', '-f', 'json', '--quiet'],
    { cwd: folder },
  );
  expect(scanned.err).not.toContain('fault of its own');
  const report = JSON.parse(readFileSync(join(folder, 'reports', 'report.json'), 'utf8')) as {
    findings: { rule: string; outcome: string }[];
  };
  const open = report.findings.filter(({ rule, outcome }) => rule === 'CFY-AUT-01' && outcome === 'unknown');
  expect(open).toEqual([]);
});

test.each<readonly [string, () => string, RegExp]>([
  [
    'another target',
    () =>
      forge('other.json', ({ target: was }) => ({
        target: { ...was, nodes: was.nodes.map((node) => ({ ...node, addresses: ['192.0.2.99'] })) },
      })),
    /other\.json: cannot be resumed: it was collected of another target: nodes differ .*192\.0\.2\.99/,
  ],
  [
    'a more thorough run',
    () => forge('full.json', ({ target: was }) => ({ target: { ...was, apiRequests: 'full' } })),
    /another target: apiRequests differ/,
  ],
  [
    'another version of this program',
    () => forge('older.json', () => ({ tool: { name: 'cfy-audit', version: '0.0.1' } })),
    /older\.json: cannot be resumed: it was collected by cfy-audit 0\.0\.1/,
  ],
  [
    'a bundle that was changed',
    () => {
      const text = readFileSync(join(folder, 'first.json'), 'utf8').replace('"manager-1"', '"manager-2"');
      writeFileSync(join(folder, 'changed.json'), text);
      return 'changed.json';
    },
    /changed\.json: the digest does not fit the content/,
  ],
  ['a file that is not there', () => 'none.json', /none\.json/],
  ['a file that is no bundle', () => 'fast.yaml', /fast\.yaml/],
])('%s cannot be resumed, and nothing is sent', async (_what, make, message) => {
  const before = asked;
  const refused = await run(['collect', target, '--resume', make(), '-o', 'never.json'], { cwd: folder });
  expect(refused.code).toBe(2);
  expect(refused.err).toMatch(message);
  expect(asked).toBe(before);
});

test('a run that ended long ago is resumed with a warning', async () => {
  const old = forge('old.json', ({ run: was }) => ({
    evidence: read('second.json').evidence,
    run: { ...was, startedAt: '2020-01-01T00:00:00.000Z', finishedAt: '2020-01-01T00:01:00.000Z' },
  }));
  const resumed = await run(['collect', target, '--resume', old, '-o', 'late.json', '--quiet'], {
    cwd: folder,
  });
  expect(resumed.code).toBe(0);
  expect(resumed.err).toMatch(/--resume: that run ended \d+ days ago/);
});
