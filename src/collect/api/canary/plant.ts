import { randomBytes } from 'node:crypto';
import type { CanaryObject, Canaries } from '../../../model/canaries';
import type { ListCount } from '../../../model/canary-ledger';
import type { Evidence } from '../../../model/evidence';
import type { Manager, Target, User } from '../../../model/target';
import type { CollectContext } from '../../collector';
import { doorsOf } from '../doors';
import { openSession } from '../session';
import { plantAccounts } from './accounts';
import { chooseCanaries, type Seedling } from './choose';
import { bodyOf, find } from './find';
import type { Journal } from './journal';
import { ledgerOf, ledgerSubject } from './ledger';
import { countLists, type CountedList } from './lists';
import { isAdministrator, peopleOf, personOf, tenantsOf, type Person } from './people';
import { recipes } from './recipes';
import { removeAll, removeEntry } from './remove';
import { plantExpiringToken, plantRevokedToken, untilEnded, type DeadToken } from './tokens';
import { openWriter, type CanaryWriter } from './writer';

/** What was planted, and how it is taken away again. */
export interface Garden {
  readonly canaries: Canaries;
  /** For further creations; each is journaled and removed with the rest. null: nothing can be written. */
  readonly writer: CanaryWriter | null;
  /** Canaries with the tokens that have expired by now; waits for those that are about to. */
  ripe(interrupted: AbortSignal): Promise<Canaries>;
  /** Removes everything and looks that it is gone. Never rejects. */
  remove(): Promise<readonly Evidence[]>;
}

const nothing: Canaries = { users: [], tenants: [], objects: [] };

/** Plants in the first manager: those of a cluster share their database. `context` is not interrupted with the run. */
export async function plantCanaries(
  target: Target,
  journal: Journal,
  context: CollectContext,
  interrupted: AbortSignal,
): Promise<Garden> {
  const [manager] = target.managers;
  if (manager === undefined) throw new Error('no manager to plant in');
  const random = (length: number): string => randomBytes(length).toString('hex').slice(0, length);
  const prefix = `cfy-audit-${context.runId.toLowerCase().replace(/[^a-z0-9]+/g, '-')}-${random(6)}`;
  const unavailable = (reason: string, supply?: string): Garden => ({
    canaries: nothing,
    writer: null,
    ripe: () => Promise.resolve(nothing),
    remove: () =>
      Promise.resolve([
        {
          type: 'canary.ledger',
          subject: ledgerSubject(manager),
          observedAt: context.now().toISOString(),
          state: 'unavailable',
          reason,
          ...(supply === undefined ? {} : { supply }),
        },
      ]),
  });
  const declared = peopleOf(target);
  if (declared.length === 0) {
    return unavailable(
      'no declared account can log in to write as',
      'users: accounts with a password or token',
    );
  }
  const doors = doorsOf(manager, target).filter(({ trusted }) => !('refused' in trusted));
  if (doors.length === 0) {
    const reason = 'without a CA no certificate can be verified, and credentials go over verified TLS only';
    return unavailable(reason, 'ca.external or ca.internal');
  }
  const open = (door: (typeof doors)[number]): CanaryWriter =>
    openWriter({ session: openSession(door), journal, prefix, tenants: tenantsOf(target), context, random });
  const writer = await firstThatAnswers(doors.map(open), declared);
  if (writer === null) return unavailable('the REST API answers none of the declared accounts');
  try {
    journal.write({
      event: 'begin',
      journal: 'cfy-audit canaries',
      version: 1,
      at: context.now().toISOString(),
      run: context.runId,
      tool: context.userAgent,
      target: target.name,
      node: manager.name,
      address: manager.address,
      prefix,
    });
  } catch (error) {
    return unavailable(
      `the journal cannot be written: ${error instanceof Error ? error.message : String(error)}`,
    );
  }

  try {
    return await plantAll({ target, manager, writer, declared, random, context, interrupted });
  } catch (error) {
    // A fault of our own must not leave anything behind.
    await writer.close('a fault of cfy-audit');
    await removeAll(writer, declared);
    throw error;
  }
}

interface Ground {
  readonly target: Target;
  readonly manager: Manager;
  readonly writer: CanaryWriter;
  /** Everybody declared who can log in. */
  readonly declared: readonly Person[];
  readonly random: (length: number) => string;
  readonly context: CollectContext;
  readonly interrupted: AbortSignal;
}

/** Accounts first, then tokens, so that they expire meanwhile, then everything else. */
async function plantAll(ground: Ground): Promise<Garden> {
  const { target, manager, writer, declared, random, context, interrupted } = ground;
  const accounts = interrupted.aborted
    ? { users: [], tenants: [], skipped: [] }
    : await plantAccounts(writer, target, declared.find(isAdministrator), random);
  const people = [...declared, ...accounts.users.flatMap((user) => personOf(user) ?? [])];
  const choice = chooseCanaries(
    { ...target, tenants: [...target.tenants, ...accounts.tenants] },
    accounts.users.flatMap((user) => personOf(user) ?? []),
  );
  const tokens = interrupted.aborted
    ? { dead: [], skipped: [] }
    : await plantTokens(writer, target, choice.seedlings, people);
  const lists: readonly CountedList[] = interrupted.aborted ? [] : await countLists(writer, choice.seedlings);
  const objects: CanaryObject[] = [];
  const skipped = [...choice.skipped, ...accounts.skipped, ...tokens.skipped];
  const canBlueprint = interrupted.aborted || (await skipsExecutions(writer, people));
  if (!canBlueprint) {
    const reason = 'this manager is older than 7.0: uploading a blueprint would run a workflow';
    skipped.push({ what: 'canary blueprints', reason });
  }
  for (const seedling of choice.seedlings) {
    if (interrupted.aborted || writer.closed !== null) break;
    if (seedling.kind === 'blueprint' && !canBlueprint) continue;
    const planted = await plantOne(writer, seedling, people, random);
    if ('object' in planted) objects.push(planted.object);
    else skipped.push(planted.skipped);
  }
  const alive: Canaries = { users: accounts.users, tenants: accounts.tenants, objects };

  return {
    canaries: alive,
    writer,
    ripe: async (signal) => {
      const ended: User[] = [];
      for (const { user, endsAt } of tokens.dead) {
        const [by] = people.filter(({ username }) => username === user.username);
        if (endsAt === null || (by !== undefined && (await untilEnded(writer, by, endsAt, signal))))
          ended.push(user);
        else skipped.push({ what: 'an expired token', reason: 'it had not expired when it was to be tried' });
      }
      return { ...alive, users: [...alive.users, ...ended] };
    },
    remove: async () => {
      await writer.close('the run is being tidied up');
      await removeAll(writer, people);
      const counted: readonly ListCount[] = await recount(writer, lists);
      return [ledgerOf({ manager, writer, lists: counted, skipped, context })];
    },
  };
}

