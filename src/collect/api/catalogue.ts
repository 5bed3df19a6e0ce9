import { join } from 'node:path';
import type { ApiVersion, Endpoint, EndpointCatalogue } from '../../model/endpoint';
import { readDocument } from '../../schema/document';
import { packageRoot } from '../../schema/package-root';

/** One route of one API version: what a request is about. */
export interface Route {
  readonly endpoint: Endpoint;
  readonly version: ApiVersion;
  /** With its prefix, e.g. `/api/v3.1/blueprints/{blueprint_id}`. */
  readonly template: string;
  /** `catalogue`: of the manager; `target`: the auditor added it. */
  readonly origin: 'catalogue' | 'target';
}

let loaded: EndpointCatalogue | undefined;

/** The REST surface of Cloudify 7.1. Its shape is not checked here: a test does, and it ships with us. */
export function loadEndpoints(): EndpointCatalogue {
  loaded ??= readDocument(join(packageRoot(), 'rules/endpoints/7.1.json')).value as EndpointCatalogue;
  return loaded;
}

/** Every route of every version, and those the target file adds; an added one takes the place of ours. */
export function routesOf(added: readonly Endpoint[] = []): readonly Route[] {
  const routes = new Map<string, Route>();
  for (const endpoint of loadEndpoints().endpoints) addRoutes(routes, endpoint, 'catalogue');
  for (const endpoint of added) addRoutes(routes, endpoint, 'target');
  return [...routes.values()];
}

/** The paths that nginx guards by asking the REST service, as routes of no version. */
export function securedPathsOf(): readonly Route[] {
  const guarded = loadEndpoints().paths.filter(
    ({ guard, listener }) => guard === 'secured' && listener === 'rest',
  );
  return guarded.map(({ id, method, path }) => ({
    endpoint: { id, method, path, versions: ['unversioned'], probe: 'read' },
    version: 'unversioned',
    template: path,
    origin: 'catalogue',
  }));
}

/** The path of a route with its parameters put in, each percent-encoded except for the slashes of a file path. */
export function fillPath(template: string, values: Readonly<Record<string, string>>): string {
  return template.replace(/\{(\w+)\}/g, (_whole, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`no value for {${name}} of ${template}`);
    return value.split('/').map(encodeURIComponent).join('/');
  });
}

function addRoutes(routes: Map<string, Route>, endpoint: Endpoint, origin: Route['origin']): void {
  for (const version of endpoint.versions) {
    const template = `/api${version === 'unversioned' ? '' : `/${version}`}${endpoint.path}`;
    routes.set(`${endpoint.method} ${template}`, { endpoint, version, template, origin });
  }
}
