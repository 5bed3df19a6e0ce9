import type { Target } from '../../../model/target';
import { chooseCanaries } from '../canary/choose';
import { peopleOf, personOf, writersIn } from '../canary/people';
import type { Siege } from './assail';
import { attackersOf } from './attackers';

/** Each tenant in which somebody may write, with those who must not. */
export function siegesOf(target: Target): readonly Siege[] {
  const people = [
    ...peopleOf(target),
    ...(target.canaries?.users ?? []).flatMap((user) => personOf(user) ?? []),
  ];
  const objects = target.canaries?.objects ?? [];
  const extra = people.slice(peopleOf(target).length);
  const tenants =
    target.writes === true
      ? chooseCanaries(target, extra).tenants
      : [...target.tenants, ...(target.canaries?.tenants ?? [])];
  return tenants.flatMap((owner): Siege[] => {
    const keeper = writersIn(owner, people)[0];
    const attackers = attackersOf(owner, people, target);
    if (keeper === undefined || attackers.length === 0) return [];
    // Of each kind one that the tenant sees, of secrets a private one too, and whatever all tenants see.
    const kinds = new Set<string>();
    const victims = objects.flatMap((object) => {
      const by = people.find(({ username }) => username === object.owner);
      const key = `${object.kind} ${object.visibility}`;
      const isWanted =
        object.visibility !== 'private' || object.kind === 'secret' || object.kind === 'blueprint';
      if (object.tenant !== owner || by === undefined || kinds.has(key) || !isWanted) return [];
      kinds.add(key);
      return [{ object, by }];
    });
    return [{ owner, keeper, attackers, victims, people }];
  });
}
