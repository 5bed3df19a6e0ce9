import { openHttp, type HttpAnswered, type HttpResult, type TlsChoice } from '../../protocol/http';
import type { CollectContext } from '../collector';
import { isNginxLimit } from '../classify';
import { sendPaced } from '../send-paced';
import type { Spare } from '../spare';
import type { Attempt, Verdict } from './attempt';
import { bracketed, serverNameOf } from '../destination';

/** Where a service asks for Basic authentication, and how its answers are understood. */
export interface BasicService {
  readonly path: string;
  /** Name for the Host header and SNI. */
  readonly host: string;
  /** Whether an answer to a caller without credentials is this service's own demand for them. */
  isChallenge(answer: HttpAnswered): boolean;
  /** What an answer to the pair means, beside the one to a caller without credentials; null: nothing certain. */
  judge(answer: HttpAnswered, control: HttpAnswered): 'accepted' | 'refused' | null;
}

/** Connections and requests one attempt takes: the control, and the pair. */
export const httpCost = { connections: 2, requests: 2 } as const;

/**
 * Tries a pair by Basic authentication: first without credentials, as the control, because where anybody is let in (or
 * nobody is asked) an answer proves nothing of a password. The certificate is not judged: the pair is no secret.
 */
export async function tryBasic(
  attempt: Attempt,
  service: BasicService,
  spare: Spare,
  context: CollectContext,
  /** What it means that nothing listens there; left out: that it could not be tried. */
  closed?: string,
): Promise<Verdict> {
  const tls = { serverName: serverNameOf(service.host), verify: null };
  const control = await askOnce(attempt, service, tls, null, spare, context);
  if (control.kind === 'failure') {
    return control.code === 'refused' && closed !== undefined
      ? { absent: closed }
      : { undecided: control.reason };
  }
  if (!service.isChallenge(control)) {
    return {
      undecided: `without credentials it answered ${control.status}, and not by asking for them, so its answer to a password would prove nothing`,
    };
  }
  const { username, password } = attempt.pair;
  const answer = await askOnce(attempt, service, tls, `${username}:${password}`, spare, context);
  if (answer.kind === 'failure') return { undecided: answer.reason };
  const judged = service.judge(answer, control);
  if (judged === null) {
    return {
      undecided: `it answered the password with ${answer.status}, neither its log-in nor its refusal`,
    };
  }
  const proof = judged === 'accepted' ? 'log-in' : 'own-refusal';
  return { answer: judged, proof, method: 'basic', code: String(answer.status), encrypted: true };
}

/** One request on a connection of its own: a kept one may be found closed, and the password would be sent twice. */
export async function askOnce(
  { address, port }: Attempt,
  { path, host }: Pick<BasicService, 'path' | 'host'>,
  tls: TlsChoice,
  userinfo: string | null,
  spare: Spare,
  context: CollectContext,
): Promise<HttpResult> {
  const { connectTimeoutMs: connectMs } = context;
  const client = openHttp(
    { address, port, tls },
    { connectMs, headersMs: 2 * connectMs, bodyMs: 2 * connectMs },
  );
  const headers = [
    ['Host', port === 443 ? bracketed(host) : `${bracketed(host)}:${port}`],
    ['User-Agent', context.userAgent],
    ['Accept', '*/*'],
    ...(userinfo === null
      ? []
      : [['Authorization', `Basic ${Buffer.from(userinfo, 'utf8').toString('base64')}`] as const]),
  ] as const;
  try {
    return await sendPaced(
      () =>
        client.send({ method: 'GET', path, headers }, context.signal, () => {
          context.countConnection();
        }),
      // After a refusal of anybody else the password may have been counted.
      { address, spare, isLimit: isNginxLimit },
      context,
    );
  } finally {
    client.close();
  }
}
