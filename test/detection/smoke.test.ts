import { weaknesses } from '../../fixtures/deployment';
import { audit } from './audit';

/** Rules about what the REST API lets in, of whom. */
const aboutGuards = /^CFY-(AUT-0[13]|RBC-0[1-4])$/;

/** Dials of which a smoke run may know nothing: one endpoint out of hundreds, or one method of it. */
const unseen: ReadonlySet<string> = new Set([
  'permission-check-dropped',
  'role-widened',
  'viewer-can-write',
  'authorization-config-mismatch',
  'snapshot-download-open',
  'log-bundle-download-open',
  'open-head',
  'open-head-of-one',
  'open-delete-by-force',
  'execution-token-unchecked-at-one',
  'local-address-believed-at-one',
  'open-with-include-at-one',
  'deactivated-accepted-at-tokens',
  'token-expiry-ignored-at-one',
  'maintenance-guard-dropped',
]);

const dials = weaknesses.filter(
  ({ fails, kind }) => kind !== 'fault' && fails.length > 0 && fails.some((rule) => aboutGuards.test(rule)),
);

test('a smoke run of a sound deployment fails nothing, and leaves open what is said of all endpoints', async () => {
  const { report, failed } = await audit([], 'base', 'smoke');
  expect(failed).toEqual([]);
  const open = report.results.filter(({ counts }) => counts.unknown > 0).map(({ rule }) => rule);
  expect(open).toEqual(
    expect.arrayContaining([
      'CFY-AUT-01',
      'CFY-AUT-03',
      'CFY-RBC-01',
      'CFY-RBC-02',
      'CFY-RBC-03',
      'CFY-RBC-04',
      'CFY-TEN-01',
    ]),
  );
  expect(report.gate.outcome).toBe('incomplete');
  const [left] = report.findings.filter(
    ({ rule, outcome }) => rule === 'CFY-AUT-01' && outcome === 'unknown',
  );
  expect(left).toMatchObject({
    reason: expect.stringMatching(
      /smoke run asks some endpoints of each kind of guard: \d+ of 4\d\d were not asked/,
    ) as string,
    supply: 'limits: { apiRequests: standard } in target.yaml',
  });
});

test.each(dials.map((dial) => [dial.id, dial] as const))(
  '%s: a smoke run fails its rules, or says that it does not know',
  async (id, { fails, profile = 'base' }) => {
    const { report, failed } = await audit([id], profile, 'smoke');
    expect(failed.filter((rule) => !fails.includes(rule))).toEqual([]);
    const missed = fails.filter((rule) => !failed.includes(rule));
    const decided = missed.filter((rule) =>
      report.findings.every((each) => each.rule !== rule || each.outcome !== 'unknown'),
    );
    expect(decided).toEqual([]);
    if (!unseen.has(id)) expect(failed).not.toEqual([]);
  },
);
