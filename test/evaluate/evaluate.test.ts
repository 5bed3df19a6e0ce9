import { evaluate } from '../../src/evaluate/index';
import type { Evidence } from '../../src/model/evidence';
import type { Finding } from '../../src/model/finding';
import { canonicalJson, digest } from '../../src/schema/canonical';
import { baselineOf } from '../catalogue/case-data';
import { bundleOf, observed, shipped } from './sample';

const base = shipped();
const leaf = (baselineOf('tls.endpoint') as { chain: object[] }).chain[0];

function find(evidence: readonly Evidence[], rule: string, waivers: Parameters<typeof evaluate>[2] = []) {
  return evaluate(bundleOf(evidence), base, waivers).findings.filter((f) => f.rule === rule);
}

test('a type that nobody looked at leaves its rules unknown, on the target', () => {
  const { findings } = evaluate(bundleOf([]), base, []);
  expect(findings).toHaveLength(base.rules.length);
  for (const finding of findings) {
    expect(finding).toMatchObject({ outcome: 'unknown', evidence: null, subject: { id: 'target' } });
  }
  expect(findings[0]).toHaveProperty(
    'reason',
    'there is no evidence of type api.authentication in the bundle',
  );
});

test('each state of evidence ends as the state says', () => {
  const subject = { id: 's', kind: 'listener' as const, title: 's' };
  const at = { type: 'tls.endpoint' as const, subject, observedAt: '2026-07-01T00:00:00Z' };
  const one = (evidence: Evidence): Finding | undefined => find([evidence], 'CFY-CRT-06')[0];
  expect(one({ ...at, state: 'absent', reason: 'no such service' })).toMatchObject({
    outcome: 'notApplicable',
    reason: 'no such service',
  });
  expect(one({ ...at, state: 'unavailable', reason: 'refused', supply: 'ca.internal' })).toMatchObject({
    outcome: 'unknown',
    reason: 'refused',
    supply: 'ca.internal',
  });
  expect(one({ ...at, state: 'failed', error: 'TypeError: x' })).toMatchObject({
    outcome: 'error',
    reason: 'TypeError: x',
  });
  expect(one(observed('tls.endpoint', 's'))).toMatchObject({ outcome: 'pass' });
});

test('a violation says where, what was expected and what was there', () => {
  const evidence = observed('tls.endpoint', 's', { chain: [{ ...leaf, daysToExpiry: 3 }] });
  const [finding] = find([evidence], 'CFY-CRT-07');
  expect(finding).toMatchObject({
    outcome: 'fail',
    evidence: digest(evidence),
    violations: [
      {
        pointer: '/chain/0/daysToExpiry',
        about:
          'server certificate "CN=manager-1.example.test" of "CN=Example internal CA", valid 2026-01-01 to 2027-01-01',
        expected: 'at least 30',
        observed: '3',
      },
    ],
  });
});

test('lists of entries that have names are told by their names', () => {
  const issuer = (name: string): object => ({
    issuer: name,
    sha256: null,
    endpoints: ['manager-1/amqp/5671'],
  });
  const long = `CN=Cloudify generated certificate ABCDEFGH of a long name`;
  const internalIssuers = [issuer(long), issuer('CN=b')];
  const [finding] = find([observed('tls.deployment', 's', { internalIssuers })], 'CFY-CRT-03');
  expect(finding?.outcome === 'fail' ? finding.violations[0]?.observed : '').toBe(
    `"${long}" (known by its name only) of manager-1/amqp/5671; "CN=b" (known by its name only) of manager-1/amqp/5671`,
  );
});

