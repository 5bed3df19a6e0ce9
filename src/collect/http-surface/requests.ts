import type { HttpSurface } from '../../model/http-surface';

/** One anonymous request of the survey. */
export interface Asked {
  readonly method: string;
  /** Path and query exactly as sent. */
  readonly path: string;
  readonly expectation: HttpSurface['expectation'];
}

/** What each listener is asked. Only requests that change nothing, none with a credential. `few`: of a smoke run. */
export function requestsOf(listener: HttpSurface['listener'], few: boolean): readonly Asked[] {
  switch (listener) {
    case 'rest-external':
    case 'rest-internal':
      return [...kept, ...(few ? [] : more), trace];
    case 'http':
      return clearText;
    case 'monitoring':
      return monitoring;
    case 'amqp-management':
      return amqpManagement;
  }
}

const asking =
  (expectation: Asked['expectation']) =>
  (path: string): Asked => ({ method: 'GET', path, expectation });

/** Answered 405 by nginx itself, which then hangs up: last, so that it costs no connection. */
const trace: Asked = { method: 'TRACE', path: '/', expectation: 'other' };

const kept: readonly Asked[] = [
  // Open by design (Cloudify 7.1: /ok is the only unauthenticated endpoint, snapshot-status a plain resource). Whether
  // /version is open differs between documentation and code: 200 and 401 are both right.
  ...['/api/v3.1/ok', '/api/v3.1/snapshot-status', '/api/v3.1/version', '/api/version', '/version'].map(
    asking('open'),
  ),
  ...[
    '/api/v3.1/blueprints',
    // Where these are served, they tell of versions.
    '/api/v3.1/managers',
    '/api/v3.1/plugins',
    // Cloudify 7.1 community answers this one before it authenticates: 500 with a traceback for a tenant that exists.
    '/api/v3.1/tenants/default_tenant',
    '/api/v3.1/file-server-proxy/blueprints/default_tenant/',
    '/api/v3.1/audit',
    // Older API versions are mounted beside the current one; nginx rewrites unversioned paths to /api/v1.
    '/api/v3/secrets',
    '/api/v2.1/maintenance',
    '/api/v2/snapshots',
    '/api/v1/blueprints',
    '/blueprints',
    '/resources/blueprints/',
    '/resources/deployments/',
    '/resources/plugins/',
    // Where nginx serves a folder without asking, it has no index (403) but sends whoever leaves out the slash there (301).
    '/resources/blueprints',
    '/resources/deployments',
    '/resources/global-resources',
    '/resources/log_bundles',
    '/resources/plugins',
    '/resources/snapshots',
    '/resources/tenant-resources',
    '/resources/uploaded-blueprints',
    // nginx keeps this location to itself (`internal`): 404 from outside. Where it does not, it has no index (403), but
    // sends whoever asks for a folder without its slash to the folder (301).
    '/resources-local/',
    '/resources-local/blueprints',
    // Agent packages are open. An alias that ends in a slash, of a location that does not, leads out of their folder and back
    // into it, which is there on every manager (301); as the installer writes it nothing is found (404).
    '/resources/cloudify_agent../cloudify_agent',
    // Without a log-in nginx answers 307 to the log-in page. Prometheus itself redirects its pages, but never its API.
    '/monitoring/api/v1/query?query=up',
  ].map(asking('secured')),
  // Documented as open: the agent packages, and help texts of the API (which a manager may as well not have).
  ...['/resources/cloudify_agent/', '/api/blueprints.help.json'].map(asking('open')),
  ...['/', '/stage/', '/console/'].map(asking('page')),
  asking('other')('/api/v3.1/cfy-audit-no-such-endpoint'),
];

/** More lists of the API, each guarded like one of those above. */
const more: readonly Asked[] = [
  ...[
    'deployments',
    'executions',
    'events',
    'nodes',
    'node-instances',
    'secrets',
    'snapshots',
    'agents',
    'tenants',
    'users',
    'user-groups',
    'tokens',
    'permissions',
    'config',
    'status',
    'cluster-status',
    'brokers',
    'maintenance',
    'license',
    'provider/context',
  ].map((name) => `/api/v3.1/${name}`),
  // A location that ends in a slash takes only what is below: without the slash another one answers.
  ...['global-resources', 'log_bundles', 'snapshots', 'tenant-resources', 'uploaded-blueprints'].map(
    (folder) => `/resources/${folder}/`,
  ),
  '/api/v2.1/blueprints',
  '/api/v1/executions',
  '/deployments',
  ...[
    'deployments',
    'global-resources',
    'log_bundles',
    'plugins',
    'snapshots',
    'tenant-resources',
    'uploaded-blueprints',
  ].map((folder) => `/resources-local/${folder}`),
].map(asking('secured'));

/** Cloudify 7.1 with TLS: everything below /api/ is refused with SSL_REQUIRED, the rest redirected (308). */
const clearText: readonly Asked[] = [
  ...['/api/v3.1/ok', '/api/v3.1/status', '/api/v3.1/blueprints'].map(asking('clear-text-api')),
  // The file store is behind no log-in of its own where a location of port 80 serves it.
  ...['/', '/resources/blueprints/'].map(asking('page')),
  trace,
];

/** nginx has no location for `/` there, so nothing is promised of it; both others ask for Basic authentication. */
const monitoring: readonly Asked[] = [
  asking('other')('/'),
  // Prometheus redirects its pages, but never its API.
  ...['/cfylogs/', '/monitoring/', '/monitoring/api/v1/query?query=up'].map(asking('secured')),
];

const amqpManagement: readonly Asked[] = [asking('page')('/'), asking('secured')('/api/overview')];
