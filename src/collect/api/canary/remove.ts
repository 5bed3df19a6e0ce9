import { setTimeout as sleep } from 'node:timers/promises';
import type { LedgerEntry } from '../../../model/canary-ledger';
import { find, isPlanted, removalOf, type Found } from './find';
import { isAdministrator, writersIn, type Person } from './people';
import type { CanaryWriter, Entry } from './writer';

/** Waits before everything that is not certain yet is looked at once more, in milliseconds. */
const waits = [0, 3000, 10_000] as const;

/**
 * Takes away everything that was journaled, the latest first, and looks that it is gone. Never gives up on one because of
 * another. What nobody answered is looked for again later: the manager may have been about to create it.
 */
export async function removeAll(
  writer: CanaryWriter,
  people: readonly Person[],
  pause: (milliseconds: number) => Promise<unknown> = sleep,
): Promise<void> {
  const doubtful = new Set<Entry>();
  for (const [round, wait] of waits.entries()) {
    const open = [...writer.entries].reverse().filter((entry) => isOpen(entry) || doubtful.has(entry));
    if (open.length === 0) break;
    if (round > 0) await pause(wait);
    for (const entry of open) {
      const wasDoubtful = doubtful.delete(entry);
      await removeEntry(writer, entry, people);
      if (entry.created === 'unanswered' && entry.end === 'absent' && !wasDoubtful) doubtful.add(entry);
    }
  }
  for (const entry of writer.entries) entry.end ??= 'left';
  const left = writer.entries.filter(({ end }) => end === 'left').length;
  writer.journal.write({ event: 'end', at: writer.now().toISOString(), left });
}

/** Removes one entry wherever it may lie, and notes what came of it. */
export async function removeEntry(
  writer: CanaryWriter,
  entry: Entry,
  people: readonly Person[],
): Promise<void> {
  const { create } = entry;
  const places: (string | null)[] = create.mayLieIn.length === 0 ? [null] : [...create.mayLieIn];
  if (entry.elsewhere !== null) places.push(entry.elsewhere);
  const isCertain = entry.created === 'refused' && create.purpose === 'plant';
  let end: LedgerEntry['end'] = 'absent';
  let reason: string | null = null;
  for (const place of isCertain ? [] : places) {
    if (place !== null && entry.absentIn.has(place)) continue;
    const went = await removeFrom(writer, entry, place, handsFor(entry, place, people));
    if (went.end === 'left') ({ end, reason } = went);
    else {
      if (place !== null) entry.absentIn.add(place);
      if (went.end === 'removed' && end === 'absent') end = 'removed';
    }
  }
  if (end === 'absent' && entry.created === 'created' && !entry.seen && isPlanted(create.kind)) {
    // It was created, and nobody has ever been shown it: it lies somewhere else.
    ({ end, reason } = await removeElsewhere(writer, entry, places, people));
  }
  // Removed in an earlier round, or by what the run tried: gone either way.
  entry.end = entry.end === 'removed' && end === 'absent' ? 'removed' : end;
  entry.reason = reason;
  writer.journal.write(
    end === 'left'
      ? { event: 'left', entry: create.entry, reason: reason ?? '' }
      : { event: end, entry: create.entry },
  );
}

/** Looks in every other tenant for what has come to lie where it was not meant to. */
async function removeElsewhere(
  writer: CanaryWriter,
  entry: Entry,
  places: readonly (string | null)[],
  people: readonly Person[],
): Promise<Went> {
  for (const place of writer.tenants.filter((tenant) => !places.includes(tenant))) {
    const went = await removeFrom(writer, entry, place, handsFor(entry, place, people));
    if (!entry.seen) continue;
    entry.elsewhere = place;
    return went;
  }
  if (entry.isOld === true) return { end: 'absent', reason: null };
  const reason = 'the manager said that it was created, and it is in no tenant that is known of';
  return { end: 'left', reason };
}

function isOpen({ end }: Entry): boolean {
  return end === null || end === 'left';
}

interface Went {
  readonly end: LedgerEntry['end'];
  readonly reason: string | null;
}

async function removeFrom(
  writer: CanaryWriter,
  entry: Entry,
  place: string | null,
  hands: readonly Person[],
): Promise<Went> {
  let reason = `nobody is declared who could look for it${place === null ? '' : ` in ${place}`}`;
  let witness: Person | null = null;
  for (const person of hands) {
    const found = await find(writer, entry, place, person);
    if (found.state === 'absent') {
      // Whoever is not shown it may only not be allowed to see it.
      if (witness === null && sees(person, entry, place)) return { end: 'absent', reason: null };
      continue;
    }
    // Of what nobody was to create nothing is there, if what bears its name is another's.
    if (found.state === 'stranger' && entry.create.purpose === 'attempt')
      return { end: 'absent', reason: null };
    if (found.state !== 'there') {
      reason = `as ${person.name}: ${found.reason}`;
      continue;
    }
    entry.seen = true;
    witness ??= person;
    const form = removalOf(entry, place, found.path);
    const result = await writer.send(person, place === null ? [] : [place], form);
    const after: Found = await find(writer, entry, place, witness);
    if (after.state === 'absent') return { end: 'removed', reason: null };
    const said = result.kind === 'failure' ? result.reason : `answered with ${result.status}`;
    const state = after.state === 'there' ? 'still there' : 'not known to be gone';
    reason = `as ${person.name}: ${form.method} ${form.path} was ${said}, and it is ${state}`;
  }
  return { end: 'left', reason };
}

/** Whether a 404 tells this person that it is not there: private objects are their creator's and administrators'. */
function sees(person: Person, { create }: Entry, place: string | null): boolean {
  if (place === null || person.username === create.by || isAdministrator(person)) return true;
  const role = person.tenants[place];
  return role === 'manager' || (role !== undefined && create.visibility !== 'private');
}

/** Who can look for it and remove it: who created it, then others who may in that tenant, then administrators. */
function handsFor(
  { create, person }: Entry,
  place: string | null,
  people: readonly Person[],
): readonly Person[] {
  const creator = people.find(({ username }) => username === create.by) ?? person;
  const administrators = people.filter(isAdministrator);
  if (place === null || create.kind === 'membership') return [...new Set([creator, ...administrators])];
  const isMember = creator.tenants[place] !== undefined || isAdministrator(creator);
  return [...new Set([...(isMember ? [creator] : []), ...writersIn(place, people)])];
}
