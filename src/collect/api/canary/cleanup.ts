import type { Target } from '../../../model/target';
import type { EvidenceOf } from '../../../model/evidence';
import type { CollectContext } from '../../collector';
import { doorsOf } from '../doors';
import { openSession } from '../session';
import { bodyOf } from './find';
import type { Journal, JournalCreate, JournalNote, WrittenJournal } from './journal';
import { ledgerOf } from './ledger';
import { isAdministrator, peopleOf, tenantsOf, writersIn, type Person } from './people';
import { removeAll } from './remove';
import { createdBy, openWriter, type Entry } from './writer';

/**
 * Takes away what the journal of another run says it may have left: after a crash, or where a removal failed. Looks for
 * each entry first, and touches nothing that another account created or that does not bear the journal's prefix. May be
 * repeated. Rejects where nobody can log in.
 */
export async function cleanUp(
  target: Target,
  written: WrittenJournal,
  journal: Journal,
  context: CollectContext,
): Promise<EvidenceOf<'canary.ledger'>> {
  const manager = target.managers.find(({ name }) => name === written.begin.node);
  if (manager === undefined) throw new Error('the journal is of another deployment');
  const people = peopleOf(target);
  const [door] = doorsOf(manager, target).filter(({ trusted }) => !('refused' in trusted));
  if (door === undefined) throw new Error('no verified connection');
  const { prefix } = written.begin;
  const doors = doorsOf(manager, target).filter(({ trusted }) => !('refused' in trusted));
  let writer = openWriter({
    session: openSession(door),
    journal,
    prefix,
    tenants: tenantsOf(target),
    context,
    random: () => '',
  });
  for (const each of doors) {
    writer = openWriter({
      session: openSession(each),
      journal,
      prefix,
      tenants: tenantsOf(target),
      context,
      random: () => '',
    });
    const [person] = people;
    if (person === undefined) break;
    const result = await writer.send(person, [], { method: 'GET', path: '/user' });
    if (result.kind === 'answer' && bodyOf(result) !== null) break;
  }
  const entries = written.creates
    .filter(({ id }) => id.startsWith(`${prefix}-`))
    .map((create) => entryOf(create, written.notes, people));
  const resumed = { ...writer, entries, now: () => context.now() };
  await resumed.close('nothing is created by a cleanup');
  await removeAll(resumed, people);
  return ledgerOf({ manager, writer: resumed, lists: [], skipped: [], context });
}

/** An entry as the crashed run left it: whatever was noted, it is looked for again. */
function entryOf(create: JournalCreate, notes: readonly JournalNote[], people: readonly Person[]): Entry {
  const own = notes.filter((note) => 'entry' in note && note.entry === create.entry);
  const answered = own.find((note) => note.event === 'answered');
  const status = answered?.status ?? null;
  const person =
    people.find(({ username }) => username === create.by) ??
    people.find(isAdministrator) ??
    writersIn(create.tenant ?? '', people)[0];
  if (person === undefined) throw new Error('nobody to log in as');
  return {
    create,
    person,
    // Without an answer that was noted, the manager may still be about to create it.
    created: createdBy(status),
    serverId: answered?.serverId ?? null,
    end: null,
    reason: null,
    absentIn: new Set(),
    isOld: true,
    seen: false,
    elsewhere: own.find((note) => note.event === 'elsewhere')?.tenant ?? null,
  };
}