/** The first place where an account is let in; the others are not tried in vain. */
async function firstThatAnswers(
  writers: readonly CanaryWriter[],
  people: readonly Person[],
): Promise<CanaryWriter | null> {
  for (const writer of writers) {
    for (const person of people.slice(0, 2)) {
      const result = await writer.send(person, [], { method: 'GET', path: '/user' });
      if (result.status === 200 && bodyOf(result)?.username === person.username) return writer;
      if (result.kind === 'failure') break;
    }
  }
  return null;
}

async function plantOne(
  writer: CanaryWriter,
  { kind, tenant, visibility, hidden, by }: Seedling,
  people: readonly Person[],
  random: (length: number) => string,
): Promise<
  { readonly object: CanaryObject } | { readonly skipped: { readonly what: string; readonly reason: string } }
> {
  const recipe = recipes[kind];
  const id = writer.name(kind);
  const marker = `canary${random(24)}`;
  const created = await writer.create({
    kind,
    id,
    mayLieIn: [tenant],
    visibility,
    purpose: 'plant',
    person: by,
    tenants: [tenant],
    form: recipe.create({ id, visibility, marker, hidden }),
  });
  if (created?.entry.created === 'created') {
    const { entry } = created;
    const found = entry.elsewhere === null ? await find(writer, entry, tenant, by) : null;
    if (found?.state !== 'there') {
      // Found wherever it lies, and taken away from there.
      await removeEntry(writer, entry, people);
      const reason = 'the manager said that it was created, but it is not there';
      return { skipped: { what: `a ${visibility} ${kind} in ${tenant}`, reason } };
    }
    entry.seen = true;
    return {
      object: {
        kind,
        id,
        tenant,
        visibility,
        owner: by.username,
        // A site holds two numbers and no text.
        markers: kind === 'site' ? [] : [marker],
        ...(hidden ? { hidden } : {}),
        ...(recipe.files === undefined ? {} : { files: recipe.files(id, tenant) }),
      },
    };
  }
  const said =
    created === null ? (writer.closed ?? '') : `answered with ${created.result.status ?? 'nothing'}`;
  return { skipped: { what: `a ${visibility} ${kind} in ${tenant}`, reason: `as ${by.name}: ${said}` } };
}

interface PlantedTokens {
  readonly dead: readonly DeadToken[];
  readonly skipped: readonly { readonly what: string; readonly reason: string }[];
}

/** One token that expires and one that is revoked, of an account of which no other one could be purged for it. */
async function plantTokens(
  writer: CanaryWriter,
  target: Target,
  seedlings: readonly Seedling[],
  people: readonly Person[],
): Promise<PlantedTokens> {
  // The manager removes an account's expired tokens whenever it makes a new one (Tokens.post of Cloudify 7.1).
  const expired = new Set(
    target.users
      .filter(({ purposes }) => purposes?.includes('expired-token'))
      .map(({ username }) => username),
  );
  const holders = [...new Set(seedlings.map(({ by }) => by))].filter(
    (person) => !isAdministrator(person) && !expired.has(person.username),
  );
  const [first, second = first] = holders;
  if (first === undefined || second === undefined) {
    const reason = 'no declared account of a tenant, beside those with an expired token of their own';
    return { dead: [], skipped: [{ what: 'tokens that expire or are revoked', reason }] };
  }
  const skipped: { what: string; reason: string }[] = [];
  const dead: DeadToken[] = [];
  const revoked = await plantRevokedToken(writer, second, people);
  if ('skipped' in revoked) skipped.push({ what: 'a revoked token', reason: revoked.skipped });
  else dead.push(revoked);
  // Last of its account's: making another would purge it once it has expired.
  const expiring = await plantExpiringToken(writer, first);
  if ('skipped' in expiring) skipped.push({ what: 'an expired token', reason: expiring.skipped });
  else dead.push(expiring);
  return { dead, skipped };
}

/** Whether an upload can do without the workflow that parses it: since 7.0. */
async function skipsExecutions(writer: CanaryWriter, people: readonly Person[]): Promise<boolean> {
  const [person] = people;
  if (person === undefined) return false;
  const told = bodyOf(await writer.send(person, [], { method: 'GET', path: '/version' }))?.version;
  const major = typeof told === 'string' ? Number(/^(\d+)\./.exec(told)?.[1] ?? 'NaN') : NaN;
  return major >= 7;
}

async function recount(writer: CanaryWriter, lists: readonly CountedList[]): Promise<readonly ListCount[]> {
  const counted: ListCount[] = [];
  for (const list of lists) counted.push(await list.again(writer));
  return counted;
}
