import { logInToBroker } from '../../protocol/amqp/log-in';
import { openTcp } from '../../protocol/tcp/connect';
import { secureUnverified } from '../../protocol/tls/secure';
import type { CollectContext } from '../collector';
import { destinationOf } from '../destination';
import type { Attempt, Verdict } from './attempt';

/** Tries a pair over AMQPS. RabbitMQ locks no account, however often a password is wrong. */
export async function tryBroker(attempt: Attempt, context: CollectContext): Promise<Verdict> {
  const to = destinationOf(attempt, context);
  const opened = await openTcp(to);
  if (!opened.ok) return { undecided: opened.trouble.detail };
  try {
    const secured = await secureUnverified(opened.value, attempt.serverName, to);
    if (!secured.ok) return { undecided: secured.trouble.detail };
    const { username, password } = attempt.pair;
    // The root vhost: the manager's account and RabbitMQ's own both have it.
    const answered = await logInToBroker(secured.value, { username, password, vhost: '/' }, to);
    if (!answered.ok) return { undecided: answered.trouble.detail };
    const answer = answered.value;
    if (answer.opened || answer.stage === 'open') {
      return { answer: 'accepted', proof: 'log-in', method: 'plain', code: null, encrypted: true };
    }
    // `403 ACCESS_REFUSED - Login was refused using authentication mechanism PLAIN`, also for an unknown user.
    if (answer.code === 403 && /login was refused/i.test(answer.text)) {
      return { answer: 'refused', proof: 'own-refusal', method: 'plain', code: '403', encrypted: true };
    }
    return {
      undecided: `the broker ended the log-in with ${answer.code ?? 'no code'}, for another reason than the password`,
    };
  } finally {
    opened.value.destroy();
  }
}
