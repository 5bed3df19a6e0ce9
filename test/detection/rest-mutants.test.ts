import { routeMutants, wholeMutants } from '../../bench/mutants/list';
import { audit, runRouteMutant, runWholeMutant } from '../../bench/mutants/run';

/** One in so many routes, always the same ones; `node dist/bench/mutants.js` takes them all. */
const groups = 8;

test('a sound manager gives the two collectors nothing to complain about', async () => {
  const { report } = await audit(undefined, 'standard');
  const findings = report.findings.filter(
    ({ rule, subject }) => /^CFY-(AUT-0[13]|RBC-0[1-4])$/.test(rule) && subject.id !== 'target',
  );
  expect(findings.length).toBeGreaterThan(400);
  expect(findings.filter(({ outcome }) => outcome !== 'pass' && outcome !== 'notApplicable')).toEqual([]);
});

test.each(['authentication dropped', 'the refusal is a complaint about the body', '302 to a log-in page'])(
  '%s: noticed on every route that has it',
  async (id) => {
    const mutant = routeMutants.find((each) => each.id === id);
    if (mutant === undefined) throw new Error(`no mutant is called ${id}`);
    const { mutants, missed } = await runRouteMutant(mutant, 'standard', 3, groups);
    expect(mutants).toBeGreaterThan(20);
    expect(missed).toEqual([]);
  },
);

test('authentication dropped for HEAD: noticed wherever the REST service itself answers, body or not', async () => {
  const mutant = routeMutants.find(({ id }) => id === 'authentication dropped for HEAD');
  if (mutant === undefined) throw new Error('no such mutant');
  const { mutants, missed } = await runRouteMutant(mutant, 'standard', 3, groups);
  expect(mutants).toBeGreaterThan(10);
  expect(missed.filter((name) => !name.includes('file-server-proxy'))).toEqual([]);
});

test.each([
  ['of other length', '{"error_code":"not_found_error","message":"no"}'],
  ['of a page', '<html>no</html>'],
])(
  'HEAD that somebody answers in the place of the manager, with a 404 %s, is no hole',
  async (_form, body) => {
    const isJson = body.startsWith('{');
    const headers = { 'Content-Type': isJson ? 'application/json' : 'text/html' };
    const { report } = await audit(
      {
        answer: (answer, { request }) =>
          request.method === 'HEAD' ? { status: 404, headers, body } : answer,
      },
      'standard',
    );
    const found = report.findings.filter(({ rule }) => rule === 'CFY-AUT-01');
    expect(found.filter(({ outcome }) => outcome === 'fail')).toEqual([]);
    expect(found.filter(({ outcome }) => outcome === 'unknown').length).toBeGreaterThan(100);
  },
);

test('permission check dropped: noticed on every route of the newest version that has it', async () => {
  const mutant = routeMutants.find(({ id }) => id === 'permission check dropped');
  if (mutant === undefined) throw new Error('no such mutant');
  const { mutants, missed } = await runRouteMutant(mutant, 'standard', 5, groups);
  expect(mutants).toBeGreaterThan(10);
  expect(missed.filter((name) => name.includes('/api/v3.1/'))).toEqual([]);
});

test.each([
  'token: a prefix of the secret is compared',
  'token: compared without regard to case',
  'deactivated accounts accepted in v2.1',
  'any execution token accepted, on the internal listener',
  'a name without a password accepted',
  'a method in a header, asked for by POST',
  'the path before a rewrite believed',
  'Basic accepted in capitals',
  'Basic accepted in small letters',
])('%s: its rule fails', async (id) => {
  const mutant = wholeMutants.find((each) => each.id === id);
  if (mutant === undefined) throw new Error(`no mutant is called ${id}`);
  expect((await runWholeMutant(mutant, 'standard')).missed).toEqual([]);
});
