import type { AuthenticationAttempt, ShownCredential } from '../../model/api-authentication';
import type { Target, User } from '../../model/target';
import { tenantOf, type Controlled } from './actors';
import type { Tried } from './attempt';
import { hasDeadToken, type Credential } from './credentials';
import { tamperedTokens } from './tampered';

/** A credential that must be refused though its account is real, or why there is none to try. */
export type DeadCredential = Pick<AuthenticationAttempt, 'credential' | 'tampering' | 'identity'> &
  (
    | { readonly shows: Credential; readonly tenant: string | null }
    | { readonly shows: null; readonly reason: string }
  );

/** At most so many accounts stand for all, unless everything is tried. */
const fewUsers = 3;

/** Every such credential that the target declares; for each kind that a verdict needs and nobody has, a gap. */
export function deadCredentialsOf(target: Target, everyone: boolean): readonly DeadCredential[] {
  const of = (credential: ShownCredential, user: User, shows: Credential): DeadCredential => ({
    credential,
    identity: user.name,
    shows,
    tenant: tenantOf(user, target.tenants),
  });
  const withToken = target.users.filter(isLive).slice(0, everyone ? undefined : fewUsers);
  const tampered = withToken.flatMap((user, index) =>
    (user.token === null ? [] : tamperedTokens(user.token))
      .slice(0, index === 0 || everyone ? undefined : 1)
      .map(({ how, token }) => ({ ...of('tampered-token', user, { kind: 'token', token }), tampering: how })),
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
  const gaps = needed.filter(({ kinds }) => !all.some(({ credential }) => kinds.includes(credential)));
  return [
    ...all,
    ...gaps.map(({ kinds: [credential], reason }) => ({ credential, identity: null, shows: null, reason })),
  ];
}

/** The first of each kind: what stands for all where not everything is tried. */
export function oneOfEachKind(dead: readonly DeadCredential[]): readonly DeadCredential[] {
  const kinds = new Map(dead.toReversed().map((each) => [each.credential, each]));
  return dead.filter((each) => kinds.get(each.credential) === each && each.shows !== null);
}

/** What is known of trying one, before it is tried. */
export function triedOf(
  each: Pick<DeadCredential, 'credential' | 'tampering' | 'identity'>,
  { method, path }: Controlled,
): Tried {
  const { credential, tampering, identity } = each;
  return {
    credential,
    ...(tampering === undefined ? {} : { tampering }),
    identity,
    method,
    form: 'plain',
    path,
  };
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

function isLive(user: User): boolean {
  return user.token !== null && user.purposes?.includes('deactivated') !== true && !hasDeadToken(user);
}
