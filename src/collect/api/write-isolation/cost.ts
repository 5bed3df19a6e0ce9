import type { Siege } from './assail';
import { mayWriteAtHome, type Attacker } from './attackers';
import { recipes, type PlantedKind } from '../canary/recipes';
import { attemptsOn, creationsIn } from './attempts';

/** Requests of a campaign against a manager on which nothing comes through. */
export function countRequests(sieges: readonly Siege[]): number {
  const people = new Set(sieges.flatMap(({ attackers }) => attackers.map(({ person }) => person)));
  // Each says who he is; the permission table and the settings are read.
  return people.size + 2 + sum(sieges.map(countSiege));
}

function countSiege({ owner, victims, attackers }: Siege): number {
  const onObjects = sum(
    victims.map(({ object }) => {
      const attempts = sum(attackers.map((attacker) => attemptsOn(object, attacker, () => '').length));
      // A look before, and one after each attacker; then the owner looks, updates and looks, and widens and looks.
      const control = object.visibility === 'private' && isWidened(object.kind) ? 5 : 3;
      return 1 + attempts + attackers.length + control;
    }),
  );
  const kinds = new Set(victims.map(({ object }) => object.kind));
  const creations = attackers.flatMap((attacker) => creationsOf(owner, attacker, kinds));
  return onObjects + creations.length + kinds.size + (attackers.some(mayWriteAtHome) ? 18 : 0);
}

/** What it makes the writer send beside: creations, and looking at the end wherever they may have come to lie. */
export function countTraces(sieges: readonly Siege[]): number {
  return sum(
    sieges.map(({ owner, victims, attackers }) => {
      const kinds = new Set(victims.map(({ object }) => object.kind));
      const creations = attackers.flatMap((attacker) => creationsOf(owner, attacker, kinds));
      const costs = creations.map(({ told, attacker: { home } }) => {
        if (home === null) return 1;
        const isOwn = told.tenants[0] === home && told.naming !== 'doubled-header';
        // In his own tenant he may: created there, it is found, removed and looked for again.
        return isOwn && !told.path.endsWith('/import') ? 4 : 2;
      });
      const twins = attackers.some(mayWriteAtHome) ? 16 : 0;
      return sum(costs) + 4 * kinds.size + twins;
    }),
  );
}

function isWidened(kind: string): boolean {
  return recipes[kind as PlantedKind].visibilityTemplate !== undefined;
}

function creationsOf(owner: string, attacker: Attacker, kinds: ReadonlySet<string>) {
  return creationsIn(
    owner,
    attacker,
    mayWriteAtHome(attacker),
    () => 'name',
    () => '',
  ).filter(({ kind }) => kinds.has(kind));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
