import { randomBytes } from 'node:crypto';
import type { EndpointCatalogue } from '../../../model/endpoint';
import type { EvidenceOf, Subject } from '../../../model/evidence';
import type { Manager } from '../../../model/target';
import type { CollectContext } from '../../collector';
import type { Actor, Cast } from './actors';
import { foldActor } from './fold';
import type { PermissionTable } from './grants';
import { identify, readTable, type Identity } from './identity';
import { askMatrix, type Member } from './matrix';
import type { Extent, Questions } from './questions';
import type { ApiSession } from '../session';

type Result = EvidenceOf<'api.authorization'>;

/** What is compared, and where. */
export interface Comparison {
  readonly manager: Manager;
  /** In the order in which they are tried. */
  readonly sessions: readonly ApiSession[];
  readonly cast: Cast;
  readonly plan: Extent;
  readonly questions: Questions;
  readonly catalogue: EndpointCatalogue;
}

/** Logs every actor in, asks the matrix, and makes one evidence an actor. */
export async function compareRoles(
  comparison: Comparison,
  context: CollectContext,
): Promise<readonly Result[]> {
  const { manager, cast, plan, questions, catalogue } = comparison;
  const unavailable = (actor: Actor, reason: string, supply?: string): Result => ({
    type: 'api.authorization',
    subject: actorSubject(manager, actor.role, titleOf(actor)),
    observedAt: context.now().toISOString(),
    state: 'unavailable',
    reason,
    ...(supply === undefined ? {} : { supply }),
  });
  const { session, identities } = await logIn(comparison, context);
  const members: Member[] = [];
  const results: Result[] = [];
  for (const [actor, identity] of identities) {
    if ('roles' in identity) members.push({ actor, ...identity });
    else results.push(unavailable(actor, identity.unavailable, identity.supply));
  }
  if (members.length === 0) return results;
  const table = await firstTable(session, members, context);
  const tenant = cast.actors.find((actor) => actor.tenant !== null)?.tenant ?? 'default_tenant';
  const unknownId = `cfy-audit-${randomBytes(6).toString('hex')}`;
  const options = { session, members, table, tenant, unknownId };
  const { rows, tellings, broken } = await askMatrix(questions.asked, options, context);
  const shared = { rows, tellings, questions, catalogue, table, place: session.door, plan };
  return [
    ...results,
    ...members.map((member): Result => {
      if (broken !== null) {
        return unavailable(member.actor, `given up after ${rows.length} endpoints: ${broken}`);
      }
      return {
        type: 'api.authorization',
        subject: actorSubject(manager, member.actor.role, titleOf(member.actor)),
        observedAt: context.now().toISOString(),
        state: 'observed',
        data: foldActor(member, shared),
      };
    }),
  ];
}

/** The subject of an actor: the role, whoever stands for it, so that findings outlive a change of accounts. */
export function actorSubject({ name }: Manager, role: string, title: string): Subject {
  return { id: `${name}/role/${role}`, kind: 'actor', title: `${name} · ${title}`, node: name };
}

function titleOf({ name, role, tenant }: Actor): string {
  return `${name} as ${role}${tenant === null ? '' : ` in ${tenant}`}`;
}

/** Every actor over the first listener that gives the first of them an answer. */
async function logIn(
  { sessions, cast }: Comparison,
  context: CollectContext,
): Promise<{ readonly session: ApiSession; readonly identities: ReadonlyMap<Actor, Identity> }> {
  const [first, ...others] = cast.actors;
  let session: ApiSession | null = null;
  let identity: Identity | null = null;
  if (first === undefined) throw new Error('nobody to log in');
  for (session of sessions) {
    identity = await identify(session, first, context);
    if ('roles' in identity || !identity.isUnreachable) break;
  }
  if (session === null || identity === null) throw new Error('nowhere to log in');
  const identities = new Map<Actor, Identity>([[first, identity]]);
  const lost = 'roles' in identity || !identity.isUnreachable ? null : identity;
  for (const actor of others) identities.set(actor, lost ?? (await identify(session, actor, context)));
  return { session, identities };
}

/** The table as the strongest gets it; where that fails, as the weakest does. */
async function firstTable(
  session: ApiSession,
  members: readonly Member[],
  context: CollectContext,
): Promise<PermissionTable> {
  for (const member of new Set([members.at(0), members.at(-1)])) {
    const table = member === undefined ? null : await readTable(session, member.actor, context);
    if (table !== null) return table;
  }
  return null;
}
