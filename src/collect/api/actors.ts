import type { AuthenticationAttempt } from '../../model/api-authentication';
import type { Target, User } from '../../model/target';
import { classify } from '../classify';
import type { CollectContext } from '../collector';
import { credentialHeaders, tenantHeaders, workingCredential, type Credential } from './credentials';
import type { ApiSession } from './session';

/** A declared user with a credential that ought to work, and the tenant to work in. */
export interface Actor {
  readonly name: string;
  readonly credential: Credential;
  readonly tenant: string | null;
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
    .map(({ name, credential, tenant }) => ({ name, credential, tenant }));
}

/** The tenant in which a user works: the first of his own, else the first of the deployment. */
export function tenantOf(user: User, tenants: readonly string[]): string | null {
  return Object.keys(user.tenants)[0] ?? tenants[0] ?? (user.systemRole === null ? null : 'default_tenant');
}

/** Sends the same request with a credential that works, at most once a minute, path and listener. */
export interface Controls {
  authorised(session: ApiSession, path: string, context: CollectContext): Promise<Control>;
}

const maxAgeMs = 60_000;
/** Users tried before the endpoint counts as one that nobody can read. */
const triedUsers = 2;

/** Controls by these users. One whom a manager has refused is not sent again: it would count as a failed login. */
export function controlsOf(actors: readonly Actor[]): Controls {
  const refused = new Set<string>();
  const known = new Map<string, { readonly at: Date; readonly control: Promise<Control> }>();

  const ask = async (session: ApiSession, path: string, context: CollectContext): Promise<Control> => {
    const none = { kind: 'none', as: null, status: null, succeeded: false } as const;
    if (actors.length === 0) return { ...none, reason: 'no declared user can log in' };
    if ('refused' in session.door.trusted) return { ...none, reason: session.door.trusted.refused };
    let last: Control = { ...none, reason: 'the manager refuses every declared user' };
    for (const actor of actors.filter(({ name }) => !refused.has(name)).slice(0, triedUsers)) {
      const result = await authorisedRequest(session, actor, path, context);
      const base = { kind: 'authorised', as: actor.name } as const;
      if (result.kind === 'failure') {
        return { ...base, status: result.status, succeeded: false, reason: result.reason };
      }
      const { listener, scheme } = { listener: session.door.likeness, scheme: session.door.scheme };
      const answer = classify(result, { listener, scheme, path });
      const succeeded = answer === 'ok';
      const reason = succeeded ? null : `${actor.name} was answered with ${result.status} (${answer})`;
      last = { ...base, status: result.status, succeeded, reason };
      if (succeeded) return last;
      if (answer === 'unauthorized') refused.add(actor.name);
    }
    return last;
  };

  return {
    authorised: (session, path, context) => {
      const key = `${session.door.node} ${session.door.listener} ${path}`;
      const before = known.get(key);
      if (before !== undefined && context.now().getTime() - before.at.getTime() < maxAgeMs)
        return before.control;
      const control = ask(session, path, context);
      known.set(key, { at: context.now(), control });
      return control;
    },
  };
}

/** GET as somebody who may. */
export function authorisedRequest(
  session: ApiSession,
  { credential, tenant }: Actor,
  path: string,
  context: CollectContext,
): ReturnType<ApiSession['ask']> {
  const headers = [...credentialHeaders(credential), ...tenantHeaders(tenant)];
  return session.ask({ method: 'GET', path, headers, secret: true }, context);
}

function rankOf({ tenants, systemRole }: User): number {
  if (Object.keys(tenants).length > 0) return 0;
  return systemRole === null || systemRole === 'default' ? 2 : 1;
}
