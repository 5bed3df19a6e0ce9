import fc from 'fast-check';
import type { Collector } from '../../src/collect/collector';
import { makePlan, renderPlan, targetOfUrl } from '../../src/plan';
import type { PlannedCollector, PlannedTask } from '../../src/plan/plan';
import type { Target } from '../../src/model/target';

let target: Target;
beforeAll(async () => {
  target = { ...(await targetOfUrl('https://192.0.2.7')), name: 'prod', version: '7.1' };
});

const task = (
  address: string | null,
  connections: number,
  requests: number,
  ...identities: string[]
): PlannedTask => ({
  address,
  connections,
  requests,
  identities,
});
const collector = (
  id: string,
  impact: PlannedCollector['impact'],
  tasks: readonly PlannedTask[],
  missing: ReturnType<PlannedCollector['work']>['missing'] = [],
): PlannedCollector => ({ id, title: `The ${id}`, impact, work: () => ({ tasks, missing }) });

const three = [
  collector('canaries', 'write', [task('10.0.0.1', 1, 6, 'alice')]),
  collector('ports', 'observe', [task('10.0.0.1', 14, 0, 'anonymous'), task('10.0.0.2', 7, 0, 'anonymous')]),
  collector(
    'rest',
    'authenticate',
    [task('10.0.0.1', 2, 33, 'bob', 'alice')],
    [
      {
        type: 'http.surface',
        subject: { title: 'broker' },
        reason: 'no broker is declared',
        supply: 'brokers',
      },
    ],
  ),
  collector('logs', 'observe', [{ ...task(null, 0, 0, 'anonymous'), deadlineMs: null }]),
];

test('the gentlest collectors come first, those of one impact as they were given', () => {
  expect(makePlan(target, three).collectors.map(({ id }) => id)).toEqual([
    'ports',
    'logs',
    'rest',
    'canaries',
  ]);
});

test('the plan is data that says what is sent, where, and as whom', () => {
  const plan = makePlan(target, three);
  expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
  expect(plan).toMatchObject({
    total: { subjects: 5, connections: 24, requests: 39 },
    identities: ['alice', 'anonymous', 'bob'],
    writes: true,
    addresses: [
      { address: '10.0.0.1', subjects: 3, connections: 17, requests: 39, seconds: 8 },
      { address: '10.0.0.2', subjects: 1, connections: 7, requests: 0, seconds: 1 },
    ],
    missing: [
      {
        collector: 'rest',
        type: 'http.surface',
        subject: 'broker',
        reason: 'no broker is declared',
        supply: 'brokers',
      },
    ],
    // observe: 14/7 on 10.0.0.1 while 10.0.0.2 runs beside it; authenticate: 35/7; write: 7/7.
    estimate: { seconds: 2 + 5 + 1, atMostSeconds: 188, localSubjects: 1 },
  });
});

test('nothing writes unless a writing collector has something to do', () => {
  expect(makePlan(target, three.slice(1)).writes).toBe(false);
  expect(makePlan(target, [collector('canaries', 'write', [])]).writes).toBe(false);
});

test('without a deadline on the network nothing is promised', () => {
  const endless = collector('x', 'observe', [{ ...task('10.0.0.1', 1, 0), deadlineMs: null }]);
  expect(makePlan(target, [endless]).estimate.atMostSeconds).toBeNull();
});

