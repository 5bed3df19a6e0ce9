import { setTimeout as sleep } from 'node:timers/promises';
import { secret, type User } from '../../../model/target';
import { headerValues, type HttpResult } from '../../../protocol/http';
import { bodyOf } from './find';
import type { Person } from './people';
import { removeEntry } from './remove';
import type { CanaryWriter } from './writer';

/** A token of this run that is no good any more, or will not be from a time on. */
export interface DeadToken {
  readonly user: User;
  /** By the manager's clock; null: at once. */
  readonly endsAt: Date | null;
}

/** What came of it, or why there is none. */
export type TokenResult = DeadToken | { readonly skipped: string };

/**
 * A token that expires at the manager's next full minute: it takes no shorter time (cloudify.utils.parse_utc_datetime of
 * Cloudify 7.1, to whom `+1 minutes` is the next full one). That it worked before is what gives its refusal a meaning.
 */
export async function plantExpiringToken(writer: CanaryWriter, person: Person): Promise<TokenResult> {
  for (let tries = 0; ; tries++) {
    const made = await makeToken(writer, person, { expiration_date: '+1 minutes' });
    if ('skipped' in made) {
      // At the very end of a minute the next one has begun when the manager looks, or when the token is tried.
      if (tries < 2 && (made.status === 400 || made.status === 401)) continue;
      return made;
    }
    const endsAt = typeof made.expires === 'string' ? new Date(made.expires) : null;
    if (endsAt === null || Number.isNaN(endsAt.getTime())) {
      return { skipped: 'the manager made a token without the end that was asked for' };
    }
    return { user: userOf(person, made.token, 'expired-token'), endsAt };
  }
}

/** A token that was used once and then revoked by its owner. */
export async function plantRevokedToken(
  writer: CanaryWriter,
  person: Person,
  people: readonly Person[],
): Promise<TokenResult> {
  const made = await makeToken(writer, person, {});
  if ('skipped' in made) return made;
  await removeEntry(writer, made.entry, people);
  // Not gone is not revoked: to expect its refusal would be wrong.
  if (made.entry.end !== 'removed') return { skipped: 'the manager did not remove the token when asked to' };
  return { user: userOf(person, made.token, 'revoked-token'), endsAt: null };
}

/** Waits until the manager's clock, by the Date of its answers, is past the end. False: it was interrupted, or did not come. */
export async function untilEnded(
  writer: CanaryWriter,
  person: Person,
  endsAt: Date,
  signal: AbortSignal,
): Promise<boolean> {
  for (let tries = 0; tries < 20 && !signal.aborted; tries++) {
    const clock = clockOf(await writer.send(person, [], { method: 'GET', path: '/version' }));
    if (clock === null) return false;
    const left = endsAt.getTime() + slackMs - clock.getTime();
    if (left <= 0) return true;
    if (left > mostMs) return false;
    // Not all at once: the manager's clock is not ours.
    await sleep(Math.min(left, pollMs), undefined, { signal }).catch(() => undefined);
  }
  return false;
}

/** The Date header has whole seconds. */
const slackMs = 1_500;
const mostMs = 70_000;
const pollMs = 5_000;

type Made =
  | { readonly token: string; readonly expires: unknown; readonly entry: CanaryWriter['entries'][number] }
  | { readonly skipped: string; readonly status: number | null };

/** Makes a token and sees that it works. */
async function makeToken(
  writer: CanaryWriter,
  person: Person,
  members: Readonly<Record<string, string>>,
): Promise<Made> {
  const description = writer.name('token');
  const created = await writer.create({
    kind: 'token',
    id: description,
    mayLieIn: [],
    visibility: null,
    purpose: 'plant',
    person,
    tenants: [],
    form: { method: 'POST', path: '/tokens', body: JSON.stringify({ description, ...members }) },
  });
  if (created === null) return { skipped: writer.closed ?? 'nothing is written any more', status: null };
  const { entry, result } = created;
  const body = bodyOf(result);
  const said = result.kind === 'failure' ? result.reason : `answered with ${result.status}`;
  if (entry.created !== 'created' || typeof body?.value !== 'string') {
    return { skipped: `POST /tokens as ${person.name} was ${said}`, status: result.status };
  }
  const token = body.value;
  const trial: Person = { ...person, credential: { kind: 'token', token: secret(token) } };
  const used = await writer.send(trial, [], { method: 'GET', path: '/user' });
  if (used.status !== 200 || bodyOf(used)?.username !== person.username) {
    return {
      skipped: 'a new token did not work, so that its refusal later would mean nothing',
      status: used.status,
    };
  }
  entry.seen = true;
  return { token, expires: body.expiration_date, entry };
}

function userOf(person: Person, token: string, purpose: 'expired-token' | 'revoked-token'): User {
  return {
    name: `${person.name} (${purpose.replace('-', ' ')} of this run)`,
    username: person.username,
    password: null,
    token: secret(token),
    tenants: person.tenants,
    systemRole: person.systemRole,
    purposes: [purpose],
  };
}

function clockOf(result: HttpResult): Date | null {
  if (result.kind === 'failure') return null;
  const [date] = headerValues(result.headers, 'date');
  const clock = new Date(date ?? '');
  return Number.isNaN(clock.getTime()) ? null : clock;
}
