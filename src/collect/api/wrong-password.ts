import type { AuthenticationAttempt } from '../../model/api-authentication';
import { secret, type Secret, type Target, type User } from '../../model/target';
import type { CollectContext } from '../collector';
import { askAs, tenantOf, type Control, type Controlled } from './actors';
import { attemptOf, notTried } from './attempt';
import { workingCredential } from './credentials';
import { triedOf } from './dead-credentials';
import { isLetIn } from './guard';
import type { ApiSession } from './session';

/** The account on which a wrong password may be tried; null when none is declared. */
export function wrongPasswordUser(target: Target): User | null {
  return target.users.find(({ purposes }) => purposes?.includes('wrong-password') === true) ?? null;
}

/**
 * One wrong password between two right ones. The first shows that the second will be right: only a right login resets
 * the manager's counter of failed ones (Cloudify 7.1). It is wrong in one character, so that whoever compares less than
 * all of it lets it in, too.
 */
export async function askWrongPassword(
  user: User,
  target: Target,
  session: ApiSession,
  request: Controlled,
  context: CollectContext,
): Promise<AuthenticationAttempt> {
  const { listener, trusted } = session.door;
  const tried = triedOf({ credential: 'wrong-password', identity: user.name }, request);
  const credential = workingCredential(user);
  if ('refused' in trusted) return notTried(listener, tried, trusted.refused);
  if (credential?.kind !== 'password') return notTried(listener, tried, 'no password is declared');
  const actor = { name: user.name, credential, tenant: tenantOf(user, target.tenants) };
  const before = await askAs(session, actor, request, context);
  if (before.kind === 'failure') return notTried(listener, tried, before.reason);
  if (!isLetIn(before, request.path))
    return notTried(listener, tried, 'the declared password is not right either');
  const wrong = { ...credential, password: almost(credential.password) };
  const result = await askAs(session, { ...actor, credential: wrong }, request, context);
  const after = await askAs(session, actor, request, context);
  const succeeded = after.kind === 'answer' && isLetIn(after, request.path);
  const reason = after.kind === 'failure' ? after.reason : 'the right password was refused afterwards';
  const control: Control = {
    kind: 'authorised',
    as: user.name,
    status: after.status,
    succeeded,
    reason: succeeded ? null : reason,
  };
  return attemptOf(session, tried, result, control);
}

/** With another last character; of a long one the 64th, because some hashes read no further than 72. */
function almost(password: Secret): Secret {
  const value = password.reveal();
  const at = Math.min(value.length, 64) - 1;
  const other = value[at] === 'A' ? 'B' : 'A';
  return secret(`${value.slice(0, at)}${other}${value.slice(at + 1)}`);
}
