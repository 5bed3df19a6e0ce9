import { logInToDatabase } from '../../protocol/postgres/log-in';
import { requestTls } from '../../protocol/postgres/ssl-request';
import { openTcp } from '../../protocol/tcp/connect';
import { secureUnverified } from '../../protocol/tls/secure';
import type { CollectContext } from '../collector';
import { destinationOf } from '../destination';
import type { Attempt, Verdict } from './attempt';

/** Connections one attempt opens at most: one to ask for TLS, one in clear text where there is none. */
export const databaseConnections = 2;

/** Tries a pair on PostgreSQL, which locks no account. In clear text where the server has no TLS. */
export async function tryDatabase(attempt: Attempt, context: CollectContext): Promise<Verdict> {
  const secured = await tryOnce(attempt, context, true);
  return secured ?? (await tryOnce(attempt, context, false)) ?? { undecided: 'PostgreSQL offers no TLS' };
}

/** null: the server has no TLS, so this has to be done without. */
async function tryOnce(
  attempt: Attempt,
  context: CollectContext,
  encrypted: boolean,
): Promise<Verdict | null> {
  const to = destinationOf(attempt, context);
  const opened = await openTcp(to);
  if (!opened.ok) return { undecided: opened.trouble.detail };
  try {
    let socket = opened.value;
    if (encrypted) {
      const agreed = await requestTls(socket, to);
      if (!agreed.ok && agreed.trouble.kind === 'clear-text') return null;
      if (!agreed.ok) return { undecided: agreed.trouble.detail };
      const secured = await secureUnverified(socket, attempt.serverName, to);
      if (!secured.ok) return { undecided: secured.trouble.detail };
      socket = secured.value;
    }
    const { username, password } = attempt.pair;
    const answered = await logInToDatabase(socket, { username, password, database: 'cloudify_db' }, to);
    if (!answered.ok) return { undecided: answered.trouble.detail };
    const { value } = answered;
    const { method } = value;
    if (value.accepted) return { answer: 'accepted', proof: 'log-in', method, code: null, encrypted };
    // invalid_password: what PostgreSQL says of a wrong password, of an expired one and of an unknown role alike.
    if (value.sqlState === '28P01' && method !== 'none') {
      return { answer: 'refused', proof: 'own-refusal', method, code: '28P01', encrypted };
    }
    const code = value.sqlState === '' ? 'an error without code' : `SQLSTATE ${value.sqlState}`;
    return { undecided: `the server refused with ${code} before it judged the password (pg_hba.conf?)` };
  } finally {
    opened.value.destroy();
  }
}
