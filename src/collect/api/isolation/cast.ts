import type { IsolationPlan } from '../../../model/api-isolation';
import type { Target } from '../../../model/target';
import type { Attack } from './field';
import { isMember, rolesOf, type Principal } from './principals';

/** How tenants are tried. A smoke run leaves that out unless it is asked for. */
export function isolationPlanOf({
  isolation,
  limits,
}: Pick<Target, 'isolation' | 'limits'>): IsolationPlan | 'skip' {
  const usual = isolation === undefined && limits.apiRequests === 'smoke' ? 'skip' : 'quick';
  return isolation?.plan ?? usual;
}

/** Most requests of each plan; the target file may say otherwise. */
export function boundOf(target: Pick<Target, 'isolation' | 'limits'>, tenants: number): number {
  const { isolation } = target;
  if (isolation?.requests !== undefined) return isolation.requests;
  switch (isolationPlanOf(target)) {
    case 'full':
      return 12_000 * Math.max(1, tenants - 1);
    case 'pairwise':
      return 400 * tenants + 60 * tenants * Math.max(0, tenants - 1);
    case 'sampled':
      return 5_000;
    case 'quick':
    case 'skip':
      return 3_000;
  }
}

/**
 * Tenants whose things are looked for, those with most accounts first: in a quick run two. Of each, one member that is no
 * manager is tried wholly, because most is kept from it; other accounts are tried briefly, for what their roles add.
 */
export function tenantsOf(
  principals: readonly Principal[],
  tenants: readonly string[],
  plan: IsolationPlan,
): readonly string[] {
  const population = (tenant: string): number => principals.filter((each) => isMember(each, tenant)).length;
  const peopled = tenants.filter((tenant) => population(tenant) > 0);
  const ranked = [...peopled].sort((a, b) => population(b) - population(a) || (a < b ? -1 : 1));
  return plan === 'quick'
    ? fill(ranked, tenants)
    : [...ranked, ...tenants.filter((each) => !ranked.includes(each))];
}

/** Two, of which one may have no accounts: what it has is foreign to the other. */
function fill(ranked: readonly string[], tenants: readonly string[]): readonly string[] {
  return [...ranked, ...tenants.filter((each) => !ranked.includes(each))].slice(0, 2);
}

/** Who asks. `hiddenFrom`: how much is private in a tenant and not an account's own. */
export function attacksOf(
  principals: readonly Principal[],
  chosen: readonly string[],
  plan: IsolationPlan,
  sample: string,
  hiddenFrom: (principal: Principal, tenant: string) => number,
): readonly Attack[] {
  const attackers = principals.filter(({ administrator }) => !administrator);
  const attacks: Attack[] = [];
  const wholly = new Set<Principal>();
  for (const tenant of chosen) {
    const members = attackers.filter((each) => isMember(each, tenant));
    const [best] = [...members].sort(
      (a, b) => rankOf(a, tenant) - rankOf(b, tenant) || hiddenFrom(b, tenant) - hiddenFrom(a, tenant),
    );
    if (best === undefined || wholly.has(best)) continue;
    wholly.add(best);
    const depth = plan === 'quick' && wholly.size > 1 ? 'half' : 'whole';
    attacks.push(attackOf(best, tenant, chosen, depth, plan, sample));
  }
  // One of each set of roles stands for all of its like.
  const likes = new Set([...wholly].map((each) => likenessOf(each, chosen)));
  const isBrief = plan === 'pairwise' || plan === 'sampled';
  for (const principal of attackers) {
    if (wholly.has(principal)) continue;
    const own = principal.memberships.map(({ tenant }) => tenant).filter((tenant) => chosen.includes(tenant));
    if (own.length === 0 && principal.memberships.length > 0) continue;
    const like = likenessOf(principal, chosen);
    if (plan !== 'full' && (likes.has(like) || isBrief)) continue;
    likes.add(like);
    const home = [...own].sort((a, b) => weight(principal, b) - weight(principal, a))[0] ?? null;
    attacks.push(attackOf(principal, home, chosen, plan === 'full' ? 'whole' : 'brief', plan, sample));
  }
  return attacks;
}

function attackOf(
  principal: Principal,
  home: string | null,
  tenants: readonly string[],
  depth: Attack['depth'],
  plan: IsolationPlan,
  sample: string,
): Attack {
  const foreign = tenants.filter((tenant) => !isMember(principal, tenant));
  return {
    principal,
    depth: plan === 'pairwise' || plan === 'sampled' ? 'brief' : depth,
    home,
    others: tenants.filter((tenant) => tenant !== home && isMember(principal, tenant)),
    foreign: plan === 'sampled' ? draw(foreign, `${sample} ${home ?? principal.name}`, 5) : foreign,
  };
}

/** Plain users of one tenant first: neither managers, to whom little is private, nor members of several. */
function rankOf(principal: Principal, tenant: string): number {
  const roles = rolesOf(principal, tenant);
  const byRole = roles.includes('manager')
    ? 3
    : roles.includes('user')
      ? 0
      : roles.includes('operations')
        ? 1
        : 2;
  return 10 * (principal.memberships.length - 1) + byRole + (principal.canary ? -0.5 : 0);
}

/** Where an account of several tenants has most to say: what that gives it elsewhere is the question. */
function weight(principal: Principal, tenant: string): number {
  const roles = rolesOf(principal, tenant);
  return roles.includes('manager') ? 3 : roles.includes('user') ? 2 : 1;
}

function likenessOf(principal: Principal, tenants: readonly string[]): string {
  const roles = principal.memberships
    .filter(({ tenant }) => tenants.includes(tenant))
    .map(({ roles: held }) => [...held].sort().join('+'));
  return [principal.systemRole, ...roles.sort()].join(' ');
}

/** The same few for the same word: ordered by a hash, not by chance. */
function draw<T extends string>(items: readonly T[], word: string, most: number): readonly T[] {
  const weigh = (item: string): number => {
    let hash = 0x811c9dc5;
    for (const byte of Buffer.from(`${word} ${item}`)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
    return hash;
  };
  return [...items].sort((a, b) => weigh(a) - weigh(b) || (a < b ? -1 : 1)).slice(0, most);
}
