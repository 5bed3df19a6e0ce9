import type { Manager, Target } from '../../../model/target';
import { bodyText, classify, errorCodeOf } from '../../classify';
import type { CollectContext } from '../../collector';
import { actorsOf, askAs, type Actor } from '../actors';
import { doorsOf } from '../doors';
import { openSession, type ApiSession } from '../session';

/** What a declared user was told, or why nothing was. `code`: the manager's own error code, where it refused. */
export type Told =
  | { readonly ok: true; readonly as: string; readonly body: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly reason: string; readonly code: string | null; readonly supply?: string };

/** Reads the manager as the most powerful declared user whom it lets in. */
export interface Reader {
  readonly names: readonly string[];
  read(path: string, context: CollectContext): Promise<Told>;
  /** Over the listener that users dial; for requests without a credential. */
  readonly session: ApiSession;
}

const noUser = 'users in target.yaml: an account with systemRole: sys_admin, and ca';
/** Users whose credentials are sent before the manager counts as one that lets nobody in. */
const triedUsers = 2;
/** For so long a manager that gives no usable answer over any listener is left alone. */
const restMs = 30_000;

/** Requests that may be sent again, in the plan once for each manager. */
export const spareRequests = 2;

/** Begins to read one manager; nothing is sent before the first question. */
export function readerOf(manager: Manager, target: Target): Reader {
  const doors = doorsOf(manager, target).slice(0, 2);
  const spare = { left: spareRequests };
  const sessions = doors.map((door) => openSession(door, spare));
  const [first] = sessions;
  if (first === undefined) throw new Error('a manager has listeners for REST');
  let trusted = sessions.filter(({ door }) => !('refused' in door.trusted));
  const actors = strongestFirst(target);
  const refused = new Set<string>();
  let stopped: { readonly until: number; readonly told: Told } | null = null;

  const readAs = async (actor: Actor, path: string, context: CollectContext): Promise<Told> => {
    let reason = 'the target names no CA, and credentials go over verified TLS only';
    for (const session of trusted) {
      const result = await askAs(session, actor, { method: 'GET', path }, context);
      if (result.kind === 'failure') {
        reason = result.reason;
        // The next question begins where this one may still find an answer: a silent listener costs a timeout each time.
        trusted = [...trusted.filter((each) => each !== session), session];
        continue;
      }
      const { likeness: listener, scheme } = session.door;
      const answer = classify(result, { listener, scheme, path });
      const body = answer === 'ok' ? objectOf(bodyText(result)) : null;
      if (body !== null) return { ok: true, as: actor.name, body };
      if (answer === 'unauthorized') refused.add(actor.name);
      const code = answer === 'premium-missing' ? 'missing_premium_package_error' : errorCodeOf(result);
      reason = `${actor.name} was answered with ${result.status} (${answer})`;
      if (answer !== 'rate-limited') return { ok: false, code, reason };
    }
    const told = { ok: false, code: null, reason } as const;
    if (trusted.length === 0) return { ...told, supply: 'ca in target.yaml' };
    stopped = { until: context.now().getTime() + restMs, told };
    return told;
  };

  const read: Reader['read'] = async (path, context) => {
    if (stopped !== null && context.now().getTime() < stopped.until) return stopped.told;
    let told: Told = { ok: false, code: null, reason: 'no declared user can log in', supply: noUser };
    // One whom the manager has refused is not sent again: it would count as a failed log-in.
    for (const actor of actors.filter(({ name }) => !refused.has(name)).slice(0, triedUsers)) {
      told = await readAs(actor, path, context);
      if (told.ok || told.code !== 'unauthorized_error') return told;
    }
    return told;
  };
  let turn: Promise<unknown> = Promise.resolve();

  return {
    names: actors.slice(0, 1).map(({ name }) => name),
    session: first,
    // One after the other, so that what one was refused for stops the next.
    read: (path, context) => {
      // Another task's turn is no time of this one's.
      const told = context.queued(turn).then(() => read(path, context));
      turn = told.catch(() => undefined);
      return told;
    },
  };
}

/** Administrators, then whoever works in a tenant, then the rest. */
function strongestFirst(target: Target): readonly Actor[] {
  const administrators = new Set(
    target.users.filter(({ systemRole }) => systemRole === 'sys_admin').map(({ name }) => name),
  );
  const actors = actorsOf(target);
  return [
    ...actors.filter(({ name }) => administrators.has(name)),
    ...actors.filter(({ name }) => !administrators.has(name)),
  ];
}

/** A JSON object; null when the text is none. */
function objectOf(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value = JSON.parse(text) as unknown;
    return value !== null && typeof value === 'object' && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}
