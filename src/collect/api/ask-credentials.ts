import type { AuthenticationAttempt, ShownCredential } from '../../model/api-authentication';
import { secret, type Secret, type Target, type User } from '../../model/target';
import type { CollectContext } from '../collector';
import { authorisedRequest, tenantOf, type Control, type Controls } from './actors';
import { attemptOf, notTried } from './attempt';
import {
  credentialHeaders,
  hasDeadToken,
  tenantHeaders,
  workingCredential,
  type Credential,
} from './credentials';
import type { ApiSession } from './session';
import { randomText } from './strangers';

/** A credential that must be refused though its account is real, or why there is none to try. */
export type DeadCredential = {
  readonly shown: ShownCredential;
  readonly identity: string | null;
} & (
  | { readonly credential: Credential; readonly tenant: string | null }
  | { readonly credential: null; readonly reason: string }
);

/** At most so many accounts stand for all in a smoke run. */
const fewUsers = 3;

/** Every such credential that the target declares; for each kind that a verdict needs and nobody has, a gap. */
export function deadCredentialsOf(target: Target, everyone: boolean): readonly DeadCredential[] {
  const withToken = target.users.filter((user) => user.token !== null && isLive(user));
  const of = (shown: ShownCredential, user: User, credential: Credential): DeadCredential => ({
    shown,
    identity: user.name,
    credential,
    tenant: tenantOf(user, target.tenants),
  });
  const tampered = (everyone ? withToken : withToken.slice(0, fewUsers)).flatMap((user, index) =>
    tamperedTokens(user.token, index === 0 || everyone).map((token) =>
      of('tampered-token', user, { kind: 'token', token }),
    ),
  );
  const dead = (['expired-token', 'revoked-token'] as const).flatMap((purpose) =>
    target.users.flatMap((user) =>
      user.token !== null && user.purposes?.includes(purpose) === true
        ? [of(purpose, user, { kind: 'token', token: user.token })]
        : [],
    ),
  );
  const deactivated = target.users.flatMap((user) => {
    const { username, password, token } = user;
    if (user.purposes?.includes('deactivated') !== true) return [];
    return [
      ...(password === null
        ? []
        : [of('deactivated-password', user, { kind: 'password', username, password })]),
      ...(token === null || hasDeadToken(user)
        ? []
        : [of('deactivated-token', user, { kind: 'token', token })]),
    ];
  });
  const all = [...tampered, ...dead, ...deactivated];
  const gaps = needed.filter(({ kinds }) => !all.some(({ shown }) => kinds.includes(shown)));
  return [
    ...all,
    ...gaps.map(({ kinds: [shown], reason }) => ({ shown, identity: null, credential: null, reason })),
  ];
}

/**
 * Tries dead credentials over one listener, on the first of the paths that is not served to anybody: where it is, nothing
 * follows from its being served to a credential.
 */
export async function askCredentials(
  dead: readonly DeadCredential[],
  session: ApiSession,
  paths: readonly [string, ...string[]],
  controls: Controls,
  context: CollectContext,
): Promise<readonly AuthenticationAttempt[]> {
  const attempts: AuthenticationAttempt[] = [];
  const usable = dead.some(({ credential }) => credential !== null);
  const path = usable ? await firstGuarded(session, paths, context) : paths[0];
  for (const each of dead) {
    const tried = triedOf(each, path ?? paths[0]);
    const { trusted, listener } = session.door;
    if (each.credential === null || 'refused' in trusted || path === null) {
      const reason =
        each.credential === null
          ? each.reason
          : 'refused' in trusted
            ? trusted.refused
            : 'it serves anybody: credentials decide nothing here';
      attempts.push(notTried(listener, tried, reason));
      continue;
    }
    const control = await controls.authorised(session, path, context);
    const headers = [...credentialHeaders(each.credential), ...tenantHeaders(each.tenant)];
    const result = await session.ask({ method: 'GET', path, headers, secret: true }, context);
    attempts.push(attemptOf(session, tried, result, control));
  }
  return attempts;
}

