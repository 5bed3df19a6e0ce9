import type { Subject } from '../../model/evidence';
import type { Manager, Target } from '../../model/target';
import { actorsOf } from './actors';
import { doorsOf } from './doors';

/** Why nothing can be asked as a user, said in the same words by all who would; null where it can. */
export function userGap(
  manager: Manager,
  target: Target,
): { readonly subject: Subject; readonly reason: string; readonly supply: string } | null {
  const subject: Subject = {
    id: `${manager.name}/users`,
    kind: 'target',
    title: `${manager.name} · what it tells users`,
    node: manager.name,
  };
  if (actorsOf(target).length === 0) {
    const supply = 'users in target.yaml: an account with systemRole: sys_admin, and one of a tenant';
    return { subject, reason: 'no declared user can log in', supply };
  }
  const isTrusted = doorsOf(manager, target).some(({ trusted }) => !('refused' in trusted));
  if (isTrusted) return null;
  const reason = 'the target names no CA, and credentials go over verified TLS only';
  return { subject, reason, supply: 'ca in target.yaml' };
}
