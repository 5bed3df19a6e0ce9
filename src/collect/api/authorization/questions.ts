import type { Endpoint, EndpointCatalogue } from '../../../model/endpoint';
import type { Route } from '../catalogue';
import { knownRoles } from './actors';

/** One guarded endpoint, and whom to ask it as. */
export interface Question {
  /** `METHOD /api/version/path`, with the names of its parameters. */
  readonly id: string;
  readonly route: Route;
  readonly permission: string | null;
  /** Roles that may use it by the shipped table. */
  readonly roles: readonly string[];
  readonly administrative: boolean;
  readonly elevates: boolean;
  /**
   * `lacking`: everybody who should be refused, and the weakest who should not. `boundary`: the strongest who should be
   * refused, and the weakest who should not. `all`: everybody.
   */
  readonly ask: 'lacking' | 'boundary' | 'all';
}

/** What is asked, what never is and why, and how many guarded routes there are to ask. */
export interface Questions {
  readonly asked: readonly Question[];
  readonly notSent: readonly { readonly endpoint: string; readonly reason: string }[];
  readonly guarded: number;
}

/**
 * `smoke`: in the newest API version each permission once, on the gentlest endpoint that asks for it, and everything
 * administrative or elevating; of each older version two endpoints. `full`: every guarded route.
 */
export function questionsOf(
  catalogue: EndpointCatalogue,
  routes: readonly Route[],
  plan: 'smoke' | 'full',
): Questions {
  const guarded = routes.filter(({ endpoint }) => isGuarded(endpoint, catalogue));
  const sendable = guarded.filter(({ endpoint }) => whyNever(endpoint) === null);
  const questions = sendable.map((route) => questionOf(route, catalogue));
  const newest = catalogue.versions.at(-1);
  const latest = questions.filter(({ route }) => route.version === newest);
  const older = catalogue.versions
    .slice(0, -1)
    .flatMap((version) => samples(questions.filter(({ route }) => route.version === version)));
  const never = guarded.filter(({ version, endpoint }) => version === newest && whyNever(endpoint) !== null);
  return {
    asked:
      plan === 'full'
        ? questions.map((question) => ({ ...question, ask: 'all' }))
        : [...smoke(latest), ...older],
    notSent: [
      ...never.map(({ endpoint, template }) => ({
        endpoint: `${endpoint.method} ${template}`,
        reason: whyNever(endpoint) ?? '',
      })),
      {
        endpoint: `POST /api/${newest}/users/{username}`,
        reason: 'its own code checks the caller, after the body',
      },
    ],
    guarded: questions.length,
  };
}

/** What the auditor adds with a permission that the product does not know cannot be held against anything. */
function isGuarded({ permission, path }: Endpoint, { permissions }: EndpointCatalogue): boolean {
  return permission === undefined ? isForAdministrators(path) : Object.hasOwn(permissions, permission);
}

/** Guarded by the role sys_admin itself, not by a permission (Cloudify 7.1 `_admin_only`). */
function isForAdministrators(path: string): boolean {
  return /^\/permissions(\/|$)/.test(path);
}

function whyNever({ probe, method, path }: Endpoint): string | null {
  if (probe === 'never') return 'changes something even when sent empty';
  switch (`${method} ${path}`) {
    case 'POST /tenants/{tenant_name}':
      return 'needs no body: where the guard fails, the premium edition creates the tenant';
    case 'POST /license':
      return 'what an empty licence does in the premium edition is not known';
    case 'GET /tenants/{tenant_name}':
      return 'the community edition answers it before it knows who asks';
    default:
      return null;
  }
}

function questionOf(route: Route, { permissions }: EndpointCatalogue): Question {
  const { method, permission, guard } = route.endpoint;
  const roles = permission === undefined ? ['sys_admin'] : (permissions[permission] ?? []);
  return {
    id: `${method} ${route.template}`,
    route,
    permission: permission ?? null,
    roles,
    administrative: roles.every((role) => role === 'sys_admin' || role === 'manager'),
    elevates: permission === undefined ? method === 'PUT' : elevating.has(permission),
    ask: guard === 'stub' ? 'boundary' : 'lacking',
  };
}

/** Whoever holds one of these can make himself, or anybody, more than he is. */
const elevating: ReadonlySet<string> = new Set([
  'ldap_set',
  'manager_config_put',
  'snapshot_restore',
  'tenant_add_group',
  'tenant_add_user',
  'tenant_update_group',
  'tenant_update_user',
  'user_create',
  'user_group_add_user',
  'user_group_create',
  'user_group_update',
]);

function smoke(latest: readonly Question[]): readonly Question[] {
  const chosen = new Map<string, Question>();
  const whole = latest.filter(({ administrative, elevates, permission, route }) =>
    permission === null ? elevates || route.endpoint.path === '/permissions' : administrative || elevates,
  );
  for (const question of [...latest].sort(byGentleness)) {
    if (question.permission !== null && !chosen.has(question.permission))
      chosen.set(question.permission, question);
  }
  return [...new Set([...chosen.values(), ...whole])];
}

/** Of an older version: something few may do, and something most may read. */
function samples(questions: readonly Question[]): readonly Question[] {
  const gentle = [...questions].sort(byGentleness).filter(({ route }) => route.endpoint.guard !== 'stub');
  const rare =
    gentle.find(({ administrative }) => administrative) ?? gentle.find(({ roles }) => roles.length === 3);
  const usual = gentle.find(({ roles }) => roles.length === knownRoles.length - 1);
  return [rare, usual].flatMap((question) =>
    question === undefined ? [] : [{ ...question, ask: 'boundary' }],
  );
}

/** Reads before writes, lists before what takes an identifier. */
function byGentleness(a: Question, b: Question): number {
  return roughness(a) - roughness(b);
}

function roughness({ route: { endpoint } }: Question): number {
  return (
    (endpoint.method === 'GET' ? 0 : 10) +
    (endpoint.probe === 'read' ? 0 : 5) +
    Object.keys(endpoint.params ?? {}).length
  );
}
