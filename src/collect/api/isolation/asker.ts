import { credentialHeaders } from '../credentials';
import type { CollectContext } from '../../collector';
import type { ApiSession } from '../session';
import type { Principal } from './principals';
import { readReply, unsent, type Reply } from './reply';
import type { Question } from './reproduce';

/** Asks as anybody, within the bound of the plan. */
export interface Asker {
  readonly session: ApiSession;
  /** Never rejects. */
  ask(principal: Principal, question: Question): Promise<Reply>;
  /** Requests sent, by the identity's name. */
  readonly counts: ReadonlyMap<string, number>;
  readonly sent: number;
  readonly isSpent: boolean;
  now(): number;
}

/** Is told of every answer; for measuring. */
export type Watch = (principal: Principal, question: Question, reply: Reply) => void;

/** Requests beyond the bound are not sent, and said to be so. */
export function makeAsker(
  session: ApiSession,
  context: CollectContext,
  bound: number,
  watch: Watch = () => undefined,
): Asker {
  const counts = new Map<string, number>();
  let sent = 0;
  return {
    session,
    counts,
    get sent() {
      return sent;
    },
    get isSpent() {
      return sent >= bound || context.signal.aborted;
    },
    now: () => context.now().getTime(),
    async ask(principal, question) {
      if (sent >= bound || context.signal.aborted) return unsent;
      sent++;
      counts.set(principal.name, (counts.get(principal.name) ?? 0) + 1);
      const { method, path, tenants, body } = question;
      // A signal of its own: many waits on one would be taken for a leak of listeners.
      const own = { ...context, signal: AbortSignal.any([context.signal]) };
      const result = await session.ask(
        {
          method,
          path,
          secret: true,
          headers: [
            ...credentialHeaders(principal.credential),
            ...tenants.map((tenant) => ['Tenant', tenant] as const),
          ],
          ...(body === undefined ? {} : { body }),
        },
        own,
      );
      const isFile = /^\/resources\/|\/file-server-proxy\/|\/(?:archive|yaml)(?:$|\?)/.test(path);
      const reply = readReply(result, session.door, path, isFile);
      watch(principal, question, reply);
      return reply;
    },
  };
}
