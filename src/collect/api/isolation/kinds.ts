import type { ResourceClass } from '../../../model/api-isolation';
import type { Endpoint } from '../../../model/endpoint';
import { loadEndpoints } from '../catalogue';

/** Kinds of things that belong to a tenant or to a person, by the words of the catalogue's `harvest`. */
const ownedKinds = [
  'blueprint',
  'deployment',
  'execution',
  'plugin',
  'secret',
  'site',
  'node',
  'node_instance',
  'agent',
  'deployment_group',
  'execution_group',
  'execution_schedule',
  'deployment_modification',
  'deployment_update',
  'plugins_update',
  'blueprints_filter',
  'deployments_filter',
  'snapshot',
  'log_bundle',
  'token',
] as const;

/** Where things of a kind are listed, and which field names one; null: nothing names a single one. */
export interface Shelf {
  readonly kind: string;
  /** Below the API version. */
  readonly path: string;
  readonly field: string | null;
  /** Things of this kind that the list is asked about one by one: `<parameter>=<id>`. */
  readonly anchor: Anchor | null;
}

/** A parameter without which a list says nothing, and the kind of its value. */
export interface Anchor {
  readonly parameter: string;
  readonly kind: 'deployment' | 'execution';
}

/** Every list that is read to learn what there is, in an order in which later things can be traced to earlier ones. */
export function shelves(): readonly Shelf[] {
  const { harvest } = loadEndpoints();
  const named = ownedKinds.flatMap((kind) => {
    const entry = harvest[kind];
    if (entry === undefined) return [];
    return [{ kind, path: entry.from.replace(/^GET /, ''), field: entry.field, anchor: null }];
  });
  return [
    ...named,
    { kind: 'dependency', path: '/deployments/inter-deployment-dependencies', field: 'id', anchor: null },
    { kind: 'event', path: '/events', field: null, anchor: null },
    { kind: 'operation', path: '/operations', field: 'id', anchor: anchors['/operations'] ?? null },
    { kind: 'tasks_graph', path: '/tasks_graphs', field: 'id', anchor: anchors['/tasks_graphs'] ?? null },
  ];
}

/** Classes that the promises name: before all others, and wherever there is a choice. */
export const foremost: ReadonlySet<ResourceClass> = new Set([
  'blueprints',
  'deployments',
  'events',
  'executions',
  'nodes',
  'plugins',
  'secrets',
]);

/** Lists that need to be told of what (Cloudify 7.1: 400 otherwise, or everything by a part of the name). */
export const anchors: Readonly<Record<string, Anchor>> = {
  '/operations': { parameter: 'execution_id', kind: 'execution' },
  '/tasks_graphs': { parameter: 'execution_id', kind: 'execution' },
  '/searches/nodes': { parameter: 'deployment_id', kind: 'deployment' },
  '/searches/node-types': { parameter: 'deployment_id', kind: 'deployment' },
  '/searches/capabilities': { parameter: 'deployment_id', kind: 'deployment' },
  '/searches/scaling-groups': { parameter: 'deployment_id', kind: 'deployment' },
};

/** The class of what an endpoint answers; null: about the manager itself, not about what is in it. */
export function classOf({ path }: Pick<Endpoint, 'path'>): ResourceClass | null {
  const [, first = '', second = ''] = path.split('/');
  if (/\/(archive|yaml)$/.test(path))
    return first === 'plugins' ? 'plugins' : first === 'blueprints' ? 'files' : 'snapshots';
  if (first === 'deployments' && second === 'inter-deployment-dependencies') return 'dependencies';
  if (first === 'searches' || first === 'summary') return classes[second.replace('_', '-')] ?? 'other';
  if (first === 'file-server-proxy') return 'files';
  if (aboutManager.has(first)) return null;
  return classes[first] ?? 'other';
}

const classes: Readonly<Record<string, ResourceClass>> = {
  agents: 'agents',
  blueprints: 'blueprints',
  deployments: 'deployments',
  'deployment-groups': 'groups',
  'deployment-modifications': 'updates',
  'deployment-updates': 'updates',
  'plugins-updates': 'updates',
  capabilities: 'deployments',
  'scaling-groups': 'deployments',
  workflows: 'deployments',
  events: 'events',
  executions: 'executions',
  'execution-groups': 'groups',
  'execution-schedules': 'schedules',
  filters: 'filters',
  labels: 'labels',
  nodes: 'nodes',
  'node-types': 'nodes',
  'node-instances': 'node-instances',
  operations: 'operations',
  tasks_graphs: 'operations',
  plugins: 'plugins',
  secrets: 'secrets',
  sites: 'sites',
  snapshots: 'snapshots',
  'log-bundles': 'snapshots',
  tokens: 'tokens',
};

/** First part of paths that tell of the manager: every tenant may be told the same (or the role decides, see api.authorization). */
const aboutManager: ReadonlySet<string> = new Set([
  'brokers',
  'cluster-status',
  'config',
  'contacts',
  'db-nodes',
  'file-server-auth',
  'idp',
  'ldap',
  'license',
  'license-check',
  'maintenance',
  'managers',
  'monitoring-auth',
  'ok',
  'permissions',
  'provider',
  'secrets-providers',
  'snapshot-status',
  'status',
  'tenants',
  'user',
  'user-groups',
  'users',
  'version',
]);

/** Keys of labels of things of a kind: those of blueprints lead nowhere among those of deployments. */
export function labelKeyOf(kind: string): string {
  return `${kind}_label_key`;
}

/** The kind of thing that a list of this path consists of; null: none that has identifiers. */
export function kindOfList(path: string): string | null {
  const same: Readonly<Record<string, string>> = {
    '/searches/blueprints': 'blueprint',
    '/searches/deployments': 'deployment',
    '/searches/nodes': 'node',
    '/searches/node-types': 'node',
    '/searches/node-instances': 'node_instance',
    '/searches/secrets': 'secret',
    '/secrets/share/export': 'secret',
    '/labels/blueprints': 'label',
    '/labels/deployments': 'label',
  };
  return same[path] ?? shelves().find((shelf) => shelf.path === path)?.kind ?? null;
}

/** The kind that a field of an answer names by its value; null: none, or names too common to tell anything (nodes). */
export function kindNamedBy(field: string): string | null {
  const plain = field.replace(/_ids$/, '_id').replace(/^(?:old|new|source|target|default|parent)_/, '');
  return namedBy[plain] ?? null;
}

const namedBy: Readonly<Record<string, string>> = {
  blueprint_id: 'blueprint',
  create_execution: 'execution',
  deployment: 'deployment',
  deployment_group_id: 'deployment_group',
  deployment_groups: 'deployment_group',
  deployment_id: 'deployment',
  deployments: 'deployment',
  execution_group_id: 'execution_group',
  execution_id: 'execution',
  latest_execution: 'execution',
  node_instance_id: 'node_instance',
  plugin_id: 'plugin',
  site_name: 'site',
};
