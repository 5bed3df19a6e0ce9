import type { Visibility } from '../../../model/canaries';
import type { Target } from '../../../model/target';
import { isAdministrator, peopleOf, writersIn, type Person } from './people';
import type { PlantedKind } from './recipes';

/** One object that is to be planted. */
export interface Seedling {
  readonly kind: PlantedKind;
  readonly tenant: string;
  readonly visibility: Visibility;
  readonly hidden: boolean;
  readonly by: Person;
}

/** What a run would plant, and what it would not, and why. */
export interface Choice {
  readonly tenants: readonly string[];
  readonly seedlings: readonly Seedling[];
  readonly skipped: readonly { readonly what: string; readonly reason: string }[];
}

/** Tenants in which canaries are planted, unless the isolation of every pair is asked for. */
const fewTenants = 3;

/** Chooses what to plant from what the target declares: nobody plants where he holds no role that may. Pure. */
export function chooseCanaries(target: Target, extra: readonly Person[] = []): Choice {
  const people = [...peopleOf(target), ...extra];
  const known = [...new Set([...target.tenants, ...extra.flatMap(({ tenants }) => Object.keys(tenants))])];
  const able = known.filter((tenant) => writersIn(tenant, people).length > 0);
  // With people of its own first: what administrators plant is no tenant user's, and stands in where there are no others.
  const peopled = able.filter((tenant) => !isBare(tenant, people));
  const ranked = [...peopled, ...able.filter((tenant) => isBare(tenant, people))];
  const plan = target.isolation?.plan;
  const isWhole = plan === 'full' || plan === 'pairwise';
  const tenants = isWhole ? ranked : ranked.slice(0, Math.max(2, Math.min(fewTenants, peopled.length)));
  const [administrator] = people.filter(isAdministrator);
  return {
    tenants,
    seedlings: tenants.flatMap((tenant) => {
      const [planter] = writersIn(tenant, people);
      if (planter === undefined) return [];
      const own = perTenant.map(([kind, visibility, hidden = false]): Seedling => {
        return { kind, tenant, visibility, hidden, by: planter };
      });
      if (administrator === undefined) return own;
      const shared = globals.map((kind): Seedling => {
        return { kind, tenant, visibility: 'global', hidden: false, by: administrator };
      });
      return [...own, ...shared];
    }),
    skipped: [
      ...known
        .filter((tenant) => !able.includes(tenant))
        .map((tenant) => ({
          what: `canaries in ${tenant}`,
          reason:
            'no declared account holds a role there that may create (user, manager), and no administrator is declared',
        })),
      ...ranked
        .filter((tenant) => !tenants.includes(tenant))
        .map((tenant) => ({
          what: `canaries in ${tenant}`,
          reason: 'left out of this plan (isolation.plan)',
        })),
      ...(administrator === undefined
        ? [{ what: 'canaries with global visibility', reason: 'no administrator is declared' }]
        : []),
      ...neverWritten,
    ],
  };
}

const perTenant: readonly (readonly [PlantedKind, Visibility, boolean?])[] = [
  ['secret', 'tenant'],
  ['secret', 'private'],
  ['secret', 'tenant', true],
  ['site', 'tenant'],
  ['site', 'private'],
  ['deployments_filter', 'tenant'],
  ['deployments_filter', 'private'],
  ['blueprints_filter', 'tenant'],
  ['deployment_group', 'tenant'],
  ['deployment_group', 'private'],
  ['blueprint', 'tenant'],
  ['blueprint', 'private'],
];

const globals: readonly PlantedKind[] = [
  'secret',
  'site',
  'deployments_filter',
  'deployment_group',
  'blueprint',
];

/** Decided from the source of Cloudify 7.1: not everything that can be created can be taken away without a trace. */
const neverWritten: Choice['skipped'] = [
  {
    what: 'deployments, nodes, executions',
    reason:
      'a deployment is created and deleted by workflows of the management worker, which leave executions and logs',
  },
  {
    what: 'plugins',
    reason: 'the manager chooses the identifier, and removal asks every worker and agent to uninstall',
  },
  { what: 'snapshots, log bundles', reason: 'they copy the whole manager, and run as workflows' },
  { what: 'agents', reason: 'creating one creates or resets an account of the broker' },
];

function isBare(tenant: string, people: readonly Person[]): boolean {
  return !people.some((person) => !isAdministrator(person) && person.tenants[tenant] !== undefined);
}