/** The first path that is not served to who shows nothing; null when all are. */
async function firstGuarded(
  session: ApiSession,
  paths: readonly string[],
  context: CollectContext,
): Promise<string | null> {
  for (const path of paths) {
    const result = await session.ask({ method: 'GET', path, secret: false }, context);
    const isServed = result.kind === 'answer' && result.status >= 200 && result.status < 300;
    if (!isServed) return path;
  }
  return null;
}

/** The account on which a wrong password may be tried; null when none is declared. */
export function wrongPasswordUser(target: Target): User | null {
  return target.users.find(({ purposes }) => purposes?.includes('wrong-password') === true) ?? null;
}

/**
 * One wrong password between two right ones. The first shows that the second will be right: only a right login resets
 * the manager's counter of failed ones (Cloudify 7.1).
 */
export async function askWrongPassword(
  user: User,
  target: Target,
  session: ApiSession,
  path: string,
  context: CollectContext,
): Promise<AuthenticationAttempt> {
  const { listener, trusted } = session.door;
  const tried = { ...triedOf({ shown: 'wrong-password', identity: user.name }, path) };
  const credential = workingCredential(user);
  if ('refused' in trusted) return notTried(listener, tried, trusted.refused);
  if (credential?.kind !== 'password') return notTried(listener, tried, 'no password is declared');
  const actor = { name: user.name, credential, tenant: tenantOf(user, target.tenants) };
  const before = await authorisedRequest(session, actor, path, context);
  if (before.kind === 'failure') return notTried(listener, tried, before.reason);
  if (before.status === 401) return notTried(listener, tried, 'the declared password is not right either');
  const wrong = { ...credential, password: secret(randomText(24)) };
  const result = await authorisedRequest(session, { ...actor, credential: wrong }, path, context);
  const after = await authorisedRequest(session, actor, path, context);
  const status = after.kind === 'answer' ? after.status : null;
  const succeeded = status !== null && (status < 300 || status === 403);
  const control: Control = {
    kind: 'authorised',
    as: user.name,
    status,
    succeeded,
    reason: succeeded
      ? null
      : after.kind === 'failure'
        ? after.reason
        : 'the right password was refused afterwards',
  };
  return attemptOf(session, tried, result, control);
}

/** Kinds of which one at least must have been tried before a verdict, and what to declare. */
const needed: readonly {
  readonly kinds: readonly [ShownCredential, ...ShownCredential[]];
  readonly reason: string;
}[] = [
  { kinds: ['tampered-token'], reason: 'no declared user has a token' },
  { kinds: ['expired-token'], reason: 'no declared user has the purpose expired-token' },
  {
    kinds: ['deactivated-password', 'deactivated-token'],
    reason: 'no declared user has the purpose deactivated',
  },
];

function triedOf(
  { shown, identity }: Pick<DeadCredential, 'shown' | 'identity'>,
  path: string,
): Parameters<typeof notTried>[1] {
  return { credential: shown, identity, method: 'GET', form: 'plain', path };
}

function isLive(user: User): boolean {
  return user.purposes?.includes('deactivated') !== true && !hasDeadToken(user);
}

/**
 * The token with its last character changed, and with another secret altogether. A Cloudify token is
 * `ctok-<id>-<secret>`; whoever looks up only the id lets both in, whoever compares a prefix the first.
 */
function tamperedTokens(token: Secret | null, both: boolean): readonly Secret[] {
  if (token === null) return [];
  const value = token.reveal();
  const last = value.endsWith('A') ? 'B' : 'A';
  const changed = secret(`${value.slice(0, -1)}${last}`);
  const cut = value.lastIndexOf('-') + 1;
  const other = secret(`${value.slice(0, cut)}${randomText(value.length - cut)}`);
  return both ? [changed, other] : [changed];
}
