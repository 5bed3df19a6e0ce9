import type { Secret, Target } from '../../model/target';
import type { CollectContext } from '../collector';
import type { Attempt, Verdict } from './attempt';
import { askOnce, tryBasic } from './http';
import type { Spare } from '../spare';
import { isAdmitted, restAt } from './services';

/** A password of the account that the target declares, and how to send it only to the manager. */
export interface DeclaredLogin {
  readonly password: Secret;
  readonly anchors: readonly Uint8Array[] | 'system';
  readonly host: string;
}

/**
 * The declared password of the default account, when there is one that can be sent over verified TLS. Where it differs
 * from the default and is accepted, the default is refuted without a wrong password.
 */
export function declaredLogin(target: Target, username: string, host: string): DeclaredLogin | null {
  // The manager compares user names without case.
  const user = target.users.find((each) => each.username.toLowerCase() === username.toLowerCase());
  const { internal, external } = target.ca;
  const anchors = external === 'system' ? external : [...(external ?? []), ...(internal ?? [])];
  if (user?.password == null || anchors.length === 0) return null;
  return { password: user.password, anchors, host };
}

/**
 * Tries the initial password of the administrator, at most once a run. A wrong one raises the account's counter of
 * failed log-ins (Cloudify 7.1 locks beyond four, and not at all unless a lock period is configured).
 */
export async function tryAdministrator(
  attempt: Attempt,
  host: string,
  declared: DeclaredLogin | null,
  spare: Spare,
  context: CollectContext,
): Promise<Verdict> {
  if (declared !== null && isOther(declared, attempt.pair.password)) {
    const known = await tryDeclared(attempt, declared, spare, context);
    if (known !== null) return known;
  }
  const verdict = await tryBasic(attempt, restAt(host), spare, context);
  if (!('undecided' in verdict)) return verdict;
  return { ...verdict, supply: `users in target.yaml: ${attempt.pair.username} with its password, and ca` };
}

/** Whether the declared password refutes the default one. */
export function isOther({ password }: DeclaredLogin, initial: string): boolean {
  return password.reveal() !== initial;
}

/** null: the declared password was not sent, because the listener did not prove to be the manager. */
async function tryDeclared(
  attempt: Attempt,
  { password, anchors, host }: DeclaredLogin,
  spare: Spare,
  context: CollectContext,
): Promise<Verdict | null> {
  const serverName = /^[\d.]+$|:/.test(host) ? null : host;
  const tls = { serverName, verify: { anchors, host } };
  const userinfo = `${attempt.pair.username}:${password.reveal()}`;
  const result = await askOnce(attempt, { path: restAt(host).path, host }, tls, userinfo, spare, context);
  if (result.kind === 'failure') {
    return result.code === 'tls-untrusted' ? null : { undecided: result.reason };
  }
  if (isAdmitted(result)) {
    const code = String(result.status);
    return { answer: 'refused', proof: 'other-password', method: 'basic', code, encrypted: true };
  }
  // No second password after a first that was wrong.
  return {
    undecided: `the declared password of ${attempt.pair.username} was answered with ${result.status}; the default was not tried after it`,
    supply: `the right password of ${attempt.pair.username} in target.yaml`,
  };
}
