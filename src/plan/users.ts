import type { Secret, User } from '../model/target';
import type { CredentialEntry, Purpose, UserEntry } from '../model/target-file';
import type { CredentialRequest } from './credentials';
import type { TargetText } from './target-text';

/** Refuses users that no request could be sent as, and users declared twice. Throws InputError. */
export function checkUsers(users: readonly UserEntry[], text: TargetText): void {
  const names = new Set<string>();
  const usernames = new Set<string>();
  for (const [index, { name, username, password, token, purpose }] of users.entries()) {
    const base = `/users/${index}`;
    const called = name === undefined ? `${base}/username` : `${base}/name`;
    // RFC 7617 §2: the user-id of Basic authentication ends at the first colon.
    if (username.includes(':')) throw text.fault(`${base}/username`, 'a user name must not hold a colon');
    if (names.has(name ?? username)) throw text.fault(called, `${text.written(called)} is declared twice`);
    if (usernames.has(username)) {
      throw text.fault(
        `${base}/username`,
        'the account is declared twice; one entry can hold password and token',
      );
    }
    if (password === undefined && token === undefined) {
      throw text.fault(base, 'the user has neither password nor token');
    }
    checkPurpose(purpose ?? [], { password, token }, base, text);
    names.add(name ?? username);
    usernames.add(username);
  }
}

/** The credentials of all users, to be looked up. */
export function userRequests(entries: readonly UserEntry[]): readonly CredentialRequest[] {
  return entries.flatMap((user, index) => [
    ...request(user, user.password, `/users/${index}/password`, 'Password'),
    ...request(user, user.token, `/users/${index}/token`, 'Token'),
  ]);
}

/** Users with the credentials that were looked up. */
export function usersOf(entries: readonly UserEntry[], found: ReadonlyMap<string, Secret>): readonly User[] {
  return entries.map((user, index) => ({
    name: user.name ?? user.username,
    username: user.username,
    password: found.get(`/users/${index}/password`) ?? null,
    token: found.get(`/users/${index}/token`) ?? null,
    tenants: user.tenants ?? {},
    systemRole: user.systemRole ?? null,
    ...(user.purpose === undefined ? {} : { purposes: user.purpose }),
  }));
}

function request(
  user: UserEntry,
  entry: CredentialEntry | undefined,
  pointer: string,
  what: string,
): readonly CredentialRequest[] {
  return entry === undefined ? [] : [{ pointer, entry, question: `${what} of ${user.username}: ` }];
}

/** A purpose without the credential it is about would be silently useless. */
function checkPurpose(
  purposes: readonly Purpose[],
  { password, token }: { readonly password: unknown; readonly token: unknown },
  base: string,
  text: TargetText,
): void {
  for (const [index, purpose] of purposes.entries()) {
    const pointer = `${base}/purpose/${index}`;
    if (purpose === 'wrong-password' && password === undefined) {
      throw text.fault(pointer, 'wrong-password needs the right password too: it is sent before and after');
    }
    if (purpose.endsWith('-token') && token === undefined) {
      throw text.fault(pointer, `${purpose} needs the token`);
    }
  }
  if (purposes.includes('deactivated') && purposes.includes('wrong-password')) {
    throw text.fault(`${base}/purpose`, 'a deactivated account cannot log in after a wrong password');
  }
}
