import { randomBytes } from 'node:crypto';
import type { ApiWriteIsolation, WriteEffect } from '../../../model/api-write-isolation';
import type { EvidenceOf, Subject } from '../../../model/evidence';
import type { Manager, Target } from '../../../model/target';
import type { CollectContext, Collector, Task, Work } from '../../collector';
import { credentialHeaders } from '../credentials';
import { patienceFor, spareOf } from '../cost';
import { doorsOf, type Door } from '../doors';
import { openSession } from '../session';
import { isAdministrator, type Person } from '../canary/people';
import { isPlanted } from '../canary/find';
import { recipes } from '../canary/recipes';
import type { CanaryWriter } from '../canary/writer';
import { assail, type Siege } from './assail';
import { countRequests } from './cost';
import { askGuards, guardRequests } from './guards';
import { askStanding, isOutside, type Standing } from './memberships';
import { tellNeverTried } from './never';
import { openRecord, settle, type ActorRecord } from './record';
import { siegesOf } from './sieges';
import { writeToTwins } from './twins';

type Result = EvidenceOf<'api.write-isolation'>;

/** Roles that may write what is planted (Cloudify 7.1 permissions). */
const writing = ['sys_admin', 'manager', 'user', 'operations'] as const;

/**
 * Tries to create, change and delete in tenants where the actor must not, on canaries alone, and looks as their owners
 * what came of it. Runs last, when nobody needs the canaries any more.
 */
export const writeIsolation: Collector = {
  id: 'write-isolation',
  title: 'Writing into other tenants',
  types: ['api.write-isolation'],
  impact: 'write',
  work: (target) => (target.writes === true ? workOf(target, 'canaries') : { tasks: [], missing: [] }),
};

/** In a read-only run: asks the guards with requests that find nothing. They can convict; they cannot acquit. */
export const writeGuards: Collector = {
  id: 'write-guards',
  title: 'Guards of other tenants, without writing',
  types: ['api.write-isolation'],
  impact: 'authenticate',
  work: (target) => (target.writes === true ? { tasks: [], missing: [] } : workOf(target, 'guards')),
};

function workOf(target: Target, mode: ApiWriteIsolation['mode']): Work {
  const [manager] = target.managers;
  if (manager === undefined) return { tasks: [], missing: [] };
  const subject = wholeSubject(manager);
  const gap = (reason: string, supply: string): Work => ({
    tasks: [],
    missing: [{ type: 'api.write-isolation', subject, reason, supply }],
  });
  const sieges = siegesOf(target);
  const doors = doorsOf(manager, target).filter(({ trusted }) => !('refused' in trusted));
  if (sieges.length === 0) {
    const reason =
      'no declared account of one tenant could be held against another in which somebody may write';
    return gap(reason, 'users: an account with role user or manager in each of two tenants');
  }
  if (doors.length === 0) {
    const reason = 'without a CA no certificate can be verified, and credentials go over verified TLS only';
    return gap(reason, 'ca.external or ca.internal');
  }
  const spare = mode === 'canaries' ? 0 : spareOf(guardRequests(target, sieges));
  const requests = mode === 'canaries' ? countRequests(sieges) : guardRequests(target, sieges) + spare;
  const actors = [...new Set(sieges.flatMap(({ attackers }) => attackers.map(({ person }) => person.name)))];
  const task: Task<'api.write-isolation'> = {
    subject,
    type: 'api.write-isolation',
    address: manager.resolved[0] ?? manager.address,
    connections: requests,
    requests,
    identities: [...new Set([...actors, ...sieges.map(({ keeper }) => keeper.name)])],
    deadlineMs: patienceFor(requests, target),
    collect: (context) => collectAll({ target, manager, subject, mode, sieges, doors, spare }, context),
  };
  return { tasks: [task], missing: [] };
}

interface Campaign {
  readonly target: Target;
  readonly manager: Manager;
  readonly subject: Subject;
  readonly mode: ApiWriteIsolation['mode'];
  readonly sieges: readonly Siege[];
  readonly doors: readonly Door[];
  /** Requests that may be sent again. */
  readonly spare: number;
}