test('the text', () => {
  expect(renderPlan(makePlan(target, three, ['2 × secret in tenant_a, as alice']))).toBe(
    `Plan for prod (7.1)

5 subjects, at most 24 connections and 39 requests.
WRITES to the deployment: canaries, which are removed at the end (see below).
Sent as: alice, anonymous, bob.

collector     impact        subjects  connections  requests  as
The ports     observe              2           21         0  anonymous
The logs      observe              1            0         0  anonymous
The rest      authenticate         1            2        33  alice, bob
The canaries  write                1            1         6  alice

address   subjects  connections  requests  time
10.0.0.1         3           17        39  about 8 s
10.0.0.2         1            7         0  about 1 s

Written before accounts are used, each with a name that begins with cfy-audit- and the run, and removed at the end:
  2 × secret in tenant_a, as alice
Others are sent to create, change and delete them, who must not be able to. A journal of every creation is kept
beside the reports; after a crash, cfy-audit cleanup removes what it names.

Will not be established:
  broker: no broker is declared (supply: brokers)

Estimated time: 8 s at 7 a second and address, if everything answers at once. It is an estimate:
a subject that does not answer takes up to 60 s; 4 are looked at side by side, and ends within 4 min unless the deployment asks for a slower pace.
Reading 1 local subject comes on top; that depends on the size.
`,
  );
});

test('no name steers the terminal', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (name, reason) => {
      const gap = { type: 'tls.endpoint', subject: { title: name }, reason, supply: reason };
      const named = { ...collector('c', 'observe', [task('10.0.0.1', 1, 1, name)], [gap]), title: reason };
      const text = renderPlan(makePlan({ ...target, name, version: reason }, [named]));
      expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069\u2028\u2029]/u);
      const harmless = [{ ...gap, subject: { title: 'x' }, reason: 'x', supply: 'x' }];
      const plain = renderPlan(
        makePlan(target, [collector('c', 'observe', [task('10.0.0.1', 1, 1, 'x')], harmless)]),
      );
      expect(text.split('\n')).toHaveLength(plain.split('\n').length);
    }),
  );
});

test('the sums are those of the tasks, whatever the tasks', () => {
  const anyTask = fc
    .tuple(fc.constantFrom(null, '10.0.0.1', 'fd00::1'), fc.nat(50), fc.nat(50))
    .map(([address, connections, requests]) => task(address, connections, requests, 'anonymous'));
  const anyCollector = fc
    .tuple(
      fc.constantFrom('observe' as const, 'authenticate' as const, 'write' as const),
      fc.array(anyTask, { maxLength: 9 }),
    )
    .map(([impact, tasks]) => collector('c', impact, tasks));
  fc.assert(
    fc.property(fc.array(anyCollector, { maxLength: 6 }), (collectors) => {
      const plan = makePlan(target, collectors);
      const tasks = collectors.flatMap((c) => c.work(target).tasks);
      const requests = tasks.reduce((sum, { requests }) => sum + requests, 0);
      expect(plan.total).toMatchObject({ subjects: tasks.length, requests });
      expect(plan.collectors.reduce((sum, c) => sum + c.requests, 0)).toBe(requests);
      // No address can be done before its own places have been handed out.
      for (const { seconds } of plan.addresses)
        expect(plan.estimate.seconds).toBeGreaterThanOrEqual(seconds - 2);
    }),
  );
});

test('the collectors of collect/ can be planned', () => {
  const real: readonly Collector[] = [];
  expect(makePlan(target, real).total).toEqual({ subjects: 0, connections: 0, requests: 0, atLeast: 0 });
});

test('what depends on how much the deployment holds is printed as a range, what may be sent again is not', () => {
  const plan = makePlan(target, [
    collector('fixed', 'observe', [{ ...task('10.0.0.1', 1, 105, 'bob'), atLeast: 100 }]),
    collector('contents', 'authenticate', [{ ...task('10.0.0.1', 1, 98, 'bob'), atLeast: 10 }]),
  ]);
  expect(plan.collectors.map(({ atLeast }) => atLeast)).toEqual([100, 10]);
  expect(plan.total).toMatchObject({ requests: 203, atLeast: 110 });
  const text = renderPlan(plan);
  expect(text).toMatch(/The fixed +observe +1 +1 +105 +bob/);
  expect(text).toMatch(/The contents +authenticate +1 +1 +10–98 +bob/);
  expect(text).toContain('Where two numbers of requests stand, it depends on how much the deployment holds.');
});
