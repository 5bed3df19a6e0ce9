import type { AccountExistence } from '../../model/account-existence';
import type { AuthenticationAttempt } from '../../model/api-authentication';
import { secret, type Secret, type Target, type User } from '../../model/target';
import type { CollectContext } from '../collector';
import { compareRefusals, type Named } from './account-existence';
import { askAs, tenantOf, type Control, type Controlled } from './actors';
import { attemptOf, notTried } from './attempt';
import { workingCredential } from './credentials';
import { triedOf } from './dead-credentials';
import { isLetIn } from './guard';
import type { ApiSession } from './session';
import { randomText } from './strangers';

/** The account on which a wrong password may be tried; null when none is declared. */
export function wrongPasswordUser(target: Target): User | null {
  return target.users.find(({ purposes }) => purposes?.includes('wrong-password') === true) ?? null;
}

/** What came of the one wrong password of a run. */
export interface Guess {
  readonly attempt: AuthenticationAttempt;
  /** How its refusal compares with those of names that nobody has; a reason where it does not. */
  readonly existence: AccountExistence | string;
}

/** Requests that `guessOnce` takes at most. */
export const guessRequests = 5;

/**
 * One wrong password between two right ones. The first shows that the second will be right: only a right login resets
 * the manager's counter of failed ones (Cloudify 7.1). It is wrong in one character, so that whoever compares less than
 * all of it lets it in, too. Names of nobody are sent before and after, to be compared with.
 */
export async function guessOnce(
  user: User,
  target: Target,
  session: ApiSession,
  request: Controlled,
  context: CollectContext,
): Promise<Guess> {
  const { listener, trusted } = session.door;
  const tried = triedOf({ credential: 'wrong-password', identity: user.name }, request);
  const credential = workingCredential(user);
  const none = (reason: string): Guess => ({
    attempt: notTried(listener, tried, reason),
    existence: reason,
  });
  if ('refused' in trusted) return none(trusted.refused);
  if (credential?.kind !== 'password') return none('no password is declared');
  const actor = { name: user.name, credential, tenant: tenantOf(user, target.tenants) };
  const guess = async (username: string, password: Secret): Promise<Named> => {
    const shown = { ...actor, credential: { ...credential, username, password } };
    return { username, result: await askAs(session, shown, request, context) };
  };
  const before = await askAs(session, actor, request, context);
  if (before.kind === 'failure') return none(before.reason);
  if (!isLetIn(before, request.path)) return none('the declared password is not right either');
  const wrong = almost(credential.password);
  const first = await guess(nobody(), secret(randomText(16)));
  const account = await guess(credential.username, wrong);
  const after = await askAs(session, actor, request, context);
  const second = await guess(nobody(), secret(randomText(16)));
  const succeeded = after.kind === 'answer' && isLetIn(after, request.path);
  const reason = after.kind === 'failure' ? after.reason : 'the right password was refused afterwards';
  const control: Control = {
    kind: 'authorised',
    as: user.name,
    status: after.status,
    succeeded,
    reason: succeeded ? null : reason,
  };
  const compared = { as: user.name, path: request.path, control };
  return {
    attempt: attemptOf(session, tried, account.result, control),
    existence: compareRefusals({ account, nobody: [first, second] }, session, compared),
  };
}

/** A name of the shape that the manager allows, which nobody has. */
const nobody = (): string => `cfy-audit-${randomText(12)}`;

/** With another last character; of a long one the 64th, because some hashes read no further than 72. */
function almost(password: Secret): Secret {
  const value = password.reveal();
  const at = Math.min(value.length, 64) - 1;
  const other = value[at] === 'A' ? 'B' : 'A';
  return secret(`${value.slice(0, at)}${other}${value.slice(at + 1)}`);
}
