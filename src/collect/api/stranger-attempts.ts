import type { ApiListener, PathForm } from '../../model/api-authentication';
import { loadEndpoints, type Route } from './catalogue';
import { isSecuredList } from './guard-classes';
import { harmlessPath, legacyPath } from './paths';
import { isCommonList, isExampleOfChange } from './smoke';
import { pathForms, strangerCredentials, writePath, type StrangerCredential } from './strangers';

/** One request of a stranger. */
export interface StrangerAttempt {
  /** `either`: over one of the two REST listeners, whichever serves. */
  readonly over: ApiListener | 'either';
  readonly credential: StrangerCredential;
  readonly method: string;
  readonly form: PathForm;
  readonly path: string;
}

/**
 * `smoke`: of each kind of guard a few endpoints, about 500 requests by all that ask the REST API; `standard`: every
 * endpoint once, the rest on a representative; `full`: everything everywhere.
 */
export type Thoroughness = 'smoke' | 'standard' | 'full';

/** The endpoint on which everything is tried: it is in every version, and every role but `default` may list it. */
export function isRepresentative({ endpoint, version }: Route): boolean {
  return version === 'v3.1' && endpoint.id === 'GET /blueprints';
}

/** What is tried over the second listener too, unless everything is. Agents and workflows show execution tokens there. */
const sharedCredentials = [
  'unknown-token',
  'unknown-user',
  'unknown-execution-token',
  'proxy-headers',
] as const;
/** Ways to write the scheme that a smoke run leaves out: it writes it in capitals. */
const oddCases: ReadonlySet<StrangerCredential> = new Set(['odd-case-scheme', 'lower-case-scheme']);
const sharedForms = ['double-slash', 'encoded-letter'] as const;

/**
 * What strangers send to one endpoint. Every endpoint is asked once without credentials, and where it has GET by HEAD too;
 * all else is asked of a representative, because Cloudify 7.1 authenticates in one place for all. `full` believes none of that. `examples`:
 * where a smoke run shows what of nobody's.
 */
export function strangersOf(
  route: Route,
  thoroughness: Thoroughness,
  examples: ReadonlyMap<Route, readonly StrangerCredential[]> = new Map(),
): readonly StrangerAttempt[] {
  const { method, guard } = route.endpoint;
  const path = harmlessPath(route);
  const whole = thoroughness === 'full';
  const ask = (
    over: StrangerAttempt['over'],
    credentials: readonly StrangerCredential[],
    as = method,
  ): readonly StrangerAttempt[] =>
    credentials.map((credential) => ({ over, credential, method: as, form: 'plain', path }));
  const write = (
    over: StrangerAttempt['over'],
    forms: readonly (typeof pathForms)[number][],
  ): readonly StrangerAttempt[] =>
    forms.map((form) => ({ over, credential: 'none', method, form, path: writePath(path, form) }));
  const rewritten = legacy(route, path, whole);
  // A premium feature that is missing says so in the body, which an answer to HEAD does not have.
  const heads = method === 'GET' && guard !== 'stub';
  const everything = [
    'none',
    ...strangerCredentials.filter((each) => thoroughness !== 'smoke' || !oddCases.has(each)),
  ] as const;

  if (whole) {
    return [
      ...ask('rest-external', everything),
      ...ask('rest-internal', everything),
      ...write('rest-external', pathForms),
      ...write('rest-internal', pathForms),
      ...ask('rest-external', heads ? ['none'] : [], 'HEAD'),
      ...ask('rest-internal', heads ? ['none'] : [], 'HEAD'),
      ...ask('rest-external', method === 'GET' ? ['method-override'] : [], 'OPTIONS'),
      ...rewritten,
      ...ask('http', ['none']),
      ...(isRepresentative(route) ? representative(route, path) : []),
    ];
  }
  if (isRepresentative(route)) {
    return [
      ...ask('rest-external', everything),
      ...ask('rest-internal', ['none', ...sharedCredentials]),
      ...write('rest-external', pathForms),
      ...write('rest-internal', sharedForms),
      ...ask('rest-external', ['none'], 'HEAD'),
      ...ask('rest-internal', ['none'], 'HEAD'),
      ...ask('http', ['none']),
      ...representative(route, path),
    ];
  }
  // One of each older version, and one that changes something.
  const isWrite = isExampleOfChange(route);
  const shown = new Set([
    ...(isCommonList(route) || isWrite ? sharedCredentials.slice(0, 2) : []),
    ...(examples.get(route) ?? []),
  ]);
  return [
    ...ask('either', ['none', ...shown]),
    ...(thoroughness === 'standard' ? more(route, path, heads) : []),
    ...(isWrite ? write('either', sharedForms) : []),
    ...rewritten,
  ];
}

/**
 * Flask answers HEAD by the code of GET, behind whatever guard that method has. In the newest version it comes with
 * headers that no guard should mind, and for lists with such a query; lists are shown an execution token too, which guards look at before all else,
 * and what deletes is asked to do so by force.
 */
function more(route: Route, path: string, heads: boolean): readonly StrangerAttempt[] {
  const { method, probe, params = {} } = route.endpoint;
  const plain = { over: 'either', form: 'plain', path, method } as const;
  const isNewest = route.version === loadEndpoints().versions.at(-1);
  // By an identifier that nothing has, nothing is deleted, by force or not.
  if (isNewest && method === 'DELETE' && probe !== 'never' && Object.keys(params).length > 0)
    return [{ ...plain, credential: 'unheeded-headers', path: `${path}?force=true` }];
  if (!heads) return [];
  if (!isNewest) return [{ ...plain, credential: 'none', method: 'HEAD' }];
  const head = { ...plain, credential: 'unheeded-headers', method: 'HEAD' } as const;
  if (!isSecuredList(route)) return [head];
  return [
    { ...head, path: `${path}?${unheededQuery}` },
    { ...plain, credential: 'unknown-execution-token' },
  ];
}

/** Parameters of lists in Cloudify 7.1 that say what of the answer is wanted. */
const unheededQuery = '_include=created_at&_size=1&_all_tenants=true';

/** Asked of one endpoint in any case: other methods named in a header, and the ports behind nginx, if they answer. */
function representative(route: Route, path: string): readonly StrangerAttempt[] {
  const plain = { form: 'plain', path, method: route.endpoint.method } as const;
  return [
    { ...plain, over: 'rest-external', credential: 'method-override' },
    // The path has no POST, so that nothing changes where the header is not heeded.
    { ...plain, over: 'rest-external', credential: 'method-override', method: 'POST' },
    { ...plain, over: 'rest-internal', credential: 'method-override', method: 'OPTIONS' },
    { ...plain, over: 'rest-local', credential: 'none' },
    { ...plain, over: 'rest-local', credential: 'unknown-token' },
    { ...plain, over: 'api-local', credential: 'none' },
  ];
}

function legacy({ endpoint }: Route, plain: string, whole: boolean): readonly StrangerAttempt[] {
  const { method } = endpoint;
  const path = method === 'GET' && (whole || !plain.includes('cfy-audit')) ? legacyPath(plain) : null;
  return path === null ? [] : [{ over: 'either', credential: 'none', method, form: 'legacy-rewrite', path }];
}

/** Whether the catalogue is held against an anonymous OPTIONS: on one endpoint, one a version, or all. */
export function asksOptions(route: Route, thoroughness: Thoroughness): boolean {
  if (thoroughness === 'smoke') return isRepresentative(route);
  return thoroughness === 'full' || route.endpoint.id.startsWith('GET /blueprints');
}
