import type { Secret, User } from '../model/target';
import type { CredentialEntry, UserEntry } from '../model/target-file';
import type { CredentialRequest } from './credentials';
import type { TargetText } from './target-text';

/** Refuses users that no request could be sent as, and users declared twice. Throws InputError. */
export function checkUsers(users: readonly UserEntry[], text: TargetText): void {
  const names = new Set<string>();
  const usernames = new Set<string>();
  for (const [index, { name, username, password, token }] of users.entries()) {
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
