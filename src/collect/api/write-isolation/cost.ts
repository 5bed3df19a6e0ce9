import type { Siege } from './assail';
import { mayWriteAtHome, type Attacker } from './attackers';
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
      // A look before and after each attacker; then the owner's update, a look, and a removal with its two.
      const control = object.visibility === 'private' ? 7 : 5;
      return attempts + attackers.length + 1 + control;
    }),
  );
  const kinds = new Set(victims.map(({ object }) => object.kind));
  const creations = attackers.flatMap((attacker) => creationsOf(owner, attacker, kinds));
  return onObjects + 2 * creations.length + 2 * kinds.size + (attackers.some(mayWriteAtHome) ? 28 : 0);
}

/** What the removal at the end costs beyond what is planted: looking wherever an attempt may have come to lie. */
export function countTraces(sieges: readonly Siege[]): number {
  return sum(
    sieges.map(({ owner, victims, attackers }) => {
      const kinds = new Set(victims.map(({ object }) => object.kind));
      const creations = attackers.flatMap((attacker) => creationsOf(owner, attacker, kinds));
      const landed = creations.filter(({ told }) => told.naming !== 'foreign-header').length;
      return 3 * landed + (creations.length - landed) + 3 * kinds.size + 12;
    }),
  );
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
