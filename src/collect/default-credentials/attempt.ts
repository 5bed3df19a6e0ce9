import type { DefaultCredential } from '../../model/default-credential';
import type { EvidenceOf, Subject } from '../../model/evidence';
import type { Node } from '../../model/target';
import type { DefaultType, Pair } from './pairs';
import { dialledAt, serverNameOf } from '../destination';

/** One pair to be tried on one listener. */
export interface Attempt {
  readonly subject: Subject;
  readonly node: string;
  readonly service: DefaultCredential['service'];
  readonly address: string;
  readonly port: number;
  /** Name by which the listener is dialled, if it has one. */
  readonly serverName: string | null;
  readonly pair: Pair;
}

/** What an attempt came to: a certain answer, or why there is none. */
export type Verdict =
  | Pick<DefaultCredential, 'answer' | 'proof' | 'method' | 'code' | 'encrypted'>
  | { readonly undecided: string; readonly supply?: string }
  | { readonly absent: string };

/** The attempt on a node's service; `documented` is the service's port as the target declares it. */
export function attemptOn(
  node: Node<unknown>,
  service: DefaultCredential['service'],
  documented: number,
  pair: Pair,
): Attempt {
  const { name, address } = node;
  return {
    subject: {
      id: `${name}/${service} ${pair.id}`,
      kind: 'listener',
      title: `${name} · ${serviceNames[service]} · ${pair.password === '' ? 'no' : 'default'} password of ${pair.username}`,
      node: name,
    },
    node: name,
    service,
    ...dialledAt(node, documented),
    serverName: serverNameOf(address),
    pair,
  };
}

/** Evidence of an attempt. */
export function record(attempt: Attempt, verdict: Verdict, at: Date): EvidenceOf<DefaultType> {
  const { subject, node, service, address, port, pair } = attempt;
  const base = { type: pair.type, subject, observedAt: at.toISOString() } as const;
  if ('undecided' in verdict) {
    const { undecided: reason, supply } = verdict;
    return { ...base, state: 'unavailable', reason, ...(supply === undefined ? {} : { supply }) };
  }
  if ('absent' in verdict) return { ...base, state: 'absent', reason: verdict.absent };
  const { answer, proof, method, code, encrypted } = verdict;
  return {
    ...base,
    state: 'observed',
    data: { node, service, address, port, pair: pair.id, answer, proof, method, code, encrypted },
  };
}

const serviceNames: Readonly<Record<DefaultCredential['service'], string>> = {
  rest: 'REST',
  amqp: 'RabbitMQ',
  'amqp-management': 'RabbitMQ management',
  monitoring: 'monitoring',
  postgresql: 'PostgreSQL',
};
