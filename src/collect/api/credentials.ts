import type { Secret, Target, User } from '../../model/target';
import type { HeaderList } from '../../protocol/http';

/** What a request is sent with. */
export type Credential =
  | { readonly kind: 'password'; readonly username: string; readonly password: Secret }
  | { readonly kind: 'token'; readonly token: Secret };

/** The header that carries a credential. */
export function credentialHeaders(credential: Credential): HeaderList {
  if (credential.kind === 'token') return [['Authentication-Token', credential.token.reveal()]];
  return [['Authorization', basic(credential.username, credential.password.reveal())]];
}

/** Value of an Authorization header (RFC 7617). */
export function basic(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`, 'utf8').toString('base64')}`;
}

/** The header that names the tenant; none for null. */
export function tenantHeaders(tenant: string | null): HeaderList {
  return tenant === null ? [] : [['Tenant', tenant]];
}

/** A credential of this user that ought to work; null where the target says it must not, or gives none. */
export function workingCredential(user: User): Credential | null {
  if (user.purposes?.includes('deactivated') === true) return null;
  if (user.password !== null) {
    return { kind: 'password', username: user.username, password: user.password };
  }
  if (user.token === null || hasDeadToken(user)) return null;
  return { kind: 'token', token: user.token };
}

/** Whether the declared token has expired or was revoked on purpose. */
export function hasDeadToken({ purposes = [] }: User): boolean {
  return purposes.includes('expired-token') || purposes.includes('revoked-token');
}

/** The target with the accounts that this run has made among its users: for who uses accounts, whoever made them. */
export function withCanaryUsers<T extends Pick<Target, 'users' | 'canaries'>>(target: T): T {
  const { users = [] } = target.canaries ?? {};
  return users.length === 0 ? target : { ...target, users: [...target.users, ...users] };
}
