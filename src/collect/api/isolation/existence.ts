import { literally } from '../../literally';
import type { Field, Attack } from './field';
import type { Place } from './ledger';
import type { Reply } from './reply';
import { reproduce, type Question } from './reproduce';

/** Two answers to compare: for something that must not be known of, and for something that is not there. */
export interface Pair {
  readonly attack: Attack;
  readonly place: Place;
  readonly question: Question;
  readonly reply: Reply;
  readonly id: string;
  readonly absent: Question;
  readonly absentId: string;
}

/**
 * Whether the answers differ in more than the identifier that was asked for. Both are asked again before it is believed:
 * what differs from one time to the next tells nothing.
 */
export async function tellApart(pair: Pair, field: Field, absentReply?: Reply): Promise<void> {
  const { attack, place, question, reply, id, absent, absentId } = pair;
  const { principal } = attack;
  const other = absentReply ?? (await field.asker.ask(principal, absent));
  if (!isComparable(reply) || !isComparable(other)) return;
  const ledger = field.ledgerOf(principal);
  ledger.count('compared');
  const request = reproduce(question, principal, field.asker.session.door);
  const differs = (one: Reply, two: Reply): boolean => faceOf(one, id) !== faceOf(two, absentId);
  if (differs(reply, other)) {
    const [again, otherAgain] = [
      await field.asker.ask(principal, question),
      await field.asker.ask(principal, absent),
    ];
    const isSteady =
      faceOf(again, id) === faceOf(reply, id) && faceOf(otherAgain, absentId) === faceOf(other, absentId);
    if (!isSteady || !differs(again, otherAgain)) return;
    const named = namedTenant(reply, pair);
    ledger.tellExistence({
      ...place,
      by: named ? 'tenant-name' : 'answer',
      observed: named
        ? `the answer (${reply.status}) names the tenant, the answer for something that is not there does not`
        : `${reply.status}, and ${other.status} for something that is not there${reply.status === other.status ? ', in other words' : ''}`,
      request,
    });
  }
}

/** 5xx are compared by their status alone: tracebacks differ in what means nothing. */
function faceOf({ kind, status, text }: Reply, id: string): string {
  if (kind === 'broken' || kind === 'silent') return String(status);
  const forms = [...new Set([id, encodeURIComponent(id), JSON.stringify(id).slice(1, -1)])];
  return `${status} ${forms.reduce((face, form) => face.replaceAll(form, '{id}'), text)}`;
}

function isComparable({ kind }: Reply): boolean {
  return kind !== 'silent' && kind !== 'unsent';
}

function namedTenant({ text, kind }: Reply, { place, question }: Pair): boolean {
  if (kind === 'shown' || question.tenants.includes(place.owner)) return false;
  return new RegExp(`(?<![\\w-])${literally(place.owner)}(?![\\w-])`).test(
    text.replaceAll(question.path, ''),
  );
}
