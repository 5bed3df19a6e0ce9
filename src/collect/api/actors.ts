import type { AuthenticationAttempt } from '../../model/api-authentication';
import type { Target, User } from '../../model/target';
import { classify } from '../classify';
import type { CollectContext } from '../collector';
import { credentialHeaders, tenantHeaders, workingCredential, type Credential } from './credentials';
import type { HeaderList, HttpResult } from '../../protocol/http';
import { isLetIn } from './guard';
import type { ApiRequest, ApiSession } from './session';

/** A declared user with a credential that ought to work, and the tenant to work in. */
export interface Actor {
  readonly name: string;
  readonly credential: Credential;
  readonly tenant: string | null;
  /** Holds a role in every tenant. */
  readonly administers?: true;
}

export type Control = AuthenticationAttempt['control'];

/** Users who can show that an endpoint works, the least powerful first: those of a tenant, then administrators. */
export function actorsOf({ users, tenants }: Target): readonly Actor[] {
  const able = users.flatMap((user) => {
    const credential = workingCredential(user);
    const tenant = tenantOf(user, tenants);
    return credential === null ? [] : [{ name: user.name, credential, tenant, rank: rankOf(user) }];
  });
  return able
    .sort((a, b) => a.rank - b.rank)
    .map(({ name, credential, tenant, rank }) => ({
      name,
      credential,
      tenant,
      ...(rank === administrators ? { administers: true as const } : {}),
    }));
}

/** The tenant in which a user works: the first of his own, else the first of the deployment. */
export function tenantOf(user: User, tenants: readonly string[]): string | null {
  return Object.keys(user.tenants)[0] ?? tenants[0] ?? (user.systemRole === null ? null : 'default_tenant');
}

/** What is asked as somebody who may, to show that a refusal was about the caller. */
export type Controlled = Pick<ApiRequest, 'method' | 'path'>;

/** Sends requests with a credential that works, each at most once a minute and listener. */
export interface Controls {
  /** Whether somebody is there to ask as, over this listener. */
  canAsk(session: ApiSession): boolean;
  authorised(session: ApiSession, request: Controlled, context: CollectContext): Promise<Control>;
  /** The same, and not from memory. */
  now(session: ApiSession, request: Controlled, context: CollectContext): Promise<Control>;
  /** What somebody is answered to each, or an administrator where he is refused; null: both are, or nobody can log in. */
  answersOf(
    session: ApiSession,
    requests: readonly [Controlled, ...Controlled[]],
    context: CollectContext,
  ): Promise<{ readonly as: string; readonly results: readonly HttpResult[] } | null>;
}

const maxAgeMs = 60_000;
/** Users tried before the endpoint counts as one that nobody can read. */
const triedUsers = 2;

/** What every tenant user may list, in every version of the manager: whoever is let in here is known to it. */
export const commonRequest: Controlled = { method: 'GET', path: '/api/v3.1/blueprints' };

interface Remembered {
  readonly at: Date;
  readonly control: Promise<Control>;
}

/**
 * Controls by these users. Each logs in once before it is sent elsewhere, because endpoints of the manager refuse with a
 * 401 whom they know (`/permissions`, Cloudify 7.1), and one whose login was refused is not sent again: that would count
 * as another failed login.
 */
export function controlsOf(actors: readonly Actor[]): Controls {
  const logins = new Map<string, Promise<Control>>();
  const known = new Map<string, Remembered>();

  const logIn = (session: ApiSession, actor: Actor, context: CollectContext): Promise<Control> => {
    const begun = logins.get(actor.name);
    if (begun !== undefined) return begun;
    const login = askOne(session, actor, commonRequest, context);
    logins.set(actor.name, login);
    known.set(keyOf(session, commonRequest), { at: context.now(), control: login });
    // Without an answer nothing is known of the credentials.
    void login.then(({ succeeded, status }) => {
      if (!succeeded && status !== 401) logins.delete(actor.name);
    });
    return login;
  };

  const ask = async (session: ApiSession, request: Controlled, context: CollectContext): Promise<Control> => {
    const none = { kind: 'none', as: null, status: null, succeeded: false } as const;
    if (actors.length === 0) return { ...none, reason: 'no declared user can log in' };
    if ('refused' in session.door.trusted) return { ...none, reason: session.door.trusted.refused };
    let last: Control = { ...none, reason: 'the manager refuses every declared user' };
    let tried = 0;
    for (const actor of actors) {
      const isFirst = !logins.has(actor.name);
      const login = await logIn(session, actor, context);
      if (!login.succeeded && login.status === 401) continue;
      if (!login.succeeded) return login;
      const isAnswered = isFirst && keyOf(session, request) === keyOf(session, commonRequest);
      last = isAnswered ? login : await askOne(session, actor, request, context);
      if (last.succeeded || ++tried === triedUsers) return last;
    }
    return last;
  };

  const now: Controls['now'] = (session, request, context) => {
    const control = ask(session, request, context);
    known.set(keyOf(session, request), { at: context.now(), control });
    return control;
  };
  const answersOf: Controls['answersOf'] = async (session, [first, ...others], context) => {
    if ('refused' in session.door.trusted) return null;
    const boss = actors.find(({ administers }) => administers);
    for (const actor of new Set([...actors.slice(0, 1), ...(boss === undefined ? [] : [boss])])) {
      if (!(await logIn(session, actor, context)).succeeded) continue;
      const results = [await askAs(session, actor, first, context)];
      const [result] = results;
      if (result?.kind !== 'answer' || result.status === 401 || result.status === 403) continue;
      for (const each of others) results.push(await askAs(session, actor, each, context));
      return { as: actor.name, results };
    }
    return null;
  };
  return {
    answersOf,
    canAsk: ({ door }) => actors.length > 0 && !('refused' in door.trusted),
    now,
    authorised: (session, request, context) => {
      const before = known.get(keyOf(session, request));
      const isFresh = before !== undefined && context.now().getTime() - before.at.getTime() < maxAgeMs;
      return isFresh ? before.control : now(session, request, context);
    },
  };
}

async function askOne(
  session: ApiSession,
  actor: Actor,
  request: Controlled,
  context: CollectContext,
): Promise<Control> {
  const result = await askAs(session, actor, request, context);
  const base = { kind: 'authorised', as: actor.name } as const;
  if (result.kind === 'failure') {
    return { ...base, status: result.status, succeeded: false, reason: result.reason };
  }
  const { likeness: listener, scheme } = session.door;
  const answer = classify(result, { listener, scheme, ...request });
  const succeeded = isLetIn(result, request.path);
  const reason = succeeded ? null : `${actor.name} was answered with ${result.status} (${answer})`;
  return { ...base, status: result.status, succeeded, reason };
}

function keyOf({ door }: ApiSession, { method, path }: Controlled): string {
  return `${door.node} ${door.listener} ${method} ${path}`;
}

/** Asks as somebody who may. */
export function askAs(
  session: ApiSession,
  { credential, tenant }: Actor,
  { method, path }: Controlled,
  context: CollectContext,
  more: HeaderList = [],
): ReturnType<ApiSession['ask']> {
  const headers = [...credentialHeaders(credential), ...tenantHeaders(tenant), ...more];
  return session.ask({ method, path, headers, secret: true }, context);
}

function rankOf({ tenants, systemRole }: User): number {
  if (Object.keys(tenants).length > 0) return 0;
  return systemRole === null || systemRole === 'default' ? 2 : administrators;
}

const administrators = 1;
