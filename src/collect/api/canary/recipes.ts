import type { Visibility } from '../../../model/canaries';
import { archiveOf } from './archive';

/** Kinds of resources that are planted in tenants. */
export type PlantedKind =
  'blueprint' | 'blueprints_filter' | 'deployment_group' | 'deployments_filter' | 'secret' | 'site';

/** One request to write, before it belongs to anybody. The path starts below the API version. */
export interface WriteForm {
  readonly method: string;
  readonly path: string;
  /** A string is JSON. */
  readonly body?: string | Uint8Array;
}

/** What a new object is made of. */
export interface Draft {
  readonly id: string;
  readonly visibility: Visibility;
  readonly marker: string;
  readonly hidden?: boolean;
  /** Further members of the JSON body, of an attempt that names its tenant there. */
  readonly extra?: Readonly<Record<string, string>>;
}

/** How one kind is written, read and removed. */
export interface Recipe {
  readonly kind: PlantedKind;
  /** Path template of one object, as in the endpoint catalogue. */
  readonly template: string;
  /** API versions in which one object can be removed, the newest last. */
  readonly removedIn: readonly string[];
  readonly list: { readonly path: string; readonly field: string; readonly searches: boolean };
  readonly create: (draft: Draft) => WriteForm;
  readonly updates: 'PATCH' | 'POST' | 'PUT';
  /** What updates also creates, where nothing of that name is visible. */
  readonly updateCreates: boolean;
  readonly update: (id: string, marker: string) => WriteForm;
  /** Left out: the API has no such route for the kind. */
  readonly visibilityTemplate?: string;
  readonly remove: (id: string) => WriteForm;
  /** Paths below /resources/. */
  readonly files?: (id: string, tenant: string) => readonly string[];
}

/**
 * Shapes of the REST service of Cloudify 7.1 (resources_v3/secrets.py, resources_v3_1/{sites,filters,deployments,
 * blueprints}.py). All of these are rows, and for a blueprint one archive, which the REST service itself removes.
 */
export const recipes: Readonly<Record<PlantedKind, Recipe>> = {
  secret: {
    kind: 'secret',
    template: '/secrets/{key}',
    removedIn: ['v3', 'v3.1'],
    list: { path: '/secrets', field: 'key', searches: true },
    create: ({ id, visibility, marker, hidden = false, extra }) =>
      json('PUT', `/secrets/${id}`, { value: marker, visibility, is_hidden_value: hidden, ...extra }),
    updates: 'PATCH',
    updateCreates: false,
    update: (id, marker) => json('PATCH', `/secrets/${id}`, { value: marker }),
    visibilityTemplate: '/secrets/{key}/set-visibility',
    remove: (id) => ({ method: 'DELETE', path: `/secrets/${id}` }),
  },
  site: {
    kind: 'site',
    template: '/sites/{name}',
    removedIn: ['v3.1'],
    list: { path: '/sites', field: 'name', searches: true },
    create: ({ id, visibility, marker, extra }) =>
      json('PUT', `/sites/${id}`, { location: placeOf(marker), visibility, ...extra }),
    updates: 'POST',
    updateCreates: false,
    update: (id, marker) => json('POST', `/sites/${id}`, { location: placeOf(marker) }),
    remove: (id) => ({ method: 'DELETE', path: `/sites/${id}` }),
  },
  deployments_filter: filterRecipe('deployments_filter', '/filters/deployments'),
  blueprints_filter: filterRecipe('blueprints_filter', '/filters/blueprints'),
  deployment_group: {
    kind: 'deployment_group',
    template: '/deployment-groups/{group_id}',
    removedIn: ['v3.1'],
    list: { path: '/deployment-groups', field: 'id', searches: false },
    create: ({ id, visibility, marker, extra }) =>
      json('PUT', `/deployment-groups/${id}`, { description: marker, visibility, ...extra }),
    updates: 'PUT',
    updateCreates: true,
    update: (id, marker) => json('PUT', `/deployment-groups/${id}`, { description: marker }),
    remove: (id) => ({ method: 'DELETE', path: `/deployment-groups/${id}` }),
  },
  blueprint: {
    kind: 'blueprint',
    template: '/blueprints/{blueprint_id}',
    removedIn: ['v1', 'v2', 'v2.1', 'v3', 'v3.1'],
    list: { path: '/blueprints', field: 'id', searches: true },
    // skip_execution: the archive is stored and no workflow parses it, so that nothing but a row and a file has to go.
    create: ({ id, visibility, marker, extra = {} }) => ({
      method: 'PUT',
      path: `/blueprints/${id}?${new URLSearchParams({
        application_file_name: 'blueprint.yaml',
        visibility,
        skip_execution: 'true',
        async_upload: 'true',
        ...extra,
      }).toString()}`,
      body: archiveOf(id, 'blueprint.yaml', blueprintOf(marker)),
    }),
    updates: 'PATCH',
    updateCreates: false,
    update: (id, marker) => json('PATCH', `/blueprints/${id}`, { description: marker }),
    visibilityTemplate: '/blueprints/{blueprint_id}/set-visibility',
    // force: it never gets beyond the state `uploading`.
    remove: (id) => ({ method: 'DELETE', path: `/blueprints/${id}?force=true` }),
    files: (id, tenant) => [`uploaded-blueprints/${tenant}/${id}/${id}.tar`],
  },
};

/** Widens who may see an object. */
export function widenForm(recipe: Recipe, id: string, to: 'tenant' | 'global'): WriteForm | null {
  if (recipe.visibilityTemplate === undefined) return null;
  return json('PATCH', recipe.visibilityTemplate.replace(/\{\w+\}/, id), { visibility: to });
}

function filterRecipe(kind: 'blueprints_filter' | 'deployments_filter', path: string): Recipe {
  const rules = (marker: string) => [
    { key: 'cfy-audit-canary', values: [marker], operator: 'any_of', type: 'label' },
  ];
  return {
    kind,
    template: `${path}/{filter_id}`,
    removedIn: ['v3.1'],
    list: { path, field: 'id', searches: true },
    create: ({ id, visibility, marker, extra }) =>
      json('PUT', `${path}/${id}`, { filter_rules: rules(marker), visibility, ...extra }),
    updates: 'PATCH',
    updateCreates: false,
    update: (id, marker) => json('PATCH', `${path}/${id}`, { filter_rules: rules(marker) }),
    remove: (id) => ({ method: 'DELETE', path: `${path}/${id}` }),
  };
}

/** Parses where anything should parse it, and does nothing. */
function blueprintOf(marker: string): string {
  return `tosca_definitions_version: cloudify_dsl_1_4\ndescription: ${marker}\n`;
}

/** Latitude and longitude from the marker's digits: a site holds no text. */
function placeOf(marker: string): string {
  const bits = Buffer.from(marker, 'utf8').reduce((sum, byte) => (sum * 31 + byte) % 9_999_991, 7);
  return `${(bits % 89).toString()}.${String(bits).padStart(7, '0')},${(bits % 179).toString()}.${String(9_999_991 - bits).padStart(7, '0')}`;
}

function json(method: string, path: string, body: Readonly<Record<string, unknown>>): WriteForm {
  return { method, path, body: JSON.stringify(body) };
}
