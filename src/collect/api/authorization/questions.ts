import type { Endpoint, EndpointCatalogue } from '../../../model/endpoint';
import type { Route } from '../catalogue';
import { guardedActionOf, holdersOf, isForAdministrators, oneOfEach, roughnessOf } from '../guard-classes';
import { whyNever } from '../never';
import { isCommonList } from '../smoke';
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
   * `boundary`: the strongest who should be refused, and the weakest who should not. `spread`: and of several others who
   * should be refused one, another one each time. `lacking`: everybody who should be refused, and the weakest who should not. `all`:
   * everybody.
   */
  readonly ask: 'boundary' | 'spread' | 'lacking' | 'all';
}

/** What is asked, what never is and why, and how many guarded routes there are to ask. */
export interface Questions {
  readonly asked: readonly Question[];
  readonly notSent: readonly { readonly endpoint: string; readonly reason: string }[];
  readonly guarded: number;
}

/** How many questions: `sample` for the further managers of a cluster, which share users and permissions. */
export type Extent = 'sample' | 'smoke' | 'standard' | 'full';

/**
 * `full`: every guarded route, as everybody. `standard`: every guarded route of the newest API version, what is administrative
 * as everybody who must not, the rest at the boundary of who may and as one more; of each older version three endpoints.
 * `smoke`: of the newest version what is guarded for the same roles once as everybody, and once by each method and class of
 * guard at the boundary. `sample`: each permission once.
 */
export function questionsOf(
  catalogue: EndpointCatalogue,
  routes: readonly Route[],
  extent: Extent,
): Questions {
  const guarded = routes.filter(({ endpoint }) => isGuarded(endpoint, catalogue));
  const sendable = guarded.filter(({ endpoint }) => whyNever(endpoint) === null);
  const questions = sendable.map((route) => questionOf(route, catalogue));
  const newest = catalogue.versions.at(-1);
  const latest = questions.filter(({ route }) => route.version === newest);
  const older = catalogue.versions
    .slice(0, -1)
    .flatMap((version) => samples(questions.filter(({ route }) => route.version === version)))
    .filter(({ route }) => extent !== 'smoke' || !isCommonList(route));
  const never = guarded.filter(({ version, endpoint }) => version === newest && whyNever(endpoint) !== null);
  return {
    asked:
      extent === 'full'
        ? questions.map((question) => ({ ...question, ask: 'all' }))
        : [...chosenOf[extent](latest), ...older],
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

/** Which questions about the newest version are asked. */
const chosenOf: Readonly<
  Record<Exclude<Extent, 'full'>, (latest: readonly Question[]) => readonly Question[]>
> = { standard: (latest) => latest, sample: oncePerPermission, smoke: oncePerGuard };

/** What the auditor adds with a permission that the product does not know cannot be held against anything. */
function isGuarded({ permission, path }: Endpoint, { permissions }: EndpointCatalogue): boolean {
  return permission === undefined ? isForAdministrators(path) : Object.hasOwn(permissions, permission);
}

function questionOf(route: Route, { permissions }: EndpointCatalogue): Question {
  const { method, permission, guard } = route.endpoint;
  const roles = permission === undefined ? ['sys_admin'] : (permissions[permission] ?? []);
  const isAdministrative = roles.every((role) => role === 'sys_admin' || role === 'manager');
  const isElevating = permission === undefined ? method === 'PUT' : elevating.has(permission);
  return {
    id: `${method} ${route.template}`,
    route,
    permission: permission ?? null,
    roles,
    administrative: isAdministrative,
    elevates: isElevating,
    ask: guard === 'stub' ? 'boundary' : isElevating || isAdministrative ? 'lacking' : 'spread',
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

/** Each permission on the gentlest endpoint that asks for it, and whatever elevates. */
function oncePerPermission(questions: readonly Question[]): readonly Question[] {
  const chosen = new Map<string | null, Question>();
  for (const question of [...questions].sort(byGentleness)) {
    if (!chosen.has(question.permission)) chosen.set(question.permission, question);
  }
  return questions.filter((question) => question.elevates || chosen.get(question.permission) === question);
}

/** Of what is alike for a guard the gentlest: once as everybody, then at the boundary of who may; and whatever elevates. */
function oncePerGuard(questions: readonly Question[]): readonly Question[] {
  const own = questions.filter(({ route }) => route.endpoint.guard !== 'stub');
  const routeOf = ({ route }: Question): Route => route;
  const asEverybody = new Set(oneOfEach(own, ({ route }) => holdersOf(route), routeOf));
  const classOf = ({ route }: Question): string => `${guardedActionOf(route)} ${holdersOf(route)}`;
  const atBoundary = new Set(oneOfEach(questions, classOf, routeOf));
  return questions.flatMap((question): readonly Question[] => {
    if (asEverybody.has(question)) return [{ ...question, ask: 'all' }];
    const isAsked = atBoundary.has(question) || question.elevates || question.route.origin === 'target';
    return isAsked ? [{ ...question, ask: 'boundary' }] : [];
  });
}

/** Of an older version: something few may do, something most may read, and something that changes. */
function samples(questions: readonly Question[]): readonly Question[] {
  const gentle = [...questions].sort(byGentleness).filter(({ route }) => route.endpoint.guard !== 'stub');
  const rare =
    gentle.find(({ administrative }) => administrative) ?? gentle.find(({ roles }) => roles.length === 3);
  const usual = gentle.find(({ roles }) => roles.length === knownRoles.length - 1);
  const write = gentle.find(
    ({ route, roles }) => route.endpoint.method !== 'GET' && roles.length < knownRoles.length - 1,
  );
  return [...new Set([rare, usual, write])].flatMap((question) =>
    question === undefined ? [] : [{ ...question, ask: 'boundary' }],
  );
}

/** Reads before writes, lists before what takes an identifier. */
function byGentleness(a: Question, b: Question): number {
  return roughnessOf(a.route) - roughnessOf(b.route);
}