async function collectAll(campaign: Campaign, context: CollectContext): Promise<readonly Result[]> {
  const { mode, subject, sieges } = campaign;
  const unavailable = (about: Subject, reason: string): Result => ({
    type: 'api.write-isolation',
    subject: about,
    observedAt: context.now().toISOString(),
    state: 'unavailable',
    reason,
    ...(mode === 'guards' ? { supply: '--allow-write' } : {}),
  });
  const { writer } = context;
  if (mode === 'canaries' && writer?.closed !== null) {
    return [unavailable(subject, writer?.closed ?? 'nothing could be planted to write to')];
  }
  const send = writer?.send ?? (await readOnlySend(campaign, context));
  if (send === null) return [unavailable(subject, 'the REST API does not answer the declared accounts')];
  const standings = await standingsOf(sieges, send, context);
  const actual = sieges.map((siege) => ({
    ...siege,
    attackers: siege.attackers.filter(({ person }) => {
      const standing = standings.get(person);
      return standing !== undefined && isOutside(standing, siege.owner, writing);
    }),
  }));
  const records = new Map<Person, ActorRecord>();
  const recordOf = (person: Person): ActorRecord => {
    const record = records.get(person) ?? openRecord();
    records.set(person, record);
    return record;
  };
  const controls =
    mode === 'canaries' && writer !== undefined ? await attack(actual, writer, recordOf, context) : null;
  for (const { person, told } of writer === undefined ? [] : strayed(writer)) {
    const record = recordOf(person);
    record.owners.add(told.owner);
    record.effects.push(told);
  }
  const guarded = new Map<Person, { guarded: string[]; letIn: ApiWriteIsolation['letIn'][number][] }>();
  if (mode === 'guards') {
    for (const { owner, keeper, attackers } of actual) {
      for (const [person, found] of await askGuards(
        campaign.target,
        owner,
        keeper,
        attackers,
        send,
        context,
      )) {
        const own = guarded.get(person) ?? { guarded: [], letIn: [] };
        own.guarded.push(...found.guarded);
        own.letIn.push(...found.letIn);
        guarded.set(person, own);
        const record = recordOf(person);
        record.owners.add(owner);
        record.unproven.push(...found.unproven);
      }
    }
  }
  const [anybody] = records.keys();
  const notTried = anybody === undefined ? [] : await tellNeverTried(anybody, send, context);
  const unknown = [...standings].flatMap(([person, standing]): Result[] =>
    'reason' in standing ? [unavailable(actorSubject(campaign.manager, person), standing.reason)] : [],
  );
  const observed = [...records].map(([person, record]): Result => {
    const standing = standings.get(person);
    const settled = settle(record, controls ?? new Map<string, string | null>());
    const own = guarded.get(person);
    const data: ApiWriteIsolation = {
      actor: person.name,
      memberships: standing !== undefined && 'memberships' in standing ? standing.memberships : [],
      systemRole: person.systemRole,
      node: campaign.manager.name,
      address: campaign.doors[0]?.address ?? '',
      port: campaign.doors[0]?.port ?? 0,
      mode,
      owners: [...record.owners].sort(),
      ...settled,
      guarded: own?.guarded ?? [],
      letIn: own?.letIn ?? [],
      notTried,
    };
    const about = actorSubject(campaign.manager, person);
    return {
      type: 'api.write-isolation',
      subject: about,
      observedAt: context.now().toISOString(),
      state: 'observed',
      data,
    };
  });
  const all = [...observed, ...unknown];
  if (all.length > 0) return all;
  return [
    unavailable(
      subject,
      'the manager says that every declared account may write in every tenant it was held against',
    ),
  ];
}

/** What came to lie in another tenant than it was created in, whoever created it, and whatever for. */
function strayed(writer: CanaryWriter): readonly { readonly person: Person; readonly told: WriteEffect }[] {
  return writer.entries.flatMap(({ create, person, elsewhere }) => {
    if (elsewhere === null || !isPlanted(create.kind)) return [];
    const { template, create: form } = recipes[create.kind];
    const { method } = form({ id: create.id, visibility: 'tenant', marker: '' });
    const told: WriteEffect = {
      action: 'create',
      kind: create.kind,
      route: `${method} /api/v3.1${template}`,
      path: `/api/v3.1${template.replace(/\{\w+\}/, create.id)}`,
      tenants: create.tenant === null ? [] : [create.tenant],
      naming: 'own-header',
      owner: elsewhere,
      visibility: null,
      effect: 'created',
      status: null,
      expected: `what ${person.name} creates in ${create.tenant ?? 'no tenant'} lies there`,
      observed: `it lies in ${elsewhere}`,
    };
    return [{ person, told }];
  });
}

/** Siege after siege; one tenant's canaries are not another's. */
async function attack(
  sieges: readonly Siege[],
  writer: CanaryWriter,
  recordOf: (person: Person) => ActorRecord,
  context: CollectContext,
): Promise<Map<string, string | null>> {
  const controls = new Map<string, string | null>();
  const marker = (): string => `canary${randomBytes(12).toString('hex')}`;
  const field = { writer, context, marker, recordOf, controls };
  for (const [index, siege] of sieges.entries()) {
    await assail(siege, field);
    await writeToTwins(siege, field);
    context.progress((index + 1) / sieges.length);
  }
  return controls;
}

async function standingsOf(
  sieges: readonly Siege[],
  send: CanaryWriter['send'],
  context: CollectContext,
): Promise<ReadonlyMap<Person, Standing>> {
  const people = new Set(sieges.flatMap(({ attackers }) => attackers.map(({ person }) => person)));
  const standings = new Map<Person, Standing>();
  for (const person of people) {
    if (!isAdministrator(person)) standings.set(person, await askStanding(person, send, context));
  }
  return standings;
}

/** Sends as people do, over the first listener that answers one of them; null: none does. */
async function readOnlySend(
  { doors, sieges, spare }: Campaign,
  context: CollectContext,
): Promise<CanaryWriter['send'] | null> {
  const shared = { left: spare };
  for (const door of doors) {
    const session = openSession(door, shared);
    const send: CanaryWriter['send'] = (person, tenants, { method, path }) =>
      session.ask(
        {
          method,
          path: `/api/v3.1${path}`,
          headers: [
            ...credentialHeaders(person.credential),
            ...tenants.map((tenant) => ['Tenant', tenant] as const),
          ],
          secret: true,
        },
        context,
      );
    const [siege] = sieges;
    if (siege === undefined) return null;
    const result = await send(siege.keeper, [], { method: 'GET', path: '/user' });
    if (result.kind === 'answer') return send;
  }
  return null;
}

function wholeSubject({ name }: Manager): Subject {
  return { id: `${name}/writes`, kind: 'actor', title: `${name} · writing into other tenants`, node: name };
}

function actorSubject({ name }: Manager, person: Person): Subject {
  const title = `${name} · ${person.name} writing into other tenants`;
  return { id: `${name}/writes/${person.name}`, kind: 'actor', title, node: name };
}
