import type { Target } from '../../../model/target';
import { isAdministrator, writersIn, type Person } from '../canary/people';

/** Somebody who must not write in a tenant, and from where he tries. */
export interface Attacker {
  readonly person: Person;
  /** Tenant of his own in which he may write; null: none. */
  readonly home: string | null;
}

/** Roles that may write, the strongest first. */
const strength: readonly string[] = ['manager', 'user', 'operations'];

/** Tenants from which somebody is sent, unless every pair is asked for. */
const fewHomes = 2;

/**
 * Who must not write in this tenant: the strongest of other tenants who holds no role here, somebody who may only look
 * here and is strong elsewhere, and somebody without any tenant. Administrators may write everywhere.
 */
export function attackersOf(
  owner: string,
  people: readonly Person[],
  { isolation }: Pick<Target, 'isolation'>,
): readonly Attacker[] {
  const plain = people.filter((person) => !isAdministrator(person));
  const outside = plain.filter(({ tenants }) => tenants[owner] === undefined);
  const homes = [...new Set(outside.flatMap(({ tenants }) => Object.keys(tenants)))];
  const strangers = homes.flatMap((home): Attacker[] => {
    const best = strength.flatMap((role) => outside.filter(({ tenants }) => tenants[home] === role))[0];
    return best === undefined ? [] : [{ person: best, home }];
  });
  const looker = plain.find(
    ({ tenants }) =>
      tenants[owner] === 'viewer' && Object.values(tenants).some((role) => strength.includes(role)),
  );
  const lookersHome = Object.entries(looker?.tenants ?? {}).find(([, role]) => strength.includes(role))?.[0];
  const nobody = outside.find(({ tenants }) => Object.keys(tenants).length === 0);
  const everyPair = isolation?.plan === 'full' || isolation?.plan === 'pairwise';
  return [
    ...(everyPair ? strangers : strangers.slice(0, fewHomes)),
    ...(looker === undefined ? [] : [{ person: looker, home: lookersHome ?? null }]),
    ...(nobody === undefined ? [] : [{ person: nobody, home: null }]),
  ];
}

/** Whether he may create in his own tenant, by the target's account of him. */
export function mayWriteAtHome({ person, home }: Attacker): boolean {
  return home !== null && writersIn(home, [person]).length > 0;
}
