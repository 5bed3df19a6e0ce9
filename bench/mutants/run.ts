import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startDeployment } from '../../fixtures/deployment';
import type { Fault } from '../../fixtures/deployment/rest/fault';
import { apiAuthentication } from '../../src/collect/api/authentication';
import { apiAuthorization } from '../../src/collect/api/authorization';
import { loadEndpoints, routesOf, type Route } from '../../src/collect/api/catalogue';
import { whyNever } from '../../src/collect/api/never';
import { collect } from '../../src/collect/run';
import type { EvidenceBundle } from '../../src/model/evidence';
import type { Report } from '../../src/model/report';
import { loadTarget } from '../../src/plan/index';
import { judge, loadJudge } from '../../src/scan';
import type { RouteMutant, WholeMutant } from './list';
import { groupOf, placeOf } from './place';

export type Extent = 'smoke' | 'standard' | 'full';

/** What became of the mutants of one run. */
export interface Noticed {
  readonly mutants: number;
  /** Names of those that nothing noticed. */
  readonly missed: readonly string[];
}

/** Puts a fault on every `groups`th route at once, and sees which of them are noticed. */
export async function runRouteMutant(
  { id, kind, shows, fault, method }: RouteMutant,
  extent: Extent,
  group: number,
  groups: number,
): Promise<Noticed> {
  const places = new Set(
    mutable(shows).filter((place) => place.startsWith(method ?? '') && groupOf(place, groups) === group),
  );
  const seen = await audit(
    fault((asked) => places.has(placeOf(asked))),
    extent,
  );
  const missed = [...places].filter((place) => !isNoticed(place, kind, shows, seen));
  return { mutants: places.size, missed: missed.map((place) => `${id}: ${place}`) };
}

export async function runWholeMutant({ id, rule, fault }: WholeMutant, extent: Extent): Promise<Noticed> {
  const { report } = await audit(fault, extent);
  const fails = (report.results.find((result) => result.rule === rule)?.counts.fail ?? 0) > 0;
  return { mutants: 1, missed: fails ? [] : [id] };
}

interface Seen {
  readonly bundle: EvidenceBundle;
  readonly report: Report;
}

/** Audits the fixture with this fault, by the two collectors that ask its REST API for who may do what. */
export async function audit(fault: Fault | undefined, apiRequests: Extent): Promise<Seen> {
  const folder = mkdtempSync(join(tmpdir(), 'cfy-audit-mutants-'));
  const deployment = await startDeployment({
    weaknesses: [],
    folder,
    rateLimit: false,
    ...(fault === undefined ? {} : { fault }),
  });
  try {
    const { target } = await loadTarget(deployment.targetFile, {
      environment: {},
      prompt: () => Promise.reject(new Error('nothing to ask')),
    });
    const limits = { ...target.limits, requestsPerSecond: Infinity, concurrency: 8, apiRequests };
    const bundle = await collect({ ...target, limits }, [apiAuthentication, apiAuthorization], {
      version: '0.0.0-mutant',
      runId: 'mutant',
      now: () => new Date(),
      signal: new AbortController().signal,
      onProgress: () => undefined,
    });
    return { bundle, report: judge(bundle, loadJudge({ profile: 'base' })) };
  } finally {
    await deployment.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function isNoticed(
  place: string,
  kind: RouteMutant['kind'],
  shows: RouteMutant['shows'],
  { bundle, report }: Seen,
): boolean {
  if (shows === 'authentication') {
    const found = report.findings.filter(
      ({ rule, subject }) => rule === 'CFY-AUT-01' && subject.id.endsWith(`/api ${place}`),
    );
    const [finding] = found.filter(({ subject }) => !subject.id.includes('credentials for'));
    return kind === 'breach' ? finding?.outcome === 'fail' : finding?.outcome !== 'pass';
  }
  const actors = bundle.evidence.flatMap((each) =>
    each.type === 'api.authorization' && each.state === 'observed' ? [each.data] : [],
  );
  const cells = actors.flatMap((actor) => actor.cells.filter(({ endpoint }) => endpoint === place));
  return kind === 'breach'
    ? cells.some(({ shipped, observed }) => shipped === 'withheld' && observed === 'answered') &&
        report.results.some(({ rule, counts }) => rule.startsWith('CFY-RBC') && counts.fail > 0)
    : cells.some(({ observed }) => observed === 'unproven');
}

/** Routes on which such a fault can be told from a sound manager at all. */
function mutable(shows: RouteMutant['shows']): readonly string[] {
  return routesOf()
    .filter((route) => (shows === 'authentication' ? canBeOpened(route) : canBeWidened(route)))
    .map(({ endpoint, template }) => `${endpoint.method} ${template}`);
}

function canBeOpened({ endpoint }: Route): boolean {
  const { guard = 'secured', edition, probe, open } = endpoint;
  return guard === 'secured' && edition === undefined && probe !== 'never' && open === undefined;
}

/** What everybody may do cannot be let to anybody more. */
function canBeWidened(route: Route): boolean {
  const { permissions } = loadEndpoints();
  const { permission } = route.endpoint;
  const roles = permission === undefined ? [] : (permissions[permission] ?? []);
  return canBeOpened(route) && whyNever(route.endpoint) === null && roles.length > 0 && roles.length < 5;
}