test('what a hostile peer sends stays one short, visible line', () => {
  const evil = `\u001b[2J\u202e\u0000\n${'x'.repeat(5000)}`;
  const headers = { 'strict-transport-security': evil };
  const [finding] = find([observed('http.surface', 's', { headers })], 'CFY-TLS-14');
  const said = finding?.outcome === 'fail' ? (finding.violations[0]?.observed ?? '') : '';
  expect(said).toMatch(/^\\x1b\[2J\\u\{202e\}\\x00\\nx+…$/);
  expect(Array.from(said).length).toBe(500);
});

test('what a hostile certificate is called stays short and visible too', () => {
  const subject = `CN=\u202e\u001b[2J${'x'.repeat(5000)}`;
  const evidence = observed('tls.endpoint', 's', { chain: [{ ...leaf, subject, hasEnded: true }] });
  const [finding] = find([evidence], 'CFY-CRT-06');
  const said = finding?.outcome === 'fail' ? (finding.violations[0]?.about ?? '') : '';
  expect(said).toMatch(/^server certificate "CN=\\u\{202e\}\\x1b\[2Jx+…" of "CN=Example internal CA"/);
  expect(said.length).toBeLessThan(300);
});

test('hundreds of violations are counted, not all listed', () => {
  const leaks = Array.from({ length: 250 }, () => ({ confidence: 'high' }));
  const [finding] = find([observed('log.secrets', 's', { leaks })], 'CFY-LOG-01');
  const violations = finding?.outcome === 'fail' ? finding.violations : [];
  expect(violations).toHaveLength(101);
  expect(violations.map((v) => v.pointer).slice(9, 11)).toEqual(['/leaks/9', '/leaks/10']);
  expect(violations.at(-1)?.observed).toBe('150 more violations, not listed');
});

test('a pass without proof is unknown, and says what is missing', () => {
  const control = { reachable: false, port: null };
  const refused = observed('network.listener', 's', { port: 8100, state: 'closed', speaks: null, control });
  expect(find([refused], 'CFY-AUT-05')[0]).toMatchObject({
    outcome: 'unknown',
    reason:
      'nothing speaks against it, but a pass needs proof: /control/reachable is false, expected another port that answers there',
  });
});

test('an expired internal certificate caps the grade at F, an external one does not', () => {
  const chain = [{ ...leaf, hasEnded: true, daysToExpiry: -4 }];
  const inside = find([observed('tls.endpoint', 's', { chain })], 'CFY-CRT-06')[0];
  const outside = find([observed('tls.endpoint', 's', { chain, scope: 'external' })], 'CFY-CRT-06')[0];
  expect(inside).toMatchObject({ outcome: 'fail', gradeCap: 'F' });
  expect(outside).toMatchObject({ outcome: 'fail', gradeCap: null });
  const early = [{ ...leaf, hasStarted: false }];
  expect(find([observed('tls.endpoint', 's', { chain: early })], 'CFY-CRT-06')[0]).toMatchObject({
    gradeCap: null,
  });
});

test('an anonymous write caps the grade at F, an anonymous read at what a critical failure allows', () => {
  const served = { attempts: [{ answer: 'ok', status: 200 }] };
  const asked = (method: string): Evidence => observed('api.authentication', 's', { ...served, method });
  expect(find([asked('DELETE')], 'CFY-AUT-01')[0]).toMatchObject({ outcome: 'fail', gradeCap: 'F' });
  expect(find([asked('GET')], 'CFY-AUT-01')[0]).toMatchObject({ outcome: 'fail', gradeCap: null });
});

test('order and fingerprints do not depend on the order of the evidence', () => {
  const evidence = ['b', 'a', 'c'].map((id) => observed('tls.endpoint', id));
  const there = evaluate(bundleOf(evidence), base, []).findings;
  const back = evaluate(bundleOf([...evidence].reverse()), base, []).findings;
  expect(canonicalJson(there)).toBe(canonicalJson(back));
  expect(there.filter((f) => f.rule === 'CFY-CRT-06').map((f) => f.subject.id)).toEqual(['a', 'b', 'c']);
  for (const finding of there) expect(finding.fingerprint).toMatch(/^[0-9a-f]{16}$/);
  expect(new Set(there.map((f) => f.fingerprint)).size).toBe(there.length);
});

test('the same bundle gives the same bytes', () => {
  const bundle = bundleOf([observed('tls.endpoint', 'a'), observed('http.surface', 'b')]);
  expect(canonicalJson(evaluate(bundle, shipped(), []))).toBe(canonicalJson(evaluate(bundle, shipped(), [])));
});

test('an interrupted run says so where nothing was collected', () => {
  const { findings } = evaluate(bundleOf([], { interrupted: true }), base, []);
  expect(findings[0]).toHaveProperty('reason', expect.stringMatching(/: the run was interrupted$/));
});
